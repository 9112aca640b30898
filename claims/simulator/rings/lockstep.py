"""Recruited groups that come together: to a pharmacy, to a small clinic, with members renewed."""

import numpy as np

from claims.simulator.dice import Ints
from claims.simulator.places import PlaceKind
from claims.simulator.planting import Field, Member, persons, place
from claims.simulator.rings.scale import Scale, at_day, goods, in_turn, recruit, some_places, some_towns
from claims.simulator.visits import Kind


def pharmacy_batches(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """People driven to pharmacies in batches; each shows what they usually show."""
    towns = some_towns(field, rng)
    group = recruit(field, rng, scale.size(rng, 8, 60), towns)
    shops = some_places(field, rng, [PlaceKind.PHARMACY], int(rng.integers(1, 5)), towns)
    present, typical = rng.uniform(0.3, 0.9) * (0.7 if scale.hard else 1), rng.uniform(40, 300)
    baskets = goods(field, rng, 6)
    for day in scale.days(rng, field, scale.times(rng, 6, 22)):
        site = int(rng.choice(shops))
        there = rng.permutation(group[rng.random(len(group)) < present])
        at = at_day(day, in_turn(field, rng, site, len(there), typical))
        basket = np.where(rng.random(len(there)) < 0.8, rng.choice(baskets, len(there)), -1)
        field.log.add(there, site, at, kind=Kind.PHARMACY, basket=basket, group=field.number, keep=1)
    scale.camouflage(field, rng, group)
    members = [*persons(group, "recruit"), *(place(int(shop), "pharmacy") for shop in shops)]
    field.record("collusion/lockstep_pharmacy", members, ring=True, present=round(present, 2))


def sham_visits(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """A small clinic claims for the same people on the same days, spread over its hours."""
    towns = some_towns(field, rng)
    group = recruit(field, rng, scale.size(rng, 8, 50), towns, youngest=45)
    kinds = [PlaceKind.CLINIC, PlaceKind.COMMUNITY_CENTRE]
    site = int(some_places(field, rng, kinds, 1, towns)[0])
    places, present = field.county.places, rng.uniform(0.4, 0.85) * (0.7 if scale.hard else 1)
    doctor = int(rng.choice(field.county.staff.physicians(site)))
    for day in scale.days(rng, field, scale.times(rng, 5, 16)):
        there = group[rng.random(len(group)) < present]
        second = rng.integers(places.opens[site] + 5, places.closes[site] - 15, len(there)) * 60
        field.log.add(there, site, at_day(day, second), doctor=doctor, group=field.number, keep=1)
    scale.camouflage(field, rng, group)
    members = [*persons(group, "recruit"), place(site, "clinic"), Member("doctor", doctor, "prescriber")]
    field.record("collusion/sham_visits", members, ring=True, present=round(present, 2))


def renewed_members(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """A recruiter replaces members as they tire: no two months see quite the same group."""
    towns = some_towns(field, rng)
    group = recruit(field, rng, scale.size(rng, 14, 70), towns)
    shops = some_places(field, rng, [PlaceKind.PHARMACY, PlaceKind.COMMUNITY_CENTRE], int(rng.integers(1, 4)), towns)
    days = scale.days(rng, field, scale.times(rng, 10, 26))
    width, typical = rng.uniform(0.3, 0.6), rng.uniform(40, 260)
    for nth, day in enumerate(days):
        there = _window(rng, group, nth / max(1, len(days) - 1), width)
        site = int(rng.choice(shops))
        shop = field.county.places.kind[site] == PlaceKind.PHARMACY
        at = at_day(day, in_turn(field, rng, site, len(there), typical))
        kind = Kind.PHARMACY if shop else Kind.OUTPATIENT
        field.log.add(there, site, at, kind=kind, group=field.number, keep=1)
    scale.camouflage(field, rng, group)
    members = [*persons(group, "recruit"), *(place(int(shop), "place") for shop in shops)]
    field.record("collusion/renewed_members", members, ring=True, overlap=round(width, 2))


def _window(rng: np.random.Generator, group: Ints, progress: float, width: float) -> Ints:
    """Those of the group who are active at this point of the ring's life."""
    centre = progress * (1 - width) * len(group)
    active = group[int(centre) : int(centre + width * len(group)) + 1]
    return rng.permutation(active[rng.random(len(active)) < 0.8])
