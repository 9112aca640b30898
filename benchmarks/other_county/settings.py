"""What a county is made from: its size, its seed, its difficulty, and the habits the seed picks."""

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

DAY = 1440  # minutes
STARTS = (date(2024, 9, 2), date(2025, 3, 3), date(2024, 11, 18), date(2025, 5, 5), date(2025, 1, 6))


@dataclass(frozen=True)
class Settings:
    """The command line: `hard` halves and hides the rings' activity, `poor` leaves tables and columns out."""

    persons: int = 40_000
    days: int = 180
    seed: int = 1
    hard: bool = False
    rings: bool = True
    poor: bool = False

    def dice(self, what: str) -> np.random.Generator:
        """Return a generator of its own for each part, so that parts do not shift one another."""
        return np.random.default_rng([self.seed, zlib.crc32(what.encode()), int(self.hard), int(self.poor)])


@dataclass(frozen=True)
class Style:
    """Habits of one county: how it writes codes and times, what it records, when it opens, what it charges."""

    start: date
    area: str  # six digits; no such area exists
    long_numbers: bool  # eighteen-digit person numbers, else letters and digits
    hashed_settlements: bool
    shared_till_names: bool  # every institution calls its tills 01, 02, …
    card_for_all: bool  # the card's number is written whatever was shown
    time_format: str
    price: float
    open_hour: int  # of pharmacies
    close_hour: int
    wave_day: int  # middle of a wave of fevers
    market_every: int  # days between market days
    templates: bool
    checks: bool
    stock: bool
    revisions: bool
    clerks: bool
    beds: bool
    coordinates: bool
    relations: bool
    tills: bool
    traces: bool
    cards: bool
    agents: bool


def style_of(settings: Settings) -> Style:
    """Pick the habits of a county by its seed; a poor county records little."""
    dice = settings.dice("style")
    rich = not settings.poor

    def has(share: float) -> bool:
        return bool(dice.random() < share)

    return Style(
        start=STARTS[int(dice.integers(len(STARTS)))],
        area=f"{int(dice.integers(11, 66)):02d}{int(dice.integers(80, 99)):02d}{int(dice.integers(50, 99)):02d}",
        long_numbers=has(0.5),
        hashed_settlements=has(0.5),
        shared_till_names=has(0.5),
        card_for_all=has(0.3),
        time_format=("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S")[int(dice.integers(3))],
        price=float(dice.uniform(0.6, 1.8)),
        open_hour=int(dice.integers(6, 9)),
        close_hour=int(dice.integers(20, 23)),
        wave_day=int(dice.integers(20, max(21, settings.days - 20))),
        market_every=int(dice.choice([3, 5, 7])),
        templates=has(0.7) and rich,
        checks=has(0.8) and rich,
        stock=has(0.7) and rich,
        revisions=has(0.4) and rich,
        clerks=has(0.8),
        beds=has(0.7) and rich,
        coordinates=rich,
        relations=rich,
        tills=rich,
        traces=rich,
        cards=rich,
        agents=has(0.85),
    )
