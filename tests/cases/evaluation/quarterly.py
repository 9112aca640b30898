"""Invented institutions and conclusions, without a workspace: as many as a test wants."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import numpy as np

from cases.evaluation.case_mix import CaseMix, Place, Record
from cases.evaluation.model import Mark, Tier
from cases.evaluation.quarter import Quarter
from cases.evaluation.reviewed import Marked

SPRING = Quarter(2026, 1)
Cell = tuple[str, Quarter, str, str, str, int]  # place, quarter, care, age, chapter, settlements


def case_mix(cells: Sequence[Cell], tiers: dict[str, Tier] | None = None, region: str = "4512") -> CaseMix:
    """Cells as given; every settlement is another person's and costs the fund a yuan."""
    texts = {name: np.array([cell[at] for cell in cells], dtype=object) for name, at in _AT.items()}
    codes = sorted({cell[0] for cell in cells})
    last = max(cell[1] for cell in cells)
    persons: dict[tuple[str, int], int] = {}
    for cell in cells:
        at = cell[0], cell[1].place
        persons[at] = persons.get(at, 0) + cell[5]
    n = np.array([cell[5] for cell in cells], dtype=np.int64)
    return CaseMix(
        data_version=7,
        newest=datetime.combine(last.ends, datetime.min.time()),
        places={code: Place(code, f"机构{code}", region, (tiers or {}).get(code, Tier.OTHER)) for code in codes},
        quarter=np.array([cell[1].place for cell in cells], dtype=np.int64),
        n=n,
        fund=100 * n,
        persons=persons,
        **texts,
    )


_AT = {"place": 0, "care": 2, "age": 3, "chapter": 4}


def marked(
    place: str, lead: str, mark: Mark = Mark.CONFIRMED, *, records: int = 2, quarter: Quarter = SPRING,
    care: str = "11", age: str = "45-64", chapter: str = "IX",
) -> list[Marked]:  # fmt: skip
    """A ring's records at one institution, all with one mark."""
    return [
        Marked(
            lead,
            Record(f"S-{lead}-{place}-{n}", place, quarter.place, care, age, chapter, Decimal("50.00"), "P1"),
            mark,
        )
        for n in range(records)
    ]


def alike(count: int, n: int = 1000, quarter: Quarter = SPRING) -> list[Cell]:
    """Institutions of the same mix."""
    return [(f"H{number:03}", quarter, "11", "45-64", "IX", n) for number in range(count)]
