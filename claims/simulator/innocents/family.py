"""Lawful co-use within families, twins and namesakes, transfers and refills during a stay."""

import numpy as np

from claims.simulator.activity.chronic import refill_days
from claims.simulator.calendar import DAY
from claims.simulator.county import AGENT, FAMILY_ACCOUNT
from claims.simulator.dice import Ints
from claims.simulator.innocents.scheduled import scaled
from claims.simulator.places import PlaceKind
from claims.simulator.planting import Field, Member, persons, place
from claims.simulator.visits import Kind


def _families(field: Field, rng: np.random.Generator, count: int, least: int, youngest: int) -> list[Ints]:
    """Households with at least `least` adults of some age."""
    people = field.county.people
    heads = np.flatnonzero((people.member == 0)[: people.residents] & (people.age >= youngest)[: people.residents])
    found = (people.household_of(int(head)) for head in rng.permutation(heads)[: count * 4])
    return [family for family in found if len(family) >= least][:count]


def couples(field: Field, rng: np.random.Generator) -> None:
    """Both partners refill together, minutes apart, at their pharmacy."""
    county, people = field.county, field.county.people
    for family in _families(field, rng, scaled(field, rng, 400, least=2), 2, 55):
        pair = family[:2]
        people.chronic[pair] = np.where(people.chronic[pair] >= 0, people.chronic[pair], 0)
        _, days = refill_days(rng, rng.integers(26, 35, 1), county.settings.days)
        shop = int(people.usual_shop[pair[0]])
        at = county.moment(rng, days, np.full(len(days), shop))
        for nth, person in enumerate(pair):
            shift = nth * rng.integers(30, 400, len(at))
            diag = int(people.chronic[person])
            field.log.add(np.full(len(at), person), shop, at + shift, kind=Kind.REFILL, diag=diag, group=field.number)
        field.record("couple_refills", [*persons(pair, "partner"), place(shop, "pharmacy")], ring=False)


def collectors(field: Field, rng: np.random.Generator) -> None:
    """One member of a family collects for all: registered as agent, mostly."""
    county, people = field.county, field.county.people
    for family in _families(field, rng, scaled(field, rng, 900, least=2), 3, 30):
        collector, registered = int(family[rng.integers(min(2, len(family)))]), rng.random() < 0.75
        others = family[family != collector]
        if registered:
            county.relate(AGENT, others, np.full(len(others), collector), rng)
        _, days = refill_days(rng, rng.integers(26, 50, 1), county.settings.days)
        shop = int(people.usual_shop[collector])
        at = county.moment(rng, days, np.full(len(days), shop))
        for nth, person in enumerate(family):
            comes = rng.random(len(at)) < 0.85
            when = (at + nth * rng.integers(30, 240, len(at)))[comes]
            agent = collector if person != collector else -1
            field.log.add(
                np.full(len(when), person),
                shop,
                when,
                kind=Kind.REFILL,
                diag=int(people.chronic[person]),
                agent=agent,
                group=field.number,
            )
        members = [*persons(others, "relative"), Member("person", collector, "collector"), place(shop, "pharmacy")]
        field.record("family_collector", members, ring=False, registered=registered)


def accounts(field: Field, rng: np.random.Generator) -> None:
    """An employee's account pays for the whole registered family."""
    county, people = field.county, field.county.people
    for family in _families(field, rng, scaled(field, rng, 2_500, least=2), 3, 28):
        payer, others = int(family[0]), family[1:]
        people.employed[payer] = True
        county.relate(FAMILY_ACCOUNT, np.full(len(others), payer), others, rng)
        times = np.repeat(others, rng.poisson(0.03 * county.settings.days, len(others)))
        shop = int(people.usual_shop[payer])
        day = county.days(people.town[times], rng.random(len(times)))
        at = county.moment(rng, day, np.full(len(times), shop))
        field.log.add(times, shop, at, kind=Kind.PHARMACY, payer=payer, group=field.number)
        members = [Member("person", payer, "payer"), *persons(others, "relative"), place(shop, "pharmacy")]
        field.record("family_account", members, ring=False)


def twins(field: Field, rng: np.random.Generator) -> None:
    """Twins: one birthday, neighbouring serial numbers, alike names, one telephone."""
    identity = field.county.people.identity
    for family in _families(field, rng, scaled(field, rng, 1_500, least=2), 4, 30):
        one, two = int(family[2]), int(family[3])
        field.county.people.age[two] = field.county.people.age[one]
        field.county.people.sex[two] = field.county.people.sex[one]
        identity.copy_certificate(one, two)
        identity.serial[two] = (identity.serial[one] + 2) % 1000
        identity.names.surname[two] = identity.names.surname[one]
        identity.names.first[two] = identity.names.first[one]
        identity.phone[two] = identity.phone[one]
        field.record("twins", persons(np.array([one, two]), "twin"), ring=False)


def namesakes(field: Field, rng: np.random.Generator) -> None:
    """Two strangers with one name, some born on one day."""
    people, identity = field.county.people, field.county.people.identity
    for _ in range(scaled(field, rng, 1_500, least=2)):
        one = int(rng.integers(people.residents))
        found = rng.integers(0, people.residents, 2000)
        found = found[(people.sex[found] == people.sex[one]) & (np.abs(people.age[found] - people.age[one]) < 3)]
        other = int(found[0]) if len(found) else one
        if other == one or other in field.taken or one in field.taken:
            continue
        identity.copy_names(one, other)
        if rng.random() < 0.4:
            identity.birth[other] = identity.birth[one]
            people.age[other] = people.age[one]
            clash = (identity.birth == identity.birth[one]) & (identity.region == identity.region[other])
            clash[other] = False
            if (identity.serial[clash] == identity.serial[other]).any():
                identity.region[other] += 1
        field.record("namesakes", persons(np.array([one, other]), "namesake"), ring=False)


def ward_errands(field: Field, rng: np.random.Generator) -> None:
    """During a stay: an escorted scan at a higher hospital, a refill fetched by the family."""
    county, people, days = field.county, field.county.people, field.county.settings.days
    wards, higher = county.places.of(PlaceKind.TOWNSHIP_HOSPITAL), county.places.of(PlaceKind.COUNTY_HOSPITAL)
    for _ in range(scaled(field, rng, 2_000, least=2)):
        person = field.take(rng, 1, (people.age > 55) & (people.chronic >= 0))
        if not len(person):
            continue
        ward, first, length = int(rng.choice(wards)), int(rng.integers(0, days - 12)), int(rng.integers(4, 12))
        begin = first * DAY + 36_000
        field.log.add(person, ward, begin, kind=Kind.STAY, lasts=length * DAY, group=field.number, keep=1)
        when = begin + int(rng.integers(1, length)) * DAY + int(rng.integers(-3600, 3600))
        scan = rng.random() < 0.5
        if scan:
            site, role = int(rng.choice(higher)), "hospital"
            field.log.add(person, site, when, kind=Kind.OUTPATIENT, agent=-1, group=field.number, keep=1)
        else:
            site, role = int(people.usual_shop[person[0]]), "pharmacy"
            family = people.household_of(int(person[0]))
            agent = int(family[family != person[0]][0]) if len(family) > 1 else -1
            diag = people.chronic[person]
            field.log.add(person, site, when, kind=Kind.REFILL, diag=diag, agent=agent, group=field.number, keep=1)
        name = "escorted_scan" if scan else "refill_during_stay"
        field.record(name, [*persons(person, "person"), place(ward, "ward"), place(site, role)], ring=False)
