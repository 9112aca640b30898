"""People and institutions in league: groups that come in step, sham care, phantom stays, steering, boxes sold again."""

import numpy as np

from benchmarks.other_county import words
from benchmarks.other_county.places import CLINIC, HOSPITAL, PHARMACY, PRIVATE, TOWN_HOSPITAL
from benchmarks.other_county.settings import DAY, Ints
from benchmarks.other_county.world import (
    OUTPATIENT,
    PURCHASE,
    STAY,
    Habit,
    Member,
    Planted,
    World,
    gather,
    people_of,
    place_of,
)


def _size(world: World, dice: np.random.Generator, low: int, high: int) -> int:
    """Draw a size; a hard county's rings are smaller."""
    return int(dice.integers(low, max(low + 1, (low + high) // 2 if world.settings.hard else high)))


def _every(world: World, step: int, first: int) -> Ints:
    return np.arange(first, world.days, step * 3 // 2 if world.settings.hard else step)


def five_a_week(world: World, dice: np.random.Generator) -> Planted | None:
    """A dozen recruits, of whom some five come each week to sell what they are given."""
    members = world.pick(dice, _size(world, dice, 11, 15), world.people.age > 40)
    if len(members) < 8:
        return None
    shop = world.some_place(dice, PHARMACY)
    days = _every(world, 7, int(dice.integers(6)))
    persons, minutes = gather(world, dice, members, days, Habit(9.7 * 60, 0.42, 4.5, 60), least=3)
    rows = world.book.add(persons, shop, minutes, PURCHASE, planted=1)
    return Planted(
        "collusion/lockstep_pharmacy",
        (*people_of(members, "recruit"), *place_of(shop)),
        tuple(rows.tolist()),
        "five of a dozen each week",
    )


def conveyor(world: World, dice: np.random.Generator) -> Planted | None:
    """A recruiter's group that changes a third of its people every month."""
    members = world.pick(dice, _size(world, dice, 20, 32), world.people.age > 40)
    if len(members) < 12:
        return None
    place, rows = world.some_place(dice, CLINIC, modest=True), []
    window = max(6, len(members) // 3)
    for day in _every(world, 6, 3):
        first = int(day / world.days * (len(members) - window))
        persons, minutes = gather(
            world, dice, members[first : first + window], np.array([day]), Habit(15 * 60, 0.8, 6, 30)
        )
        rows += world.book.add(persons, place, minutes, OUTPATIENT, diagnosis=words.BACK, planted=1).tolist()
    return Planted(
        "collusion/renewed_members",
        (*people_of(members, "recruit"), *place_of(place)),
        tuple(rows),
        "members renewed month by month",
    )


def sham_days(world: World, dice: np.random.Generator) -> Planted | None:
    """A clinic writes down the same people again and again: one doctor, one diagnosis, one bill, over the day."""
    members = world.pick(dice, _size(world, dice, 16, 36), world.people.age > 35)
    if len(members) < 10:
        return None
    clinic = world.some_place(dice, CLINIC, modest=True)
    doctor = world.doctor_of(dice, clinic)
    basket = world.basket((-1 - words.MASSAGE, 1), (-1 - words.NEEDLE, 1), (-1 - words.CONSULT, 1))
    persons, minutes = gather(
        world, dice, members, _every(world, 10, int(dice.integers(9))), Habit(8.5 * 60, 0.7, 21, 15)
    )
    minutes = np.minimum(minutes, minutes // DAY * DAY + 19 * 60)
    rows = world.book.add(
        persons, clinic, minutes, OUTPATIENT, doctor=doctor, diagnosis=words.BACK, basket=basket, length=5, planted=1
    )
    hands = (*place_of(clinic), Member("doctor", doctor, "prescriber"))
    return Planted(
        "collusion/sham_visits",
        (*people_of(members, "recruit"), *hands),
        tuple(rows.tolist()),
        "one doctor, one diagnosis, one bill",
    )


def coach_tour(world: World, dice: np.random.Generator) -> Planted | None:
    """Strangers from many villages are driven to a private hospital every nine days for the same treatment."""
    members = world.pick(dice, _size(world, dice, 9, 15), world.people.age > 55)
    if len(members) < 7:
        return None
    place = world.some_place(dice, PRIVATE)
    doctor = world.doctor_of(dice, place)
    persons, minutes = gather(
        world, dice, members, _every(world, 9, int(dice.integers(8))), Habit(9.2 * 60, 0.75, 5, 15)
    )
    basket = world.basket((-1 - words.STEAM, 2), (-1 - words.MASSAGE, 2))
    rows = world.book.add(
        persons, place, minutes, OUTPATIENT, doctor=doctor, diagnosis=words.LUMBAR, basket=basket, planted=1
    )
    return Planted(
        "collusion/sham_visits",
        (*people_of(members, "recruit"), *place_of(place)),
        tuple(rows.tolist()),
        "driven in from many villages",
    )


def _stay_batch(
    world: World, dice: np.random.Generator, members: Ints, place: int, doctor: int, day: int, nights: int
) -> list[int]:
    """One batch in the ward on paper: in together, out together, absent at checks, shopping at home."""
    begin = day * DAY + dice.integers(540, 640, len(members))
    basket = world.basket((-1 - words.BED, nights), (-1 - words.NURSING, nights), (-1 - words.DRIP, nights * 2), (7, 4))
    rows: list[int] = world.book.add(
        members,
        place,
        begin,
        STAY,
        length=nights * DAY + dice.integers(0, 90, len(members)),
        doctor=doctor,
        diagnosis=words.LUMBAR,
        basket=basket,
        planted=1,
    ).tolist()
    for person in members:
        away = dice.random() < (0.35 if world.settings.hard else 0.75)
        world.absences += [(int(person), place, (day + n) * DAY + 900, "absent") for n in range(1, nights, 2) if away]
        if dice.random() < 0.35:
            shop = int(world.nearest(np.array([person]), (PHARMACY,))[0])
            at = (day + int(dice.integers(1, nights))) * DAY + int(dice.integers(560, 1100))
            rows += world.book.add(person, shop, at, PURCHASE, planted=1).tolist()
    return rows


def lanes_in_turn(world: World, dice: np.random.Generator) -> Planted | None:
    """A doctor admits the neighbours of one lane after another."""
    place = world.some_place(dice, PRIVATE, TOWN_HOSPITAL)
    doctor = world.doctor_of(dice, place)
    lanes = np.unique(world.people.lane[world.people.town == world.places.town[place]])
    everybody, rows = [], []
    for turn, lane in enumerate(dice.choice(lanes, min(len(lanes), 3 if world.settings.hard else 5), replace=False)):
        members = world.pick(dice, _size(world, dice, 7, 12), (world.people.lane == lane) & (world.people.age > 40))
        for day in (10 + turn * 28, 24 + turn * 28):
            if len(members) > 4 and day + 9 < world.days:
                rows += _stay_batch(world, dice, members, place, doctor, day, 7)
        everybody.append(members)
    found = np.concatenate(everybody)
    if len(rows) < 10:
        return None
    hands = (*place_of(place), Member("doctor", doctor, "prescriber"))
    return Planted(
        "collusion/phantom_stays", (*people_of(found, "recruit"), *hands), tuple(rows), "village lanes admitted in turn"
    )


def revolving_beds(world: World, dice: np.random.Generator) -> Planted | None:
    """The same dozen is admitted again three days after each discharge, always for a fortnight."""
    members = world.pick(dice, _size(world, dice, 9, 15), world.people.age > 55)
    if len(members) < 7:
        return None
    place = world.some_place(dice, PRIVATE)
    doctor, rows = world.doctor_of(dice, place), []
    for day in range(int(dice.integers(4, 16)), world.days - 17, 36 if world.settings.hard else 18):
        rows += _stay_batch(world, dice, members, place, doctor, day, 14)
    hands = (*place_of(place), Member("doctor", doctor, "prescriber"))
    return Planted(
        "collusion/phantom_stays", (*people_of(members, "recruit"), *hands), tuple(rows), "beds that revolve"
    )


def steering(world: World, dice: np.random.Generator) -> Planted | None:
    """A doctor's patients all fill one dear prescription at a shop far from the ward and from home."""
    hospital = world.some_place(dice, HOSPITAL, TOWN_HOSPITAL)
    doctor, shops, places = world.doctor_of(dice, hospital), world.places.of(PHARMACY), world.places
    away = np.hypot(places.x[shops] - places.x[hospital], places.y[shops] - places.y[hospital])
    shop = int(shops[np.argsort(away)[len(shops) // 2]])
    near = np.hypot(world.people.x - places.x[hospital], world.people.y - places.y[hospital]) < 14
    clients = dice.choice(
        np.flatnonzero(world.people.present & world.people.adult & near & (world.people.died < 0)), 110
    )
    clients = clients[: 60 if world.settings.hard else 110]
    minute = dice.integers(0, world.days, len(clients)) * DAY + dice.integers(500, 640, len(clients))
    world.book.add(clients, hospital, minute, OUTPATIENT, doctor=doctor, planted=1)
    dear = int(np.argsort(world.drug_price[:200])[-3])
    rows = world.book.add(
        clients,
        shop,
        minute + dice.integers(35, 90, len(clients)),
        PURCHASE,
        prescriber=doctor,
        basket=world.basket((dear, 2)),
        planted=1,
    )
    members = (Member("doctor", doctor, "prescriber"), *place_of(shop, "dispenser"))
    return Planted("collusion/kickback", members, tuple(rows.tolist()), "one doctor's prescriptions at one far shop")


RINGS = (
    (five_a_week, 3),
    (conveyor, 1),
    (sham_days, 2),
    (coach_tour, 2),
    (lanes_in_turn, 1),
    (revolving_beds, 1),
    (steering, 1),
)
