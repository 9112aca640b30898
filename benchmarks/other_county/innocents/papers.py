"""Innocent look-alikes on paper: twins, namesakes, boxes that move within a chain, a shop next door, split packs."""

import numpy as np

from benchmarks.other_county.people import certificate
from benchmarks.other_county.places import CLINIC, HOSPITAL, PHARMACY
from benchmarks.other_county.settings import DAY
from benchmarks.other_county.world import OUTPATIENT, PURCHASE, STAY, Member, Planted, World, people_of, place_of


def twins(world: World, dice: np.random.Generator) -> Planted | None:
    """Same birth date, same address, names that differ in one character, numbers that differ in two digits."""
    first, second = world.pick(dice, 1, world.people.age < 30), world.enrol(1)
    if not len(first) or not len(second):
        return None
    people, one, two = world.people, int(first[0]), int(second[0])
    for field in (people.household, people.town, people.lane, people.x, people.y, people.male, people.born, people.age,
                  people.adult, people.hour, people.tel, people.address):  # fmt: skip
        field[two] = field[one]
    name = str(people.name[one])
    people.name[two] = name[:-1] + ("乐" if name[-1] != "乐" else "安")
    cert = str(people.cert[one])
    people.cert[two] = certificate(cert[:6], int(people.born[one]), int(cert[14:17]) + 2)
    person = np.repeat([one, two], 8)
    minute = np.tile(dice.integers(0, world.days, 8) * DAY + dice.integers(540, 1000, 8), 2) + np.repeat([0, 4], 8)
    rows = world.book.add(person, world.nearest(first, (CLINIC,))[0], minute, OUTPATIENT)
    return Planted("twins", people_of(np.array([one, two]), "person"), tuple(rows.tolist()), "twins")


def namesakes(world: World, dice: np.random.Generator) -> Planted | None:
    """Two people of one name and one birth date in two towns, each with a life and a number of their own."""
    pair = world.pick(dice, 2, world.people.adult & ~world.people.male)
    if len(pair) < 2:
        return None
    people, (one, two) = world.people, pair
    people.name[two], people.born[two], people.age[two] = people.name[one], people.born[one], people.age[one]
    people.cert[two] = certificate(world.style.area, int(people.born[one]), 2 * int(dice.integers(499)))
    return Planted("namesakes", people_of(pair, "person"), (), "one name, one birthday, two people")


def chain_transfer(world: World, dice: np.random.Generator) -> Planted | None:
    """Boxes a customer brought back unopened move to a sister shop of the chain and are sold there."""
    places = world.places
    sisters = [places.of(PHARMACY)[places.chain[places.of(PHARMACY)] == chain] for chain in range(3)]
    shops = max(sisters, key=len)
    if not world.style.traces or not world.style.stock or len(shops) < 2:
        return None
    drug, rows, members = int(dice.integers(20, 90)), [], []
    basket = world.basket((drug, 1))
    for _ in range(12):
        buyers, day = world.pick(dice, 2, world.people.adult), int(dice.integers(0, world.days - 25))
        code = f"{82000000 + drug:08d}{int(dice.integers(10**11)):011d}3"
        for turn, (shop, later) in enumerate(((shops[0], 0), (shops[1], 12))):
            minute = (day + later) * DAY + int(dice.integers(560, 1100))
            row = world.book.add(buyers[turn], shop, minute, PURCHASE, basket=basket)
            world.boxes.append((int(row[0]), drug, code))
            rows.append(int(row[0]))
            if not turn:
                world.moves.append((int(shop), drug, code, "103", minute + DAY))
                world.moves.append((int(shops[1]), drug, code, "101", minute + 6 * DAY))
        members += [int(buyer) for buyer in buyers]
    shown = (*people_of(np.array(members), "person"), *place_of(int(shops[0])), *place_of(int(shops[1])))
    return Planted("chain_transfer", shown, tuple(rows), "returned and moved within a chain, as the stock shows")


def next_door(world: World, dice: np.random.Generator) -> Planted | None:
    """A hospital has a pharmacy at its gate, where most prescriptions of all its doctors are filled."""
    hospital, shop = world.some_place(dice, HOSPITAL), world.some_place(dice, PHARMACY)
    places = world.places
    places.x[shop], places.y[shop] = places.x[hospital] + 0.1, places.y[hospital]
    places.town[shop] = places.town[hospital]
    busy = dice.permutation(int(places.doctors[hospital]))[:9] + places.first_doctor[hospital]
    clients = dice.choice(np.flatnonzero(world.people.present & world.people.adult & (world.people.died < 0)), 300)
    share = 1 / np.arange(1, len(busy) + 1)
    doctor = dice.choice(busy, len(clients), p=share / share.sum())  # the first is the busiest
    minute = dice.integers(0, world.days, len(clients)) * DAY + dice.integers(490, 640, len(clients))
    world.book.add(clients, hospital, minute, OUTPATIENT, doctor=doctor)
    rows = world.book.add(clients, shop, minute + dice.integers(10, 40, len(clients)), PURCHASE, prescriber=doctor)
    members = (Member("doctor", int(busy[0]), "person"), *place_of(shop))
    return Planted("pharmacy_next_door", members, tuple(rows.tolist()), "at the gate")


def split_packs(world: World, dice: np.random.Generator) -> Planted | None:
    """A clinic sells from opened packs: one box's code stands on the bills of a dozen people."""
    if not world.style.traces:
        return None
    place, drug = world.some_place(dice, PHARMACY), int(dice.integers(10, 60))
    members = world.pick(dice, 12, world.people.adult)
    code = f"{83000000 + drug:08d}{int(dice.integers(10**11)):011d}5"
    day, basket = int(dice.integers(0, world.days - 6)), world.basket((drug, 1))
    minute = (day + dice.integers(0, 5, len(members))) * DAY + dice.integers(560, 1100, len(members))
    rows = world.book.add(members, place, minute, PURCHASE, basket=basket)
    world.boxes += [(int(row), drug, code) for row in rows]
    return Planted(
        "split_pack",
        (*people_of(members, "person"), *place_of(place)),
        tuple(rows.tolist()),
        "sold from an opened pack",
    )


def fetched_for_a_patient(world: World, dice: np.random.Generator) -> Planted | None:
    """While a woman lies in the ward her registered husband fetches her monthly medicine, by her card."""
    person, helper = world.pick(dice, 1, world.people.age > 50), world.pick(dice, 1, world.people.age > 50)
    if not len(person) or not len(helper):
        return None
    world.relations.append((int(person[0]), int(helper[0]), 2))
    ward, shop = world.nearest(person, (HOSPITAL,))[0], world.nearest(person, (PHARMACY,))[0]
    day = int(dice.integers(5, world.days - 15))
    stay = world.book.add(person, ward, day * DAY + 600, STAY, length=8 * DAY, diagnosis=6, planted=1)
    agent = helper[0] if world.style.agents else -1
    rows = world.book.add(person, shop, (day + np.array([2, 5])) * DAY + 1000, PURCHASE, agent=agent, planted=1)
    group = np.concatenate([person, helper])
    return Planted(
        "fetched_during_stay", people_of(group, "person"), (*stay.tolist(), *rows.tolist()), "fetched by the husband"
    )


GROUPS = ((twins, 6), (namesakes, 6), (chain_transfer, 1), (next_door, 1), (split_packs, 2), (fetched_for_a_patient, 8))
