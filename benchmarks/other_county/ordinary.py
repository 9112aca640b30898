"""Everyday life: colds and refills, markets and waves, stays in hospital; nobody means harm."""

import numpy as np

from benchmarks.other_county import words
from benchmarks.other_county.places import CLINIC, HOSPITAL, PHARMACY, PRIVATE, TOWN_HOSPITAL
from benchmarks.other_county.settings import DAY, Floats, Ints
from benchmarks.other_county.world import CHRONIC, EMERGENCY, OUTPATIENT, PURCHASE, STAY, World, weekdays

_HOURS = np.array([0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 2, 4, 9, 11, 9, 6, 4, 4, 6, 7, 6, 5, 6, 6, 4, 2, 1, 0.4])


def live(world: World) -> None:
    """Write everybody's ordinary visits, refills and stays into the book."""
    dice = world.settings.dice("ordinary")
    _stays(world, dice)
    _chance_visits(world, dice)
    _refills(world, dice)


def day_weights(world: World) -> Floats:
    """How busy each day is: weekdays, a holiday week, a slow season."""
    day = np.arange(world.days)
    week = np.array([1.25, 1.1, 1.0, 1.0, 1.0, 0.8, 0.65])[weekdays(world)]
    season = 1 + 0.2 * np.sin(day / 58.0 + world.settings.seed)
    holiday = np.where(abs(day - (world.style.wave_day + 61) % world.days) < 4, 0.45, 1.0)
    weight = week * season * holiday
    return np.asarray(weight / weight.sum())


def _chance_visits(world: World, dice: np.random.Generator) -> None:
    people = world.people
    rate = np.select([people.age < 15, people.age < 45, people.age < 62], [2.6, 1.7, 3.0], 4.6) * world.days / 180
    rate = rate * dice.lognormal(-0.25, 0.7, people.size) * people.present
    person = np.repeat(np.arange(people.size), dice.poisson(rate))
    kind = dice.choice([OUTPATIENT, PURCHASE, EMERGENCY], len(person), p=[0.5, 0.43, 0.07])
    day = dice.choice(world.days, len(person), p=day_weights(world))
    wave = (kind != PURCHASE) & (dice.random(len(person)) < 0.13)
    day = np.where(wave, np.clip(dice.normal(world.style.wave_day, 6, len(person)), 0, world.days - 1).astype(int), day)
    day = _market(world, dice, person, day)
    place = _places(world, dice, person, kind)
    minute = day * DAY + _minutes(world, dice, person, place)
    diagnosis = np.where(wave, dice.choice([words.FEVER, words.COLD, 5], len(person)), -1)
    world.book.add(person, place, minute, kind, diagnosis=diagnosis, length=np.where(kind == PURCHASE, 0, 25))
    _company(world, dice, person, place, minute, kind)


def _market(world: World, dice: np.random.Generator, person: Ints, day: Ints) -> Ints:
    """People of the outer towns go when there is market."""
    town = world.people.town[person]
    moved = day - (day - town) % world.style.market_every
    return np.where((town > 0) & (dice.random(len(day)) < 0.35) & (moved >= 0), moved, day)


def _places(world: World, dice: np.random.Generator, person: Ints, kind: Ints) -> Ints:
    """Near places mostly, liked places sometimes."""
    everybody = np.arange(world.people.size)
    slots = np.stack(
        [
            world.nearest(everybody, (CLINIC,), 0),
            world.nearest(everybody, (CLINIC,), 2),
            world.nearest(everybody, (TOWN_HOSPITAL,)),
            world.nearest(everybody, (HOSPITAL, PRIVATE), 0),
            world.nearest(everybody, (PHARMACY,), 0),
            world.nearest(everybody, (PHARMACY,), 1),
            world.nearest(everybody, (PHARMACY,), 3),
        ]
    )
    size = len(person)
    care = dice.choice(4, size, p=[0.38, 0.14, 0.24, 0.24])
    shop = 4 + dice.choice(3, size, p=[0.6, 0.25, 0.15])
    slot = np.select([kind == PURCHASE, kind == EMERGENCY], [shop, 2 + dice.integers(2, size=size)], care)
    place = slots[slot, person]
    shops, clinics = world.places.of(PHARMACY), world.places.of(CLINIC, HOSPITAL, PRIVATE)
    for found, these in ((shops, kind == PURCHASE), (clinics, kind == OUTPATIENT)):
        weight = world.places.weight[found] / world.places.weight[found].sum()
        liked = these & (dice.random(size) < 0.16)
        place = np.where(liked, dice.choice(found, size, p=weight), place)
    return np.asarray(place)


def _minutes(world: World, dice: np.random.Generator, person: Ints, place: Ints) -> Ints:
    """People go when they like to; hospitals are busy in the morning; doors close."""
    size = len(person)
    crowd = (dice.choice(24, size, p=_HOURS / _HOURS.sum()) + dice.random(size)) * 60
    morning = dice.normal(9.6 * 60, 70, size)
    own = (world.people.hour[person] + dice.normal(0, 0.9, size)) * 60
    sort = world.places.sort[place]
    busy = np.isin(sort, (HOSPITAL, TOWN_HOSPITAL)) & (dice.random(size) < 0.5)
    minute = np.where(busy, morning, np.where(dice.random(size) < 0.5, own, crowd))
    opens, closes = world.places.opens[place], world.places.closes[place]
    inside = opens + (dice.random(size) * (closes - opens)).astype(int)
    return np.where((minute >= opens) & (minute < closes), minute, inside).astype(np.int64)


def _company(world: World, dice: np.random.Generator, person: Ints, place: Ints, minute: Ints, kind: Ints) -> None:
    """Some take another of their household along, and both are seen."""
    people = world.people
    beside = np.minimum(person + 1, people.size - 1)
    beside = np.where(people.household[beside] == people.household[person], beside, person - 1)
    fits = (beside >= 0) & (people.household[beside] == people.household[person]) & people.present[beside]
    both = np.flatnonzero(fits & (dice.random(len(person)) < 0.05))
    world.book.add(beside[both], place[both], minute[both] + dice.integers(1, 12, len(both)), kind[both])


def _refills(world: World, dice: np.random.Generator) -> None:
    """The chronically ill come every month or so, where and when they always do."""
    people = world.people
    ill = np.flatnonzero(people.chronic & people.present)
    period = dice.choice([14, 28, 30, 31, 60, 84], len(ill), p=[0.08, 0.3, 0.3, 0.12, 0.12, 0.08])
    shop = dice.random(len(ill)) < 0.45
    place = np.where(shop, world.nearest(ill, (PHARMACY,), 0), world.nearest(ill, (CLINIC, TOWN_HOSPITAL), 0))
    opens, closes = world.places.opens[place], world.places.closes[place]
    usual = np.clip(people.hour[ill] * 60, opens + 10, closes - 20)
    disease = dice.choice(
        [words.HYPERTENSION, words.DIABETES, 6, 19, words.SEQUELA], len(ill), p=[0.5, 0.25, 0.12, 0.08, 0.05]
    )
    for turn in range(world.days // 14 + 1):
        day = (
            dice.integers(0, 14, len(ill)) * 0 + (ill * 7919 % period) + turn * period + dice.integers(-2, 3, len(ill))
        )
        here = np.flatnonzero((day >= 0) & (day < world.days) & (dice.random(len(ill)) < 0.88))
        minute = day[here] * DAY + np.clip(usual[here] + dice.normal(0, 45, len(here)), opens[here], closes[here] - 1)
        kind = np.where(shop[here], PURCHASE, np.where(disease[here] < 2, CHRONIC, OUTPATIENT))
        world.book.add(ill[here], place[here], minute.astype(int), kind, diagnosis=disease[here])


def _stays(world: World, dice: np.random.Generator) -> None:
    people = world.people
    risk = np.select([people.age < 15, people.age < 50, people.age < 65], [0.03, 0.025, 0.07], 0.16) * world.days / 180
    person = np.flatnonzero((dice.random(people.size) < risk) & people.present)
    day = dice.choice(world.days, len(person), p=day_weights(world))
    length = np.clip(dice.lognormal(1.85, 0.55, len(person)), 1.2, 40)
    minute = day * DAY + np.where(
        dice.random(len(person)) < 0.8, dice.normal(620, 90, len(person)), dice.integers(0, 1439, len(person))
    )
    place = np.where(
        dice.random(len(person)) < 0.45,
        world.nearest(person, (TOWN_HOSPITAL,)),
        world.nearest(person, (HOSPITAL, PRIVATE)),
    )
    out = (day + np.ceil(length)) * DAY + dice.normal(600, 60, len(person))
    keep = out < world.days * DAY
    bed = dice.integers(world.places.beds[place] + 1)
    disease = dice.choice(20, len(person))
    disease = np.where(disease == words.RENAL, 5, disease)
    world.book.add(
        person[keep],
        place[keep],
        minute[keep].clip(0).astype(int),
        STAY,
        length=(out - minute)[keep].clip(600).astype(int),
        diagnosis=disease[keep],
        bed=bed[keep],
    )
