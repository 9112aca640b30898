"""What pages ask about detection runs and detectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from detectors.finding import Statement
from ui.auth.gate import Gate
from ui.auth.roles import Action

CARDS = Path(__file__).resolve().parents[2] / "docs" / "detectors"
MOST_RUNS = 200


@dataclass(frozen=True)
class RunLine:
    """One detection run. `false_alarms` is its own estimate of rings above the line that are chance.

    `rings` counts all rings it saw; `above` those above the line, known of the newest run only.
    """

    id: int
    data_version: int
    code_version: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    findings: int
    rings: int
    new: int
    changed: int
    false_alarms: float
    notes: tuple[Statement, ...] = ()
    failures: tuple[Statement, ...] = ()
    above: int | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took, None while it runs."""
        return None if self.finished_at is None else (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class DetectorLine:
    """One detector: what it looks for, what it reads, and the card that tells how; `card` is Markdown or ''."""

    name: str
    title: str
    version: str
    kinds: tuple[str, ...]
    needs: tuple[str, ...]
    vital: tuple[str, ...]
    card: str
    found: Mapping[str, int] = field(default_factory=dict)


class Runs(Protocol):
    """Where runs come from."""

    def recent(self, limit: int) -> Sequence[RunLine]:
        """Return the newest runs, newest first."""


@dataclass(frozen=True)
class RunService:
    """Runs and detectors behind the guard."""

    gate: Gate
    runs: Runs

    def recent(self, limit: int = 50) -> Sequence[RunLine]:
        """Return the newest runs, newest first."""
        self.gate.guard(Action.SEE_RUNS)
        return self.runs.recent(min(limit, MOST_RUNS))

    def detectors(self) -> Sequence[DetectorLine]:
        """Return every detector with its card."""
        self.gate.guard(Action.SEE_RUNS)
        return detector_lines()


@cache
def detector_lines() -> tuple[DetectorLine, ...]:
    """Describe every detector; they and their cards change only with the code."""
    from detectors import DETECTORS  # loads numba and scipy, which no other page needs

    return tuple(
        DetectorLine(
            name=detector.name,
            title=detector.title,
            version=detector.version,
            kinds=tuple(detector.kinds),
            needs=tuple(_columns(need.table, need.columns) for need in detector.needs if not need.vital),
            vital=tuple(_columns(need.table, need.columns) for need in detector.needs if need.vital),
            card=_card(detector.name),
        )
        for detector in DETECTORS
    )


def _columns(table: str, columns: Sequence[str]) -> str:
    return f"{table} ({', '.join(columns)})" if columns else table


def _card(name: str) -> str:
    path = CARDS / f"{name}.md"
    return path.read_text("utf-8") if path.is_file() else ""
