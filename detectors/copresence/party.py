"""A group in persons and settlements: its batches, who came to them, and what is said about it."""

from dataclasses import dataclass

import numpy as np

from detectors.copresence.crowd import DAY, KEY, Crowd, ranges
from detectors.copresence.groups import Group
from detectors.copresence.meeting import Test
from detectors.lawful import Gathering
from detectors.snapshot import Ints, Snapshot

_REGULAR = 2  # batches that make a person a member, when a companion of the unit came to more


@dataclass(frozen=True)
class Party:
    """Persons `p` of `units` families, their visits `v` in batches (in order of batch, then time), the group's test.

    `members` are the families of the test; of some, nobody may have come to its batches often enough to be told.
    """

    persons: Ints
    units: Ints
    visits: Ints
    batch: Ints
    crowd: Crowd
    members: Ints
    reach: int
    test: Test

    @property
    def gathering(self) -> Gathering:
        """What explanations look at."""
        return Gathering(self.persons, self.visits, self.batch)

    @property
    def batches(self) -> int:
        """Count of batches."""
        return len(np.unique(self.batch))


def party_of(snapshot: Snapshot, group: Group, unit: Ints) -> Party:
    """Everybody of the group's units who settled in its batches (`unit` by person)."""
    crowd, test = group.crowd, group.test
    member = np.zeros(crowd.units, np.bool_)
    member[group.members] = True
    visits = snapshot.rows_of(np.flatnonzero(member[unit]))
    visits = visits[crowd.desk_of[visits] >= 0]
    row, batch = test.row[test.batch >= 0], test.batch[test.batch >= 0]
    meeting = np.unique(batch)
    first = row[np.searchsorted(batch, meeting)]
    last = row[np.searchsorted(batch, meeting, "right") - 1]
    low, high = crowd.key[first] - group.reach, crowd.key[last] + group.reach
    of, which = _inside(snapshot, crowd, visits, low, high)
    order = np.lexsort((snapshot.visits.minute[visits[of]], which))
    of, which = visits[of[order]], which[order]
    regular = _regular(snapshot.visits.person[of], which, unit)
    chosen = np.isin(snapshot.visits.person[of], regular)
    of, which = of[chosen], np.unique(which[chosen], return_inverse=True)[1].astype(np.int64)
    return Party(regular, np.unique(unit[regular]), of, which, crowd, group.members, group.reach, test)


def _inside(snapshot: Snapshot, crowd: Crowd, visits: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Positions in `visits` that fall into batches (keys low..high), each in its first, with the batch."""
    minute = snapshot.visits.day[visits] * DAY if crowd.daily else snapshot.visits.minute[visits]
    key = crowd.desk_of[visits] * KEY + minute
    order = np.argsort(key, kind="stable")
    first = np.searchsorted(key[order], low)
    stop = np.searchsorted(key[order], high, "right")
    found = order[ranges(first, stop)]
    which = np.repeat(np.arange(len(low)), np.maximum(stop - first, 0))
    once = np.unique(found, return_index=True)[1]
    return found[once], which[once]


def _regular(person: Ints, batch: Ints, unit: Ints) -> Ints:
    """Persons who came to more than one batch, or to as many as the best of their unit."""
    pair = np.unique(np.column_stack([person, batch]), axis=0)
    found, count = np.unique(pair[:, 0], return_counts=True)
    units, of = np.unique(unit[found], return_inverse=True)
    best = np.zeros(len(units), np.int64)
    np.maximum.at(best, of, count)
    regular: Ints = found[(count >= _REGULAR) | (count == best[of])]
    return regular
