"""What an operator may choose about a simulated county."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from claims.errors import RinghoundError
from claims.language import N_

Layout = Literal["standard", "platform"]
Format = Literal["csv", "parquet"]

MIN_PERSONS = 500
MIN_DAYS = 20


class SimulationError(RinghoundError):
    """A county cannot be made as asked."""


@dataclass(frozen=True)
class Settings:
    """Size, period and kind of a county; `rings` None means about one per 1,500 persons."""

    persons: int
    days: int
    seed: int
    start: date = date(2025, 1, 1)
    hard: bool = False
    rings: int | None = None
    dirty: bool = True
    layout: Layout = "standard"
    format: Format = "csv"
    slice_rows: int = 200_000

    def __post_init__(self) -> None:
        if self.persons < MIN_PERSONS or self.days < MIN_DAYS:
            raise SimulationError(
                N_("A county needs at least {persons} persons and {days} days."), persons=MIN_PERSONS, days=MIN_DAYS
            )
        most = max(40, self.persons // 60)
        if self.rings is not None and self.rings > most:
            raise SimulationError(N_("A county of this size has room for {most} rings at most."), most=most)
        if self.days > 3660:
            raise SimulationError(N_("At most {days} days can be simulated at once."), days=3660)
