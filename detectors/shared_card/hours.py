"""Two regular lives: places far apart, each kept at its own hour, in turns."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from detectors.shared_card.evidence import Floats
from detectors.shared_card.facets import Ordinary
from detectors.shared_card.travel import kilometres
from detectors.snapshot import Ints, Snapshot

_SHARE = 0.8  # of somebody's visits to a place that a habit of hours must cover
_NOTABLE = 0.01  # habits weaker than this are not looked at in pairs


@dataclass(frozen=True)
class Habits:
    """One person's visits to one place: from row `start` to `stop` of those ordered by person and place."""

    person: Ints
    place: Ints
    count: Ints
    middle: Ints  # median minute of the day
    p_value: Floats


@dataclass(frozen=True)
class Homes:
    """The pair of places, far apart, that one person keeps regularly at two different hours."""

    person: int
    places: tuple[int, int]
    p_value: float


def habits(snapshot: Snapshot, of: Ordinary, least: int) -> Habits:
    """Test whether somebody comes to a place at an hour of their own, against that place's crowd.

    The crowd's hours are ranks in (0, 1); a habit is a narrow window that holds most of one's
    visits (scan statistic, bounded by the sum over windows). Honest people have habits too: all
    p-values are flattened until the county's 99.5th percentile is what chance would give.
    """
    timed = snapshot.visits.timed[of.visit]
    rows = np.flatnonzero(timed)
    rank = _ranks(of.place[rows], of.minute[rows] % 1440)
    order = np.lexsort((rank, of.place[rows], of.person[rows]))
    rows, rank = rows[order], rank[order]
    person, place, clock = of.person[rows], of.place[rows], of.minute[rows] % 1440
    new = np.ones(len(rows), np.bool_)
    new[1:] = (np.diff(person) != 0) | (np.diff(place) != 0)
    start = np.flatnonzero(new)
    count = np.diff(np.append(start, len(rows)))
    start, count = start[count >= least], count[count >= least]
    if not len(start):
        none = np.empty(0, np.int64)
        return Habits(none, none, none, none, np.empty(0))
    within = np.ceil(_SHARE * count).astype(np.int64)
    width = _narrowest(rank, start, count, within)
    p_value = np.minimum(count * binom.sf(within - 2, count - 1, np.minimum(width, 1.0)), 1.0)
    return Habits(person[start], place[start], count, clock[start + count // 2], _flattened(p_value))


def _ranks(place: Ints, clock: Ints) -> Floats:
    """Rank in (0, 1) of each clock time among all visits to the same place (ties: the middle)."""
    order = np.lexsort((clock, place))
    at, time = place[order], clock[order]
    first, last = np.searchsorted(at, at, "left"), np.searchsorted(at, at, "right")
    key = at * 1440 + time
    low, high = np.searchsorted(key, key, "left"), np.searchsorted(key, key, "right")
    rank = np.empty(len(place))
    rank[order] = ((low + high) / 2 - first) / np.maximum(last - first, 1)
    return rank


def _narrowest(rank: Floats, start: Ints, count: Ints, within: Ints) -> Floats:
    """Width of the narrowest window of ranks that holds `within` of each run's `count` visits."""
    windows = count - within + 1
    run = np.repeat(np.arange(len(start)), windows)
    nth = np.arange(len(run)) - np.repeat(np.cumsum(windows) - windows, windows)
    low = start[run] + nth
    widths = rank[low + within[run] - 1] - rank[low]
    found: Floats = np.minimum.reduceat(widths, np.cumsum(windows) - windows)
    return found


def _flattened(p_value: Floats) -> Floats:
    weight = -np.log(np.maximum(p_value, 1e-300))
    habit = max(1.0, float(np.quantile(weight, 0.995)) / -np.log(0.005))
    found: Floats = np.exp(-weight / habit)
    return found


def two_homes(snapshot: Snapshot, found: Habits, least_km: float, across: float, apart: int) -> list[Homes]:
    """Find each person's best pair of far places, both kept regularly and `apart` minutes from each other.

    Each half must be notable by itself; all pairs of the person that were tried are paid for.
    """
    strong = np.flatnonzero(found.p_value <= _NOTABLE)
    person = found.person[strong]
    homes: list[Homes] = []
    several = np.flatnonzero(np.bincount(person) > 1) if len(person) else np.empty(0, np.int64)
    places = np.bincount(found.person)
    for p in several.tolist():
        own = strong[np.searchsorted(person, p, "left") : np.searchsorted(person, p, "right")]
        tried = int(places[p]) * (int(places[p]) - 1) // 2
        pairs = [(int(a), int(b)) for n, a in enumerate(own) for b in own[n + 1 :]]
        one, two = np.array(pairs, np.int64).T
        far = kilometres(snapshot, found.place[one], found.place[two], across) >= least_km
        far &= np.abs(found.middle[one] - found.middle[two]) >= apart
        product = found.p_value[one] * found.p_value[two]
        both = product * (1 - np.log(np.maximum(product, 1e-300)))  # chance of so small a product of two
        if far.any():
            best = int(np.flatnonzero(far)[np.argmin(both[far])])
            where = (int(found.place[one[best]]), int(found.place[two[best]]))
            homes.append(Homes(p, where, min(1.0, float(both[best]) * tried)))
    return homes
