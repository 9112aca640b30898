"""How many groups a run would find if nobody came together: the rotation null.

Every family's whole history is shifted by its own multiple of seven days: cadence, weekday, hour and
institution stay, company goes. What the search still finds above the line is chance (and what lives by
the week, such as market days: the lawful shield is not asked here, so the estimate is on the safe side).
"""

import numpy as np

from detectors.copresence.crowd import DAY, Crowd
from detectors.copresence.groups import Crowds, Search, find
from detectors.copresence.search import crowds_of
from detectors.snapshot import Ints, Snapshot

_WEEK = 7


def expected_false_groups(snapshot: Snapshot, search: Search | None = None, rounds: int = 2, seed: int = 1) -> float:
    """Mean number of groups above the line in rotated copies of the county (before the lawful shield)."""
    search = search or Search()
    crowds = crowds_of(snapshot)
    found = 0
    for number in range(rounds):
        rotated = _rotated(crowds, np.random.default_rng([seed, number]))
        found += sum(group.test.nats >= search.line for group in find(rotated, search).groups)
    return found / max(1, rounds)


def _rotated(crowds: Crowds, rng: np.random.Generator) -> Crowds:
    days = max(_WEEK, crowds.minutes.days)
    shift = rng.integers(0, max(1, days // _WEEK), crowds.minutes.units) * _WEEK
    parts = (crowds.minutes, crowds.cards, crowds.doctors, crowds.clerks)
    return Crowds(*(_shifted(crowd, shift, days // _WEEK * _WEEK) for crowd in parts))


def _shifted(crowd: Crowd, shift: Ints, circle: int) -> Crowd:
    """Move each family's days around a circle of whole weeks; the days beyond it stay where they are."""
    day = crowd.day
    moved = np.where(day < circle, (day + shift[crowd.unit]) % circle, day)
    return crowd.moved(moved * DAY + crowd.minute % DAY)
