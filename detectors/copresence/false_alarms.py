"""How many groups a run would find if nobody came together: the rotation null.

Every family's whole history is shifted by its own multiple of seven days: cadence, weekday, hour and
institution stay, company goes. What the search still finds above the line, and the lawful shield does
not explain, is chance (or lives by the week).
"""

import numpy as np

from detectors.copresence.cleaning import cleaned
from detectors.copresence.crowd import DAY, Crowd, unit_of
from detectors.copresence.groups import Crowds, Search, find
from detectors.copresence.search import crowds_of
from detectors.finding import EXPLAINED
from detectors.snapshot import Ints, Snapshot

_WEEK = 7


def expected_false_groups(snapshot: Snapshot, search: Search | None = None, rounds: int = 2, seed: int = 1) -> float:
    """Mean number of unexplained groups above the line in rotated copies of the county."""
    search = search or Search()
    crowds = crowds_of(snapshot)
    found = 0
    for number in range(rounds):
        groups = find(_rotated(crowds, np.random.default_rng([seed, number])), search)
        unit = groups.unit[unit_of(snapshot)] if len(groups.unit) else groups.unit
        tried = cleaned(snapshot, groups, unit, search)
        found += sum(one.party.test.nats >= search.line and one.union < EXPLAINED for one in tried)
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
