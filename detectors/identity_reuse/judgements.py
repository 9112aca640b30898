"""What reviewers have said about pairs of enrolments; later runs obey, and a later word takes an earlier back.

Decisions come with a data version (the table of verdicts), or were taken in this house and are
handed over by whoever starts the run (`hand_over`): a detector opens no database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from detectors.snapshot import Snapshot, kept

_PAIRS = """
    SELECT subject_id, verdict, decided_at, reason FROM decided
    WHERE subject_type = 'pair' AND subject_id LIKE '%|%'
    ORDER BY decided_at, subject_id, verdict
"""


class Ruling(StrEnum):
    """What was decided about a pair: one body or not."""

    SAME = "same"
    NOT_SAME = "not_same"
    UNSURE = "unsure"


_RULINGS: Mapping[str, Ruling] = {
    "confirmed": Ruling.SAME,
    "cleared": Ruling.NOT_SAME,
    "unsure": Ruling.UNSURE,
}


@dataclass(frozen=True)
class Judgement:
    """One decision, as the data version holds it."""

    ruling: Ruling
    decided_at: datetime
    reason: str


class Judgements(Protocol):
    """Reads decisions about pairs of enrolments (psn_no, in any order); None where nobody decided.

    Only the latest decision counts, so that every decision can be taken back by another.
    """

    def of(self, one: str, other: str, /) -> Judgement | None:
        """Return the decision in force."""

    def decided(self) -> Iterable[tuple[tuple[str, str], Judgement]]:
        """Return every pair (ordered) with the decision in force, in order."""


@dataclass(frozen=True)
class Decided:
    """Judgements held in memory, by ordered pair."""

    latest: Mapping[tuple[str, str], Judgement]

    def of(self, one: str, other: str, /) -> Judgement | None:
        """Return the decision in force."""
        return self.latest.get((min(one, other), max(one, other)))

    def decided(self) -> Iterable[tuple[tuple[str, str], Judgement]]:
        """Return every pair (ordered) with the decision in force, in order."""
        return sorted(self.latest.items(), key=lambda item: item[0])


def hand_over(snapshot: Snapshot, given: Mapping[tuple[str, str], Judgement]) -> None:
    """Give a snapshot decisions taken in this house, by ordered pair; before any detector looks."""
    snapshot.kept[hand_over] = dict(given)


@kept
def judgements(snapshot: Snapshot) -> Judgements:
    """Read the decisions: verdicts on `pair`, subject_id 'A|B' (psn_no), and what was handed over; the latest holds."""
    latest: dict[tuple[str, str], Judgement] = {}
    for subject, verdict, decided_at, reason in snapshot.db.execute(_PAIRS).fetchall():
        one, _, other = subject.partition("|")
        key = min(one.strip(), other.strip()), max(one.strip(), other.strip())
        latest[key] = Judgement(_RULINGS[verdict], decided_at, reason or "")
    given: Mapping[tuple[str, str], Judgement] = snapshot.kept.get(hand_over, {})  # type: ignore[assignment]
    for key, judgement in given.items():
        if key not in latest or latest[key].decided_at <= judgement.decided_at:
            latest[key] = judgement
    return Decided(latest)
