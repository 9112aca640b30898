"""The crowd at each desk: who came when, one row per unit, desk and day.

A *desk* is where people could meet: an institution at the scale of minutes; a doctor of a clinic, or
a till clerk of a pharmacy, at the scale of days. Stays and scheduled services are no evidence, so they
are not in the crowd (they stay visible in the records of the people). Counting units instead of
persons, once a day, is what keeps families and repeated settlements from looking like crowds.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from detectors.lawful.services import scheduled
from detectors.lawful.units import units
from detectors.snapshot import Flags, Ints, Snapshot, kept
from detectors.visits import distinct

DAY = 1440
HALF_HOUR = 30
HALF_HOURS = DAY // HALF_HOUR
_STAY = 21
KEY = np.int64(1) << 32  # desk and minute in one number, in this order


@dataclass(frozen=True)
class Crowd:
    """Rows sorted by (desk, minute): `visit` is the code v, `unit` who came; `desks` and `units` count codes.

    `desk_of` is the desk of every visit v (-1: no evidence); `pharmacy` tells which desks belong to a
    pharmacy and `place` to which institution i; with `daily` the minute is that of midnight.
    """

    visit: Ints
    unit: Ints
    desk: Ints
    minute: Ints
    desk_of: Ints
    pharmacy: Flags
    place: Ints
    units: int
    days: int
    daily: bool

    @property
    def desks(self) -> int:
        """Count of desks."""
        return len(self.pharmacy)

    @cached_property
    def key(self) -> Ints:
        """Sorted number of each row: desk first, then minute."""
        return self.desk * KEY + self.minute

    @cached_property
    def day(self) -> Ints:
        """Day of each row."""
        return self.minute // DAY

    @cached_property
    def size(self) -> Ints:
        """Rows of each desk."""
        return np.bincount(self.desk, minlength=self.desks)

    @cached_property
    def half_hours(self) -> Ints:
        """Rows of each desk by half hour of the day (desks × 48)."""
        cell = self.desk * HALF_HOURS + self.minute % DAY // HALF_HOUR
        return np.bincount(cell, minlength=self.desks * HALF_HOURS).reshape(self.desks, HALF_HOURS)

    @cached_property
    def open_days(self) -> Ints:
        """Days on which each desk saw anybody."""
        return np.bincount(self.desk[changes(self.desk, self.day)], minlength=self.desks)

    @cached_property
    def patrons(self) -> Ints:
        """Units that came to each desk."""
        seen = distinct(self.desk * np.int64(max(1, self.units)) + self.unit)
        return np.bincount(seen // max(1, self.units), minlength=self.desks)

    @cached_property
    def by_unit(self) -> tuple[Ints, Ints]:
        """Rows by unit: those of unit u are `rows[start[u]:start[u + 1]]`, in order."""
        rows = np.argsort(self.unit, kind="stable")
        return rows, np.searchsorted(self.unit[rows], np.arange(self.units + 1))

    @cached_property
    def _row_of(self) -> Ints:
        found = np.full(len(self.desk_of), -1, np.int64)
        found[self.visit] = np.arange(len(self.visit))
        return found

    def rows_with(self, visits: Ints) -> Ints:
        """Rows that stand for some visits."""
        rows = self._row_of[visits]
        return rows[rows >= 0]

    def rows_of(self, chosen: Ints) -> Ints:
        """Rows of some units, in order."""
        rows, start = self.by_unit
        return np.sort(rows[ranges(start[chosen], start[chosen + 1])])

    def regrouped(self, unit: Ints) -> "Crowd":
        """Count families as one: `unit` gives the new code of each old one."""
        return _once_a_day(self, unit[self.unit], self.minute, int(unit.max(initial=-1)) + 1)

    def moved(self, minute: Ints) -> "Crowd":
        """Return the same rows at other minutes (the rotation null)."""
        return _once_a_day(self, self.unit, minute, self.units)


def ranges(low: Ints, high: Ints) -> Ints:
    """Concatenate the ranges low[n]..high[n]-1."""
    length = np.maximum(high - low, 0)
    first = np.repeat(low - np.concatenate([[0], np.cumsum(length)[:-1]]), length)
    return first + np.arange(int(length.sum()))


def changes(*columns: Ints) -> Flags:
    """Say where a run of equal rows begins."""
    new = np.zeros(len(columns[0]), np.bool_)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def _once_a_day(crowd: Crowd, unit: Ints, minute: Ints, count: int) -> Crowd:
    """Sort rows anew and keep the first of each unit, desk and day."""
    # At a desk visits are numbered in the order of time, so a stable sort leaves those of one minute in theirs.
    day = minute // DAY
    desk_day = crowd.desk * (int(day.max(initial=0)) + 1) + day
    order = np.argsort((desk_day * max(1, count) + unit) * DAY + minute % DAY, kind="stable")
    first = np.sort(order[changes(unit[order], desk_day[order])])
    rows = first[np.argsort(crowd.desk[first] * KEY + minute[first], kind="stable")]
    return replace(
        crowd, visit=crowd.visit[rows], unit=unit[rows], desk=crowd.desk[rows], minute=minute[rows], units=count
    )


def _crowd(snapshot: Snapshot, chosen: Flags, desk: Ints, *, daily: bool) -> Crowd:
    visits = snapshot.visits
    rows = np.flatnonzero(chosen)
    numbers, code = np.unique(desk[rows], return_inverse=True)
    place = np.zeros(len(numbers), np.int64)
    place[code] = visits.place[rows]
    desk_of = np.full(len(visits.place), -1, np.int64)
    desk_of[rows] = code
    minute = visits.day[rows] * DAY if daily else visits.minute[rows]
    unit = unit_of(snapshot)
    found = Crowd(
        rows,
        unit[visits.person[rows]],
        code.astype(np.int64),
        minute,
        desk_of,
        snapshot.pharmacies[place],
        place,
        int(unit.max(initial=-1)) + 1,
        snapshot.days,
        daily,
    )
    return _once_a_day(found, found.unit, found.minute, found.units)


def _evidence(snapshot: Snapshot) -> Flags:
    found: Flags = (snapshot.visits.kind != _STAY) & ~scheduled(snapshot)
    return found


@kept
def unit_of(snapshot: Snapshot) -> Ints:
    """Unit of every person, numbered without gaps."""
    return np.unique(units(snapshot), return_inverse=True)[1].astype(np.int64)


@kept
def by_minute(snapshot: Snapshot) -> Crowd:
    """Everybody at each institution whose clock tells hours."""
    return _crowd(snapshot, _evidence(snapshot) & snapshot.visits.timed, snapshot.visits.place, daily=False)


def _shown(snapshot: Snapshot) -> Flags:
    return snapshot.each("card_no IS NOT NULL").astype(np.bool_)


@kept
def by_card(snapshot: Snapshot) -> Crowd:
    """Those of them who showed a card: a card can be lent or hoarded, a face or a telephone hardly."""
    chosen = _evidence(snapshot) & snapshot.visits.timed & _shown(snapshot)
    return _crowd(snapshot, chosen, snapshot.visits.place, daily=False)


@kept
def by_doctor(snapshot: Snapshot) -> Crowd:
    """Everybody at each doctor of a medical institution, by the day."""
    visits = snapshot.visits
    chosen = _evidence(snapshot) & ~snapshot.pharmacies[visits.place]
    return _crowd(snapshot, chosen, visits.place * (visits.doctor.max(initial=0) + 2) + visits.doctor + 1, daily=True)


@kept
def by_clerk(snapshot: Snapshot) -> Crowd:
    """Cards shown at each till clerk of a pharmacy, by the day."""
    clerk = snapshot.numbered("clerk")
    chosen = _evidence(snapshot) & snapshot.pharmacies[snapshot.visits.place] & _shown(snapshot) & (clerk >= 0)
    return _crowd(snapshot, chosen, snapshot.visits.place * (clerk.max(initial=0) + 1) + clerk, daily=True)
