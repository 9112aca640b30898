"""A visit: what every activity, innocent group and ring produces, and all later steps consume."""

from enum import IntEnum
from typing import Final

import numpy as np
import polars as pl

from claims.simulator.dice import Floats, Ints


class Kind(IntEnum):
    """What a visit is for; decides items, fund share and the national kind of care."""

    OUTPATIENT = 0
    EMERGENCY = 1
    CHRONIC = 2
    STAY = 3
    PHARMACY = 4
    REFILL = 5  # chronic medicine bought at a pharmacy
    DIALYSIS = 6
    REHABILITATION = 7
    CHECKUP = 8
    VACCINATION = 9


MED_TYPES: Final = ("11", "13", "14", "21", "41", "41", "14", "11", "11", "11")

# Name, type, default. Times are seconds since the first midnight; indexes point into the county's
# arrays; -1 leaves the choice to the common step. `key` decides items, amounts and boxes, so that
# a refund, a redone settlement or a resold box repeats those of the visit it stems from.
FIELDS: Final[tuple[tuple[str, type[pl.DataType], int], ...]] = (
    ("person", pl.Int32, 0),
    ("place", pl.Int32, 0),
    ("at", pl.Int32, 0),
    ("kind", pl.Int8, 0),
    ("lasts", pl.Int32, -1),  # seconds from begin to settlement
    ("diag", pl.Int16, -1),
    ("doctor", pl.Int32, -1),
    ("prescriber", pl.Int32, -1),
    ("till", pl.Int16, -1),
    ("clerk", pl.Int16, -1),
    ("card", pl.Int32, -1),  # -1 by the person's habit, else the card that was swiped
    ("credential", pl.Int8, 0),  # 0 by habit, else 1-4 as in mdtrt_cert_type
    ("agent", pl.Int32, -1),  # person who acted
    ("payer", pl.Int32, -1),  # family member whose account paid
    ("basket", pl.Int32, -1),
    ("group", pl.Int32, -1),  # planted group the visit belongs to
    ("keep", pl.Int8, 0),  # 1: not dropped by the plausibility filters
    ("body", pl.Int8, 0),  # who is found at a biometric check: 0 the person, 1 nobody, 2 another
    ("key", pl.Int32, -1),  # -1: the visit's own number
    ("twin", pl.Int32, -1),  # visits of one group with the same twin number share items and boxes
)
SCHEMA: Final = {name: dtype for name, dtype, _ in FIELDS}


class VisitLog:
    """Collects visits as columns; scalars are spread over the rows of `person`."""

    def __init__(self) -> None:
        self._parts: list[dict[str, Ints | int]] = []
        self._sizes: list[int] = []

    def add(self, person: Ints | int, place: Ints | int, at: Ints | Floats | int, **more: Ints | int) -> None:
        """Add rows; every array must have the same length, scalars are repeated."""
        columns: dict[str, Ints | int] = {"person": person, "place": place, "at": np.asarray(at, np.int64), **more}
        size = max(np.size(value) for value in columns.values())
        if size and all(np.size(value) in (1, size) for value in columns.values()):
            self._parts.append(columns)
            self._sizes.append(size)
        elif any(np.size(value) > 1 for value in columns.values()):
            raise ValueError("visit columns of different lengths")

    def frame(self) -> pl.DataFrame:
        """All rows in the order they were added."""
        total = sum(self._sizes)
        data = {}
        for name, dtype, default in FIELDS:
            column = np.full(total, default, pl.Series(dtype=dtype).to_numpy().dtype)
            at = 0
            for part, size in zip(self._parts, self._sizes, strict=True):
                if name in part:
                    column[at : at + size] = part[name]
                at += size
            data[name] = column
        return pl.DataFrame(data, schema=SCHEMA)
