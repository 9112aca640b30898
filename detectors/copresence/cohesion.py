"""Cutting a component where it barely holds: two rings that met by accident are two rings.

Recursive bisection along the Fiedler vector: the sweep cut of least conductance (Shi and Malik 2000;
Cheeger's inequality) is taken while it is below a threshold that a ring with slowly renewed members
still passes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numba as nb
import numpy as np
from scipy.linalg import eigh
from scipy.sparse import coo_matrix, csr_matrix, diags_array
from scipy.sparse.linalg import eigsh
from threadpoolctl import ThreadpoolController

from detectors.copresence.pairs import Floats
from detectors.snapshot import Flags, Ints

_THIN = 0.2  # conductance of the thinnest cut of a ring whose members are renewed over its life
_DENSE = 200  # nodes up to which all eigenvectors are quicker than a few


@dataclass(frozen=True)
class _Graph:
    """Symmetric weights in compressed rows; `nodes` are what its rows stand for, ascending."""

    nodes: Ints
    start: Ints
    target: Ints
    weight: Floats

    @property
    def row(self) -> Ints:
        """Row of each entry."""
        return np.repeat(np.arange(len(self.nodes)), np.diff(self.start))


def cohesive(a: Ints, b: Ints, weight: Floats, smallest: int) -> list[Ints]:
    """Sorted node sets of the parts that hold together, of `smallest` nodes or more."""
    if not len(a):
        return []
    nodes, ends = np.unique(np.concatenate([a, b]), return_inverse=True)
    count, size = len(a), len(nodes)
    pairs = coo_matrix((weight, (ends[:count], ends[count:])), shape=(size, size)).tocsr()
    both = (pairs + pairs.T).tocsr()
    whole = _Graph(nodes, both.indptr.astype(np.int64), both.indices.astype(np.int64), both.data)
    # Threads of the linear algebra wait for one another longer than the short steps of the solver take.
    with _libraries().limit(limits=1, user_api="blas"):
        found = _cut(list(_pieces(whole, np.zeros(size, np.bool_), smallest)), smallest)
    return sorted(found, key=lambda part: part.tolist())


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def _cut(waiting: list[_Graph], smallest: int) -> list[Ints]:
    """Cut graphs as long as their thinnest cut is thin."""
    found: list[Ints] = []
    while waiting:
        part = waiting.pop()
        left = _thin_cut(part) if len(part.nodes) >= 2 * smallest else None
        if left is None:
            found.append(part.nodes)
        else:
            waiting += _pieces(part, left, smallest)
    return found


def _pieces(graph: _Graph, left: Flags, smallest: int) -> Iterator[_Graph]:
    """Connected pieces of both sides of a cut, of `smallest` nodes or more."""
    label = _labels(graph.start, graph.target, left)
    for number in np.flatnonzero(np.bincount(label) >= smallest):
        rows = np.flatnonzero(label == number)
        yield _Graph(graph.nodes[rows], *_taken(graph.start, graph.target, graph.weight, rows))


@nb.njit(cache=True)
def _labels(start: Ints, target: Ints, left: Flags) -> Ints:
    """Number of the connected piece of each node, where edges across the cut are taken away."""
    label = np.full(len(left), -1, np.int64)
    waiting, found = np.empty(len(left), np.int64), 0
    for first in range(len(left)):
        if label[first] >= 0:
            continue
        label[first], waiting[0], open_nodes = found, first, 1
        while open_nodes:
            open_nodes -= 1
            node = waiting[open_nodes]
            for at in range(start[node], start[node + 1]):
                other = target[at]
                if label[other] < 0 and left[other] == left[node]:
                    label[other] = found
                    waiting[open_nodes] = other
                    open_nodes += 1
        found += 1
    return label


@nb.njit(cache=True)
def _taken(start: Ints, target: Ints, weight: Floats, rows: Ints) -> tuple[Ints, Ints, Floats]:
    """Rows and columns of some nodes, numbered anew."""
    number = np.full(len(start) - 1, -1, np.int64)
    number[rows] = np.arange(len(rows))
    begin, count = np.zeros(len(rows) + 1, np.int64), 0
    size = 0
    for row in rows:
        size += start[row + 1] - start[row]
    to, of = np.empty(size, np.int64), np.empty(size, np.float64)
    for n in range(len(rows)):
        for at in range(start[rows[n]], start[rows[n] + 1]):
            if number[target[at]] >= 0:
                to[count], of[count] = number[target[at]], weight[at]
                count += 1
        begin[n + 1] = count
    return begin, to[:count], of[:count]


def _thin_cut(graph: _Graph) -> Flags | None:
    """One side of the cut of least conductance along the Fiedler vector, where it is thin."""
    degree = np.add.reduceat(graph.weight, graph.start[:-1])
    scale = 1.0 / np.sqrt(np.maximum(degree, 1e-12))
    order = np.argsort(_fiedler(graph, scale) * scale, kind="stable")
    inside = np.cumsum(degree[order])
    within = 2 * np.cumsum(_lower(graph, order))
    cut = inside - within
    conductance = cut[:-1] / np.maximum(np.minimum(inside[:-1], inside[-1] - inside[:-1]), 1e-12)
    at = int(np.argmin(conductance))
    if conductance[at] >= _THIN:
        return None
    left = np.zeros(len(order), np.bool_)
    left[order[: at + 1]] = True
    return left


def _lower(graph: _Graph, order: Ints) -> Floats:
    """Weight of each node's edges to those before it, in an order of the nodes."""
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    row, column = rank[graph.row], rank[graph.target]
    before = column < row
    weight: Floats = np.bincount(row[before], graph.weight[before], minlength=len(order)).astype(np.float64)
    return weight


def _fiedler(graph: _Graph, scale: Floats) -> Floats:
    size = len(graph.nodes)
    if size <= _DENSE:
        normal = np.zeros((size, size))
        normal[graph.row, graph.target] = scale[graph.row] * graph.weight * scale[graph.target]
        vectors = eigh(normal, subset_by_index=[size - 2, size - 2])[1]
    else:
        weights = csr_matrix((graph.weight, graph.target, graph.start), shape=(size, size))
        scaled = diags_array(scale) @ weights @ diags_array(scale)
        vectors = eigsh(scaled, k=2, which="LA", v0=np.arange(1.0, size + 1), tol=1e-4)[1][:, :1]
    vector: Floats = vectors[:, 0]
    # The sign of an eigenvector is arbitrary; fix it so that any machine cuts alike.
    return vector if vector[np.argmax(np.abs(vector))] > 0 else -vector
