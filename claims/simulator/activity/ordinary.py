"""Everyday visits: colds, aches, prescriptions filled at pharmacies, the flu, family outings."""

import numpy as np

from claims.simulator.calendar import DAY
from claims.simulator.county import FAMILY_ACCOUNT, County
from claims.simulator.dice import Ints
from claims.simulator.places import PlaceKind
from claims.simulator.visits import Kind, VisitLog

PER_DAY = 0.0135  # everyday visits per person and day, before the plausibility filters
# where people go: county hospital, township hospital, community centre, village clinic, pharmacy
_SHARES = (0.17, 0.13, 0.11, 0.16, 0.43)


def draw_persons(county: County, rng: np.random.Generator, per_day: float) -> Ints:
    """Persons (also from other regions), each as often as their activity makes them go."""
    activity = county.people.activity
    mean = per_day * county.settings.days / activity.mean()
    return np.repeat(np.arange(len(activity)), rng.poisson(activity * mean))


def everyday(county: County, rng: np.random.Generator, log: VisitLog) -> None:
    """Single visits at places near home, the usual one more often than not."""
    people, places = county.people, county.places
    person = draw_persons(county, rng, PER_DAY)
    town, n = people.town[person], len(person)
    choice = rng.choice(len(_SHARES), n, p=_SHARES)
    place = places.choose(choice, town, rng.random(n))
    usual = rng.random(n)
    place = np.where((choice == PlaceKind.PHARMACY) & (usual < 0.5), people.usual_shop[person], place)
    place = np.where(np.isin(choice, (1, 2, 3)) & (usual < 0.55), people.usual_clinic[person], place)
    at = county.moment(rng, county.days(places.town[place], rng.random(n)), place)
    kind = np.where(places.kind[place] == PlaceKind.PHARMACY, Kind.PHARMACY, Kind.OUTPATIENT)
    emergency = (places.kind[place] == PlaceKind.COUNTY_HOSPITAL) & (rng.random(n) < 0.13)
    at = np.where(emergency, at // DAY * DAY + rng.integers(0, DAY, n), at)
    log.add(person, place, at, kind=np.where(emergency, Kind.EMERGENCY, kind))


def prescriptions(county: County, rng: np.random.Generator, log: VisitLog) -> None:
    """Visits whose prescription is filled at a pharmacy, mostly soon and near."""
    people, places = county.people, county.places
    person = draw_persons(county, rng, PER_DAY * 0.05)
    n = len(person)
    place = places.choose(rng.choice([0, 1, 2], n, p=[0.5, 0.25, 0.25]), people.town[person], rng.random(n))
    age, sex = people.age[person], people.sex[person]
    diag = county.catalogue.draw_diagnosis(np.zeros(n, np.int64), sex, age, rng.random(n))
    diag = np.where(people.chronic[person] >= 0, people.chronic[person], diag)
    doctor = county.staff.doctor(place, county.catalogue.department[diag], rng.random(n))
    begin = county.moment(rng, county.days(places.town[place], rng.random(n)), place)
    log.add(person, place, begin, diag=diag, doctor=doctor)
    where = rng.random(n)
    shops = np.full(n, PlaceKind.PHARMACY)
    near = places.choose(shops, places.town[place], rng.random(n))
    shop = np.where(where < 0.45, people.usual_shop[person], near)
    delay = np.where(rng.random(n) < 0.7, rng.gamma(2.0, 1800, n) + 900, rng.integers(1, 4, n) * DAY)
    fill = begin + delay.astype(np.int64)
    late = fill % DAY > (places.closes[shop] - 15) * 60
    fill = np.where(late, (fill // DAY + 1) * DAY + county.clock(rng, shop), fill)
    log.add(person, shop, fill, kind=Kind.PHARMACY, diag=diag, prescriber=doctor)


def flu(county: County, rng: np.random.Generator, log: VisitLog) -> None:
    """A wave among children and those they live with."""
    people, calendar = county.people, county.calendar
    rate = np.where(people.age < 15, rng.uniform(0.05, 0.25), rng.uniform(0.005, 0.03))
    person = np.flatnonzero(rng.random(len(rate)) < rate)
    n = len(person)
    place = county.places.choose(rng.choice([0, 1, 2, 3], n), people.town[person], rng.random(n))
    day = rng.choice(calendar.days, n, p=calendar.flu / calendar.flu.sum())
    log.add(person, place, county.moment(rng, day, place), diag=county.catalogue.diagnosis("J11"))


def outings(county: County, rng: np.random.Generator, log: VisitLog) -> None:
    """Households that go together: mother and child, an old couple, the whole family."""
    people, places = county.people, county.places
    second = np.flatnonzero(people.member[: people.residents] == 1)
    lead = second[rng.random(len(second)) < 0.0035 * county.settings.days] - 1
    n = len(lead)
    place = places.choose(rng.choice([0, 1, 2, 4], n, p=[0.3, 0.25, 0.15, 0.3]), people.town[lead], rng.random(n))
    at = county.moment(rng, county.days(places.town[place], rng.random(n)), place)
    kind = np.where(places.kind[place] == PlaceKind.PHARMACY, Kind.PHARMACY, Kind.OUTPATIENT)
    for position in range(4):
        other = np.minimum(lead + position, people.residents - 1)
        comes = (people.household[other] == people.household[lead]) & ((position < 2) | (rng.random(n) < 0.4))
        shift = rng.integers(40, 900, n) * (position > 0) + 120 * position
        log.add(other[comes], place[comes], (at + shift)[comes], kind=kind[comes], keep=1)


def family_accounts(county: County, rng: np.random.Generator, log: VisitLog) -> None:
    """Residents whose employed relative's account pays at the pharmacy."""
    people = county.people
    resident = np.flatnonzero(~people.employed[: people.residents])
    payer = np.searchsorted(people.household, people.household[resident])
    payer = np.where(people.employed[payer], payer, np.minimum(payer + 1, people.residents - 1))
    lawful = (people.household[payer] == people.household[resident]) & people.employed[payer] & (payer != resident)
    lawful &= rng.random(len(resident)) < rng.uniform(0.25, 0.5)
    person, payer = resident[lawful], payer[lawful]
    county.relate(FAMILY_ACCOUNT, payer, person, rng)
    times = rng.poisson(0.011 * county.settings.days, len(person))
    person, payer = np.repeat(person, times), np.repeat(payer, times)
    n = len(person)
    shop = county.places.choose(np.full(n, PlaceKind.PHARMACY), people.town[person], rng.random(n))
    shop = np.where(rng.random(n) < 0.6, people.usual_shop[person], shop)
    at = county.moment(rng, county.days(county.places.town[shop], rng.random(n)), shop)
    log.add(person, shop, at, kind=Kind.PHARMACY, payer=payer)
