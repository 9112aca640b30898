"""What may betray two lives on one card, each as a p-value per person from the county's own people.

Facets rest on different aspects of the visits (where on one day, how many complaints, at what
hours), so that evidence can add up. Scheduled care and stays are left out by `ordinary`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from detectors.lawful.services import scheduled
from detectors.shared_card.evidence import Floats
from detectors.shared_card.travel import kilometres
from detectors.snapshot import Flags, Ints, Snapshot
from detectors.visits import distinct

_STAY = 21
_ADULT, _OLD = 18, 60  # ages at which the number of complaints changes most
_TAIL = 0.99  # the quantile whose excesses show how the tail falls
_FEW = 1000  # people below which a band has no tail of its own
_FEW_JOURNEYS = 3
_ONE_IN, _SETTERS = 500, 10  # whose rank in the tail sets how far p-values are flattened

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
    fetched = snapshot.each("coalesce(agent, agent_tel) IS NOT NULL").astype(np.bool_)
    rows = np.flatnonzero((seen.kind != _STAY) & ~scheduled(snapshot) & ~fetched)
    rows = rows[np.lexsort((rows, seen.person[rows]))].astype(np.int64)
    columns = (seen.person, seen.place, seen.day, seen.minute, snapshot.numbered("coalesce(left(diag_code, 3), '')"))
    person, place, day, minute, codes = (column[rows] for column in columns)
    return Ordinary(rows, person, place, day, minute, codes, seen.prescriber[rows] >= 0)


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
    the limit if all were alike. Its rate per day is read from the share of people as often seen
    who never do, which rings, being few, do not move; never below `floor`. Above the band's mean it
    grows with the days, as two errands fall on one day in proportion to the pairs of errands.
    """
    counts = np.zeros(len(days), np.int64)
    span = int(of.day.max(initial=0)) + 1
    keys = np.unique(of.person[far] * span + of.day[far])
    counts += np.bincount(keys // span, minlength=len(days))
    rate = np.full(len(days), floor)
    for band in as_often(days):
        never = (np.count_nonzero(counts[band] == 0) + 0.5) / (len(band) + 1)
        mean = float(days[band].mean())
        rate[band] = max(floor, (1 / never - 1) / mean) * np.maximum(1.0, days[band] / mean)
    expected: Floats = rate * days.astype(np.float64)
    chance = np.where(counts > 0, (expected / (1 + expected)) ** counts, 1.0)
    return counts, expected, chance.astype(np.float64)


def again_chance(of: Ordinary, far: Ints, counts: Ints, floor: float) -> Floats:
    """Chance that so many of somebody's far days (`counts`) were at one and the same two places.

    A journey leads now here, now there; a second life returns. How often an honest far day repeats
    an earlier one is read from those with two or three, whom rings seldom stop at; never below `floor`.
    """
    ends = np.sort(np.column_stack([of.place[far], of.place[far + 1]]), axis=1)
    once = np.unique(np.column_stack([of.person[far], ends, of.day[far]]), axis=0)
    routes, often = np.unique(once[:, :3], axis=0, return_counts=True)
    most = np.zeros(len(counts), np.int64)
    np.maximum.at(most, routes[:, 0], often)
    few = (counts >= 2) & (counts <= _FEW_JOURNEYS)
    repeated, further = float((most[few] - 1).sum()), float((counts[few] - 1).sum())
    rate = max(floor, (repeated + 1) / (further + 2))
    found: Floats = np.where(counts >= 2, binom.sf(most - 2, np.maximum(counts - 1, 1), rate), 1.0)
    return found


def as_often(days: Ints) -> Iterator[Ints]:
    """Those with any visit, in bands of people seen about as often: the thousand most frequent, two thousand next...

    The rest, where fewer than a thousand are left, belongs to the last band.
    """
    order = np.argsort(-days, kind="stable")
    order = order[days[order] > 0]
    start, size = 0, _FEW
    while start < len(order):
        stop = start + size if len(order) - start - size >= _FEW else len(order)
        yield order[start:stop]
        start, size = stop, 2 * size


def complaints(of: Ordinary, persons: int, weeks: int, regime: int) -> Ints:
    """Separate complaints of each person beside the `regime` (count) diagnosis groups they come for most.

    A diagnosis group counts once per stretch of `weeks`. One body has its chronic illnesses and
    now and then something else; two bodies have two regimes and twice the rest.
    """
    stretch = of.day // (7 * weeks)
    groups, stretches = int(of.diag.max(initial=0)) + 1, int(stretch.max(initial=0)) + 1
    key = distinct((of.person * groups + of.diag) * stretches + stretch)
    group, often = np.unique(key // stretches, return_counts=True)
    order = np.lexsort((group, -often, group // groups))
    owner, often = (group // groups)[order], often[order]
    nth = np.arange(len(owner)) - np.searchsorted(owner, owner, "left")
    beside = nth >= regime
    return np.bincount(owner[beside], often[beside], minlength=persons).astype(np.int64)


def complaint_chance(snapshot: Snapshot, counts: Ints, seen: Flags) -> Floats:
    """Chance of so many complaints among people of one's age; `seen` are those with any visit."""
    ages = snapshot.columns(_AGES, [snapshot.origin])[0].astype(np.int64)
    found = np.ones(len(counts))
    for low, high in ((-1, _ADULT), (_ADULT, _OLD), (_OLD, 200)):
        band = (ages >= low) & (ages < high) & seen
        found[band] = exceedance(counts[band])
    return found


def exceedance(counts: Ints) -> Floats:
    """Chance of each count among people alike: an exponential tail over their 99th percentile.

    The tail is taken from the median excess, which a few rings among the heaviest users do not
    move. Below that percentile, and among fewer than a thousand, nobody stands out.
    """
    if len(counts) < _FEW:
        return np.ones(len(counts))
    line = float(np.quantile(counts, _TAIL))
    excess = counts[counts > line] - line
    scale = max(1.0, float(np.median(excess)) / np.log(2)) if len(excess) else 1.0
    over = np.maximum(counts - line, 0)
    return np.where(over > 0, (1 - _TAIL) * np.exp(-over / scale), 1.0)


def calibrated(p_values: Floats) -> Floats:
    """Flatten p-values of everybody examined until the county's own tail is what chance would give.

    Facets that should be independent are not quite (ill people also travel more), and no formula
    knows by how much; the one in five hundred who stand out most do. Never fewer than ten set the
    measure, so that one ring in a small place does not hide itself.
    """
    rank = max(_SETTERS, len(p_values) // _ONE_IN)
    if len(p_values) <= rank:
        return p_values
    weight = -np.log(np.maximum(p_values, 1e-300))
    usual = float(np.partition(weight, len(weight) - rank)[len(weight) - rank])
    found: Floats = np.exp(-weight / max(1.0, usual / np.log(len(p_values) / rank)))
    return found
