"""People who keep their own habits: an hour of the day, or a course of treatment begun in one week."""

from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.finding import Trial, say
from detectors.lawful import Gathering
from detectors.lawful.units import units
from detectors.snapshot import Flags, Ints, Snapshot


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
        rng = np.random.default_rng(0)
        seen = self._close(place, day, minute, unit)
        drawn = []
        for _ in range(self.draws):
            moved = rng.integers(0, weeks, unit.max() + 1)[unit] * 7
            drawn.append(self._close(place, (day + moved) % (weeks * 7), minute, unit))
        return float((seen - np.mean(drawn)) / max(float(np.std(drawn)), 1.0))

    def _close(self, place: Ints, day: Ints, minute: Ints, unit: Ints) -> int:
        """Pairs of visits of different units at one place within reach, less those of one unit."""
        at = (place * 100_000 + day) * 10_000 + minute
        return _pairs(at, self.reach) - _pairs(unit * (int(at.max()) + 20_000) + at, self.reach)


def _pairs(at: Ints, reach: int) -> int:
    """Pairs of numbers no further apart than `reach`."""
    ordered = np.sort(at)
    return int((np.searchsorted(ordered, ordered + reach, side="right") - np.arange(len(ordered)) - 1).sum())
