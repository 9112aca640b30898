"""Batches: people admitted and discharged together for one illness, beyond the hospital's own rhythm."""

from dataclasses import dataclass
from math import log

import numba as nb
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from detectors.collusion.chance import corrected, count_tail
from detectors.collusion.stays import Stays, nights_share, stays
from detectors.lawful.units import units
from detectors.snapshot import Ints, Snapshot

SHORTEST = 2  # nights: day wards and observation discharge together every evening
_AROUND = 30  # days before and after that show the hospital's rhythm (a wave of flu included)
_EXCESS = 0.5  # overdispersion of daily admissions: market days, clinics of one doctor
_LEAST = 0.05  # expected admissions never taken smaller than this
_CANDIDATE = 0.01  # uncorrected p-value for a batch to be looked at more closely


@dataclass(frozen=True)
class Batch:
    """Stays (indices) admitted within two days and discharged within two days."""

    rows: Ints
    expected: float
    p_value: float


def batches_of(snapshot: Snapshot, fewest: int) -> list[Batch]:
    """Batches of the snapshot's stays with so many families; two detectors ask for the same."""
    key = batches_of, fewest
    if key not in snapshot.kept:
        snapshot.kept[key] = batches(stays(snapshot), units(snapshot), fewest)
    found: list[Batch] = snapshot.kept[key]  # type: ignore[assignment]
    return found


def batches(found: Stays, family: Ints, fewest: int) -> list[Batch]:
    """Find the batches of every hospital and illness, the least likely first, no stay twice."""
    long_enough = np.flatnonzero(found.nights >= SHORTEST)
    key = found.place[long_enough] * (int(found.illness.max(initial=0)) + 1) + found.illness[long_enough]
    order = np.argsort(key, kind="stable")
    windows: list[_Window] = []
    for rows in np.split(long_enough[order], np.flatnonzero(np.diff(key[order])) + 1):
        windows += _of_illness(found, family, rows, fewest)
    examined = log(max(1, len(windows)))
    expected = np.array([window.expected for window in windows], np.float64)
    chance = count_tail(np.array([window.families for window in windows], np.int64), expected, _EXCESS)
    looked_at = np.flatnonzero(chance <= _CANDIDATE).tolist()
    candidates = [Batch(windows[n].rows, windows[n].expected, float(chance[n])) for n in looked_at]
    taken = np.zeros(len(found.visit), np.bool_)
    kept = []
    for batch in sorted(candidates, key=lambda b: (b.p_value, -len(b.rows), int(b.rows[0]))):
        if not taken[batch.rows].any():
            taken[batch.rows] = True
            kept.append(Batch(batch.rows, batch.expected, corrected(batch.p_value, examined)))
    return kept


@dataclass(frozen=True)
class _Window:
    """Stays (indices) within two days of admission and two of discharge, of so many families."""

    rows: Ints
    families: int
    expected: float


def _of_illness(found: Stays, family: Ints, rows: Ints, fewest: int) -> list[_Window]:
    """Every window of two days of admission by two days of discharge with enough families in it."""
    if len(rows) < fewest:
        return []
    first, last = found.first[rows], found.last[rows]
    spans = np.array(sorted(set(zip(first.tolist(), last.tolist(), strict=True))), np.int64)
    begins = (spans[:, :1] - np.array([0, 0, 1, 1])).ravel()
    ends = (spans[:, 1:] - np.array([0, 1, 0, 1])).ravel()
    crowded = _counts(first, last, begins, ends) >= fewest
    inside: dict[tuple[int, int], tuple[int, ...]] = {}
    # Windows of the same stays are one, told by the last of them.
    begin_of: dict[tuple[int, ...], int] = {}
    for begin, end in zip(begins[crowded].tolist(), ends[crowded].tolist(), strict=True):
        if (begin, end) not in inside:
            within = (first >= begin) & (first <= begin + 1) & (last >= end) & (last <= end + 1)
            inside[begin, end] = tuple(np.flatnonzero(within).tolist())
        begin_of[inside[begin, end]] = begin
    windows = []
    person = np.unique(found.person[rows], return_inverse=True)[1]
    for members, begin in begin_of.items():
        batch = rows[list(members)]
        families = len(set(family[found.person[batch]].tolist()))
        if families >= fewest:
            own = np.zeros(len(rows), np.bool_)
            own[person[list(members)]] = True
            windows.append(_Window(batch, families, _expected(found, first[~own[person]], batch, begin)))
    return windows


@nb.njit(cache=True)
def _counts(first: Ints, last: Ints, begins: Ints, ends: Ints) -> Ints:
    """Stays in each window of two days from `begins` on by two days from `ends` on."""
    found = np.zeros(len(begins), np.int64)
    for n in range(len(begins)):
        for row in range(len(first)):
            if 0 <= first[row] - begins[n] <= 1 and 0 <= last[row] - ends[n] <= 1:
                found[n] += 1
    return found


def _expected(found: Stays, day: Ints, members: Ints, begin: int) -> float:
    """Families expected in a window, from the weeks around: `day` of admission of all but the batch's people."""
    around = (np.abs(day - begin) <= _AROUND) & ((day < begin - 1) | (day > begin + 2))
    low, high = max(found.days[0], begin - _AROUND), min(found.days[1], begin + _AROUND)
    rate = float(np.count_nonzero(around) + 0.5) / max(1, high - low - 3)
    return max(_LEAST, 2.0 * rate * nights_share(found, members))


def gathered(found: Stays, candidates: list[Batch]) -> list[list[Batch]]:
    """Join batches of one hospital that share two persons or two bills."""
    if not candidates:
        return []
    links = [
        (a, b)
        for a in range(len(candidates))
        for b in range(a)
        if found.place[candidates[a].rows[0]] == found.place[candidates[b].rows[0]]
        and _alike(found, candidates[a].rows, candidates[b].rows)
    ]
    pairs = np.array(links, np.int64).reshape(-1, 2)
    size = (len(candidates),) * 2
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=size)
    label = connected_components(graph, directed=False)[1]
    return [[candidates[k] for k in np.flatnonzero(label == number)] for number in np.unique(label)]


def _alike(found: Stays, a: Ints, b: Ints) -> bool:
    if len(np.intersect1d(found.person[a], found.person[b])) >= 2:
        return True
    bills = np.intersect1d(found.bill[a], found.bill[b])
    bills = bills[bills >= 0]
    return int(np.isin(found.bill[a], bills).sum()) >= 2 and int(np.isin(found.bill[b], bills).sum()) >= 2
