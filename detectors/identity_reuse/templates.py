"""Pairs of biometric templates too alike for two bodies, by this county's own impostors."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log10

import numpy as np
import numpy.typing as npt
from scipy.stats import norm
from usearch.index import Index

from detectors.snapshot import Ints, Snapshot, kept

Floats = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]

_EXACT = 100_000  # rows up to which all pairs are looked at
_BATCH = 2_048
_SHIFTS = 24  # each template against as many others: impostors
_NEIGHBOURS = 16
_MATCH = 7.0  # log odds: one in a thousand
_CLEAR, _UNLIKE = 5.0, 2.0  # scales above the impostors' centre: a match, and what no match is
_TAIL = 3.0902  # standard deviations at the 99.9th percentile

_ROWS = """
    SELECT person.p, template FROM bio_templates JOIN person USING (psn_no)
    WHERE method = $1 AND template IS NOT NULL ORDER BY person.p, enrl_time
"""


@dataclass(frozen=True)
class Alike:
    """Two people a < b (codes p) with templates of one method, and how likely two bodies are so alike.

    `p_value` is corrected for all pairs of templates that were compared.
    """

    a: int
    b: int
    similarity: float
    p_value: float


@dataclass(frozen=True)
class Impostors:
    """Similarity of templates of different bodies: centre and scale, the scale fitted to the tail."""

    centre: float
    scale: float
    pairs: int

    def threshold(self, expected: float) -> float:
        """Similarity that `expected` pairs of different bodies reach, among all that are compared."""
        return self.centre + self.scale * float(norm.isf(min(0.5, expected / max(1, self.pairs))))

    def p_value(self, similarity: float) -> float:
        """Expected number of such pairs of different bodies, at most 1."""
        log_p = float(norm.logsf((similarity - self.centre) / self.scale)) / np.log(10) + log10(max(1, self.pairs))
        return float(f"{min(1.0, 10 ** max(-300.0, log_p)):.4g}")


def methods(snapshot: Snapshot) -> list[str]:
    """Methods that templates were taken by."""
    return [row[0] for row in snapshot.db.execute("SELECT DISTINCT method FROM bio_templates ORDER BY 1").fetchall()]


@dataclass(frozen=True)
class Gallery:
    """Templates of one method: unit vectors, whose they are (codes p, ascending), and the impostors."""

    person: Ints
    vectors: Vectors
    impostors: Impostors


@kept
def galleries(snapshot: Snapshot) -> dict[str, Gallery]:
    """Templates by method."""
    found = {}
    for method in methods(snapshot):
        person, vectors = _vectors(snapshot, method)
        found[method] = Gallery(person, vectors, _impostors(vectors))
    return found


def alike(gallery: Gallery, expected: float) -> list[Alike]:
    """Find the pairs over the threshold that `expected` impostors reach in the whole county."""
    person, impostors = gallery.person, gallery.impostors
    if impostors.scale <= 0:
        return []
    found: dict[tuple[int, int], float] = {}
    for i, j, similarity in _search(gallery.vectors, impostors.threshold(expected)):
        a, b = sorted((int(person[i]), int(person[j])))
        if a != b:
            found[a, b] = max(similarity, found.get((a, b), -1.0))
    return [Alike(a, b, round(s, 4), impostors.p_value(round(s, 4))) for (a, b), s in sorted(found.items())]


def face_odds(snapshot: Snapshot, a: int, b: int) -> float:
    """Log odds of one body from the templates of two people, over all methods; 0 where either has none.

    A match is worth at most `_MATCH` (devices err in ways no rate tells), and so is a clear difference.
    """
    total = 0.0
    for gallery in galleries(snapshot).values():
        i, j = (gallery.person.searchsorted(p) for p in (a, b))
        held = max(i, j) < len(gallery.person) and gallery.person[i] == a and gallery.person[j] == b
        if held and gallery.impostors.scale > 0:
            distance = (
                float(gallery.vectors[i] @ gallery.vectors[j]) - gallery.impostors.centre
            ) / gallery.impostors.scale
            total += _MATCH * (float(distance >= _CLEAR) - float(distance < _UNLIKE))
    return round(total, 6)


def _vectors(snapshot: Snapshot, method: str) -> tuple[Ints, Vectors]:
    """Templates of unit length, of the most common width; those of constant value say nothing."""
    table = snapshot.sql(_ROWS, [method])
    lists = table.column("template").combine_chunks()
    widths = np.asarray(lists.value_lengths(), np.int64)
    if not len(widths) or not widths.max():
        return np.empty(0, np.int64), np.empty((0, 1), np.float32)
    width = int(np.bincount(widths).argmax())
    kept = np.flatnonzero(widths == width)
    flat = lists.take(kept).flatten().to_numpy(zero_copy_only=False)
    vectors = np.nan_to_num(flat.astype(np.float32)).reshape(-1, width)
    spread = vectors.std(axis=1) > 0
    vectors = vectors[spread] / np.linalg.norm(vectors[spread], axis=1, keepdims=True)
    return table.column("p").to_numpy().astype(np.int64)[kept][spread], vectors


def _impostors(vectors: Vectors) -> Impostors:
    """Similarities of each template to others further on: bodies with two are too few to weigh in.

    The scale is the larger of the middle's and the 99.9th percentile's, so a tail heavier than
    the normal raises the threshold.
    """
    n = len(vectors)
    if n < 3:
        return Impostors(0.0, 0.0, 0)
    shifts = np.unique(np.linspace(1, n - 1, min(_SHIFTS, n - 1)).astype(np.int64))
    seen = np.concatenate([np.einsum("ij,ij->i", vectors, np.roll(vectors, -int(s), axis=0)) for s in shifts])
    middle = float(np.median(seen))
    spread = 1.4826 * float(np.median(np.abs(seen - middle)))
    tail = (float(np.quantile(seen, 0.999)) - middle) / _TAIL if len(seen) >= 50_000 else 0.0
    return Impostors(middle, max(spread, tail), n * (n - 1) // 2)


def _search(vectors: Vectors, least: float) -> Iterator[tuple[int, int, float]]:
    return _exact(vectors, least) if len(vectors) <= _EXACT else _approximate(vectors, least)


def _exact(vectors: Vectors, least: float) -> Iterator[tuple[int, int, float]]:
    """All pairs, a batch of rows against those from it on."""
    for start in range(0, len(vectors), _BATCH):
        similar = vectors[start : start + _BATCH] @ vectors[start:].T
        rows, columns = np.divmod(np.flatnonzero(similar >= least), similar.shape[1])
        for i, j in zip(rows[columns > rows].tolist(), columns[columns > rows].tolist(), strict=True):
            yield start + i, start + j, float(similar[i, j])


def _approximate(vectors: Vectors, least: float) -> Iterator[tuple[int, int, float]]:
    """Nearest neighbours by HNSW, built by one thread in the order of rows so that it is always the same."""
    index = Index(ndim=vectors.shape[1], metric="cos", dtype="f16", connectivity=16, expansion_search=128)
    index.add(np.arange(len(vectors)), vectors, threads=1)
    for start in range(0, len(vectors), _BATCH):
        matches = index.search(vectors[start : start + _BATCH], _NEIGHBOURS, threads=1)
        for i, near in enumerate(np.atleast_2d(matches.keys)):
            for j in near.tolist():
                similarity = float(vectors[start + i] @ vectors[j])
                if j > start + i and similarity >= least:
                    yield start + i, int(j), similarity
