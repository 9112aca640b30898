"""The densest block of persons × doctors × weeks at one place, by greedy peeling (M-Zoom, Shin et al. 2016)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from detectors.snapshot import Flags, Ints
from detectors.visits import by_code


@dataclass(frozen=True)
class Block:
    """Rows (indices of the given triples) inside the block, and its density mass / (persons + doctors + weeks)."""

    rows: Ints
    density: float


def densest(nodes: Ints) -> Block:
    """Peel distinct triples: `nodes` is (n, 3), columns persons, doctors and weeks, each numbered from 0.

    The node in fewest triples goes first, and the densest remainder seen on the way is returned: at
    least a third of the best density there is (three kinds of nodes).
    """
    if not len(nodes):
        return Block(np.empty(0, np.int64), 0.0)
    sizes = nodes.max(axis=0) + 1
    coded = nodes + np.concatenate([[0], np.cumsum(sizes[:2])])
    total = int(sizes.sum())
    order, start = by_code(coded.T.ravel(), total)
    gone, best = _peeled(coded, order % len(nodes), start, total)
    alive = (gone[coded] >= best).all(axis=1)
    rows = np.flatnonzero(alive)
    size = sum(np.count_nonzero(np.bincount(nodes[rows, kind])) for kind in range(3))
    return Block(rows, len(rows) / max(1, size))


@njit(cache=True)  # type: ignore[misc, unused-ignore]
def _peeled(coded: Ints, order: Ints, start: Ints, total: int) -> tuple[Ints, int]:  # pragma: no cover - compiled
    """When each node went (its turn), and the turn after which the remainder was densest."""
    degree = start[1:] - start[:-1]
    heads = np.full(degree.max() + 1, -1, np.int64)  # nodes by degree, as linked lists
    after, before = np.full(total, -1, np.int64), np.full(total, -1, np.int64)
    for node in range(total - 1, -1, -1):
        _link(heads, after, before, node, degree[node])
    alive, gone = np.ones(len(coded), np.bool_), np.full(total, total, np.int64)
    mass, best, density, least = len(coded), 0, len(coded) / total, 0
    for turn in range(total):
        while heads[least] < 0:
            least += 1
        node = heads[least]
        _unlink(heads, after, before, node, least)
        gone[node] = turn
        for at in range(start[node], start[node + 1]):
            row = order[at]
            if alive[row]:
                alive[row] = False
                mass -= 1
                for kind in range(3):
                    other = coded[row, kind]
                    if gone[other] == total:
                        _unlink(heads, after, before, other, degree[other])
                        degree[other] -= 1
                        _link(heads, after, before, other, degree[other])
                        least = min(least, degree[other])
        left = total - turn - 1
        if left > 0 and mass / left > density:
            density, best = mass / left, turn + 1
    return gone, best


@njit(cache=True)  # type: ignore[misc, unused-ignore]
def _link(heads: Ints, after: Ints, before: Ints, node: int, degree: int) -> None:  # pragma: no cover - compiled
    """Put a node at the head of its degree's list."""
    before[node] = -1
    after[node] = heads[degree]
    if heads[degree] >= 0:
        before[heads[degree]] = node
    heads[degree] = node


@njit(cache=True)  # type: ignore[misc, unused-ignore]
def _unlink(heads: Ints, after: Ints, before: Ints, node: int, degree: int) -> None:  # pragma: no cover - compiled
    """Take a node out of its degree's list."""
    if before[node] >= 0:
        after[before[node]] = after[node]
    else:
        heads[degree] = after[node]
    if after[node] >= 0:
        before[after[node]] = before[node]


def repeated(persons: Ints, least: int) -> Flags:
    """Rows of persons who stand in at least `least` rows."""
    found: npt.NDArray[np.bool_] = np.bincount(persons)[persons] >= least
    return found
