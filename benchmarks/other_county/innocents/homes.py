"""Innocent look-alikes that live or work together: families, homes, barracks, factories, seasonal workers."""

import numpy as np

from benchmarks.other_county import words
from benchmarks.other_county.places import CLINIC, PHARMACY, TOWN_HOSPITAL
from benchmarks.other_county.settings import DAY, Ints
from benchmarks.other_county.world import (
    CHRONIC,
    OUTPATIENT,
    PURCHASE,
    Habit,
    Planted,
    World,
    gather,
    people_of,
    place_of,
    weekdays,
)


def _household(world: World, dice: np.random.Generator, least: int) -> Ints:
    """Pick a household of at least so many members who play no part yet."""
    people = world.people
    free = people.present & ~people.taken & (people.died < 0)
    sizes = np.bincount(people.household[free], minlength=int(people.household.max()) + 1)
    homes = np.flatnonzero(sizes >= least)
    members = np.flatnonzero(free & (people.household == dice.choice(homes))) if len(homes) else np.empty(0, np.int64)
    people.taken[members] = True
    return members


def _together(world: World, members: Ints, address: str, tel: str) -> None:
    people, first = world.people, members[0]
    people.address[members], people.tel[members] = address, tel
    for field in (people.x, people.y, people.town, people.lane):
        field[members] = field[first]


def family(world: World, dice: np.random.Generator) -> Planted | None:
    """A large family shares one account and one shopper, who fetches for all every other Saturday."""
    members = _household(world, dice, 4)
    if not len(members):
        return None
    world.relations += [(int(members[0]), int(other), 1) for other in members[1:]]
    days = np.flatnonzero(weekdays(world) == 5)[::2]
    persons, minutes = gather(world, dice, members, days, Habit(10 * 60, 0.8, 1.0, 40))
    shop = world.nearest(members[:1], (PHARMACY,))[0]
    rows = world.book.add(persons, shop, minutes, PURCHASE, agent=members[0] if world.style.agents else -1)
    return Planted("family", people_of(members, "person"), tuple(rows.tolist()), "one household, one shopper")


def couple(world: World, dice: np.random.Generator) -> Planted | None:
    """Spouses refill together every four weeks and now and then go for a walk past a clinic together."""
    members = _household(world, dice, 2)[:2]
    if not len(members):
        return None
    days = np.arange(int(dice.integers(20)), world.days, 14)
    persons, minutes = gather(world, dice, members, days, Habit(9 * 60, 1.0, 2.0, 25))
    place = world.nearest(members[:1], (CLINIC, PHARMACY))[0]
    kind = PURCHASE if world.places.pharmacy[place] else CHRONIC
    rows = world.book.add(persons, place, minutes, kind, diagnosis=words.HYPERTENSION)
    return Planted("couple", people_of(members, "person"), tuple(rows.tolist()), "spouses who go together")


def nursing_home(world: World, dice: np.random.Generator) -> Planted | None:
    """A home's nurse fetches the residents' medicine on Tuesdays, in daylight, and signs as agent."""
    members = world.pick(dice, int(dice.integers(20, 42)), world.people.age > 70)
    if len(members) < 10:
        return None
    nurse = world.pick(dice, 1, world.people.adult & (world.people.age < 55))
    _together(world, members, "夕照巷1号夕照养老院", str(world.people.tel[nurse[0]]))
    world.people.household[members] = world.people.size * 3 + members
    world.relations += [(int(person), int(nurse[0]), 2) for person in members]
    days = np.flatnonzero(weekdays(world) == 1)[::2]
    persons, minutes = gather(world, dice, members, days, Habit(10 * 60, 0.7, 2.0, 20))
    shop = world.nearest(members[:1], (PHARMACY,))[0]
    rows = world.book.add(persons, shop, minutes, PURCHASE, agent=nurse[0] if world.style.agents else -1)
    return Planted(
        "nursing_home",
        (*people_of(members, "person"), *place_of(int(shop))),
        tuple(rows.tolist()),
        "one roof, one nurse",
    )


def barracks(world: World, dice: np.random.Generator) -> Planted | None:
    """A closed institution brings its people to one clinic in batches, always the same weekday."""
    members = world.pick(dice, 60, world.people.male & world.people.adult & (world.people.age < 55))
    if len(members) < 20:
        return None
    _together(world, members, "北坡路9号集体宿舍", "15900000009")
    world.people.household[members] = world.people.size * 3 + members
    clinic, days = world.some_place(dice, CLINIC), np.flatnonzero(weekdays(world) == 3)
    persons, minutes = gather(world, dice, members, days, Habit(14 * 60, 0.17, 4, 10))
    rows = world.book.add(persons, clinic, minutes, OUTPATIENT)
    return Planted(
        "closed_institution",
        (*people_of(members, "person"), *place_of(clinic)),
        tuple(rows.tolist()),
        "brought in batches",
    )


def factory_clinic(world: World, dice: np.random.Generator) -> Planted | None:
    """Hundreds of workers of one plant use its clinic at the change of shifts."""
    sizes = np.bincount(world.people.employer[world.people.present & (world.people.employer >= 0)])
    plant = int(np.argmax(sizes))
    workers = np.flatnonzero(world.people.present & (world.people.employer == plant) & (world.people.died < 0))
    clinic, share = world.some_place(dice, CLINIC), 3.2 * world.days / 180
    person = np.repeat(workers, dice.poisson(share, len(workers)))
    day = dice.choice(np.flatnonzero(weekdays(world) < 6), len(person))
    minute = (
        day * DAY + dice.choice([7 * 60 + 40, 15 * 60 + 40], len(person)) + dice.normal(0, 14, len(person)).astype(int)
    )
    rows = world.book.add(person, clinic, minute, OUTPATIENT)
    return Planted(
        "factory_clinic",
        (*people_of(workers, "person"), *place_of(clinic)),
        tuple(rows.tolist()),
        "the plant's own clinic",
    )


def lunch_hour(world: World, dice: np.random.Generator) -> Planted | None:
    """Colleagues of an office building drop in at the pharmacy downstairs at lunch, in groups that change."""
    members = world.pick(dice, 70, world.people.employer == 2)
    if len(members) < 20:
        return None
    shop, days = world.some_place(dice, PHARMACY), np.flatnonzero(weekdays(world) < 5)
    persons, minutes = gather(world, dice, members, days, Habit(12.4 * 60, 0.055, 6, 10), least=1)
    rows = world.book.add(persons, shop, minutes, PURCHASE)
    return Planted(
        "lunch_hour", (*people_of(members, "person"), *place_of(shop)), tuple(rows.tolist()), "an office at lunch"
    )


def seasonal_workers(world: World, dice: np.random.Generator) -> Planted | None:
    """Harvesters come for seven weeks, live in one barn under the foreman's telephone, see a doctor on rest days."""
    members = world.pick(dice, 34, world.people.adult & (world.people.age < 58))
    if len(members) < 12:
        return None
    _together(world, members, "西河滩采摘队工棚", str(world.people.tel[members[0]]))
    world.people.household[members] = world.people.size * 3 + members
    place = world.nearest(members[:1], (TOWN_HOSPITAL,))[0]
    first = int(dice.integers(10, max(11, world.days - 60)))
    days = np.arange(first, min(world.days, first + 49), 7)
    persons, minutes = gather(world, dice, members, days, Habit(9 * 60, 0.25, 6, 30))
    rows = world.book.add(persons, place, minutes, OUTPATIENT)
    return Planted("seasonal_workers", people_of(members, "person"), tuple(rows.tolist()), "a season in one barn")


def village_doctor(world: World, dice: np.random.Generator) -> Planted | None:
    """A village doctor's telephone stands under the old people for whom he fetches what they need."""
    lane = int(dice.choice(np.unique(world.people.lane)))
    members = world.pick(dice, 16, (world.people.lane == lane) & (world.people.age > 58))
    doctor = world.pick(dice, 1, world.people.adult)
    if len(members) < 6 or not len(doctor):
        return None
    world.people.tel[members] = world.people.tel[doctor[0]]
    clinic = int(world.nearest(members[:1], (CLINIC,))[0])
    person = np.repeat(members, 6)
    minute = dice.integers(0, world.days, len(person)) * DAY + dice.integers(500, 1000, len(person))
    rows = world.book.add(person, clinic, minute, CHRONIC, agent=doctor[0] if world.style.agents else -1)
    return Planted(
        "village_doctor", people_of(members, "person"), tuple(rows.tolist()), "the village doctor's telephone"
    )


GROUPS = (
    (family, 8),
    (couple, 12),
    (nursing_home, 2),
    (barracks, 1),
    (factory_clinic, 1),
    (lunch_hour, 1),
    (seasonal_workers, 2),
    (village_doctor, 2),
)
