"""How large, how often and how hidden a planted ring is; and the moves rings share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from claims.simulator.calendar import DAY
from claims.simulator.dice import Ints
from claims.simulator.places import PlaceKind
from claims.simulator.planting import Field
from claims.simulator.visits import Kind


@dataclass(frozen=True)
class Scale:
    """Draws sizes and frequencies. Hard: half the activity, smaller groups, more camouflage."""

    hard: bool
    persons: int

    def size(self, rng: np.random.Generator, low: int, high: int) -> int:
        """Members, log-uniform; small counties have small rings."""
        high = min(high, max(low + 3, self.persons // 150))
        drawn = np.exp(rng.uniform(np.log(low), np.log(high + 1))) * (0.6 if self.hard else 1.0)
        return max(low, int(drawn))

    def times(self, rng: np.random.Generator, low: int, high: int) -> int:
        """How often something happens."""
        drawn = int(rng.integers(low, high + 1))
        return max(2, drawn // 2) if self.hard else drawn

    def days(self, rng: np.random.Generator, field: Field, count: int) -> Ints:
        """Distinct days of a ring's life, in order: a stretch of the period, not all of it."""
        total = field.county.settings.days
        span = int(np.clip(rng.uniform(0.35, 1.0) * total, min(count + 1, total), total))
        first = int(rng.integers(0, total - span + 1))
        return np.sort(first + rng.choice(span, min(count, span), replace=False))

    def camouflage(self, field: Field, rng: np.random.Generator, members: Ints) -> None:
        """Extra visits of members to popular places, like anybody's."""
        county = field.county
        extra = np.repeat(members, rng.integers(1, 8 if self.hard else 4, len(members)))
        n = len(extra)
        site = county.places.choose(rng.choice([0, 4], n), county.people.town[extra], rng.random(n))
        shop = county.places.kind[site] == PlaceKind.PHARMACY
        day = county.days(county.places.town[site], rng.random(n))
        field.log.add(extra, site, county.moment(rng, day, site), kind=np.where(shop, Kind.PHARMACY, Kind.OUTPATIENT))


def recruit(
    field: Field, rng: np.random.Generator, count: int, towns: Sequence[int] | None = None, youngest: int = 25
) -> Ints:
    """Living residents of some age from a few towns; from everywhere where those have too few left."""
    people = field.county.people
    fits = (people.age >= youngest) & (people.dies > field.county.settings.days)
    found = field.take(rng, count, fits, towns)
    if len(found) < count:
        found = np.concatenate([found, field.take(rng, count - len(found), fits)])
    return found


def some_towns(field: Field, rng: np.random.Generator) -> list[int]:
    """One to three towns a ring lives in."""
    count = len(field.county.land.town_names)
    return [int(t) for t in rng.choice(count, min(count, int(rng.integers(1, 4))), replace=False)]


def some_places(
    field: Field, rng: np.random.Generator, kinds: Sequence[PlaceKind], count: int, towns: Sequence[int] | None = None
) -> Ints:
    """Places of some kinds, in the towns where there are any; small ones as likely as large."""
    places = field.county.places
    pool = places.of(*kinds)
    pool = pool[places.pooled[pool] | (places.kind[pool] != PlaceKind.PHARMACY)]  # where there is something to gain
    local = pool[np.isin(places.town[pool], towns)] if towns is not None else pool
    pool = local if len(local) >= count else pool
    return np.asarray(rng.choice(pool, min(count, len(pool)), replace=False), np.int64)


def goods(field: Field, rng: np.random.Generator, kinds: int, demand: int = 2) -> Ints:
    """Baskets of drugs that sell well on the second-hand market."""
    catalogue = field.county.catalogue
    wanted = rng.permutation(np.flatnonzero(catalogue.demand >= demand))[: int(rng.integers(2, 7))]
    baskets = []
    for _ in range(kinds):
        items = rng.choice(wanted, min(len(wanted), int(rng.integers(1, 4))), replace=False)
        baskets.append(field.county.basket([(int(item), int(rng.integers(1, 4))) for item in items]))
    return np.array(baskets, np.int64)


def open_second(field: Field, rng: np.random.Generator, site: int, evening: bool = False) -> int:
    """A second of the day when the place is open, near closing time if `evening`."""
    places = field.county.places
    low, high = int(places.opens[site]) + 20, int(places.closes[site]) - 60
    return int(rng.integers(high - 150 if evening else low, high)) * 60


def in_turn(
    field: Field, rng: np.random.Generator, site: int, count: int, typical: float, evening: bool = False
) -> Ints:
    """Seconds of the day at which people or cards are dealt with one after the other, before closing time."""
    waits = rng.exponential(typical, count) + rng.uniform(5, 40)
    places = field.county.places
    close = int(places.closes[site]) * 60 - 300
    longest = close - int(places.opens[site]) * 60 - 1200
    waits *= min(1.0, longest / max(1.0, waits.sum()))
    start = min(open_second(field, rng, site, evening), close - int(waits.sum()) - 1)
    return start + np.cumsum(waits).astype(np.int64)


def at_day(day: int | Ints, second: int | Ints) -> Ints:
    """Seconds since the first midnight."""
    return np.asarray(day, np.int64) * DAY + np.asarray(second, np.int64)
