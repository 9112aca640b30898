"""Lockstep by appointment: dialysis shifts, rehabilitation, company check-ups, screening days."""

import numpy as np

from claims.simulator.calendar import DAY
from claims.simulator.dice import Ints
from claims.simulator.places import PlaceKind
from claims.simulator.planting import Field, persons, place
from claims.simulator.visits import Kind


def spread(rng: np.random.Generator, count: int, typical: float) -> Ints:
    """Seconds after the first of people who follow one another about `typical` seconds apart."""
    return np.cumsum(rng.exponential(typical, count)).astype(np.int64)


def scaled(field: Field, rng: np.random.Generator, one_per: float, least: int = 1) -> int:
    """How many groups of a kind a county of this size has."""
    return max(least, int(rng.poisson(field.county.settings.persons / one_per)))


def dialysis(field: Field, rng: np.random.Generator) -> None:
    """The same people on the same machines three times a week."""
    county, people = field.county, field.county.people
    sites = county.places.of(PlaceKind.COUNTY_HOSPITAL)
    weekday = county.calendar.weekday
    for shift in range(scaled(field, rng, 20_000)):
        group = field.take(rng, int(rng.integers(6, 23)), (people.age > 25) & (people.age < 85))
        site = int(sites[shift % len(sites)])
        odd, start = rng.random() < 0.5, int(rng.choice([25_200, 27_000, 43_200, 46_800, 57_600]))
        days = np.flatnonzero(np.isin(weekday, (1, 3, 5) if odd else (0, 2, 4)))
        who, day = np.nonzero(rng.random((len(group), len(days))) < rng.uniform(0.92, 0.985))
        at = days[day] * DAY + start + rng.integers(0, 2400, len(who))
        people.chronic[group] = county.catalogue.diagnosis("N18")
        field.log.add(
            group[who],
            site,
            at,
            kind=Kind.DIALYSIS,
            lasts=rng.integers(13_000, 17_500, len(who)),
            diag=county.catalogue.diagnosis("N18"),
            group=field.number,
        )
        field.record("dialysis_shift", [*persons(group, "person"), place(site, "centre")], ring=False)


def rehabilitation(field: Field, rng: np.random.Generator) -> None:
    """Courses of ten to thirty sessions, several people at the same hour."""
    county, people, days = field.county, field.county.people, field.county.settings.days
    sites = county.places.of(PlaceKind.COUNTY_HOSPITAL, PlaceKind.COMMUNITY_CENTRE, PlaceKind.TOWNSHIP_HOSPITAL)
    for _ in range(scaled(field, rng, 12_000)):
        group = field.take(rng, int(rng.integers(4, 13)), people.age > 35)
        site, hour = int(rng.choice(sites)), int(rng.integers(30_600, 55_000))
        first, sessions = rng.integers(0, max(1, days - 30)), int(rng.integers(10, 31))
        workdays = np.flatnonzero((county.calendar.weekday < 6) & (np.arange(days) >= first))[:sessions]
        who, day = np.nonzero(rng.random((len(group), len(workdays))) < rng.uniform(0.75, 0.95))
        at = workdays[day] * DAY + hour + rng.integers(-1200, 1800, len(who))
        field.log.add(
            group[who],
            site,
            at,
            kind=Kind.REHABILITATION,
            diag=county.catalogue.diagnosis(str(rng.choice(["M51", "S82", "I69"]))),
            group=field.number,
        )
        field.record("rehabilitation_series", [*persons(group, "person"), place(site, "centre")], ring=False)


def checkups(field: Field, rng: np.random.Generator) -> None:
    """A company sends its people to one hospital on one or two mornings, some every quarter."""
    county, people, days = field.county, field.county.people, field.county.settings.days
    sizes = np.bincount(people.employer[people.employer >= 0])
    firms = rng.permutation(np.flatnonzero(sizes >= 6))[: scaled(field, rng, 9_000)]
    sites = county.places.of(PlaceKind.COUNTY_HOSPITAL, PlaceKind.COMMUNITY_CENTRE)
    for firm in firms:
        group = np.flatnonzero(people.employer == firm)[: int(rng.integers(30, 160))]
        site, first = int(rng.choice(sites)), int(rng.integers(0, days))
        quarterly = rng.random() < 0.2
        for base in range(first % 91, days, 91) if quarterly else (first,):
            there = group[rng.random(len(group)) < rng.uniform(0.7, 0.95)]
            day = np.minimum(base + (rng.random(len(there)) < 0.3), days - 1)
            at = day * DAY + 27_600 + rng.integers(0, 9000, len(there))
            diag = county.catalogue.diagnosis("Z00")
            field.log.add(there, site, at, kind=Kind.CHECKUP, diag=diag, group=field.number)
        members = [*persons(group, "employee"), place(site, "hospital")]
        field.record("company_checkup", members, ring=False, quarterly=quarterly)


def screening(field: Field, rng: np.random.Generator) -> None:
    """Vaccination mornings for children, screening days for elders, in one village or quarter."""
    county, people, days = field.county, field.county.people, field.county.settings.days
    for _ in range(scaled(field, rng, 3_500)):
        town = int(rng.integers(len(county.land.town_names)))
        young = rng.random() < 0.5
        fits = (people.age < 8) if young else (people.age > 60)
        pool = np.flatnonzero((people.town == town)[: people.residents] & fits[: people.residents])
        group = rng.permutation(pool)[: int(rng.integers(8, 70))]
        kind = rng.choice([PlaceKind.TOWNSHIP_HOSPITAL, PlaceKind.COMMUNITY_CENTRE])
        site = int(county.places.choose(np.array([kind]), np.array([town]), rng.random(1))[0])
        for _ in range(int(rng.integers(1, 4))):
            there = group[rng.random(len(group)) < rng.uniform(0.5, 0.95)]
            at = int(rng.integers(days)) * DAY + 28_800 + spread(rng, len(there), rng.uniform(40, 200))
            diag = county.catalogue.diagnosis("Z23" if young else "Z00")
            what = Kind.VACCINATION if young else Kind.CHECKUP
            field.log.add(there, site, at, kind=what, diag=diag, group=field.number)
        name = "vaccination_day" if young else "screening_day"
        field.record(name, [*persons(group, "person"), place(site, "site")], ring=False)
