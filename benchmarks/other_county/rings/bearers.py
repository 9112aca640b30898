"""One card with several bearers: swapped, lost, lent out of the ward, lent to another body."""

import numpy as np

from benchmarks.other_county import words
from benchmarks.other_county.places import CLINIC, HOSPITAL, PHARMACY, PRIVATE, TOWN_HOSPITAL
from benchmarks.other_county.settings import DAY, Ints
from benchmarks.other_county.world import (
    OUTPATIENT,
    PURCHASE,
    STAY,
    Card,
    Member,
    Planted,
    World,
    people_of,
)


def _cards(persons: Ints) -> tuple[Member, ...]:
    return tuple(Member("card", int(person), "card") for person in persons)


def some_days(world: World, dice: np.random.Generator, count: int, first: int = 0) -> Ints:
    """Pick days without order; half as many in a hard county."""
    count = max(4, count // 2) if world.settings.hard else count
    return np.sort(dice.choice(np.arange(first, world.days), min(count, world.days - first), replace=False))


def _far(world: World, person: int, *sorts: int) -> Ints:
    """Places at least twelve kilometres from home, nearest first."""
    places, people = world.places, world.people
    found = places.of(*sorts)
    away = np.hypot(places.x[found] - people.x[person], places.y[found] - people.y[person])
    far = found[away > 12]
    return far if len(far) else found[np.argsort(away)][-3:]


def several_bearers(world: World, dice: np.random.Generator) -> Planted | None:
    """A card goes to work with a second bearer in another town, and now and then both use it in one hour."""
    person = world.pick(dice, 1, world.people.adult)
    if not len(person):
        return None
    elsewhere = dice.choice(_far(world, int(person[0]), CLINIC, PHARMACY, TOWN_HOSPITAL), 2)
    days = some_days(world, dice, 34)
    place = dice.choice(elsewhere, len(days))
    kind = np.where(world.places.pharmacy[place], PURCHASE, OUTPATIENT)
    rows = world.book.add(
        person, place, days * DAY + dice.normal(1140, 35, len(days)).astype(int), kind, shown=3, planted=1
    )
    twice = days[:: 4 if world.settings.hard else 3]
    home = world.nearest(person, (CLINIC,))[0]
    minute = twice * DAY + dice.normal(1140, 12, len(twice)).astype(int)
    own = world.book.add(person, home, minute, OUTPATIENT, shown=3, planted=1)
    why = "two bearers in two towns, often within the same half hour"
    return Planted("shared_card/several_bearers", (*people_of(person, "holder"), *_cards(person)), (*rows, *own), why)


def swapped_pair(world: World, dice: np.random.Generator) -> Planted | None:
    """Two people swap cards: each visits the other's town on the other's card, at the hours of their own."""
    pair = world.pick(dice, 2, world.people.adult & (world.people.age < 60))
    if len(pair) < 2:
        return None
    rows: list[int] = []
    for person, other in (pair, pair[::-1]):
        places = world.nearest(np.array([other, other]), (CLINIC, PHARMACY), 0)
        days = some_days(world, dice, 26)
        minute = days * DAY + dice.normal(11.3 * 60, 40, len(days)).astype(int)
        kind = PURCHASE if world.places.pharmacy[places[0]] else OUTPATIENT
        rows += world.book.add(person, places[0], minute, kind, shown=3, planted=1).tolist()
        home = world.nearest(np.array([person]), (PHARMACY,))[0]
        rows += world.book.add(
            person, home, minute[::2] + dice.integers(-9, 9, len(minute[::2])), PURCHASE, planted=1
        ).tolist()
    return Planted(
        "shared_card/several_bearers",
        (*people_of(pair, "holder"), *_cards(pair)),
        tuple(rows),
        "two people swapped cards",
    )


def after_loss(world: World, dice: np.random.Generator) -> Planted | None:
    """A card reported lost goes on being used, far from where its owner uses the new one."""
    person = world.pick(dice, 1, world.people.adult)
    if not len(person) or not world.style.cards:
        return None
    lost = int(dice.integers(20, world.days // 2))
    world.cards.append(Card(int(person[0]), issued=-900, lost=lost))
    card = world.people.size + len(world.cards) - 1
    days = some_days(world, dice, 22, lost + 3)
    place = dice.choice(_far(world, int(person[0]), CLINIC, PHARMACY), len(days))
    kind = np.where(world.places.pharmacy[place], PURCHASE, OUTPATIENT)
    minute = days * DAY + dice.normal(15 * 60, 60, len(days)).astype(int)
    rows = world.book.add(person, place, minute, kind, card=card, shown=3, planted=1)
    members = (*people_of(person, "holder"), Member("card", card, "card"))
    return Planted("shared_card/after_loss", members, tuple(rows.tolist()), "used after the report of loss")


def out_of_the_ward(world: World, dice: np.random.Generator) -> Planted | None:
    """While the owner lies in a ward, stay after stay, the card is busy in other towns."""
    person = world.pick(dice, 1, world.people.age > 50)
    if not len(person):
        return None
    ward = int(world.nearest(person, (HOSPITAL, PRIVATE))[0])
    rows: list[int] = []
    for begin in range(12, world.days - 16, 70 if world.settings.hard else 45):
        rows += world.book.add(person, ward, begin * DAY + 600, STAY, length=9 * DAY, diagnosis=6, planted=1).tolist()
        days = begin + dice.choice(np.arange(1, 9), 4, replace=False)
        place = dice.choice(_far(world, int(person[0]), CLINIC, PHARMACY), len(days))
        kind = np.where(world.places.pharmacy[place], PURCHASE, OUTPATIENT)
        rows += world.book.add(
            person, place, days * DAY + dice.integers(540, 1100, len(days)), kind, shown=3, planted=1
        ).tolist()
    return Planted(
        "shared_card/during_stay",
        (*people_of(person, "holder"), *_cards(person)),
        tuple(rows),
        "busy while its owner lies in a ward",
    )


def wrong_body(world: World, dice: np.random.Generator) -> Planted | None:
    """An old man's card pays a young woman's care: prenatal diagnoses, month after month."""
    # Residents only: an employee's insurance covers his wife's maternity.
    resident = np.arange(world.people.size) % 5 >= 2
    person = world.pick(dice, 1, world.people.male & (world.people.age > 60) & resident)
    if not len(person):
        return None
    days = some_days(world, dice, 16)
    place = int(world.nearest(person, (HOSPITAL,))[0])
    rows = world.book.add(
        person,
        place,
        days * DAY + dice.integers(500, 660, len(days)),
        OUTPATIENT,
        diagnosis=words.PRENATAL,
        shown=3,
        planted=1,
        basket=world.basket((-1 - words.ECHO, 1), (-1 - words.BLOOD, 1)),
    )
    return Planted(
        "shared_card/impossible_items",
        (*people_of(person, "holder"), *_cards(person)),
        tuple(rows.tolist()),
        "care of the other sex",
    )


RINGS = ((several_bearers, 2), (swapped_pair, 1), (after_loss, 2), (out_of_the_ward, 2), (wrong_body, 1))
