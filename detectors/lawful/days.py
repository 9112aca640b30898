"""Days on which everybody comes: market days and the village bus, discount and membership days."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from claims.language import N_
from detectors.finding import Trial, say
from detectors.lawful import Gathering
from detectors.lawful.habits import at_once, close_pairs
from detectors.lawful.measures import alike, by_day, clustered, crowds, unbroken, villages
from detectors.snapshot import Flags, Ints, Snapshot
from detectors.visits import distinct

ALONE = 0.9  # following one another so often is one hand, however few others come
OPENS, CLOSES = 8 * 60, 20 * 60  # minutes of the day; hours of a county without timed pharmacies


@dataclass(frozen=True)
class VillageBus:
    """Villagers ride to the hospital on market days: a few villages, others between them, own complaints."""

    name: str = "village_bus"
    share: float = 0.7
    riders: int = 4  # of one village at least
    villages: int = 3  # whose buses meet on one market day
    alike: float = 0.5
    excess: float = 0.3  # cards swiped one after another are one hand, not a bus; neighbours of a clinic are no bus

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Daytime visits at hospitals, where most come from one village and each has a bill of their own."""
        share, usual = self._shares(snapshot, gathering)
        repeated = alike(snapshot, gathering.visits)
        together, by_size = unbroken(snapshot, gathering.visits, gathering.batch)
        holds = share >= max(self.share, usual + self.excess) and repeated < self.alike
        holds = holds and together < min(by_size + self.excess, ALONE)
        rows = gathering.visits
        found = by_day(snapshot, rows) & ~snapshot.pharmacies[snapshot.visits.place[rows]] & holds
        says = say(
            N_(
                "{share:.0%} of them come from {villages} villages or fewer, of others there {usual:.0%}; "
                "{together:.0%} follow one another at the till with nobody between ({by_size:.0%} by the group's size)"
                ", {repeated:.0%} of the bills are repeated to the fen."
            ),
            share=share,
            villages=self.villages,
            usual=usual,
            together=together,
            by_size=by_size,
            repeated=repeated,
        )
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)

    def _shares(self, snapshot: Snapshot, gathering: Gathering) -> tuple[float, float]:
        """Share of the group from its commonest villages, and of everybody else who comes to its places."""
        village = villages(snapshot)
        codes = clustered(village[gathering.persons], self.riders, self.villages)
        there = snapshot.rows_at(np.unique(snapshot.visits.place[gathering.visits]))
        everybody = distinct(snapshot.visits.person[there])
        others = everybody[~np.isin(everybody, gathering.persons)]
        group, rest = (
            float(np.isin(village[of], codes).mean()) if len(of) else 0.0 for of in (gathering.persons, others)
        )
        return group, rest


@dataclass(frozen=True)
class BusyDay:
    """The place draws a crowd on these days (discount, membership, market), and they are part of it."""

    name: str = "busy_day"
    lift: float = 1.3  # others on these days against the place's usual day
    alike: float = 0.5
    excess: float = 0.3

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Visits on days on which those outside the group were more than usual too."""
        rows = gathering.visits
        others, usual = crowds(snapshot).without(snapshot.visits.place[rows], snapshot.visits.day[rows])
        # Beyond the noise of a small place's days, too.
        busy = (others >= self.lift * np.maximum(usual, 1)) & (others >= usual + 2 * np.sqrt(usual))
        repeated = alike(snapshot, rows)
        together, by_size = unbroken(snapshot, rows, gathering.batch)
        found = busy & (repeated < self.alike and together < min(by_size + self.excess, ALONE))
        says = say(
            N_(
                "On {busy:.0%} of their days others came more than usual too; {together:.0%} of the group follow one "
                "another at the till with nobody between ({by_size:.0%} by the group's size)."
            ),
            busy=float(busy.mean()) if len(busy) else 0.0,
            together=together,
            by_size=by_size,
        )
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)


@dataclass(frozen=True)
class CommonDay:
    """A pharmacy's regulars share a day (discount, pay day, market) but not an hour.

    Given who came on which day, times of day are drawn anew from the place's own hours; people who
    are brought together, and cards in one hand, stand closer in time than that. Monte Carlo test
    (Besag & Diggle, Applied Statistics 1977) with a fixed seed.
    """

    name: str = "common_day"
    reach: int = 20  # minutes
    draws: int = 200
    deviations: float = 4.0  # standard deviations of closeness that no common day explains
    least: int = 3  # of the group on a day
    others: int = 50  # visits of others that tell a place's hours

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Visits at pharmacies, where the group stood no closer than its days alone would bring it."""
        rows = gathering.visits
        place, day = snapshot.visits.place[rows], snapshot.visits.day[rows]
        shop = snapshot.pharmacies[place] & snapshot.visits.timed[rows]
        _, meeting, size = np.unique(place * (snapshot.days + 1) + day, return_inverse=True, return_counts=True)
        crowd = shop & (size[meeting] >= self.least)
        far = self._deviation(snapshot, rows[crowd], meeting[crowd])
        found = crowd & (far is not None and far < self.deviations)
        says = (
            say(N_("Not tried: they do not share whole days at a pharmacy."))
            if far is None
            else say(
                N_("On their common days they stood {far:.1f} standard deviations closer in time than customers do."),
                far=far,
            )
        )
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)

    def _deviation(self, snapshot: Snapshot, rows: Ints, meeting: Ints) -> float | None:
        """How far the number of close pairs lies above what the place's hours alone give."""
        if len(rows) < 2 * self.least:
            return None
        rng = np.random.default_rng(0)
        (seen,) = self._close(snapshot.visits.minute[rows][None, :] % 1440, meeting)
        places, at = np.unique(snapshot.visits.place[rows], return_inverse=True)
        hours = [self._hours(snapshot, int(place), rows) for place in places]
        draws = (_drawn(hours, at, rng.random((some, len(at)))) for some in at_once(self.draws, len(at)))
        drawn = np.concatenate([self._close(minutes, meeting) for minutes in draws])
        return float((seen - drawn.mean()) / max(float(drawn.std()), 1.0))

    def _hours(self, snapshot: Snapshot, place: int, rows: Ints) -> Ints:
        """Times of day at which others come to the place; to any pharmacy, where the group is the crowd."""
        group = np.unique(snapshot.visits.person[rows])
        for places in ([place], np.flatnonzero(snapshot.pharmacies)):
            there = snapshot.rows_at(places)
            others = there[snapshot.visits.timed[there] & ~np.isin(snapshot.visits.person[there], group)]
            if len(others) >= self.others:
                return np.asarray(snapshot.visits.minute[others] % 1440, np.int64)
        return np.arange(OPENS, CLOSES)

    def _close(self, minutes: Ints, meeting: Ints) -> Ints:
        """Pairs of one meeting that stand within reach of one another, by row of `minutes` (draws × visits)."""
        return close_pairs(meeting * 10_000 + minutes, self.reach)


def _drawn(hours: list[Ints], at: Ints, chosen: npt.NDArray[np.float64]) -> Ints:
    """Times of day from the hours of each column's place, where `chosen` (draws × visits, 0 to 1) points in them."""
    sizes = np.array([len(of) for of in hours])
    start = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    every: Ints = np.concatenate(hours)
    drawn: Ints = every[start[at] + (chosen * sizes[at]).astype(np.int64)]
    return drawn
