"""What is charged: the items of each visit, with their amounts and boxes."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from claims.simulator.assemble import PART_REFUND
from claims.simulator.county import County
from claims.simulator.dice import Flags, Ints
from claims.simulator.places import PlaceKind
from claims.simulator.visits import Kind

LINES_PER_KEY = 64  # room for the items of one visit in the numbers drawn from its key
PACK = 24  # tablets in an opened pack
# use, chance by kind of visit: outpatient, emergency, chronic, stay, pharmacy, refill, dialysis,
# rehabilitation, check-up, vaccination
_SLOTS: Final = (
    ("visit", (0.9, 0, 0.5, 0, 0, 0, 0, 0.1, 0, 0)),
    ("emergency", (0, 1, 0, 0, 0, 0, 0, 0, 0, 0)),
    ("test", (0.3, 0.6, 0.1, 1, 0, 0, 0.1, 0, 0.5, 0)),
    ("test", (0.12, 0.3, 0.03, 0.9, 0, 0, 0, 0, 0.2, 0)),
    ("scan", (0.08, 0.2, 0, 0.8, 0, 0, 0, 0.02, 0.1, 0)),
    ("treat", (0.16, 0.3, 0, 0.9, 0, 0, 0, 0, 0, 0)),
    ("drug", (0.85, 0.7, 1, 1, 1, 1, 0.2, 0, 0, 0)),
    ("drug", (0.4, 0.3, 0.45, 1, 0.35, 0.45, 0.05, 0, 0, 0)),
    ("drug", (0.12, 0.1, 0.15, 0.8, 0.08, 0.15, 0, 0, 0, 0)),
    ("day", (0, 0, 0, 1, 0, 0, 0, 0, 0, 0)),
    ("day", (0, 0, 0, 1, 0, 0, 0, 0, 0, 0)),
    ("surgery", (0, 0, 0, 0.25, 0, 0, 0, 0, 0, 0)),
    ("dialysis", (0, 0, 0, 0, 0, 0, 1, 0, 0, 0)),
    ("rehab", (0, 0, 0, 0, 0, 0, 0, 1, 0, 0)),
    ("rehab", (0, 0, 0, 0, 0, 0, 0, 0.6, 0, 0)),
    ("checkup", (0, 0, 0, 0, 0, 0, 0, 0, 1, 0)),
    ("vaccine", (0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
)
_EXAMS: Final = {"N40": "male", "N76": "female", "D25": "female", "Z34": "female", "A09": "infant", "O80": "birth"}
_HOSPITAL_ONLY: Final = ("test", "scan")


@dataclass(frozen=True)
class Rows:
    """Columns of a slice of visits, as 64-bit numbers."""

    columns: dict[str, Ints]

    def __getattr__(self, name: str) -> Ints:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.columns["person"])


@dataclass(frozen=True)
class Lines:
    """Charged lines, sorted by visit: `price` in hundredths of a fen, `amount` in fen.

    `serial` counts within the visit; `spot` numbers (key, serial), the same for a refund and what
    it cancels; `split` marks sales from an opened pack. Amounts are positive here.
    """

    visit: Ints
    item: Ints
    count: Ints
    price: Ints
    amount: Ints
    serial: Ints
    spot: Ints
    split: Flags


def rows_of(visits: pl.DataFrame) -> Rows:
    """Columns of a frame of visits."""
    return Rows({name: visits[name].to_numpy().astype(np.int64) for name in visits.columns})


def diagnoses_of(county: County, rows: Rows) -> Ints:
    """Main diagnosis of each visit: given, chronic, or drawn by age and sex."""
    people, catalogue = county.people, county.catalogue
    chronic, kind = people.chronic[rows.person], rows.kind
    course = np.where(kind == Kind.STAY, 4, np.where((kind == Kind.CHRONIC) | (kind == Kind.REFILL), 1, 0))
    uniform = county.dice.uniform("diagnosis", rows.key)
    drawn = catalogue.draw_diagnosis(course, people.sex[rows.person], people.age[rows.person], uniform)
    inclined = county.dice.uniform("own illness", rows.key) < np.where(course == 1, 1.0, 0.22)
    own = (chronic >= 0) & inclined & (kind != Kind.EMERGENCY)
    return np.where(rows.diag >= 0, rows.diag, np.where(own, chronic, drawn))


def _nights(rows: Rows) -> Ints:
    return np.maximum(1, np.rint(rows.lasts / 86_400).astype(np.int64))


def _drawn(county: County, rows: Rows, diag: Ints) -> list[tuple[Ints, Ints, Ints]]:
    """(visit, item, count) of visits without a fixed basket, slot by slot."""
    catalogue, dice = county.catalogue, county.dice
    small = np.isin(county.places.kind[rows.place], (PlaceKind.CLINIC, PlaceKind.PHARMACY))
    months = np.where(np.isin(rows.kind, (Kind.CHRONIC, Kind.REFILL)), 30, 7)
    found = []
    for nth, (use, chances) in enumerate(_SLOTS):
        chance = np.array(chances, np.float64)[rows.kind] * (rows.basket < 0)
        chance = np.where(small, 0.0, chance) if use in _HOSPITAL_ONLY else chance
        visit = np.flatnonzero(dice.uniform(f"slot {nth}", rows.key) < chance)
        key, pick = rows.key[visit], dice.uniform(f"item {nth}", rows.key[visit])
        if use == "drug":
            options = catalogue.drugs_for[diag[visit]]
            column = ((pick + nth * 0.29) % 1 * options.shape[1]).astype(np.int64)
            item = options[np.arange(len(visit)), column]
            need = np.clip(months[visit] // np.maximum(catalogue.supply_days[item], 1), 1, 3)
            count = np.where(dice.uniform(f"boxes {nth}", key) < 0.3, need + 1, need)
        else:
            services = catalogue.services(use)
            item = services[((pick + nth * 0.5) % 1 * len(services)).astype(np.int64)]
            daily = use == "day" or use == "treat"
            count = np.where(daily & (rows.kind[visit] == Kind.STAY), _nights(rows)[visit], 1)
        found.append((visit, item, count))
    return found


def _exams(county: County, rows: Rows, diag: Ints) -> list[tuple[Ints, Ints, Ints]]:
    """Examinations that belong to one sex or age, where the diagnosis calls for them."""
    service = np.full(len(county.catalogue.diag_codes), -1)
    for code, use in _EXAMS.items():
        service[county.catalogue.diagnosis(code)] = county.catalogue.services(use)[0]
    wanted = (service[diag] >= 0) & (rows.basket < 0) & (rows.kind <= Kind.STAY)
    visit = np.flatnonzero(wanted & (county.dice.uniform("exam", rows.key) < 0.4))
    return [(visit, service[diag[visit]], np.ones(len(visit), np.int64))]


def _baskets(county: County, rows: Rows) -> list[tuple[Ints, Ints, Ints]]:
    """(visit, item, count) of visits with a fixed basket."""
    fixed = np.flatnonzero(rows.basket >= 0)
    visit, item, count = [], [], []
    for row in fixed.tolist():
        for what, how_many in county.baskets[int(rows.basket[row])]:
            visit.append(row)
            item.append(what)
            count.append(how_many)
    return [(np.array(visit, np.int64), np.array(item, np.int64), np.array(count, np.int64))]


def _bare(county: County, rows: Rows, parts: list[tuple[Ints, Ints, Ints]]) -> list[tuple[Ints, Ints, Ints]]:
    """A visit for which nothing else was charged is at least a consultation."""
    charged = np.zeros(len(rows), bool)
    for visit, _, _ in parts:
        charged[visit] = True
    visit = np.flatnonzero(~charged)
    consultation = int(county.catalogue.services("visit")[0])
    return [(visit, np.full(len(visit), consultation), np.ones(len(visit), np.int64))]


def lines_of(county: County, rows: Rows, diag: Ints) -> Lines:
    """All charged lines of a slice; drugs are one line a box, so that each carries its code."""
    parts = _drawn(county, rows, diag) + _exams(county, rows, diag) + _baskets(county, rows)
    parts += _bare(county, rows, parts)
    visit, item, count = (np.concatenate([part[i] for part in parts]) for i in range(3))
    boxes = np.where(item < county.catalogue.drugs, count, 1)
    count = np.where(item < county.catalogue.drugs, 1, count)
    visit, item, count = np.repeat(visit, boxes), np.repeat(item, boxes), np.repeat(count, boxes)
    order = np.argsort(visit, kind="stable")
    visit, item, count = visit[order], item[order], count[order]
    serial = np.arange(len(visit)) - np.searchsorted(visit, visit)
    spot = rows.key[visit] * LINES_PER_KEY + np.minimum(serial, LINES_PER_KEY - 1)
    place = rows.place[visit]
    opened = np.array([0.1, 0.14, 0.1, 0.3, 0.01])[county.places.kind[place]]
    split = (item < county.catalogue.drugs) & (county.dice.uniform("opened pack", spot) < opened)
    split &= (rows.basket[visit] < 0) & (rows.kind[visit] != Kind.STAY)
    price = np.rint(county.catalogue.cents[item] * county.places.price_level[place]).astype(np.int64) * 100
    count = np.where(split, 2 + county.dice.below("tablets", spot, 11), count)
    price = np.where(split, price // PACK, price)
    amount = (price * count + 50) // 100
    lines = Lines(visit, item, count, price, amount, serial, spot, split)
    return _refunded_part(county, rows, lines)


def _refunded_part(county: County, rows: Rows, lines: Lines) -> Lines:
    """Of a refund in part only some lines remain, at least the first."""
    part = rows.refund[lines.visit] == PART_REFUND
    stays = ~part | (lines.serial == 0) | (county.dice.uniform("kept by the person", lines.spot) < 0.3)
    return Lines(**{name: getattr(lines, name)[stays] for name in Lines.__dataclass_fields__})
