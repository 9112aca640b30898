"""How to load: limits, the clock, what is known of the source beforehand, and who hears how far it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from loaders.base import Format

MAX_BAD = 5.0  # per cent of a table's rows that may be unusable


class Progress(Protocol):
    """Hears how far a load is."""

    def __call__(self, phase: str, what: str, done: int, total: int) -> None:
        """Take note: `phase` is prepare, check, merge or commit; `what` a file or table; counts are rows."""


def silent(phase: str, what: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Options:
    """How to load; `now` None is the machine's clock, `format` None the first that recognises the source."""

    max_bad: float = MAX_BAD
    again: bool = False
    wait: float = 0.0
    encoding: str | None = None
    delimiter: str | None = None
    now: datetime | None = None
    format: Format | None = None
    progress: Progress = silent
