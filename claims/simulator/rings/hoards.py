"""Many cards in one hand: bursts at a till, slow and small, spread over tills, cash for credit."""

import numpy as np

from claims.simulator.dice import Ints
from claims.simulator.places import PlaceKind
from claims.simulator.planting import Field, Member, persons, place
from claims.simulator.rings.scale import Scale, at_day, goods, in_turn, recruit, some_places, some_towns
from claims.simulator.visits import Kind

CARD = 3


def _members(cards: Ints, shops: Ints) -> list[Member]:
    lent = [Member("card", int(card), "hoarded card") for card in cards]
    return [*persons(cards, "lender"), *lent, *(place(int(shop), "pharmacy") for shop in shops)]


def burst(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """A bundle of cards swiped one after the other at one till, on several days."""
    towns = some_towns(field, rng)
    cards = recruit(field, rng, scale.size(rng, 6, 60), towns)
    shops = some_places(field, rng, [PlaceKind.PHARMACY], int(rng.integers(1, 4)), towns)
    present, typical, ordered = rng.uniform(0.45, 0.95), float(np.exp(rng.uniform(3, 5.5))), rng.random() < 0.4
    baskets = goods(field, rng, 6)
    till, agent = rng.integers(0, 3, len(shops)), int(recruit(field, rng, 1)[0]) if rng.random() < 0.4 else -1
    for day in scale.days(rng, field, scale.times(rng, 5, 16)):
        nth = int(rng.integers(len(shops)))
        there = cards[rng.random(len(cards)) < present]
        there = there if ordered else rng.permutation(there)
        at = at_day(day, in_turn(field, rng, int(shops[nth]), len(there), typical))
        field.log.add(
            there,
            int(shops[nth]),
            at,
            kind=Kind.PHARMACY,
            card=there,
            credential=CARD,
            till=int(till[nth]),
            agent=agent if rng.random() < 0.7 else -1,
            basket=rng.choice(baskets, len(there)),
            group=field.number,
            keep=1,
            body=2,
        )
    scale.camouflage(field, rng, cards)
    members = _members(cards, shops) + ([Member("person", agent, "collector")] if agent >= 0 else [])
    field.record("shared_card/hoarded_burst", members, ring=True, present=round(present, 2), seconds=round(typical))


def small(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """Two or three cards at a time, now these, now those, for months: never a burst."""
    towns = some_towns(field, rng)
    cards = recruit(field, rng, scale.size(rng, 6, 24), towns)
    shops = some_places(field, rng, [PlaceKind.PHARMACY], int(rng.integers(1, 4)), towns)
    baskets = goods(field, rng, 5)
    days = scale.days(rng, field, min(field.county.settings.days - 2, scale.times(rng, 18, 60)))
    for day in days:
        site = int(rng.choice(shops))
        there = rng.choice(cards, int(rng.integers(2, 4)), replace=False)
        at = at_day(day, in_turn(field, rng, site, len(there), rng.uniform(40, 400)))
        field.log.add(
            there,
            site,
            at,
            kind=Kind.PHARMACY,
            card=there,
            credential=CARD,
            basket=rng.choice(baskets, len(there)),
            group=field.number,
            keep=1,
            body=2,
        )
    scale.camouflage(field, rng, cards)
    field.record("shared_card/hoarded_small", _members(cards, shops), ring=True, days=len(days))


def spread_tills(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """One agent's telephone, or one clerk, behind cards swiped at many tills and hours."""
    towns = some_towns(field, rng)
    cards = recruit(field, rng, scale.size(rng, 8, 40), towns)
    by_clerk = rng.random() < 0.4
    agent = int(recruit(field, rng, 1, towns)[0])
    shops = some_places(field, rng, [PlaceKind.PHARMACY], 1 if by_clerk else int(rng.integers(3, 9)), towns)
    each, clerk = scale.times(rng, 4, 12), int(rng.integers(0, 2))
    who = rng.permutation(np.repeat(cards, each))
    n = len(who)
    day = np.sort(rng.choice(scale.days(rng, field, min(field.county.settings.days - 2, 3 * each)), n))
    site = rng.choice(shops, n)
    named = rng.random(n) < rng.uniform(0.5, 0.95)
    field.log.add(
        who,
        site,
        field.county.moment(rng, day, site),
        kind=Kind.PHARMACY,
        card=who,
        credential=CARD,
        agent=np.where(named, -1 if by_clerk else agent, -1),
        clerk=np.where(named, clerk if by_clerk else -1, -1),
        basket=rng.choice(goods(field, rng, 6), n),
        group=field.number,
        keep=1,
        body=2,
    )
    scale.camouflage(field, rng, cards)
    members = _members(cards, shops) + ([] if by_clerk else [Member("person", agent, "collector")])
    field.record("shared_card/hoarded_spread", members, ring=True, hand="clerk" if by_clerk else "agent")


def cash_out(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """Cards turned into cash: the same dear goods, just under a cap, in the evening."""
    towns = some_towns(field, rng)
    cards = recruit(field, rng, scale.size(rng, 6, 40), towns)
    shops = some_places(field, rng, [PlaceKind.PHARMACY], int(rng.integers(1, 3)), towns)
    catalogue, cap = field.county.catalogue, int(rng.choice([300, 500, 800, 1000, 1500])) * 100
    dear = np.flatnonzero((catalogue.demand >= 1) & (catalogue.cents < cap // 2) & (catalogue.cents > cap // 9))
    wares = rng.choice(dear, min(3, len(dear)), replace=False)
    baskets = [field.county.basket([(int(ware), max(1, cap // int(catalogue.cents[ware])))]) for ware in wares]
    for day in scale.days(rng, field, scale.times(rng, 6, 20)):
        site = int(rng.choice(shops))
        there = rng.permutation(cards[rng.random(len(cards)) < rng.uniform(0.15, 0.6)])
        typical, evening = float(np.exp(rng.uniform(3.5, 6))), rng.random() < 0.8
        at = at_day(day, in_turn(field, rng, site, len(there), typical, evening))
        field.log.add(
            there,
            site,
            at,
            kind=Kind.PHARMACY,
            card=there,
            credential=CARD,
            basket=rng.choice(baskets, len(there)),
            group=field.number,
            keep=1,
        )
    scale.camouflage(field, rng, cards)
    field.record("shared_card/cash_out", _members(cards, shops), ring=True, cap_yuan=cap // 100)
