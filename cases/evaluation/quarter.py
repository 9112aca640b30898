"""Quarters of the calendar."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from claims.errors import RinghoundError
from claims.language import N_

_SHAPE = re.compile(r"\s*(\d{4})\s*[-年]?\s*(?:[Qq]|第)?([1-4])\s*(?:季度)?\s*")


class QuarterError(RinghoundError):
    """A text names no quarter."""

    exit_code = 2


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of one year; `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 2026Q1, 2026-Q1, 20261 or 2026年1季度; QuarterError for anything else."""
        found = _SHAPE.fullmatch(text)
        if found is None:
            raise QuarterError(N_("{text} is no quarter; write it like 2026Q1."), text=text)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def at(cls, place: int) -> Self:
        """Return the quarter that `place` (quarters since year 0) counts."""
        return cls(place // 4, place % 4 + 1)

    @property
    def place(self) -> int:
        """Quarters since year 0, so that neighbours differ by one."""
        return 4 * self.year + self.number - 1

    @property
    def ends(self) -> date:
        """The first day after it."""
        after = Quarter.at(self.place + 1)
        return date(after.year, 3 * after.number - 2, 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"
