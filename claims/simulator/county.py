"""The county as planned: everything activities, rings and writers look things up in."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from claims.simulator.calendar import DAY, Calendar, build_calendar
from claims.simulator.catalogue import Catalogue, build_catalogue
from claims.simulator.dice import Dice, Floats, GroupedChoice, Ints, stream
from claims.simulator.people import People, build_people
from claims.simulator.places import Land, PlaceKind, Places, build_land, build_places
from claims.simulator.settings import Settings
from claims.simulator.staff import Staff, build_staff

FAMILY_ACCOUNT, AGENT, SAME_HOUSEHOLD = 1, 2, 3


@dataclass(frozen=True)
class Relation:
    """Lawful relations: `person` on one side, `other` on the other, since day `since`."""

    kind: int
    person: Ints
    other: Ints
    since: Ints


@dataclass(frozen=True)
class County:
    """Plan of a county; lists grow while innocents and rings are planned, then only read."""

    settings: Settings
    land: Land
    places: Places
    staff: Staff
    catalogue: Catalogue
    people: People
    calendar: Calendar
    staff_person: Ints  # insured person behind each practitioner
    day_choice: GroupedChoice
    dice: Dice
    sites: list[str] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    baskets: list[tuple[tuple[int, int], ...]] = field(default_factory=list)

    def basket(self, items: Sequence[tuple[int, int]]) -> int:
        """Number of a fixed basket of (catalogue item, count); at most eight kinds."""
        self.baskets.append(tuple(items[:8]))
        return len(self.baskets) - 1

    def site(self, address: str) -> int:
        """Number of an address where many live: a nursing home, a dormitory."""
        self.sites.append(address)
        return len(self.sites) - 1

    def relate(self, kind: int, person: Ints, other: Ints, rng: np.random.Generator) -> None:
        """Register a lawful relation since some day before the period."""
        self.relations.append(Relation(kind, person, other, -rng.integers(20, 2000, len(person))))

    def days(self, town: Ints, uniform: Floats) -> Ints:
        """Ordinary days of visits for people of these towns (week, season, market days)."""
        return self.day_choice.pick(town, uniform) % self.calendar.days

    def clock(self, rng: np.random.Generator, place: Ints) -> Ints:
        """Second of the day at which people come to these places."""
        n, shop = len(place), self.places.kind[place] == PlaceKind.PHARMACY
        u = rng.random(n)
        hospital = np.where(
            u < 0.58, rng.normal(545, 55, n), np.where(u < 0.9, rng.normal(890, 50, n), 480 + 540 * rng.random(n))
        )
        pharmacy = np.where(
            u < 0.38, rng.normal(600, 65, n), np.where(u < 0.75, rng.normal(1085, 65, n), 510 + 700 * rng.random(n))
        )
        minute = np.where(shop, pharmacy, hospital)
        low, high = self.places.opens[place] + 1, self.places.closes[place] - 12
        outside = (minute < low) | (minute > high)
        minute = np.where(outside, low + (high - low) * rng.random(n), minute)
        return (minute * 60).astype(np.int64) + rng.integers(0, 60, n)

    def moment(self, rng: np.random.Generator, day: Ints, place: Ints) -> Ints:
        """Seconds since the first midnight: given days, hours as the places have them."""
        return np.asarray(day, np.int64) * DAY + self.clock(rng, place)


def _day_choice(calendar: Calendar) -> GroupedChoice:
    towns = len(calendar.markets)
    weights = calendar.weights[None, :] * (1 + 1.3 * calendar.markets)
    return GroupedChoice(np.repeat(np.arange(towns), calendar.days), weights.ravel(), towns)


def _practitioners(settings: Settings, staff: Staff, people: People) -> Ints:
    """Each practitioner is an insured person of working age."""
    rng = stream(settings.seed, "practitioners")
    adults = np.flatnonzero((people.age[: people.residents] >= 24) & (people.age[: people.residents] <= 63))
    count = len(staff.codes)
    return np.asarray(rng.choice(adults, count, replace=count > len(adults)), np.int64)


def build_county(settings: Settings, spare: int) -> County:
    """Draw the whole plan from the seed; `spare` enrolments are left to identity rings."""
    land = build_land(settings)
    places = build_places(settings, land)
    catalogue = build_catalogue(settings.seed)
    people = build_people(settings, land, places, catalogue, spare)
    staff = build_staff(settings, places)
    calendar = build_calendar(settings, len(land.town_names))
    return County(
        settings=settings,
        land=land,
        places=places,
        staff=staff,
        catalogue=catalogue,
        people=people,
        calendar=calendar,
        staff_person=_practitioners(settings, staff, people),
        day_choice=_day_choice(calendar),
        dice=Dice(settings.seed),
    )
