"""Diagnoses, drugs and services as arrays, with what goes with what."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from claims.simulator.catalogue_data import DEPARTMENTS, DIAGNOSES, DRUGS, SERVICES
from claims.simulator.dice import Floats, GroupedChoice, Ints, stream

AGE_BANDS = (0, 3, 7, 14, 20, 30, 40, 50, 60, 70, 80, 111)
COURSES = "acdfirkv"  # acute, chronic, dialysis, flu, inpatient only, rehabilitation, check-up, vaccination
DEPARTMENT_ORDER = tuple(DEPARTMENTS)
MAKERS = 3  # each drug is sold by so many makers


@dataclass(frozen=True)
class Catalogue:
    """Items 0..drugs-1 are drugs, the rest services; `cents` is the list price in fen.

    `drugs_for` lists, per diagnosis, candidate drugs (padded by repetition); `chooser` picks a
    diagnosis within (course, sex, age band).
    """

    item_codes: tuple[str, ...]
    item_names: tuple[str, ...]
    charge_types: tuple[str, ...]
    cents: Ints
    supply_days: Ints
    demand: Ints
    drugs: int
    use: tuple[str, ...]
    drugs_for: Ints
    diag_codes: tuple[str, ...]
    diag_names: tuple[str, ...]
    department: Ints
    chooser: GroupedChoice
    chooser_items: Ints

    def services(self, use: str) -> Ints:
        """Indexes of the services of one use."""
        return np.array([i for i, name in enumerate(self.use) if name == use], np.int64)

    def diagnosis(self, code: str) -> int:
        """Index of a diagnosis by the beginning of its code."""
        return next(i for i, known in enumerate(self.diag_codes) if known.startswith(code))

    def draw_diagnosis(self, course: Ints, sex: Ints, age: Ints, uniform: Floats) -> Ints:
        """A diagnosis fit for course, sex (1, 2) and age; a cold where nothing else fits."""
        band = np.searchsorted(AGE_BANDS, np.clip(age, 0, 110), side="right") - 1
        group = (course * 2 + sex - 1) * len(AGE_BANDS) + band
        fits = self.chooser.has(group)
        fallback = (sex - 1) * len(AGE_BANDS) + band
        return self.chooser_items[self.chooser.pick(np.where(fits, group, fallback), uniform)]


def _chooser() -> tuple[GroupedChoice, Ints]:
    groups, weights, items = [], [], []
    for index, (_, _, _, sex, low, high, weight, course) in enumerate(DIAGNOSES):
        # Stays and rehabilitation are also for people whose illness is otherwise treated outside.
        for as_course in {"a": "ai", "c": "cai", "f": "fa"}.get(course, course):
            for s in (1, 2):
                for band, youngest in enumerate(AGE_BANDS[:-1]):
                    if sex in ("-", str(s)) and youngest >= low - 2 and youngest <= high:
                        groups.append((COURSES.index(as_course) * 2 + s - 1) * len(AGE_BANDS) + band)
                        weights.append(max(weight, 0.1) * (1.0 if as_course == course else 0.25))
                        items.append(index)
    count = len(COURSES) * 2 * len(AGE_BANDS)
    return GroupedChoice(np.array(groups), np.array(weights), count), np.array(items, np.int64)


def _drug_code(stem: str, serial: int, maker: int) -> str:
    herbal = "Z" if stem.startswith("Z") else "X"
    return f"{herbal}{stem.lstrip('Z'):0<5}A{serial:03d}B00{maker + 1}010{serial * 7 % 97:02d}01"


def _padded(lists: Sequence[Sequence[int]]) -> Ints:
    width = max(map(len, lists))
    return np.array([[row[i % len(row)] for i in range(width)] for row in lists], np.int64)


def build_catalogue(seed: int) -> Catalogue:
    """The price list of this county: makers and prices differ by seed."""
    rng = stream(seed, "catalogue")
    drugs = [(d, m) for d in range(len(DRUGS)) for m in range(MAKERS)]
    cents = [round(DRUGS[d][2] * 100 * rng.lognormal(0, 0.25)) for d, _ in drugs]
    cents += [round(price * 100) for _, _, _, price, _ in SERVICES]
    by_diag = [
        [i for i, (d, _) in enumerate(drugs) if code[:3] in DRUGS[d][4].split()] or [0] for code, *_ in DIAGNOSES
    ]
    chooser, chooser_items = _chooser()
    return Catalogue(
        item_codes=tuple(_drug_code(DRUGS[d][0], d + 1, m) for d, m in drugs)
        + tuple(f"00{code}0000-{code}" for code, *_ in SERVICES),
        item_names=tuple(DRUGS[d][1] for d, _ in drugs) + tuple(name for _, name, *_ in SERVICES),
        charge_types=tuple("11" if DRUGS[d][0].startswith("Z") else "09" for d, _ in drugs)
        + tuple(kind for _, _, kind, _, _ in SERVICES),
        cents=np.array(cents, np.int64),
        supply_days=np.array([DRUGS[d][3] for d, _ in drugs] + [0] * len(SERVICES), np.int64),
        demand=np.array([DRUGS[d][5] for d, _ in drugs] + [0] * len(SERVICES), np.int64),
        drugs=len(drugs),
        use=("drug",) * len(drugs) + tuple(use for *_, use in SERVICES),
        drugs_for=_padded(by_diag),
        diag_codes=tuple(code for code, *_ in DIAGNOSES),
        diag_names=tuple(name for _, name, *_ in DIAGNOSES),
        department=np.array([DEPARTMENT_ORDER.index(dept) for _, _, dept, *_ in DIAGNOSES], np.int64),
        chooser=chooser,
        chooser_items=chooser_items,
    )
