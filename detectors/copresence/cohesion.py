"""Cutting a component where it barely holds: two rings that met by accident are two rings.

Recursive bisection along the Fiedler vector: the sweep cut of least conductance (Shi and Malik 2000;
Cheeger's inequality) is taken while it is below a threshold that a ring with slowly renewed members
still passes.
"""

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import coo_matrix, csr_matrix, diags_array
from scipy.sparse.linalg import eigsh

from detectors.copresence.pairs import Floats
from detectors.copresence.triangles import labels
from detectors.snapshot import Flags, Ints

_THIN = 0.2  # conductance of the thinnest cut of a ring whose members are renewed over its life
_DENSE = 200  # nodes up to which all eigenvectors are quicker than a few


def cohesive(a: Ints, b: Ints, weight: Floats, smallest: int) -> list[Ints]:
    """Sorted node sets of the parts that hold together, of `smallest` nodes or more."""
    if not len(a):
        return []
    nodes, ends = np.unique(np.concatenate([a, b]), return_inverse=True)
    count, size = len(a), len(nodes)
    pairs = coo_matrix((weight, (ends[:count], ends[count:])), shape=(size, size)).tocsr()
    whole = (pairs + pairs.T).tocsr()
    label = labels(ends[:count], ends[count:], size)
    order = np.argsort(label, kind="stable")
    waiting = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    found: list[Ints] = []
    while waiting:
        part = waiting.pop()
        if len(part) < smallest:
            continue
        inner = whole[part][:, part]
        left = _thin_cut(inner) if len(part) >= 2 * smallest else None
        if left is None:
            found.append(np.sort(nodes[part]))
        else:
            waiting += [piece for side in (left, ~left) for piece in _pieces(inner, part, side)]
    return sorted(found, key=lambda part: part.tolist())


def _pieces(inner: csr_matrix, part: Ints, side: Flags) -> list[Ints]:
    """Connected pieces of one side of a cut."""
    chosen = np.flatnonzero(side)
    edges = inner[chosen][:, chosen].tocoo()
    label = labels(edges.row.astype(np.int64), edges.col.astype(np.int64), len(chosen))
    return [part[chosen[label == number]] for number in range(int(label.max()) + 1)]


def _thin_cut(graph: csr_matrix) -> Flags | None:
    """One side of the cut of least conductance along the Fiedler vector, where it is thin."""
    degree = np.asarray(graph.sum(axis=1)).ravel()
    scale = 1.0 / np.sqrt(np.maximum(degree, 1e-12))
    order = np.argsort(_fiedler(graph, scale) * scale, kind="stable")
    sorted_graph = graph[order][:, order]
    inside = np.cumsum(degree[order])
    within = 2 * np.cumsum(np.asarray(_lower(sorted_graph)))
    cut = inside - within
    conductance = cut[:-1] / np.maximum(np.minimum(inside[:-1], inside[-1] - inside[:-1]), 1e-12)
    at = int(np.argmin(conductance))
    if conductance[at] >= _THIN:
        return None
    left = np.zeros(len(order), np.bool_)
    left[order[: at + 1]] = True
    return left


def _lower(graph: csr_matrix) -> Floats:
    """Weight of each node's edges to those before it."""
    edges = graph.tocoo()
    before = edges.col < edges.row
    weight: Floats = np.bincount(edges.row[before], edges.data[before], minlength=graph.shape[0]).astype(np.float64)
    return weight


def _fiedler(graph: csr_matrix, scale: Floats) -> Floats:
    size = graph.shape[0]
    normal = diags_array(scale) @ graph @ diags_array(scale)
    if size <= _DENSE:
        vectors = eigh(normal.toarray(), subset_by_index=[size - 2, size - 2])[1]
    else:
        vectors = eigsh(normal, k=2, which="LA", v0=np.arange(1.0, size + 1), tol=1e-4)[1][:, :1]
    vector: Floats = vectors[:, 0]
    # The sign of an eigenvector is arbitrary; fix it so that any machine cuts alike.
    return vector if vector[np.argmax(np.abs(vector))] > 0 else -vector
