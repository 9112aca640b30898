"""One card that lives two regular lives: in two towns, at two hours, with complaints enough for several."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Chance, Finding, Grade, say
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
    again_chance,
    calibrated,
    complaint_chance,
    complaints,
    days_of,
    far_chance,
    far_days,
    ordinary,
)
from detectors.shared_card.hours import Homes, habits, two_homes
from detectors.shared_card.impossible_items import ImpossibleItems
from detectors.shared_card.innocent_lives import Lived, trials
from detectors.shared_card.travel import kilometres
from detectors.snapshot import Ints, Snapshot


@dataclass(frozen=True)
class SplitLife:
    """Adds up what betrays two lives, each facet against the county's own people.

    `least_km`: nearer places are one town. `across`: km between districts without coordinates.
    `weeks`: a diagnosis that comes back within them is the same complaint;
    `regime`: how many diagnosis groups are one's chronic illnesses. `regular`: visits to a
    place before its hour can be a habit; `apart`: minutes between two habits that differ.
    `least_far`: far-away pairs per day with a visit below which no county is believed to stay;
    `least_again`: the same for how often a far day repeats an earlier one's two places.
    `least_lives`: p-value, flattened to this county, that journeys, complaints and habits must reach.
    """

    least_km: float = 5.0
    across: float = 15.0
    weeks: int = 2
    regime: int = 2
    regular: int = 4
    apart: int = 45
    least_far: float = 0.0005
    least_again: float = 0.1
    least_days: int = 8
    least_lives: float = 0.001

    name = "split_life"
    version = "2"
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
        lives = combined([facet[examined] for facet in found.lives])
        p_value[examined[calibrated(lives) > self.least_lives]] = 1.0
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
        again = again_chance(of, far, counts, self.least_again)
        return _Facets(days, far, counts, far_p, several, several_p, body, hours, checks, homes, again)

    def _case(self, snapshot: Snapshot, of: Ordinary, at: Ints, found: "_Facets", tested: "_Tested") -> Case:
        p = tested.person
        towns = _towns(of, at, found, p)
        pairs = found.pairs[of.person[found.pairs] == p]
        away = min(found.far[p] * found.again[p], found.hours[p]) < min(found.complaints[p], found.body[p])
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
            trials=trials(snapshot, of, _lived(of, at, found, towns, p, weight)),
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
    again: Floats

    @property
    def lives(self) -> tuple[Floats, ...]:
        """The p-values that speak of a second life, not of one wrong code or check."""
        return self.far, self.again, self.complaints, self.hours

    @property
    def all(self) -> tuple[Floats, ...]:
        """The p-values that are added up."""
        return *self.lives, self.body, self.checks


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


def _lived(of: Ordinary, at: Ints, found: _Facets, towns: tuple[int, int] | None, person: int, weight: float) -> Lived:
    """What the innocent lives are tried on."""
    pairs = found.pairs[of.person[found.pairs] == person]
    ends = np.sort(np.column_stack([of.place[pairs], of.place[pairs + 1]]), axis=1)
    routes = np.unique(np.column_stack([ends, of.day[pairs]]), axis=0)[:, :2]
    again = int(np.unique(routes, axis=0, return_counts=True)[1].max(initial=0))
    share = -float(np.log(found.far[person] * found.again[person])) / weight if weight > 0 else 0.0
    return Lived(at, towns, int(found.counts[person]), again, share)
