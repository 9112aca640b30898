"""Hoards of cards, worked off in many ways: in turns, at noon on pay-day, by twos, after midnight, for round sums."""

import numpy as np

from benchmarks.other_county.places import PHARMACY
from benchmarks.other_county.rings.bearers import some_days
from benchmarks.other_county.settings import DAY, Ints
from benchmarks.other_county.world import (
    PURCHASE,
    Habit,
    Planted,
    World,
    gather,
    people_of,
    place_of,
    weekdays,
)


def _hoard(world: World, persons: Ints, when: Ints, place: Ints | int, basket: int, agent: int) -> tuple[int, ...]:
    if not world.style.agents:
        agent = -1
    return tuple(
        world.book.add(persons, place, when, PURCHASE, shown=3, basket=basket, agent=agent, planted=1).tolist()
    )


def _move_in(world: World, members: Ints) -> None:
    people, first = world.people, members[0]
    for field in (people.address, people.x, people.y, people.town, people.lane):
        field[members] = field[first]
    people.household[members] = world.people.size + members  # strangers under one roof


def night_rotation(world: World, dice: np.random.Generator) -> Planted | None:
    """A hoard of cards makes the round of three pharmacies on weekday evenings, a few cards each time."""
    members = world.pick(dice, int(dice.integers(9, 22)), world.people.age > 45)
    if len(members) < 6:
        return None
    shops = dice.choice(world.places.of(PHARMACY), min(3, len(world.places.of(PHARMACY))), replace=False)
    evenings = np.flatnonzero(weekdays(world) < 5)
    days = np.sort(dice.choice(evenings, min(len(evenings), 20 if world.settings.hard else 42), replace=False))
    persons, minutes = gather(world, dice, members, days, Habit(20 * 60, 0.34, 2.2, 22), least=3)
    basket = world.basket((int(dice.integers(40)), 2), (int(dice.integers(80)), 1))
    place = shops[(minutes // DAY) % len(shops)]
    rows = _hoard(world, persons, minutes, place, basket, -1)
    shown = tuple(member for shop in shops for member in place_of(int(shop)))
    return Planted(
        "shared_card/hoarded_spread",
        (*people_of(members, "lender"), *shown),
        rows,
        "cards rotate among three pharmacies",
    )


def payday_noon(world: World, dice: np.random.Generator) -> Planted | None:
    """All cards of a hoard pass one till at noon on the days the accounts are filled."""
    members = world.pick(
        dice, int(dice.integers(8, 18) if world.settings.hard else dice.integers(14, 34)), world.people.adult
    )
    if len(members) < 6:
        return None
    shop = world.some_place(dice, PHARMACY)
    days = np.arange(int(dice.integers(3, 14)), world.days, 31 if world.settings.hard else 15)
    persons, minutes = gather(world, dice, members, days, Habit(12.2 * 60, 0.85, 1.4, 6))
    rows = world.book.add(
        persons, shop, minutes, PURCHASE, shown=3, till=0, planted=1, basket=world.basket((int(dice.integers(60)), 3))
    )
    return Planted(
        "shared_card/hoarded_burst",
        (*people_of(members, "lender"), *place_of(shop)),
        tuple(rows.tolist()),
        "pay-day at noon",
    )


def few_at_a_time(world: World, dice: np.random.Generator) -> Planted | None:
    """Two or three cards of a small hoard every other day, at one shop, over the whole half-year."""
    members = world.pick(dice, int(dice.integers(6, 11)), world.people.adult)
    if len(members) < 6:
        return None
    shop = world.some_place(dice, PHARMACY, modest=True)
    persons, minutes = gather(world, dice, members, some_days(world, dice, 64), Habit(16.5 * 60, 0.28, 1.8, 70))
    rows = _hoard(world, persons, minutes, shop, -1, -1)
    return Planted(
        "shared_card/hoarded_small",
        (*people_of(members, "lender"), *place_of(shop)),
        rows,
        "two or three cards at a time",
    )


def after_midnight(world: World, dice: np.random.Generator) -> Planted | None:
    """The cards of a nursing home's residents are used between midnight and three, one clerk at the till."""
    members = world.pick(dice, int(dice.integers(12, 24)), world.people.age > 66)
    if len(members) < 8:
        return None
    _move_in(world, members)
    shop = world.some_place(dice, PHARMACY)
    persons, minutes = gather(world, dice, members, some_days(world, dice, 30), Habit(95, 0.28, 3.5, 35), least=3)
    rows = _hoard(world, persons, np.maximum(minutes, minutes // DAY * DAY + 2), shop, -1, -1)
    return Planted(
        "shared_card/hoarded_burst",
        (*people_of(members, "lender"), *place_of(shop)),
        rows,
        "residents' cards after midnight",
    )


def cash_out(world: World, dice: np.random.Generator) -> Planted | None:
    """Accounts are emptied at one shop in the evening: one dear article, near the round sum, card after card."""
    members = world.pick(dice, int(dice.integers(10, 26)), world.people.adult & (world.people.age < 60))
    if len(members) < 6:
        return None
    shop = world.some_place(dice, PHARMACY, modest=True)
    dear = int(np.argmax(world.drug_price[:150]))
    basket = world.basket((dear, max(1, 29_500 // int(world.drug_price[dear]))))
    persons, minutes = gather(world, dice, members, some_days(world, dice, 24), Habit(20.6 * 60, 0.4, 6, 40))
    rows = _hoard(world, persons, minutes, shop, basket, -1)
    return Planted(
        "shared_card/cash_out", (*people_of(members, "lender"), *place_of(shop)), rows, "round sums in the evening"
    )


def cards_of_the_dead(world: World, dice: np.random.Generator) -> Planted | None:
    """The cards of people who died go on buying at one shop, month after month."""
    people = world.people
    dead = np.flatnonzero(people.present & (people.died >= 0) & (people.died < world.days // 2) & ~people.taken)
    members = dead[: 3 if world.settings.hard else 7]
    if len(members) < 3:
        return None
    people.taken[members] = True
    shop, rows = world.some_place(dice, PHARMACY, modest=True), []
    for person in members:
        days = np.arange(people.died[person] + 4, world.days, 19) + dice.integers(0, 5)
        days = days[days < world.days]
        minute = days * DAY + dice.normal(18 * 60, 50, len(days)).astype(int)
        rows += world.book.add(person, shop, minute, PURCHASE, shown=3, planted=1).tolist()
    return Planted(
        "shared_card/cards_of_the_dead",
        (*people_of(members, "holder"), *place_of(shop)),
        tuple(rows),
        "used after death",
    )


RINGS = (
    (night_rotation, 2),
    (payday_noon, 2),
    (few_at_a_time, 1),
    (after_midnight, 1),
    (cash_out, 1),
    (cards_of_the_dead, 1),
)
