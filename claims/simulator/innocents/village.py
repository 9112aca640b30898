"""Lockstep of places: village buses, village doctors, nursing homes, dormitories, discount days."""

import numpy as np

from claims.simulator.activity.chronic import refill_days
from claims.simulator.calendar import DAY
from claims.simulator.county import AGENT
from claims.simulator.dice import Ints
from claims.simulator.innocents.scheduled import scaled, spread
from claims.simulator.places import PlaceKind
from claims.simulator.planting import Field, Member, persons, place
from claims.simulator.visits import Kind


def _elders(field: Field, village: int) -> Ints:
    people = field.county.people
    old = (people.village == village) & (people.age >= 58) & (people.dies > field.county.settings.days)
    return np.flatnonzero(old[: people.residents])


def _rural(field: Field, rng: np.random.Generator, count: int) -> Ints:
    """Villages outside the county seat that have elders to speak of."""
    villages = rng.permutation(np.flatnonzero(field.county.land.village_town > 0))
    return villages[: count * 2]


def bus(field: Field, rng: np.random.Generator) -> None:
    """On market days a bus brings villagers to the township hospital, and on to the pharmacy."""
    county, calendar = field.county, field.county.calendar
    for village in _rural(field, rng, scaled(field, rng, 9_000)):
        town = int(county.land.village_town[village])
        riders = rng.permutation(_elders(field, village))[: int(rng.integers(6, 30))]
        markets = np.flatnonzero(calendar.markets[town])
        if len(riders) < 5:
            continue
        site = int(county.places.choose(np.array([1]), np.array([town]), rng.random(1))[0])
        arrival, often = rng.integers(29_000, 34_000), rng.uniform(0.15, 0.5)
        who, day = np.nonzero(rng.random((len(riders), len(markets))) < often)
        at = markets[day] * DAY + arrival + rng.integers(0, 4500, len(who))
        field.log.add(riders[who], site, at, kind=Kind.OUTPATIENT, group=field.number)
        field.record("village_bus", [*persons(riders, "villager"), place(site, "hospital")], ring=False)


def village_doctors(field: Field, rng: np.random.Generator) -> None:
    """A village doctor fetches the medicine of many elders, and lends them the telephone."""
    county, people = field.county, field.county.people
    for village in _rural(field, rng, scaled(field, rng, 8_000)):
        clinics = np.flatnonzero((county.places.village == village) & (county.places.kind == PlaceKind.CLINIC))
        elders = _elders(field, village)
        elders = rng.permutation(elders[people.chronic[elders] >= 0])[: int(rng.integers(5, 28))]
        if not len(clinics) or len(elders) < 4:
            continue
        doctor = int(county.staff.physicians(int(clinics[0]))[0])
        agent = int(county.staff_person[doctor])
        lent = elders[rng.random(len(elders)) < 0.7]
        people.identity.phone[lent] = people.identity.phone[agent]
        registered = elders[rng.random(len(elders)) < 0.6]
        county.relate(AGENT, registered, np.full(len(registered), agent), rng)
        town = int(county.land.village_town[village])
        site = int(county.places.choose(np.array([rng.choice([1, 4])]), np.array([town]), rng.random(1))[0])
        rounds = np.sort(rng.permutation(county.settings.days)[: max(1, county.settings.days // rng.integers(24, 35))])
        kind = Kind.REFILL if county.places.kind[site] == PlaceKind.PHARMACY else Kind.CHRONIC
        for day in rounds:
            there = rng.permutation(elders[rng.random(len(elders)) < rng.uniform(0.5, 0.9)])
            at = day * DAY + rng.integers(31_000, 54_000) + spread(rng, len(there), rng.uniform(40, 200))
            diag = people.chronic[there]
            field.log.add(there, site, at, kind=kind, diag=diag, agent=agent, group=field.number)
        members = [*persons(elders, "elder"), Member("person", agent, "village doctor"), place(site, "place")]
        field.record("village_doctor_agent", members, ring=False)


def nursing_homes(field: Field, rng: np.random.Generator) -> None:
    """Residents of one address, escorted to the doctor together."""
    county, people, days = field.county, field.county.people, field.county.settings.days
    sites = county.places.of(PlaceKind.TOWNSHIP_HOSPITAL, PlaceKind.COMMUNITY_CENTRE)
    for home in range(scaled(field, rng, 14_000)):
        group = field.take(rng, int(rng.integers(8, 50)), people.age > 68)
        if not len(group):
            continue
        site = int(rng.choice(sites))
        town = county.land.town_names[county.places.town[site]]
        people.identity.site[group] = county.site(f"{county.land.county}{town}敬老院{home + 1}号")
        desk = group[rng.random(len(group)) < 0.6]
        people.identity.phone[desk] = people.identity.phone[desk].max(initial=0)
        escort = int(field.take(rng, 1, (people.age > 25) & (people.age < 58))[0])
        gap, typical = int(rng.integers(14, 45)), rng.uniform(60, 300)
        for day in range(int(rng.integers(gap)), days, gap):
            there = rng.permutation(group[rng.random(len(group)) < rng.uniform(0.5, 0.95)])
            when = min(max(0, day + int(rng.integers(-2, 3))), days - 1)
            at = when * DAY + rng.integers(30_600, 36_000) + spread(rng, len(there), typical)
            field.log.add(there, site, at, kind=Kind.CHRONIC, agent=escort, group=field.number)
        members = [*persons(group, "resident"), Member("person", escort, "escort"), place(site, "place")]
        field.record("nursing_home", members, ring=False)


def dormitories(field: Field, rng: np.random.Generator) -> None:
    """Workers of one firm who live at one address and use the pharmacy next door."""
    county, people = field.county, field.county.people
    sizes = np.bincount(people.employer[people.employer >= 0])
    for firm in rng.permutation(np.flatnonzero(sizes >= 8))[: scaled(field, rng, 20_000)]:
        workers = np.flatnonzero(people.employer == firm)[: int(rng.integers(8, 90))]
        people.identity.site[workers] = county.site(f"{county.land.county}工业园区{int(firm) + 1}号宿舍楼")
        shop = int(people.usual_shop[workers[0]])
        people.usual_shop[workers] = shop
        times = np.repeat(workers, rng.poisson(0.006 * county.settings.days, len(workers)))
        day = county.days(people.town[times], rng.random(len(times)))
        at = county.moment(rng, day, np.full(len(times), shop))
        field.log.add(times, shop, at, kind=Kind.PHARMACY, group=field.number)
        field.record("company_dormitory", [*persons(workers, "employee"), place(shop, "pharmacy")], ring=False)


def discount_days(field: Field, rng: np.random.Generator) -> None:
    """Regulars of a pharmacy who all come on its membership day."""
    county, people = field.county, field.county.people
    for shop in rng.permutation(county.places.of(PlaceKind.PHARMACY))[: scaled(field, rng, 12_000)]:
        regulars = np.flatnonzero(
            (people.usual_shop == shop)[: people.residents] & (people.age > 40)[: people.residents]
        )
        group = rng.permutation(regulars)[: int(rng.integers(6, 40))]
        cycle = np.full(1, int(rng.choice([7, 10, 15, 30])))
        _, days = refill_days(rng, cycle, county.settings.days)
        who, nth = np.nonzero(rng.random((len(group), len(days))) < rng.uniform(0.2, 0.6))
        at = county.moment(rng, days[nth], np.full(len(who), shop))
        field.log.add(group[who], int(shop), at, kind=Kind.PHARMACY, group=field.number)
        field.record("membership_day", [*persons(group, "regular"), place(shop, "pharmacy")], ring=False)
