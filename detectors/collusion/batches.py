"""Batches: people admitted and discharged together for one illness, beyond the hospital's own rhythm."""

from dataclasses import dataclass
from math import log

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from detectors.collusion.chance import corrected, count_tail
from detectors.collusion.stays import Stays, nights_share, stays
from detectors.lawful.units import units
from detectors.snapshot import Flags, Ints, Snapshot

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
    candidates = []
    long_enough = np.flatnonzero(found.nights >= SHORTEST)
    key = found.place[long_enough] * (int(found.illness.max(initial=0)) + 1) + found.illness[long_enough]
    order = np.argsort(key, kind="stable")
    for rows in np.split(long_enough[order], np.flatnonzero(np.diff(key[order])) + 1):
        candidates += _of_illness(found, family, rows, fewest)
    examined = log(max(1, len(candidates)))
    taken = np.zeros(len(found.visit), np.bool_)
    kept = []
    for batch in sorted(candidates, key=lambda b: (b.p_value, -len(b.rows), int(b.rows[0]))):
        if not taken[batch.rows].any() and batch.p_value <= _CANDIDATE:
            taken[batch.rows] = True
            kept.append(Batch(batch.rows, batch.expected, corrected(batch.p_value, examined)))
    return kept


def _of_illness(found: Stays, family: Ints, rows: Ints, fewest: int) -> list[Batch]:
    """Every window of two days of admission by two days of discharge with enough families in it."""
    if len(rows) < fewest:
        return []
    first, last = found.first[rows], found.last[rows]
    candidates = []
    for a, z in sorted(set(zip(first.tolist(), last.tolist(), strict=True))):
        for begin, end in ((a, z), (a, z - 1), (a - 1, z), (a - 1, z - 1)):
            inside = (first >= begin) & (first <= begin + 1) & (last >= end) & (last <= end + 1)
            if np.count_nonzero(inside) < fewest:
                continue
            families = len(np.unique(family[found.person[rows[inside]]]))
            if families >= fewest:
                candidates.append(_tested(found, rows, inside, families, int(begin)))
    unique = {tuple(batch.rows.tolist()): batch for batch in candidates}
    return list(unique.values())


def _tested(found: Stays, rows: Ints, inside: Flags, families: int, begin: int) -> Batch:
    """Chance of as many families, from the admissions of the weeks around without the batch's people."""
    members = rows[inside]
    others = rows[~np.isin(found.person[rows], found.person[members])]
    day = found.first[others]
    around = (np.abs(day - begin) <= _AROUND) & ((day < begin - 1) | (day > begin + 2))
    low, high = max(int(found.first.min()), begin - _AROUND), min(int(found.first.max()), begin + _AROUND)
    rate = float(around.sum() + 0.5) / max(1, high - low - 3)
    share = nights_share(found, members)
    expected = max(_LEAST, 2.0 * rate * share)
    return Batch(members, expected, count_tail(families, expected, _EXCESS))


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
