"""Drug boxes that are settled more than once, and people who buy for resale."""

import numpy as np

from benchmarks.other_county.places import PHARMACY
from benchmarks.other_county.settings import DAY
from benchmarks.other_county.world import PURCHASE, Habit, Planted, World, gather, people_of, place_of


def carousel(world: World, dice: np.random.Generator) -> Planted | None:
    """Boxes sold to a circle of buyers come back to a second shop's shelf and are settled again."""
    if not world.style.traces:
        return None
    buyers = world.pick(dice, 6 if world.settings.hard else 10, world.people.age > 45)
    if len(buyers) < 5:
        return None
    first, second = (int(shop) for shop in dice.choice(world.places.of(PHARMACY), 2, replace=False))
    drug = int(np.argsort(world.drug_price[:200])[-int(dice.integers(2, 12))])
    basket, rows = world.basket((drug, 1)), []
    for _ in range(30 if world.settings.hard else 64):
        code = f"{81000000 + drug:08d}{int(dice.integers(10**11)):011d}7"
        day = int(dice.integers(0, world.days - 25))
        for place, later in ((first, 0), (second, int(dice.integers(4, 22)))):
            minute = (day + later) * DAY + int(dice.integers(540, 1150))
            row = world.book.add(dice.choice(buyers), place, minute, PURCHASE, basket=basket, planted=1)
            world.boxes.append((int(row[0]), drug, code))
            rows.append(int(row[0]))
    members = (*people_of(buyers, "buyer"), *place_of(first, "dispenser"), *place_of(second, "dispenser"))
    return Planted("collusion/box_resale", members, tuple(rows), "boxes settled at a second shop")


def quota_walk(world: World, dice: np.random.Generator) -> Planted | None:
    """Once a month buyers strip the quota of one dear drug at six shops in one day, together."""
    buyers = world.pick(dice, 5 if world.settings.hard else 8, world.people.age > 35)
    if len(buyers) < 5:
        return None
    shops = dice.choice(world.places.of(PHARMACY), min(6, len(world.places.of(PHARMACY))), replace=False)
    drug = int(np.argsort(world.drug_price[:200])[-int(dice.integers(2, 12))])
    basket, rows = world.basket((drug, 5)), []
    for day in range(int(dice.integers(4, 20)), world.days, 30):
        for turn, shop in enumerate(shops):
            persons, minutes = gather(world, dice, buyers, np.array([day]), Habit(9 * 60 + turn * 70, 0.85, 3, 8))
            rows += world.book.add(persons, shop, minutes, PURCHASE, basket=basket, planted=1).tolist()
    shown = tuple(member for shop in shops for member in place_of(int(shop)))
    return Planted(
        "collusion/quota_stripping",
        (*people_of(buyers, "buyer"), *shown),
        tuple(rows),
        "one dear drug at six shops a day",
    )


RINGS = ((carousel, 1), (quota_walk, 1))
