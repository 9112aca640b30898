"""Who came near whom again and again: a streaming two-pass screen that never builds the table of pairs.

Pass one counts pair events in a sketch of one byte per cell (its size follows the data); pass two
emits only the pairs whose cell reached the wanted count. Memory is the sketch plus the survivors,
however large the crowd of a hub. The idea is that of Park, Chen and Yu's hashing screen for frequent
pairs (SIGMOD 1995).
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.stats import poisson

from detectors.copresence.crowd import HALF_HOUR, Crowd, changes
from detectors.snapshot import Flags, Ints

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing
_NEIGHBOURS = 400  # looked at before a visit: bounds the cost of a rush at a hub
_FULL = np.uint8(255)
_CHUNK = 200_000
_ROOM = 256  # for pairs emitted, at first; more is made when it is full
_SHRINK = 200.0  # visits at which a place's own rate weighs as much as the general one


@dataclass(frozen=True)
class Pairs:
    """Units a < b that met on `days` distinct days where `expected` were to be, with the test's p-value."""

    a: Ints
    b: Ints
    days: Ints
    expected: Floats
    p_value: Floats
    events: int

    def only(self, chosen: Flags) -> "Pairs":
        """Keep some of the pairs."""
        a, b, days = (column[chosen] for column in (self.a, self.b, self.days))
        return Pairs(a, b, days, self.expected[chosen], self.p_value[chosen], self.events)


def screen(crowd: Crowd, reach: int, least: int, desks: Flags | None = None) -> Pairs:
    """Pairs that came within `reach` minutes on `least` days or more (at some desks), each with its chance."""
    rows = np.arange(len(crowd.unit)) if desks is None else np.flatnonzero(desks[crowd.desk])
    unit, key = crowd.unit[rows], crowd.key[rows]
    met, both, row = _near(unit, key, crowd.desk[rows], reach, least, crowd)
    # Pair and day in one number: one sort instead of three.
    order = np.argsort(both * (int(crowd.day.max(initial=0)) + 1) + crowd.day[rows[row]])
    both, row = both[order], row[order]
    del order  # as large as what it sorts
    day, desk = crowd.day[rows[row]], crowd.desk[rows[row]]
    new = changes(both)
    pair = np.cumsum(new) - 1
    days = np.bincount(pair[new | changes(day)], minlength=int(new.sum()))
    enough = days >= least
    repeated = np.bincount(desk[enough[pair]], minlength=crowd.desks)
    low, high = np.divmod(both[new][enough], max(1, crowd.units))
    a, b, days = low, high, days[enough]
    expected = _expected(crowd, a, b, _rates(crowd, reach, met, repeated))
    return Pairs(a, b, days, expected, poisson.sf(days - 1, expected), int(met.sum()))


def significant(pairs: Pairs, rate: float) -> Pairs:
    """Benjamini-Hochberg over all pairs that met at all (counted by their events, which is stricter)."""
    order = np.argsort(pairs.p_value, kind="stable")
    good = pairs.p_value[order] <= rate * np.arange(1, len(order) + 1) / max(1, pairs.events)
    line = pairs.p_value[order][good].max() if good.any() else -1.0
    return pairs.only(pairs.p_value <= line)


def by_chance(crowd: Crowd, a: Ints, b: Ints, reach: int) -> Floats:
    """How often each pair would come within `reach` minutes if everybody came at any day and hour of the crowd."""
    rate = (2 * reach + 1) / open_minutes(crowd) / max(1, crowd.days)
    return _expected(crowd, a, b, np.full(crowd.desks, rate))


def _rates(crowd: Crowd, reach: int, met: Ints, repeated: Ints) -> Floats:
    """Chance that two visits at a desk fall within reach, from pairs that do not repeat.

    A ring makes its own pairs repeat: counting them would let a small pharmacy hide its ring.
    """
    alone = np.maximum(met - repeated, 0)
    size = crowd.size.astype(np.float64)
    spread = 1.0 if crowd.daily else (2 * reach + 1) / open_minutes(crowd)
    general = spread / max(1, crowd.days)
    rates: Floats = (2 * alone + general * _SHRINK**2) / (size**2 + _SHRINK**2)
    return rates


def open_minutes(crowd: Crowd) -> float:
    """Minutes over which a day's visits are effectively spread (inverse Simpson index of half hours)."""
    share = crowd.half_hours.sum(axis=0) / max(1, len(crowd.minute))
    return float(HALF_HOUR) / max(float((share**2).sum()), 1e-9)


def _expected(crowd: Crowd, a: Ints, b: Ints, rates: Floats) -> Floats:
    ones = np.ones(len(crowd.unit))
    visits = csr_matrix((ones, (crowd.unit, crowd.desk)), shape=(crowd.units, crowd.desks))
    weighted = visits.multiply(rates[None, :]).tocsr()
    expected = np.empty(len(a))
    for start in range(0, len(a), _CHUNK):
        part = slice(start, start + _CHUNK)
        expected[part] = np.asarray(visits[a[part]].multiply(weighted[b[part]]).sum(axis=1)).ravel()
    return np.maximum(expected, 1e-6)


def _near(unit: Ints, key: Ints, desk: Ints, reach: int, least: int, crowd: Crowd) -> tuple[Ints, Ints, Ints]:
    """Events at each desk; the pairs (as one number) that may have met `least` times, and the rows where they did.

    The sketch, which may take a gigabyte, is let go of before anything is sorted.
    """
    sketch, met = _counted(unit, key, desk, reach, crowd.desks)
    return met, *_emit(unit, key, reach, sketch, len(sketch).bit_length() - 1, least, crowd.units)


def _counted(unit: Ints, key: Ints, desk: Ints, reach: int, desks: int) -> tuple[Bytes, Ints]:
    bits = int(np.clip(np.ceil(np.log2(max(1, _events(key, reach)))) + 2, 16, 30))
    sketch = np.zeros(1 << bits, np.uint8)
    met = np.zeros(desks, np.int64)
    _count(unit, key, desk, reach, sketch, bits, met)
    return sketch, met


@nb.njit(cache=True)
def _events(key: Ints, reach: int) -> int:
    low, total = 0, 0
    for row in range(len(key)):
        while key[row] - key[low] > reach:
            low += 1
        total += min(row - low, _NEIGHBOURS)
    return total


@nb.njit(cache=True)
def _cell(a: int, b: int, bits: int) -> np.uint64:
    pair = (np.uint64(min(a, b)) << np.uint64(32)) | np.uint64(max(a, b))
    return (pair * _MULTIPLIER) >> np.uint64(64 - bits)


@nb.njit(cache=True)
def _count(unit: Ints, key: Ints, desk: Ints, reach: int, sketch: Bytes, bits: int, met: Ints) -> None:
    low = 0
    for row in range(len(key)):
        while key[row] - key[low] > reach:
            low += 1
        for other in range(max(low, row - _NEIGHBOURS), row):
            if unit[other] != unit[row]:
                cell = _cell(unit[other], unit[row], bits)
                if sketch[cell] < _FULL:
                    sketch[cell] += np.uint8(1)
                met[desk[row]] += 1


@nb.njit(cache=True)
def _emit(unit: Ints, key: Ints, reach: int, sketch: Bytes, bits: int, least: int, units: int) -> tuple[Ints, Ints]:
    pair, at = np.empty(_ROOM, np.int64), np.empty(_ROOM, np.int64)
    first, found = 0, 0
    for row in range(len(key)):
        while key[row] - key[first] > reach:
            first += 1
        for other in range(max(first, row - _NEIGHBOURS), row):
            if unit[other] == unit[row] or sketch[_cell(unit[other], unit[row], bits)] < least:
                continue
            if found == len(at):
                pair, at = _roomier(pair), _roomier(at)
            pair[found] = min(unit[other], unit[row]) * units + max(unit[other], unit[row])
            at[found] = row
            found += 1
    return pair[:found], at[:found]


@nb.njit(cache=True)
def _roomier(values: Ints) -> Ints:
    larger = np.empty(len(values) + len(values) // 2, np.int64)
    for at in range(len(values)):  # a slice takes five seconds to compile
        larger[at] = values[at]
    return larger
