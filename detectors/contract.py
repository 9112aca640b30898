"""What every detector is: parameters, needs, and a pure function of a snapshot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from detectors.finding import Finding
from detectors.snapshot import Snapshot


@dataclass(frozen=True)
class Need:
    """Columns of a table a detector reads. Without a `vital` one it is off; without another it sees less."""

    table: str
    columns: tuple[str, ...] = ()
    vital: bool = True


class Detector(Protocol):
    """A frozen dataclass whose fields are its parameters with reasoned defaults.

    `detect` keeps no state, reads nothing but the snapshot, uses no clock and no unseeded
    randomness, and yields the same findings for any order of rows and any hash seed.
    `unexplained` findings and explained ones are yielded alike; `Finding.trials` tell them apart.
    """

    @property
    def name(self) -> str:
        """Name used on the command line and in the card's file name."""

    @property
    def version(self) -> str:
        """Raised whenever the same snapshot could yield other findings."""

    @property
    def title(self) -> str:
        """Catalogue key of the title people read."""

    @property
    def kinds(self) -> Sequence[str]:
        """Kinds (family/pattern) it can yield."""

    @property
    def needs(self) -> Sequence[Need]:
        """What it reads."""

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield the findings of a snapshot."""


def missing(detector: Detector, snapshot: Snapshot) -> tuple[Need, ...]:
    """Return the needs that the snapshot does not meet (table absent, or a column without any value)."""
    return tuple(
        Need(need.table, tuple(c for c in need.columns if not snapshot.filled(need.table, c)), need.vital)
        for need in detector.needs
        if not snapshot.rows(need.table) or not all(snapshot.filled(need.table, c) for c in need.columns)
    )
