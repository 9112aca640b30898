"""Stays in hospital: admission, discharge and settlement, transfers, refills phoned in by family."""

import numpy as np

from claims.simulator.calendar import DAY
from claims.simulator.county import County
from claims.simulator.dice import Ints
from claims.simulator.places import PlaceKind
from claims.simulator.visits import Kind, VisitLog

PER_DAY = 0.00034


def _lasts(rng: np.random.Generator, begin: Ints) -> Ints:
    """Seconds from admission to settlement: about a week, skewed, ending by day."""
    nights = np.clip(rng.gamma(2.6, 2.9, len(begin)) + 1.2, 1, 60).astype(np.int64)
    return (begin // DAY + nights) * DAY + rng.integers(30_600, 61_000, len(begin)) - begin


def stays(county: County, rng: np.random.Generator, log: VisitLog) -> None:
    """Ordinary stays, some moved to a higher hospital on the day of discharge."""
    people, places = county.people, county.places
    weight = people.activity * np.interp(people.age, [0, 20, 45, 65, 80], [0.5, 0.5, 0.8, 2.0, 3.2])
    mean = PER_DAY * county.settings.days / weight.mean()
    person = np.repeat(np.arange(len(weight)), rng.poisson(weight * mean))
    n = len(person)
    place = places.choose(rng.choice([0, 1], n, p=[0.68, 0.32]), people.town[person], rng.random(n))
    begin = county.moment(rng, county.days(places.town[place], rng.random(n)), place)
    urgent = rng.random(n) < 0.25
    begin = np.where(urgent, begin // DAY * DAY + rng.integers(0, DAY, n), begin)
    lasts = _lasts(rng, begin)
    log.add(person, place, begin, kind=Kind.STAY, lasts=lasts)
    moved = (places.kind[place] == PlaceKind.TOWNSHIP_HOSPITAL) & (rng.random(n) < 0.06)
    higher = places.choose(np.zeros(n, np.int64), people.town[person], rng.random(n))
    then = begin + lasts + rng.integers(1800, 4 * 3600, n)
    log.add(person[moved], higher[moved], then[moved], kind=Kind.STAY, lasts=_lasts(rng, then)[moved], keep=1)
    _phoned_in(county, rng, log, person, begin, lasts)


def _phoned_in(county: County, rng: np.random.Generator, log: VisitLog, person: Ints, begin: Ints, lasts: Ints) -> None:
    """A relative collects the chronic medicine of somebody who lies in the ward: lawful."""
    people = county.people
    chosen = (people.chronic[person] >= 0) & (rng.random(len(person)) < 0.05) & (lasts > 3 * DAY)
    person, begin, lasts = person[chosen], begin[chosen], lasts[chosen]
    shop, n = people.usual_shop[person], len(person)
    day = (begin + lasts * rng.uniform(0.2, 0.8, n)).astype(np.int64) // DAY
    home = np.searchsorted(people.household, people.household[person])
    agent = np.where(home == person, np.minimum(person + 1, len(people.household) - 1), home)
    agent = np.where(people.household[agent] == people.household[person], agent, -1)
    log.add(
        person,
        shop,
        county.moment(rng, day, shop),
        kind=Kind.REFILL,
        diag=people.chronic[person],
        agent=agent,
        keep=1,
    )
