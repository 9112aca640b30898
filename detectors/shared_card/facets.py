"""What may betray two lives on one card, each as a p-value per person from the county's own people.

Facets rest on different aspects of the visits (where on one day, how many complaints, at what
hours), so that evidence can add up. Scheduled care and stays are left out by `ordinary`.
"""

from dataclasses import dataclass

import numpy as np

from detectors.lawful.services import scheduled
from detectors.shared_card.evidence import Floats, clerical_rate
from detectors.shared_card.travel import kilometres
from detectors.snapshot import Flags, Ints, Snapshot

_STAY = 21
_ADULT, _OLD = 18, 60  # ages at which the number of complaints changes most
_TAIL = 0.99  # the quantile whose excesses show how the tail falls
_FEW = 1000  # people below which a band has no tail of its own

_SHOWN = """
    SELECT v, coalesce(left(diag_code, 3), '') AS diag, prescriber >= 0 AS prescribed,
           coalesce(agent, agent_tel) IS NOT NULL AS fetched
    FROM visit ORDER BY v
"""
_AGES = """
    SELECT coalesce(date_diff('year', brdy, CAST($1 AS TIMESTAMP)), 40) AS age FROM person ORDER BY p
"""


@dataclass(frozen=True)
class Ordinary:
    """Visits that are no stay, no scheduled care and fetched by no named agent, by person and time."""

    visit: Ints
    person: Ints
    place: Ints
    day: Ints
    minute: Ints
    diag: Ints
    prescribed: Flags


def ordinary(snapshot: Snapshot) -> Ordinary:
    """Select and order the visits the facets look at."""
    seen = snapshot.visits
    table = snapshot.sql(_SHOWN)
    coded = table.column("diag").combine_chunks().dictionary_encode()
    # Numbered in order of the codes' text; sorting 5 million texts instead would take longer than all the rest.
    rank = np.argsort(np.argsort(coded.dictionary.to_numpy(zero_copy_only=False)))
    diag = rank[coded.indices.to_numpy()].astype(np.int64) if len(coded) else np.empty(0, np.int64)
    prescribed, fetched = (table.column(n).to_numpy().astype(np.bool_) for n in ("prescribed", "fetched"))
    rows = np.flatnonzero((seen.kind != _STAY) & ~scheduled(snapshot) & ~fetched)
    rows = rows[np.lexsort((rows, seen.person[rows]))].astype(np.int64)
    columns = (seen.person, seen.place, seen.day, seen.minute, diag)
    person, place, day, minute, codes = (column[rows] for column in columns)
    return Ordinary(rows, person, place, day, minute, codes, prescribed[rows])


def days_of(of: Ordinary, persons: int) -> Ints:
    """Distinct days with a visit, for each person."""
    first = np.ones(len(of.person), np.bool_)
    first[1:] = (of.person[1:] != of.person[:-1]) | (of.day[1:] != of.day[:-1])
    return np.bincount(of.person[first], minlength=persons)


def far_days(snapshot: Snapshot, of: Ordinary, least_km: float, across: float) -> Ints:
    """Pairs of successive visits (row numbers of the first) on one day at places far apart.

    A prescription that is filled elsewhere and a complaint that is referred on are one errand.
    """
    if len(of.person) < 2:
        return np.empty(0, np.int64)
    same = (of.person[1:] == of.person[:-1]) & (of.day[1:] == of.day[:-1]) & (of.place[1:] != of.place[:-1])
    same &= ~of.prescribed[1:] & (of.diag[1:] != of.diag[:-1])
    rows = np.flatnonzero(same)
    km = kilometres(snapshot, of.place[rows], of.place[rows + 1], across)
    return rows[km >= least_km]


def far_chance(of: Ordinary, far: Ints, days: Ints, floor: float) -> tuple[Ints, Floats, Floats]:
    """Days at places far apart, how many to expect, and their p-value for each person.

    People differ in how much they travel: a geometric law, of which a Poisson tail would be
    the limit if all were alike.
    """
    counts = np.zeros(len(days), np.int64)
    span = int(of.day.max(initial=0)) + 1
    keys = np.unique(of.person[far] * span + of.day[far])
    counts += np.bincount(keys // span, minlength=len(days))
    active = days > 0
    rate = clerical_rate(counts[active], days[active].astype(np.float64), floor)
    expected: Floats = rate * days.astype(np.float64)
    chance = np.where(counts > 0, (expected / (1 + expected)) ** counts, 1.0)
    return counts, expected, chance.astype(np.float64)


def complaints(of: Ordinary, persons: int, weeks: int, regime: int) -> Ints:
    """Separate complaints of each person beside the `regime` (count) diagnosis groups they come for most.

    A diagnosis group counts once per stretch of `weeks`. One body has its chronic illnesses and
    now and then something else; two bodies have two regimes and twice the rest.
    """
    stretch = of.day // (7 * weeks)
    groups, stretches = int(of.diag.max(initial=0)) + 1, int(stretch.max(initial=0)) + 1
    key = np.unique((of.person * groups + of.diag) * stretches + stretch)
    group, often = np.unique(key // stretches, return_counts=True)
    order = np.lexsort((group, -often, group // groups))
    owner, often = (group // groups)[order], often[order]
    nth = np.arange(len(owner)) - np.searchsorted(owner, owner, "left")
    beside = nth >= regime
    return np.bincount(owner[beside], often[beside], minlength=persons).astype(np.int64)


def complaint_chance(snapshot: Snapshot, counts: Ints, seen: Flags) -> Floats:
    """Chance of so many complaints among people of one's age: an exponential tail over the 99th percentile.

    `seen` are those with any visit. The tail is taken from the median excess, which a few rings
    among the heaviest users do not move.
    """
    ages = snapshot.columns(_AGES, [snapshot.origin])[0].astype(np.int64)
    found = np.ones(len(counts))
    for low, high in ((-1, _ADULT), (_ADULT, _OLD), (_OLD, 200)):
        band = (ages >= low) & (ages < high) & seen
        if band.sum() < _FEW:
            continue
        line = float(np.quantile(counts[band], _TAIL))
        excess = counts[band][counts[band] > line] - line
        if len(excess):
            scale = max(1.0, float(np.median(excess)) / np.log(2))
            over = np.maximum(counts[band] - line, 0)
            found[band] = np.where(over > 0, (1 - _TAIL) * np.exp(-over / scale), 1.0)
    return found
