"""Which pairs hold together: truss pruning, and triangles whose sides are of different days.

A pair that is part of a ring has common partners; a pair in step by chance has none. The k-truss
(Cohen 2008) keeps edges with enough triangles. Where cards come two or three at a time no pair need
ever meet twice: there a triangle whose three sides are not all of one day is what chance hardly makes.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from detectors.copresence.crowd import Crowd, changes
from detectors.snapshot import Flags, Ints

_AHEAD = 4  # cards of one hand follow one another: rows after each at which a near pair is looked for


@dataclass(frozen=True)
class Edges:
    """Pairs a < b of units; `day` is the day they met, -1 where they met on several."""

    a: Ints
    b: Ints
    day: Ints

    def only(self, chosen: Flags | Ints) -> "Edges":
        """Keep some of them."""
        return Edges(self.a[chosen], self.b[chosen], self.day[chosen])


def near(crowd: Crowd, reach: int, desks: Flags) -> Edges:
    """Pairs that came to some desks within `reach` minutes and few rows apart."""
    rows = np.flatnonzero(desks[crowd.desk])
    unit, key, day = crowd.unit[rows], crowd.key[rows], crowd.day[rows]
    parts = []
    for ahead in range(1, _AHEAD + 1):
        at = np.flatnonzero((key[ahead:] - key[:-ahead] <= reach) & (unit[ahead:] != unit[:-ahead]))
        pair = np.sort(np.column_stack([unit[at], unit[at + ahead]]), axis=1)
        parts.append(np.column_stack([pair, day[at]]))
    return _merged(np.concatenate(parts))


def _merged(found: Ints) -> Edges:
    order = np.lexsort((found[:, 2], found[:, 1], found[:, 0]))
    a, b, day = found[order].T
    start = np.flatnonzero(changes(a, b))
    last = np.concatenate([start[1:], [len(a)]])[: len(start)] - 1
    return Edges(a[start], b[start], np.where(day[start] == day[last], day[start], -1))


def truss(edges: Edges, least: int, *, days_differ: bool = False) -> Flags:
    """Tell which edges remain when each must be in `least` triangles of edges that remain.

    With `days_differ` a triangle counts only when its sides are not all of one day.
    """
    nodes, ends = np.unique(np.concatenate([edges.a, edges.b]), return_inverse=True)
    count = len(edges.a)
    a, b = ends[:count].astype(np.int64), ends[count:].astype(np.int64)
    source, target = np.concatenate([a, b]), np.concatenate([b, a])
    number = np.tile(np.arange(count), 2)
    order = np.lexsort((target, source))
    start = np.searchsorted(source[order], np.arange(len(nodes) + 1))
    alive = np.ones(count, np.bool_)
    day = edges.day if days_differ else np.full(count, -1, np.int64)
    _prune(start, target[order], number[order], a, b, day, least, alive)
    return alive


@nb.njit(cache=True)
def _prune(start: Ints, target: Ints, number: Ints, a: Ints, b: Ints, day: Ints, least: int, alive: Flags) -> None:
    changed = True
    while changed:
        changed = False
        for edge in range(len(a)):
            if alive[edge] and _triangles(start, target, number, a[edge], b[edge], day, edge, alive) < least:
                alive[edge] = False
                changed = True


@nb.njit(cache=True)
def _triangles(start: Ints, target: Ints, number: Ints, a: int, b: int, day: Ints, edge: int, alive: Flags) -> int:
    one, two, found = start[a], start[b], 0
    while one < start[a + 1] and two < start[b + 1]:
        if target[one] < target[two]:
            one += 1
        elif target[one] > target[two]:
            two += 1
        else:
            left, right = number[one], number[two]
            same = day[edge] >= 0 and day[edge] == day[left] and day[edge] == day[right]
            if alive[left] and alive[right] and not same:
                found += 1
            one += 1
            two += 1
    return found


def core(edges: Edges, least: int) -> Flags:
    """Tell which edges remain when each end must have `least` of them (the k-core of Seidman 1983)."""
    alive = np.ones(len(edges.a), np.bool_)
    size = int(max(edges.a.max(initial=-1), edges.b.max(initial=-1))) + 1
    while True:
        degree = np.bincount(edges.a[alive], minlength=size) + np.bincount(edges.b[alive], minlength=size)
        left = alive & (degree[edges.a] >= least) & (degree[edges.b] >= least)
        if left.sum() == alive.sum():
            return left
        alive = left


def labels(a: Ints, b: Ints, size: int) -> Ints:
    """Component of each of `size` nodes in the graph of the edges (a, b)."""
    graph = coo_matrix((np.ones(len(a), np.bool_), (a, b)), shape=(size, size))
    found: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return found
