"""Innocent look-alikes that share a day: dialysis, check-ups, markets, vaccination, follow-ups, waves."""

import numpy as np

from benchmarks.other_county import words
from benchmarks.other_county.places import CLINIC, HOSPITAL, PHARMACY, TOWN_HOSPITAL
from benchmarks.other_county.settings import DAY
from benchmarks.other_county.world import (
    CHRONIC,
    EMERGENCY,
    OUTPATIENT,
    PURCHASE,
    STAY,
    Habit,
    Planted,
    World,
    gather,
    people_of,
    place_of,
    weekdays,
)


def dialysis(world: World, dice: np.random.Generator) -> Planted | None:
    """A shift of the dialysis ward: three times a week, the same chairs, for ever."""
    members = world.pick(dice, 16, world.people.age > 40)
    if len(members) < 6:
        return None
    place, first = world.some_place(dice, HOSPITAL), int(dice.integers(2))
    days = np.flatnonzero(np.isin(weekdays(world), (first, first + 2, first + 4)))
    persons, minutes = gather(world, dice, members, days, Habit(float(dice.choice([430, 740, 1020])), 0.96, 2.5, 8))
    basket = world.basket((-1 - words.DIALYSIS, 1))
    rows = world.book.add(persons, place, minutes, CHRONIC, diagnosis=words.RENAL, basket=basket, length=240)
    return Planted(
        "dialysis", (*people_of(members, "person"), *place_of(place)), tuple(rows.tolist()), "a dialysis shift"
    )


def rehabilitation(world: World, dice: np.random.Generator) -> Planted | None:
    """Stroke survivors train together every weekday morning for six weeks."""
    members = world.pick(dice, 9, world.people.age > 52)
    if len(members) < 5:
        return None
    place, first = world.some_place(dice, HOSPITAL, TOWN_HOSPITAL), int(dice.integers(5, max(6, world.days - 45)))
    days = first + np.flatnonzero(weekdays(world, first)[:42] < 5)
    persons, minutes = gather(world, dice, members, days, Habit(9.3 * 60, 0.9, 4, 12))
    basket = world.basket((-1 - words.REHAB, 1))
    rows = world.book.add(persons, place, minutes, OUTPATIENT, diagnosis=words.SEQUELA, basket=basket)
    return Planted(
        "rehabilitation",
        (*people_of(members, "person"), *place_of(place)),
        tuple(rows.tolist()),
        "a course of training",
    )


def checkups(world: World, dice: np.random.Generator) -> Planted | None:
    """A firm sends its people to the yearly check-up on two days, and the same again after a quarter."""
    firm = int(dice.integers(9))
    members = world.pick(dice, 80, world.people.employer == firm)
    if len(members) < 15:
        return None
    place, first = world.some_place(dice, HOSPITAL), int(dice.integers(5, max(6, world.days - 95)))
    days = np.array([first, first + 1, first + 90, first + 91])
    persons, minutes = gather(world, dice, members, days[days < world.days], Habit(7.8 * 60, 0.5, 2, 10))
    basket = world.basket((-1 - words.PHYSICAL, 1))
    rows = world.book.add(persons, place, minutes, OUTPATIENT, diagnosis=words.CHECKUP, basket=basket)
    return Planted(
        "check_up", (*people_of(members, "person"), *place_of(place)), tuple(rows.tolist()), "a firm's check-up days"
    )


def village_bus(world: World, dice: np.random.Generator) -> Planted | None:
    """The bus of a far lane runs on market days; who needs something takes it, to several doctors and shops."""
    lanes = np.unique(world.people.lane[world.people.town > 0])
    members = world.pick(dice, 30, (world.people.lane == int(dice.choice(lanes))) & (world.people.age > 30))
    if len(members) < 10:
        return None
    days = np.arange(int(dice.integers(world.style.market_every)), world.days, world.style.market_every)
    persons, minutes = gather(world, dice, members, days, Habit(9.2 * 60, 0.13, 5, 12))
    targets = np.concatenate([world.nearest(members[:1], (sort,)) for sort in (TOWN_HOSPITAL, CLINIC, PHARMACY)])
    place = dice.choice(targets, len(persons))
    rows = world.book.add(persons, place, minutes, np.where(world.places.pharmacy[place], PURCHASE, OUTPATIENT))
    return Planted("village_bus", people_of(members, "person"), tuple(rows.tolist()), "the market-day bus")


def vaccination(world: World, dice: np.random.Generator) -> Planted | None:
    """A school's classes are vaccinated on three days, a month apart."""
    members = world.pick(dice, 150, (world.people.age > 6) & (world.people.age < 15))
    if len(members) < 20:
        return None
    place, first = world.some_place(dice, TOWN_HOSPITAL, CLINIC), int(dice.integers(5, max(6, world.days - 65)))
    days = np.array([first, first + 30, first + 60])
    persons, minutes = gather(world, dice, members, days[days < world.days], Habit(9 * 60, 0.93, 0.9, 5))
    basket = world.basket((-1 - words.JAB, 1))
    rows = world.book.add(persons, place, minutes, OUTPATIENT, diagnosis=words.VACCINE, basket=basket)
    return Planted(
        "vaccination",
        (*people_of(members, "person"), *place_of(place)),
        tuple(rows.tolist()),
        "a school's vaccination days",
    )


def pressure_day(world: World, dice: np.random.Generator) -> Planted | None:
    """On the tenth of each month the station measures blood pressure, and the same old people come all morning."""
    members = world.pick(
        dice, 45, (world.people.town == int(dice.integers(len(world.towns)))) & (world.people.age > 60)
    )
    if len(members) < 12:
        return None
    place = int(world.nearest(members[:1], (CLINIC,))[0])
    persons, minutes = gather(world, dice, members, np.arange(9, world.days, 30), Habit(8.2 * 60, 0.7, 5, 10))
    basket = world.basket((-1 - words.FOLLOW, 1))
    rows = world.book.add(persons, place, minutes, CHRONIC, diagnosis=words.HYPERTENSION, basket=basket)
    return Planted(
        "pressure_day",
        (*people_of(members, "person"), *place_of(place)),
        tuple(rows.tolist()),
        "the station's blood-pressure day",
    )


def follow_up(world: World, dice: np.random.Generator) -> Planted | None:
    """After an operation the ward's people return every second Wednesday to their surgeon for three months."""
    members = world.pick(dice, 14, world.people.age > 35)
    if len(members) < 6:
        return None
    place, first = world.some_place(dice, HOSPITAL), int(dice.integers(4, max(5, world.days - 110)))
    doctor = world.doctor_of(dice, place)
    into = first * DAY + dice.integers(0, 6 * DAY, len(members))
    stays = world.book.add(members, place, into, STAY, length=7 * DAY, doctor=doctor, diagnosis=16, planted=1)
    wednesdays = np.flatnonzero(weekdays(world) == 2)
    days = wednesdays[wednesdays > first + 15][:12:2]
    persons, minutes = gather(world, dice, members, days, Habit(14.2 * 60, 0.8, 7, 10))
    rows = world.book.add(persons, place, minutes, OUTPATIENT, doctor=doctor, diagnosis=16)
    members_of = (*people_of(members, "person"), *place_of(place))
    return Planted("follow_up", members_of, (*stays.tolist(), *rows.tolist()), "a surgeon's follow-up afternoons")


def fever_wave(world: World, dice: np.random.Generator) -> Planted | None:
    """In the wave a kindergarten's children come to the fever clinic again and again."""
    members = world.pick(dice, 40, (world.people.age > 2) & (world.people.age < 7))
    if len(members) < 10:
        return None
    place = world.some_place(dice, HOSPITAL)
    days = np.clip(world.style.wave_day + np.arange(-6, 7, 2), 0, world.days - 1)
    persons, minutes = gather(world, dice, members, np.unique(days), Habit(18.5 * 60, 0.3, 5, 60))
    rows = world.book.add(persons, place, minutes, EMERGENCY, diagnosis=words.FEVER)
    return Planted(
        "fever_wave", (*people_of(members, "person"), *place_of(place)), tuple(rows.tolist()), "a wave of fevers"
    )


def membership_day(world: World, dice: np.random.Generator) -> Planted | None:
    """A chain's day of discounts draws the same thrifty customers every eighth of the month."""
    members = world.pick(dice, 60, world.people.age > 45)
    if len(members) < 15:
        return None
    shop = world.some_place(dice, PHARMACY)
    persons, minutes = gather(world, dice, members, np.arange(7, world.days, 30), Habit(8 * 60, 0.6, 14, 15))
    rows = world.book.add(persons, shop, minutes, PURCHASE)
    return Planted(
        "membership_day",
        (*people_of(members, "person"), *place_of(shop)),
        tuple(rows.tolist()),
        "a shop's day of discounts",
    )


GROUPS = (
    (dialysis, 3),
    (rehabilitation, 2),
    (checkups, 3),
    (village_bus, 2),
    (vaccination, 2),
    (pressure_day, 2),
    (follow_up, 2),
    (fever_wave, 1),
    (membership_day, 2),
)
