"""One card, several bearers: lent, split over towns, used during a stay, after death or loss."""

import numpy as np

from claims.simulator.calendar import DAY
from claims.simulator.dice import Ints
from claims.simulator.places import PlaceKind
from claims.simulator.planting import Field, Member, persons, place
from claims.simulator.rings.scale import (
    Scale,
    at_day,
    goods,
    in_turn,
    open_second,
    recruit,
    some_places,
    some_towns,
)
from claims.simulator.visits import Kind

CARD = 3  # the social-security card itself is shown


def _card(person: int, role: str = "shared card") -> Member:
    return Member("card", person, role)


def several_bearers(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """Relatives and neighbours use the owner's card, each with doctors, hours and illnesses of their own."""
    county, people = field.county, field.county.people
    owner = int(recruit(field, rng, 1)[0])
    bearers = recruit(field, rng, int(rng.integers(1, 5)), some_towns(field, rng))
    under_own_name = rng.random() < 0.35  # the claim names the bearer, the card is the owner's
    for bearer in bearers:
        kinds = [PlaceKind.PHARMACY, PlaceKind(int(rng.integers(0, 4)))]
        sites = some_places(field, rng, kinds, 2, [int(people.town[bearer])])
        days = scale.days(rng, field, scale.times(rng, 6, 24))
        site = rng.choice(sites, len(days))
        at = county.moment(rng, days, site)
        shop = county.places.kind[site] == PlaceKind.PHARMACY
        diag = county.catalogue.draw_diagnosis(
            np.zeros(len(days), np.int64),
            np.full(len(days), people.sex[bearer]),
            np.full(len(days), people.age[bearer]),
            rng.random(len(days)),
        )
        field.log.add(
            np.full(len(days), bearer if under_own_name else owner),
            site,
            at,
            card=owner,
            credential=CARD,
            kind=np.where(shop, Kind.PHARMACY, Kind.OUTPATIENT),
            diag=diag,
            group=field.number,
            keep=1,
            body=np.where(rng.random(len(days)) < 0.9, 2, 0),
        )
    roles = "bearer" if under_own_name else "bearer (not in the claims)"
    members = [_card(owner), Member("person", owner, "owner"), *(persons(bearers, roles) if under_own_name else [])]
    field.record("shared_card/several_bearers", members, ring=True, bearers=len(bearers), under_own_name=under_own_name)


def two_towns(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """Two regular lives on one card: two towns, two hours, now and then within minutes."""
    county = field.county
    owner = int(recruit(field, rng, 1)[0])
    home = int(county.people.town[owner])
    others = [t for t in range(len(county.land.town_names)) if t != home]
    away = int(rng.choice(others))
    sites = [int(some_places(field, rng, list(PlaceKind)[1:], 1, [town])[0]) for town in (home, away)]
    shared_days = scale.days(rng, field, scale.times(rng, 3, 9))
    for site in sites:
        own_days = scale.days(rng, field, scale.times(rng, 8, 26))
        days = np.concatenate([own_days, shared_days])
        at = at_day(days, open_second(field, rng, site) + rng.integers(-1500, 1500, len(days)))
        kind = Kind.PHARMACY if county.places.kind[site] == PlaceKind.PHARMACY else Kind.OUTPATIENT
        field.log.add(
            np.full(len(days), owner), site, at, kind=kind, card=owner, credential=CARD, group=field.number, keep=1
        )
    km = float(county.places.distance(np.array(sites[:1]), np.array(sites[1:]))[0])
    members = [_card(owner), Member("person", owner, "owner")]
    field.record("shared_card/two_towns", members, ring=True, kilometres=round(km, 1), same_days=len(shared_days))


def during_stay(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """The card buys elsewhere while its owner lies in a ward, several times, goods nobody needs there."""
    county, days = field.county, field.county.settings.days
    owner = recruit(field, rng, 1, youngest=45)
    ward = int(some_places(field, rng, [PlaceKind.COUNTY_HOSPITAL, PlaceKind.TOWNSHIP_HOSPITAL], 1)[0])
    baskets = goods(field, rng, 4, demand=1)
    shops = some_places(field, rng, [PlaceKind.PHARMACY], int(rng.integers(2, 5)))
    stays, length = int(rng.integers(1, 4)), int(rng.integers(6, min(16, max(7, days // 4))))
    for nth in range(stays):
        first = int(rng.integers(nth * days // stays, max(nth * days // stays + 1, (nth + 1) * days // stays - length)))
        begin = at_day(first, open_second(field, rng, ward))
        field.log.add(owner, ward, begin, kind=Kind.STAY, lasts=length * DAY, group=field.number, keep=1)
        uses = scale.times(rng, 3, 7)
        site = rng.choice(shops, uses)
        at = county.moment(rng, first + rng.integers(1, length, uses), site)
        field.log.add(
            np.full(uses, owner[0]),
            site,
            at,
            kind=Kind.PHARMACY,
            card=owner[0],
            credential=CARD,
            basket=rng.choice(baskets, uses),
            group=field.number,
            keep=1,
            body=2,
        )
    members = [_card(int(owner[0])), Member("person", int(owner[0]), "owner"), place(ward, "ward")]
    field.record("shared_card/during_stay", members, ring=True, stays=stays, length=length)


def _mourned(field: Field, rng: np.random.Generator, count: int) -> Ints:
    """Elders who die before or early in the period; the register knows the day."""
    people, days = field.county.people, field.county.settings.days
    dead = recruit(field, rng, count, youngest=60)
    people.dies[dead] = rng.integers(-250, max(2, days // 3), len(dead))
    return dead


def _monthly(field: Field, rng: np.random.Generator, scale: Scale, person: int, first: int, shops: Ints) -> Ints:
    """Refills under one person's name from `first` on; returns their times."""
    days = scale.days(rng, field, scale.times(rng, 5, 14))
    days = days[days > first]
    if not len(days):
        days = np.array([field.county.settings.days - 1])
    site = rng.choice(shops, len(days))
    at = field.county.moment(rng, days, site)
    field.log.add(
        np.full(len(days), person),
        site,
        at,
        kind=Kind.REFILL,
        card=person,
        credential=CARD,
        diag=max(0, int(field.county.people.chronic[person])),
        group=field.number,
        keep=1,
        body=2,
    )
    return at


def after_death(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """A family goes on using the card of somebody who died."""
    dead = int(_mourned(field, rng, 1)[0])
    shops = some_places(field, rng, [PlaceKind.PHARMACY, PlaceKind.COMMUNITY_CENTRE], 2)
    _monthly(field, rng, scale, dead, int(field.county.people.dies[dead]) + 1, shops)
    members = [_card(dead), Member("person", dead, "deceased")]
    field.record("shared_card/after_death", members, ring=True, died=int(field.county.people.dies[dead]))


def cards_of_the_dead(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """One hand collects the cards of several dead and keeps drawing their medicine."""
    dead = _mourned(field, rng, scale.size(rng, 3, 18))
    agent = int(recruit(field, rng, 1)[0])
    known = rng.random() < 0.5  # the agent's telephone stands in the claims
    shops = some_places(field, rng, [PlaceKind.PHARMACY], int(rng.integers(1, 4)))
    baskets = goods(field, rng, 5, demand=1)
    start = int(np.maximum(field.county.people.dies[dead].max(initial=0), 0)) + 1
    days = np.unique(np.maximum(scale.days(rng, field, scale.times(rng, 4, 10)), start))
    for day in days[days < field.county.settings.days]:
        there = rng.permutation(dead[rng.random(len(dead)) < rng.uniform(0.5, 1.0)])
        site = int(rng.choice(shops))
        at = at_day(day, in_turn(field, rng, site, len(there), rng.uniform(60, 1500)))
        field.log.add(
            there,
            site,
            at,
            kind=Kind.REFILL,
            card=there,
            credential=CARD,
            agent=agent if known else -1,
            basket=rng.choice(baskets, len(there)),
            group=field.number,
            keep=1,
            body=2,
        )
    members = [*persons(dead, "deceased"), *(_card(int(p), "card of the dead") for p in dead)]
    members += [Member("person", agent, "collector")] * known + [place(int(s), "pharmacy") for s in shops]
    field.record("shared_card/cards_of_the_dead", members, ring=True, agent_named=known)


def after_loss(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """A card reported lost goes on being used by its finder."""
    people, identity = field.county.people, field.county.people.identity
    owners = identity.card_owner[len(people.age) :]
    free = (people.age[owners] >= 25) & (people.dies[owners] > field.county.settings.days)
    free &= owners < people.residents
    row = int(rng.choice([i for i in np.flatnonzero(free) if int(owners[i]) not in field.taken]))
    owner, card = int(owners[row]), len(field.county.people.age) + row
    field.taken.add(owner)
    lost = int(rng.integers(-60, field.county.settings.days // 2))
    identity.card_lost[card], identity.card_issued[card] = lost, lost - int(rng.integers(100, 3000))
    shops = some_places(field, rng, [PlaceKind.PHARMACY], int(rng.integers(1, 4)))
    days = scale.days(rng, field, scale.times(rng, 5, 16))
    days = np.unique(np.clip(days, max(lost, 0) + 1, field.county.settings.days - 1))
    site = rng.choice(shops, len(days))
    field.log.add(
        np.full(len(days), owner),
        site,
        field.county.moment(rng, days, site),
        kind=Kind.PHARMACY,
        card=card,
        credential=CARD,
        group=field.number,
        keep=1,
        body=2,
    )
    members = [Member("card", card, "lost card"), Member("person", owner, "owner")]
    field.record("shared_card/after_loss", members, ring=True, lost=lost)


def impossible_items(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """Diagnoses and items of the other sex or of another age, again and again."""
    county, people = field.county, field.county.people
    owner = int(recruit(field, rng, 1, youngest=50)[0])
    man = int(people.sex[owner]) == 1
    child = rng.random() < 0.3
    codes = ("A09", "J11") if child else (("N76", "D25", "Z34") if man else ("N40",))
    sites = some_places(field, rng, list(PlaceKind)[:3], 2)
    days = scale.days(rng, field, scale.times(rng, 4, 12))
    site = rng.choice(sites, len(days))
    diag = rng.choice([county.catalogue.diagnosis(code) for code in codes], len(days))
    use = "infant" if child else ("female" if man else "male")
    drugs = county.catalogue.drugs_for[diag[0]]
    service = int(county.catalogue.services(use)[0])
    basket = [county.basket([(service, 1), (int(rng.choice(drugs)), int(rng.integers(1, 3)))]) for _ in range(3)]
    field.log.add(
        np.full(len(days), owner),
        site,
        county.moment(rng, days, site),
        card=owner,
        credential=CARD,
        diag=diag,
        basket=rng.choice(basket, len(days)),
        group=field.number,
        keep=1,
        body=2,
    )
    members = [_card(owner), Member("person", owner, "owner")]
    field.record("shared_card/impossible_items", members, ring=True, of="child" if child else "other sex")
