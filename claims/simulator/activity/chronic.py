"""Refills of the chronically ill: usual place, usual hour, membership days, long prescriptions."""

import numpy as np

from claims.simulator.county import County
from claims.simulator.dice import Ints
from claims.simulator.places import PlaceKind
from claims.simulator.visits import Kind, VisitLog


def refill_days(rng: np.random.Generator, cycle: Ints, days: int) -> tuple[Ints, Ints]:
    """(row, day) of refills for rows with these cycles; people are early, late, and skip."""
    rounds = int(days / cycle.min()) + 2 if len(cycle) else 0
    first = rng.random(len(cycle)) * cycle
    when = first[:, None] + np.arange(rounds)[None, :] * cycle[:, None]
    when = np.rint(when + rng.normal(0, 2.6, when.shape)).astype(np.int64)
    taken = (rng.random(when.shape) < 0.87) & (when >= 0) & (when < days)
    row, nth = np.nonzero(taken)
    return row, when[row, nth]


def membership_days(county: County, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Pharmacies with a discount day: period and phase by place; period 0 where there is none."""
    n = len(county.places.kind)
    has = (county.places.kind == PlaceKind.PHARMACY) & (rng.random(n) < 0.18)
    return np.where(has, rng.choice([7, 10, 10, 15, 30], n), 0), rng.integers(0, 30, n)


def refills(county: County, rng: np.random.Generator, log: VisitLog) -> None:
    """Monthly (or two- and three-monthly) refills of everybody with a chronic illness."""
    people, places, days = county.people, county.places, county.settings.days
    person = np.flatnonzero((people.chronic >= 0) & (rng.random(len(people.chronic)) < 0.9))
    n = len(person)
    long_supply = rng.random(n) < 0.2
    cycle = np.where(long_supply, rng.integers(55, 92, n), rng.integers(25, 36, n))
    at_shop = rng.random(n) < 0.55
    hour = np.where(rng.random(n) < 0.5, rng.integers(8 * 3600, 18 * 3600, n), -1)
    row, day = refill_days(rng, cycle, days)
    place = np.where(at_shop, people.usual_shop[person], people.usual_clinic[person])[row]
    period, phase = membership_days(county, rng)
    member = (period[place] > 0) & (rng.random(len(row)) < 0.5)
    wait = np.where(member, (phase[place] - day) % np.maximum(period[place], 1), 0)
    day = np.where(member & (day + wait < days), day + wait, day)
    at = county.moment(rng, day, place)
    habit = np.where(hour[row] >= 0, day * 86_400 + hour[row] + rng.integers(-2400, 2400, len(row)), at)
    low, high = places.opens[place] * 60 + 60, places.closes[place] * 60 - 600
    at = np.where((habit % 86_400 > low) & (habit % 86_400 < high), habit, at)
    kind = np.where(places.kind[place] == PlaceKind.PHARMACY, Kind.REFILL, Kind.CHRONIC)
    log.add(person[row], place, at, kind=kind, diag=people.chronic[person[row]])
