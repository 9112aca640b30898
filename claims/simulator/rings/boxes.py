"""Drug boxes that come back: bought on cards, sold again, settled a second time elsewhere."""

import numpy as np

from claims.simulator.calendar import DAY
from claims.simulator.dice import Ints
from claims.simulator.places import PlaceKind
from claims.simulator.planting import Field, persons, place
from claims.simulator.rings.scale import Scale, at_day, goods, in_turn, recruit, some_places, some_towns
from claims.simulator.visits import Kind


def _resell(field: Field, rng: np.random.Generator, at: Ints, baskets: Ints, twins: Ints, shops: Ints) -> Ints:
    """Settle the boxes again days or weeks later, for other people; which were resold."""
    county = field.county
    later = at // DAY + rng.integers(2, int(rng.integers(8, 45)), len(at))
    sold = later < county.settings.days
    site = rng.choice(shops, len(at))[sold]
    ordinary = np.flatnonzero(county.people.chronic[: county.people.residents] >= 0)
    buyer = rng.choice(ordinary, len(site))
    when = county.moment(rng, later[sold], site)
    field.log.add(
        buyer, site, when, kind=Kind.PHARMACY, basket=baskets[sold], twin=twins[sold], group=field.number, keep=1
    )
    return np.flatnonzero(sold)


def resale(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """Buyers collect dear drugs at many shops; other shops settle the same boxes again."""
    towns = some_towns(field, rng)
    buyers = recruit(field, rng, scale.size(rng, 3, 25), towns)
    sources = some_places(field, rng, [PlaceKind.PHARMACY], int(rng.integers(3, 10)), towns)
    sinks = some_places(field, rng, [PlaceKind.PHARMACY], int(rng.integers(1, 4)))
    _scanning(field, np.concatenate([sources, sinks]))
    who = np.repeat(buyers, scale.times(rng, 5, 16))
    n, site = len(who), rng.choice(sources, len(who))
    days = scale.days(rng, field, min(field.county.settings.days * 2 // 3, 60))
    at = field.county.moment(rng, rng.choice(days, n), site)
    baskets, twins = rng.choice(goods(field, rng, 5), n), field.twin_numbers(n)
    field.log.add(who, site, at, kind=Kind.PHARMACY, basket=baskets, twin=twins, group=field.number, keep=1)
    sold = _resell(field, rng, at, baskets, twins, sinks)
    scale.camouflage(field, rng, buyers)
    members = [*persons(buyers, "buyer"), *(place(int(s), "receiver") for s in sinks)]
    field.record("collusion/box_resale", members, ring=True, bought=n, resold=len(sold))


def quota_stripping(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """A few people draw the most of one costly drug at shop after shop, far beyond what they can take."""
    buyers = recruit(field, rng, int(rng.integers(1, 5)), youngest=45)
    shops = some_places(field, rng, [PlaceKind.PHARMACY], int(rng.integers(4, 15)))
    catalogue, settings = field.county.catalogue, field.county.settings
    ware = int(rng.choice(np.flatnonzero((catalogue.demand == 3) & (catalogue.supply_days >= 10))))
    boxes = int(rng.integers(2, 5))
    basket, gap = field.county.basket([(ware, boxes)]), rng.uniform(2.0, 6.0) * (1.7 if scale.hard else 1.0)
    for buyer in buyers:
        days = scale.days(rng, field, max(4, int(settings.days * rng.uniform(0.4, 0.95) / gap)))
        site = rng.choice(shops, len(days))
        at = field.county.moment(rng, days, site)
        field.log.add(np.full(len(days), buyer), site, at, kind=Kind.REFILL, basket=basket, group=field.number, keep=1)
    members = [*persons(buyers, "buyer")]
    field.record("collusion/quota_stripping", members, ring=True, boxes=boxes, gap_days=round(gap, 1))


def pharmacy_chain(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """One pharmacy empties hoarded cards on paper and passes the unopened boxes on to another."""
    towns = some_towns(field, rng)
    cards = recruit(field, rng, scale.size(rng, 6, 40), towns)
    first, second = some_places(field, rng, [PlaceKind.PHARMACY], 2, towns)
    _scanning(field, np.array([first, second]))
    field.county.places.stock[[first, second]] = True
    baskets = goods(field, rng, 5)
    bought = resold = 0
    for day in scale.days(rng, field, scale.times(rng, 5, 14)):
        there = rng.permutation(cards[rng.random(len(cards)) < rng.uniform(0.3, 0.8)])
        at = at_day(day, in_turn(field, rng, int(first), len(there), rng.uniform(60, 900)))
        basket, twins = rng.choice(baskets, len(there)), field.twin_numbers(len(there))
        field.log.add(
            there,
            int(first),
            at,
            kind=Kind.PHARMACY,
            card=there,
            credential=3,
            basket=basket,
            twin=twins,
            group=field.number,
            keep=1,
            body=2,
        )
        resold += len(_resell(field, rng, at, basket, twins, np.array([second])))
        bought += len(there)
    scale.camouflage(field, rng, cards)
    members = [*persons(cards, "lender"), place(int(first), "seller"), place(int(second), "receiver")]
    field.record("collusion/pharmacy_to_pharmacy", members, ring=True, bought=bought, resold=resold)


def _scanning(field: Field, shops: Ints) -> None:
    """Boxes can only be followed where they are scanned."""
    scans = field.county.places.scans
    scans[shops] = np.maximum(scans[shops], 0.85)
