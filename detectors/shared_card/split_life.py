"""One card that lives two regular lives: in two towns, at two hours, with complaints enough for several."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Chance, Finding, Grade, Trial, say
from detectors.shared_card.absent_bearer import AbsentBearer
from detectors.shared_card.evidence import (
    SHOWN,
    Case,
    Floats,
    Line,
    combined,
    corrected,
    when,
    where,
    written,
)
from detectors.shared_card.facets import (
    Ordinary,
    complaint_chance,
    complaints,
    days_of,
    far_chance,
    far_days,
    ordinary,
)
from detectors.shared_card.hours import Homes, habits, two_homes
from detectors.shared_card.impossible_items import ImpossibleItems
from detectors.shared_card.travel import kilometres
from detectors.snapshot import Ints, Snapshot

_WEEKEND = 5  # Monday is 0


@dataclass(frozen=True)
class SplitLife:
    """Adds up what betrays two lives, each facet against the county's own people.

    `least_km`: nearer places are one town. `across`: km between districts without coordinates.
    `weeks`: a diagnosis that comes back within them is the same complaint;
    `regime`: how many diagnosis groups are one's chronic illnesses. `regular`: visits to a
    place before its hour can be a habit; `apart`: minutes between two habits that differ.
    `least_far`: far-away pairs per day with a visit below which no county is believed to stay.
    `least_lives`: p-value that journeys, complaints and habits must reach by themselves.
    """

    least_km: float = 5.0
    across: float = 15.0
    weeks: int = 2
    regime: int = 2
    regular: int = 4
    apart: int = 45
    least_far: float = 0.0005
    least_days: int = 8
    least_lives: float = 0.001

    name = "split_life"
    version = "1"
    title = N_("Two lives on one card")
    kinds = ("shared_card/two_towns", "shared_card/several_bearers")
    needs = (
        Need("settlements", ("diag_code",)),
        Need("institutions", ("lnt", "lat"), vital=False),
        Need("insured", ("brdy", "gend"), vital=False),
        Need("bio_checks", ("result",), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per person whose card lives more than one life."""
        of = ordinary(snapshot)
        if not len(of.person):
            return
        found = self._facets(snapshot, of)
        examined = np.flatnonzero(found.days > 0)
        p_value = np.ones(snapshot.persons)
        p_value[examined] = combined([facet[examined] for facet in found.all])
        # Foreign diagnoses and failed checks add weight; alone they are their own detectors' matter.
        lives = combined([facet[examined] for facet in (found.far, found.complaints, found.hours)])
        p_value[examined[lives > self.least_lives]] = 1.0
        candidates = np.flatnonzero((found.days >= self.least_days) & (p_value < 1))
        q = corrected(p_value[candidates], len(examined))
        cases = [
            self._case(snapshot, of, _rows(of, p), found, _Tested(p, float(q[n]), len(examined)))
            for n, p in enumerate(candidates.tolist())
            if q[n] <= SHOWN
        ]
        yield from written(self, snapshot, cases)

    def _facets(self, snapshot: Snapshot, of: Ordinary) -> "_Facets":
        days = days_of(of, snapshot.persons)
        far = far_days(snapshot, of, self.least_km, self.across)
        counts, _, far_p = far_chance(of, far, days, self.least_far)
        several = complaints(of, snapshot.persons, self.weeks, self.regime)
        regular = habits(snapshot, of, self.regular)
        homes = {home.person: home for home in two_homes(snapshot, regular, self.least_km, self.across, self.apart)}
        hours = np.ones(snapshot.persons)
        hours[list(homes)] = [home.p_value for home in homes.values()]
        body = ImpossibleItems().chances(snapshot)
        checks = AbsentBearer().chances(snapshot)
        several_p = complaint_chance(snapshot, several, days > 0)
        return _Facets(days, far, counts, far_p, several, several_p, body, hours, checks, homes)

    def _case(self, snapshot: Snapshot, of: Ordinary, at: Ints, found: "_Facets", tested: "_Tested") -> Case:
        p = tested.person
        towns = _towns(of, at, found, p)
        pairs = found.pairs[of.person[found.pairs] == p]
        away = min(found.far[p], found.hours[p]) < min(found.complaints[p], found.body[p])
        two = towns is not None and away
        visits = at[np.isin(of.place[at], towns)] if two and towns is not None else at
        grade = Grade.PROBABLE if two else Grade.CONTESTED
        records = dict.fromkeys(of.visit[visits].tolist(), grade)
        records |= dict.fromkeys(of.visit[np.union1d(pairs, pairs + 1)].tolist(), Grade.PROBABLE)
        weight: float = sum(-float(np.log(f[p])) for f in found.all)
        return Case(
            kind="shared_card/two_towns" if two else "shared_card/several_bearers",
            person=p,
            statement=say(
                N_(
                    "On {days} days the card had {complaints} complaints beside the main ones; on {far} two far places."
                ),
                days=int(found.days[p]),
                complaints=int(found.several[p]),
                far=int(found.counts[p]),
            ),
            chance=Chance(
                say(N_("weight of journeys, complaints, foreign diagnoses, habits and checks (sum of -ln p)")),
                weight,
                1.0,
                tested.q,
                say(N_("One body: each facet is drawn from the county's own people, independently of the others.")),
            ),
            records=records,
            lines=(*_habit_lines(snapshot, of, at, found.homes.get(p)), *_far_lines(snapshot, of, pairs)),
            trials=_trials(snapshot, of, at, towns, int(found.counts[p])),
            denominator=tested.examined,
            denominator_of=say(N_("persons with an ordinary visit")),
        )


@dataclass(frozen=True)
class _Facets:
    """Counts and p-values of each facet per person; `pairs` are rows of `Ordinary` that begin a far journey."""

    days: Ints
    pairs: Ints
    counts: Ints
    far: Floats
    several: Ints
    complaints: Floats
    body: Floats
    hours: Floats
    checks: Floats
    homes: dict[int, Homes]

    @property
    def all(self) -> tuple[Floats, ...]:
        """The p-values that are added up."""
        return self.far, self.complaints, self.body, self.hours, self.checks


@dataclass(frozen=True)
class _Tested:
    person: int
    q: float
    examined: int


def _rows(of: Ordinary, person: int) -> Ints:
    return np.arange(np.searchsorted(of.person, person), np.searchsorted(of.person, person, "right"))


def _towns(of: Ordinary, at: Ints, found: _Facets, person: int) -> tuple[int, int] | None:
    """The two places the card lives at: those of the double habit, else of most far journeys."""
    if person in found.homes:
        return found.homes[person].places
    pairs = found.pairs[of.person[found.pairs] == person]
    if not len(pairs):
        return None
    ends = np.sort(np.column_stack([of.place[pairs], of.place[pairs + 1]]), axis=1)
    places, often = np.unique(ends, axis=0, return_counts=True)
    one, two = places[np.argmax(often)].tolist()
    return one, two


def _habit_lines(snapshot: Snapshot, of: Ordinary, at: Ints, home: Homes | None) -> Iterator[Line]:
    for place in home.places if home else ():
        here = at[of.place[at] == place]
        low, high = (int(x) for x in np.quantile(of.minute[here] % 1440, (0.1, 0.9)))
        sentence = say(
            N_("{visits} visits to {place}, mostly between {low} and {high}"),
            visits=len(here),
            place=snapshot.place_names[place],
            low=f"{low // 60:02d}:{low % 60:02d}",
            high=f"{high // 60:02d}:{high % 60:02d}",
        )
        yield Line(sentence, tuple(of.visit[here].tolist()))


def _far_lines(snapshot: Snapshot, of: Ordinary, pairs: Ints) -> Iterator[Line]:
    km = kilometres(snapshot, of.place[pairs], of.place[pairs + 1], 0.0)
    for n, row in enumerate(pairs.tolist()):
        one, two = int(of.visit[row]), int(of.visit[row + 1])
        sentence = say(
            N_("{time} at {place}, {later} at {other}, {km:.0f} km apart, for unrelated complaints"),
            time=when(snapshot, one),
            place=where(snapshot, one),
            later=when(snapshot, two),
            other=where(snapshot, two),
            km=float(km[n]),
        )
        yield Line(sentence, (one, two))


def _trials(snapshot: Snapshot, of: Ordinary, at: Ints, towns: tuple[int, int] | None, far: int) -> tuple[Trial, ...]:
    """Commuters part by weekday, movers part once; neither is at both places on one day, again and again."""
    left_out = Trial(
        N_("errands, referrals, scheduled care"),
        0.0,
        say(N_("Left out beforehand: what an agent fetched, prescriptions filled, the same complaint seen again.")),
    )
    if towns is None:
        return (left_out,)
    rows = at[np.isin(of.place[at], towns)]
    second = of.place[rows] == towns[1]
    weekend = (of.day[rows] + snapshot.origin.weekday()) % 7 >= _WEEKEND
    agree = max(float(np.mean(weekend == second)), float(np.mean(weekend != second)))
    parted = agree >= 0.9 and far <= 1 and bool(weekend.any()) and not bool(weekend.all())
    moves = int(np.count_nonzero(second[1:] != second[:-1]))
    commute = say(N_("{share:.0%} of the visits fit one town on workdays and the other at weekends."), share=agree)
    moved = say(N_("The card changed town {moves} times in {visits} visits."), moves=moves, visits=len(rows))
    return (
        Trial(N_("commuter"), 1.0 if parted else 0.0, commute),
        Trial(N_("moved house"), 1.0 if moves <= 2 and far <= 1 else 0.0, moved),
        left_out,
    )
