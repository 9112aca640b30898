"""Families that no register knows: two to four people who come together, and with nobody else.

Without them 85 % of all groups found are families; joined too readily, a small ring would pass for one.
So a family is a set whose least loyal pair meets twice as often as any of them meets anybody outside.
"""

import numpy as np

from detectors.copresence.pairs import Pairs
from detectors.copresence.triangles import labels
from detectors.snapshot import Flags, Ints

_MOST = 4  # a tight cluster of more stays individuals, so that no ring hides as a family
_DAYS = 3
_LOYAL = 0.5  # share of each one's best companion
_CLOSER = 2  # times as often within as without


def with_families(pairs: Pairs, units: int) -> Ints:
    """Give the new code of each unit once inferred families are joined (codes without gaps)."""
    best = np.zeros(units, np.int64)
    np.maximum.at(best, pairs.a, pairs.days)
    np.maximum.at(best, pairs.b, pairs.days)
    loyal = np.minimum(pairs.days / np.maximum(best[pairs.a], 1), pairs.days / np.maximum(best[pairs.b], 1)) >= _LOYAL
    close = loyal & (pairs.days >= _DAYS)
    label = labels(pairs.a[close], pairs.b[close], units)
    family = (np.bincount(label)[label] <= _MOST) & _apart(pairs, label, close)[label]
    code = np.where(family, label, units + np.arange(units))
    return np.unique(code, return_inverse=True)[1].astype(np.int64)


def _apart(pairs: Pairs, label: Ints, close: Flags) -> Flags:
    """Tell of each component whether all its pairs meet more often than any of them meets others."""
    size = int(label.max(initial=-1)) + 1
    inner = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(inner, label[pairs.a[close]], pairs.days[close])
    outer = np.zeros(size, np.int64)
    crossing = label[pairs.a] != label[pairs.b]
    for end in (pairs.a, pairs.b):
        np.maximum.at(outer, label[end[crossing]], pairs.days[crossing])
    clear: Flags = inner >= _CLOSER * outer
    return clear
