"""Who belongs to a group: those whose visits fall near the others' more than the crowd's do.

From a rough seed, membership and meetings are settled in turn. A unit stays (or joins) when so many of
its visits at the group's desks fall within reach of other members that fewer than one unit of all who
come there would do so by chance. The chance is the share of the *rest* of the crowd that falls there:
whoever is tested never speaks for itself.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
from scipy.special import betainc

from detectors.copresence.crowd import Crowd
from detectors.copresence.pairs import Floats
from detectors.snapshot import Flags, Ints

_ROUNDS = 8
_LEVELS = (1, 2, 3, 5)  # how many others must be near for a visit to count
_STRANGERS = 0.5  # expected number of strangers admitted to a group


@dataclass(frozen=True)
class Company:
    """Rows of the crowd near a group's rows: how many other members' rows are within reach of each."""

    row: Ints
    others: Ints
    inside: Flags


def company(crowd: Crowd, members: Ints, reach: int) -> Company:
    """Look at everybody within reach of a group (which desks and days: the crowd decides)."""
    return Company(*_near(crowd.key, crowd.rows_of(members), reach))


@nb.njit(cache=True)
def _near(key: Ints, own: Ints, reach: int) -> tuple[Ints, Ints, Flags]:
    """Rows within reach of some rows (all in order), how many of those others are within reach, which are their own.

    Neighbours are a few rows away: looked for from there, and not in the whole crowd.
    """
    low, high, rows, before = np.empty(len(own), np.int64), np.empty(len(own), np.int64), 0, 0
    for n in range(len(own)):  # overlapping ranges: each begins where those before it have ended
        low[n], high[n] = max(own[n], before), max(own[n] + 1, before)
        while low[n] > before and key[own[n]] - key[low[n] - 1] <= reach:
            low[n] -= 1
        while high[n] < len(key) and key[high[n]] - key[own[n]] <= reach:
            high[n] += 1
        rows += high[n] - low[n]
        before = high[n]
    row, others, inside = np.empty(rows, np.int64), np.empty(rows, np.int64), np.zeros(rows, np.bool_)
    at, first, last, passed = 0, 0, 0, 0
    for n in range(len(own)):
        for near in range(low[n], high[n]):
            while key[near] - key[own[first]] > reach:
                first += 1
            while last < len(own) and key[own[last]] - key[near] <= reach:
                last += 1
            while passed < len(own) and own[passed] < near:
                passed += 1
            inside[at] = passed < len(own) and own[passed] == near
            row[at], others[at] = near, last - first - inside[at]
            at += 1
    return row, others, inside


def settled(crowd: Crowd, seed: Ints, reach: int, smallest: int, *, grows: bool = True) -> Ints:
    """Members of the group around a seed, sorted; empty when it falls apart. Unless it `grows`, it only loses."""
    members, seen = seed, set[bytes]()
    for _ in range(_ROUNDS):
        if len(members) < smallest or members.tobytes() in seen:
            break
        seen.add(members.tobytes())
        found = _attached(crowd, members, reach)
        members = found if grows else np.intersect1d(found, seed)
    return members if len(members) >= smallest else members[:0]


def _attached(crowd: Crowd, members: Ints, reach: int) -> Ints:
    near = company(crowd, members, reach)
    own = np.bincount(crowd.desk[near.row[near.inside]], minlength=crowd.desks)
    best, most = members[:0], -np.inf
    for level in _LEVELS:
        joint = np.flatnonzero(near.others >= level)
        if len(joint):
            units, evidence = _evidence(crowd, near.row[joint], near.inside[joint], own)
            gain = float(np.maximum(evidence, 0).sum())
            if gain > most:
                best, most = units[evidence > 0], gain
    return best


def _evidence(crowd: Crowd, row: Ints, inside: Flags, own: Ints) -> tuple[Ints, Floats]:
    """Units with rows near the group, and by how many nats each is nearer than any stranger would be.

    `own` counts the group's rows at each desk.
    """
    unit, count, visits, expected, pool = _tallied(row, inside, own, crowd.desk, crowd.unit, crowd.size, *crowd.by_unit)
    # The binomial tail, without the checks of `scipy.stats` that cost more than it does.
    tail = betainc(count, visits - count + 1, np.minimum(expected / np.maximum(visits, 1), 1.0))
    return unit, -np.log(np.maximum(tail, 1e-300)) - np.log(max(1.0, float(pool)) / _STRANGERS)


@nb.njit(cache=True)
def _tallied(
    row: Ints, inside: Flags, own: Ints, desk: Ints, unit: Ints, size: Ints, rows: Ints, start: Ints
) -> tuple[Ints, Ints, Ints, Floats, int]:
    """Units with rows near the group where it meets, two or more (one is never enough: its share times the pool is
    over a half); of each its rows near, all its rows at these desks, and how many would be near by the share of
    strangers' rows there that are; and all rows of these desks.
    """
    outside, meeting, pool = np.zeros(len(size), np.int64), np.zeros(len(size), np.bool_), 0
    for n in range(len(row)):
        at = desk[row[n]]
        if not inside[n]:
            outside[at] += 1
        elif not meeting[at]:
            meeting[at] = True
            pool += size[at]
    near = np.sort(unit[row[meeting[desk[row]]]])
    found, count = np.empty(len(near), np.int64), np.empty(len(near), np.int64)
    visits, expected = np.zeros(len(near), np.int64), np.zeros(len(near), np.float64)
    first, units = 0, 0
    for last in range(1, len(near) + 1):
        if last < len(near) and near[last] == near[first]:
            continue
        if last - first >= 2:
            found[units], count[units] = near[first], last - first
            for n in range(start[near[first]], start[near[first] + 1]):
                at = desk[rows[n]]
                if meeting[at]:
                    visits[units] += 1
                    expected[units] += (outside[at] + 1.0) / (max(size[at] - own[at], 0) + 1.0)
            units += 1
        first = last
    return found[:units], count[:units], visits[:units], expected[:units], pool
