"""Who belongs to a group: those whose visits fall near the others' more than the crowd's do.

From a rough seed, membership and meetings are settled in turn. A unit stays (or joins) when so many of
its visits at the group's desks fall within reach of other members that fewer than one unit of all who
come there would do so by chance. The chance is the share of the *rest* of the crowd that falls there:
whoever is tested never speaks for itself.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from detectors.copresence.crowd import Crowd, ranges
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
    own = crowd.rows_of(members)
    key = crowd.key[own]
    low = np.searchsorted(crowd.key, key - reach, "left")
    high = np.searchsorted(crowd.key, key + reach, "right")
    # Neighbouring ranges overlap: each begins where those before it have ended.
    low = np.maximum(low, np.concatenate([[0], np.maximum.accumulate(high)[:-1]])[: len(low)])
    row = ranges(low, high)
    near = crowd.key[row]
    others = np.searchsorted(key, near + reach, "right") - np.searchsorted(key, near - reach, "left")
    inside = np.isin(crowd.unit[row], members)
    return Company(row, others - inside, inside)


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
    desk = crowd.desk[row]
    meeting = np.bincount(desk[inside], minlength=crowd.desks) > 0
    outside = np.bincount(desk[~inside], minlength=crowd.desks)
    share = (outside + 1.0) / (np.maximum(crowd.size - own, 0) + 1.0)
    unit, count = np.unique(crowd.unit[row[meeting[desk]]], return_counts=True)
    # One meeting is never enough (its share times the pool is over a half): left out before rows are looked up.
    unit, count = unit[count >= 2], count[count >= 2]
    rows, which = crowd.rows_by_unit(unit)
    at = crowd.desk[rows]
    which, at = which[meeting[at]], at[meeting[at]]
    visits = np.bincount(which, minlength=len(unit))
    expected = np.bincount(which, share[at], minlength=len(unit))
    # The binomial tail, without the checks of `scipy.stats` that cost more than it does.
    tail = betainc(count, visits - count + 1, np.minimum(expected / np.maximum(visits, 1), 1.0))
    pool = max(1.0, float(crowd.size[meeting].sum()))
    return unit, -np.log(np.maximum(tail, 1e-300)) - np.log(pool / _STRANGERS)
