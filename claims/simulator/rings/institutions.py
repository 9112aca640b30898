"""Institutions that claim for what did not happen, and steer what did."""

import numpy as np

from claims.simulator.calendar import DAY
from claims.simulator.dice import Ints
from claims.simulator.places import PlaceKind
from claims.simulator.planting import Field, Member, persons, place
from claims.simulator.rings.scale import Scale, at_day, goods, in_turn, recruit, some_places, some_towns
from claims.simulator.visits import Kind


def _bill(field: Field, rng: np.random.Generator, diag: int, length: int) -> int:
    """The bill that is copied: bed days, a few tests, treatment, drugs for the diagnosis."""
    catalogue = field.county.catalogue
    items = [(int(day), length) for day in catalogue.services("day")]
    items += [(int(test), 1) for test in rng.choice(catalogue.services("test"), 2, replace=False)]
    items += [(int(rng.choice(catalogue.services("treat"))), length)]
    items += [
        (int(drug), int(rng.integers(1, 4))) for drug in rng.permutation(np.unique(catalogue.drugs_for[diag]))[:2]
    ]
    return field.county.basket(items)


def phantom_stays(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """Batches admitted and discharged together with one bill, absent at ward rounds, shopping meanwhile."""
    county, days = field.county, field.county.settings.days
    towns = some_towns(field, rng)
    group = recruit(field, rng, scale.size(rng, 6, 50), towns, youngest=50)
    wards = [PlaceKind.TOWNSHIP_HOSPITAL] if rng.random() < 0.7 else [PlaceKind.COUNTY_HOSPITAL]
    site = int(some_places(field, rng, wards, 1, towns)[0])
    doctor = int(rng.choice(county.staff.physicians(site)))
    county.places.checks[site] |= rng.random() < 0.6
    diag = county.catalogue.diagnosis(str(rng.choice(["M54", "M47", "J20", "I25", "J44", "E11", "R42"])))
    length, absent = int(rng.integers(4, min(15, max(5, days // 4)))), rng.uniform(0.5, 1.0)
    baskets = [_bill(field, rng, diag, length) for _ in range(int(rng.integers(1, 4)))]
    firsts = np.sort(rng.integers(0, max(1, days - length - 3), max(1, scale.times(rng, 2, 5))))
    for first in firsts:
        there = rng.permutation(group[rng.random(len(group)) < rng.uniform(0.5, 0.95)])
        n = len(there)
        begin = at_day(first + (rng.random(n) < 0.25), in_turn(field, rng, site, n, rng.uniform(120, 700)))
        lasts = length * DAY + np.where(rng.random(n) < 0.2, DAY, 0) + rng.integers(-5000, 5000, n)
        body = np.where(rng.random(n) < absent, 1, 0)
        field.log.add(
            there,
            site,
            begin,
            kind=Kind.STAY,
            lasts=lasts,
            diag=diag,
            doctor=doctor,
            group=field.number,
            keep=1,
            basket=rng.choice(baskets, n),
            body=body,
        )
        _errands(field, rng, there[body == 1], int(first), length)
    members = [*persons(group, "in the bed on paper"), place(site, "hospital"), Member("doctor", doctor, "prescriber")]
    scale.camouflage(field, rng, group)
    field.record("collusion/phantom_stays", members, ring=True, batches=len(firsts), nights=length)


def _errands(field: Field, rng: np.random.Generator, absent: Ints, first: int, length: int) -> None:
    """Those who are not in the ward go about their life in town."""
    county = field.county
    out = np.repeat(absent, rng.integers(0, 3, len(absent)))
    site = county.people.usual_shop[out]
    at = county.moment(rng, first + rng.integers(1, length, len(out)), site)
    field.log.add(out, site, at, kind=Kind.PHARMACY, group=field.number, keep=1)


def kickback(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """A doctor's prescriptions go to one pharmacy that is neither near nor stocked better."""
    county, places = field.county, field.county.places
    hospital = int(some_places(field, rng, list(PlaceKind)[:3], 1)[0])
    doctors = rng.permutation(county.staff.physicians(hospital))[: int(rng.integers(1, 3))]
    shop = _distant_shop(field, rng, hospital)
    patients = np.flatnonzero(county.people.town == places.town[hospital])
    each = max(15, scale.times(rng, 40, 160) * min(10, 1 + county.settings.days // 60) // 3)
    share, markup = rng.uniform(0.45, 0.9) * (0.75 if scale.hard else 1), goods(field, rng, 6, demand=1)
    for doctor in doctors:
        person = rng.choice(patients, each)
        begin = county.moment(
            rng, county.days(np.full(each, places.town[hospital]), rng.random(each)), np.full(each, hospital)
        )
        field.log.add(person, hospital, begin, doctor=int(doctor), group=field.number)
        steered = rng.random(each) < share
        near = places.choose(np.full(each, PlaceKind.PHARMACY), np.full(each, places.town[hospital]), rng.random(each))
        delay = rng.gamma(2.0, rng.uniform(600, 2400), each).astype(np.int64) + 900
        fill = np.minimum(begin + delay, begin // DAY * DAY + (places.closes[shop] - 2) * 60)
        fill = np.maximum(fill, begin + 600)
        field.log.add(
            person,
            np.where(steered, shop, near),
            fill,
            kind=Kind.PHARMACY,
            prescriber=int(doctor),
            keep=1,
            basket=np.where(steered, rng.choice(markup, each), -1),
            group=np.where(steered, field.number, -1),
        )
    members = [*(Member("doctor", int(doctor), "prescriber") for doctor in doctors), place(shop, "dispenser")]
    field.record("collusion/kickback", members, ring=True, share=round(share, 2), prescriptions=each * len(doctors))


def _distant_shop(field: Field, rng: np.random.Generator, hospital: int) -> int:
    """A pharmacy that is not among the nearest to the hospital."""
    places = field.county.places
    shops = places.of(PlaceKind.PHARMACY)
    order = shops[np.argsort(places.distance(np.full(len(shops), hospital), shops), kind="stable")]
    return int(rng.choice(order[len(order) // 5 : max(len(order) // 5 + 2, len(order) // 2)]))
