"""People who keep their own habits: an hour of the day, or a course of treatment begun in one week."""

from dataclasses import dataclass

import numba as nb
import numpy as np

from claims.language import N_
from detectors.finding import Trial, say
from detectors.lawful import Gathering
from detectors.lawful.units import units
from detectors.snapshot import Flags, Ints, Snapshot

_CELLS = 200_000  # of a table of draws
_DAY = 10_000  # between the numbers of two days: more than a day's minutes and any reach


@dataclass(frozen=True)
class Course:
    """Daily infusions or sessions: who begins in one week meets every day of it, which is one meeting only.

    A person's visits at a place that follow within `gap` days are one episode; those with no more
    than `episodes` of them give no evidence of coming together again and again. Pharmacies treat nobody.
    """

    name: str = "course_of_treatment"
    gap: int = 3
    visits: int = 3
    episodes: int = 2

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Visits of persons whose evidence is one or two courses."""
        rows = gathering.visits
        person, place, day = (getattr(snapshot.visits, name)[rows] for name in ("person", "place", "day"))
        order = np.lexsort((day, place, person))
        of, at, on = person[order], place[order], day[order]
        begins = np.ones(len(rows), np.bool_)
        begins[1:] = (np.diff(of) != 0) | (np.diff(at) != 0) | (np.diff(on) > self.gap)
        _, who = np.unique(of, return_inverse=True)
        count = np.bincount(who) if len(who) else np.zeros(0, np.int64)
        episodes = np.bincount(who, weights=begins) if len(who) else np.zeros(0)
        course = (count >= self.visits) & (episodes <= self.episodes)
        found = np.zeros(len(rows), np.bool_)
        found[order] = course[who] if len(who) else False
        found &= ~snapshot.pharmacies[place]
        share = float(found.mean()) if len(found) else 0.0
        says = say(
            N_("{share:.0%} of the visits belong to one or two courses of daily treatment of a person."), share=share
        )
        return found, Trial(self.name, share, says)


@dataclass(frozen=True)
class OwnHabit:
    """Regulars of one hour (a lunch break, the way home) meet often without coming together.

    Every unit's visits to the places concerned are moved by a number of weeks of its own, which
    keeps weekday and hour; who comes together stands closer than that (rotation test: Harrison,
    *Biometrika* 2012, on valid Monte Carlo tests). All visits there are looked at, not only those found.
    """

    name: str = "own_habit"
    reach: int = 30  # minutes
    draws: int = 100
    deviations: float = 4.0
    weeks: int = 6  # shorter periods cannot be moved enough to tell

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """All visits, where moving everybody's weeks brings them as close."""
        far = self._deviation(snapshot, gathering)
        holds = far is not None and far < self.deviations
        found = np.full(len(gathering.visits), holds)
        if far is None:
            says = say(N_("Not tried: the period is too short, or the places know days only."))
        else:
            says = say(
                N_("They met {far:.1f} standard deviations more often than their own weekdays and hours bring about."),
                far=far,
            )
        return found, Trial(self.name, 1.0 if holds and len(found) else 0.0, says)

    def _deviation(self, snapshot: Snapshot, gathering: Gathering) -> float | None:
        weeks = snapshot.days // 7
        visits = snapshot.visits
        rows = snapshot.rows_of(np.unique(gathering.persons))
        rows = rows[np.isin(visits.place[rows], np.unique(visits.place[gathering.visits])) & visits.timed[rows]]
        rows = rows[visits.day[rows] < weeks * 7]
        if weeks < self.weeks or len(rows) < 2:
            return None
        _, unit = np.unique(units(snapshot)[visits.person[rows]], return_inverse=True)
        place, day, minute = visits.place[rows], visits.day[rows], visits.minute[rows] % 1440
        place = np.unique(place, return_inverse=True)[1]
        rng, walkers = np.random.default_rng(0), int(unit.max()) + 1
        (seen,) = self._close(place, day[None, :], minute, unit)
        drawn = []
        for some in at_once(self.draws, len(rows)):
            moved = rng.integers(0, weeks, (some, walkers))[:, unit] * 7
            drawn += self._close(place, (day + moved) % (weeks * 7), minute, unit).tolist()
        return float((seen - np.mean(drawn)) / max(float(np.std(drawn)), 1.0))

    def _close(self, place: Ints, days: Ints, minute: Ints, unit: Ints) -> Ints:
        """Pairs of visits of different units at one place within reach, by row of `days` (draws × visits)."""
        at = (place * (int(days.max()) + 1) + days) * _DAY + minute
        own = unit * (int(at.max()) + _DAY) + at
        return close_pairs(at, self.reach) - close_pairs(own, self.reach)


def at_once(draws: int, width: int) -> list[int]:
    """How many of some draws to make together, so that they stay in the processor's cache."""
    some = max(1, min(draws, _CELLS // max(1, width)))
    return [min(some, draws - start) for start in range(0, draws, some)]


def close_pairs(at: Ints, reach: int) -> Ints:
    """Pairs of numbers of a row no further apart than `reach`, by row."""
    ordered = np.sort(at, axis=1)
    return _within(ordered, reach)


@nb.njit(cache=True)
def _within(ordered: Ints, reach: int) -> Ints:
    found = np.zeros(len(ordered), np.int64)
    for row in range(len(ordered)):
        low = 0
        for high in range(ordered.shape[1]):
            while ordered[row, high] - ordered[row, low] > reach:
                low += 1
            found[row] += high - low
    return found
