"""Enrolments that are not what they say: one body twice, nobody at all, one certificate or face for several."""

import numpy as np

from benchmarks.other_county import words
from benchmarks.other_county.people import certificate
from benchmarks.other_county.places import CLINIC, PHARMACY, TOWN_HOSPITAL
from benchmarks.other_county.settings import DAY, Ints
from benchmarks.other_county.world import OUTPATIENT, PURCHASE, Member, Planted, World, people_of, place_of


def _live_as(world: World, dice: np.random.Generator, persons: Ints, visits: int) -> tuple[int, ...]:
    """Give enrolments a life of claims near their homes."""
    visits = max(2, visits // 2) if world.settings.hard else visits
    person = np.repeat(persons, visits)
    shop = dice.random(len(person)) < 0.5
    place = np.where(shop, world.nearest(person, (PHARMACY,), 1), world.nearest(person, (CLINIC, TOWN_HOSPITAL), 0))
    minute = dice.integers(0, world.days, len(person)) * DAY + dice.integers(510, 1120, len(person))
    return tuple(world.book.add(person, place, minute, np.where(shop, PURCHASE, OUTPATIENT), planted=1).tolist())


def _copy(world: World, source: int, target: int) -> None:
    """Make an enrolment look like another, own household and card apart."""
    people = world.people
    for field in (people.town, people.lane, people.x, people.y, people.male, people.born, people.age, people.adult,
                  people.hour, people.name, people.cert, people.tel, people.address, people.account):  # fmt: skip
        field[target] = field[source]
    people.household[target] = people.size + target


def _swap(text: str, at: int) -> str:
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def enrolled_twice(world: World, dice: np.random.Generator) -> Planted | None:
    """One body, two enrolments: a number mistyped or of the old kind, a name of the same sound, another town."""
    person, twin = world.pick(dice, 1, world.people.age > 30), world.enrol(1)
    if not len(person) or not len(twin):
        return None
    people, one, two = world.people, int(person[0]), int(twin[0])
    _copy(world, one, two)
    cert, way = str(people.cert[one]), int(dice.integers(3))
    people.cert[two] = (
        cert[:6] + cert[8:17],
        _swap(cert, int(dice.integers(11, 15))),
        certificate(world.style.area, int(people.born[one]) + 9, int(dice.integers(500))),
    )[way]
    if way == 2:
        people.born[two] += 9
    people.name[two] = str(people.name[one]).translate(str.maketrans("伟静丽华明芳强", "玮婧莉桦铭方蔷"))
    people.address[two] = (
        str(people.address[int(dice.integers(world.settings.persons))]) if dice.random() < 0.5 else people.address[one]
    )
    world.same_face.append((two, one))
    both = np.array([one, two])
    return Planted(
        "identity_reuse/duplicate_identity",
        people_of(both, "enrolment"),
        _live_as(world, dice, both, 12),
        "one body enrolled twice",
    )


def ghosts(world: World, dice: np.random.Generator) -> Planted | None:
    """One hand enrols people who do not exist, under one telephone, and claims for them at one clinic."""
    made = world.enrol(6 if world.settings.hard else 14)
    if len(made) < 6:
        return None
    people, clinic = world.people, world.some_place(dice, CLINIC, modest=True)
    tel, account = str(people.tel[made[0]]), str(people.account[made[0]])
    for number, person in enumerate(made):
        _copy(world, int(dice.integers(world.settings.persons)), int(person))
        people.cert[person] = certificate(world.style.area, int(people.born[made[0]]) + number, 201 + 2 * number)
        people.born[person] = people.born[made[0]] + number
        people.name[person] = words.SURNAMES[int(dice.integers(20))] + words.MALE[number] + words.MALE[number + 1]
        people.tel[person], people.account[person] = tel, account
        people.address[person] = people.address[made[0]]
    days = np.arange(5, world.days, 40 if world.settings.hard else 24)
    person = np.repeat(made, len(days))
    minute = (np.tile(days, len(made)) + dice.integers(0, 6, len(person))) * DAY + dice.integers(540, 1000, len(person))
    rows = world.book.add(
        person,
        clinic,
        minute,
        OUTPATIENT,
        diagnosis=words.COLD,
        planted=1,
        basket=world.basket((-1 - words.DRIP, 3), (9, 2)),
    )
    hands = (Member("phone", 0, "handle", tel), *place_of(clinic))
    return Planted(
        "identity_reuse/one_hand_ghosts",
        (*people_of(made, "enrolment"), *hands),
        tuple(rows.tolist()),
        "ghosts enrolled by one hand",
    )


def one_certificate(world: World, dice: np.random.Generator) -> Planted | None:
    """Several enrolments of different names carry one certificate number."""
    owner, made = world.pick(dice, 1, world.people.adult), world.enrol(3)
    if not len(owner) or len(made) < 3:
        return None
    for person in made:
        source = int(dice.integers(world.settings.persons))
        _copy(world, source, int(person))
        world.people.cert[person] = world.people.cert[owner[0]]
        world.people.tel[person] = f"18{int(dice.integers(10**9)):09d}"
    group = np.concatenate([owner, made])
    return Planted(
        "identity_reuse/same_certificate",
        people_of(group, "enrolment"),
        _live_as(world, dice, group, 7),
        "one certificate, several names",
    )


def one_face(world: World, dice: np.random.Generator) -> Planted | None:
    """One face answers for the enrolments of several old people who no longer come."""
    if not world.style.templates:
        return None
    group = world.pick(dice, 3 if world.settings.hard else 5, world.people.age > 68)
    if len(group) < 3:
        return None
    world.same_face += [(int(person), int(group[0])) for person in group[1:]]
    return Planted(
        "identity_reuse/same_face",
        people_of(group, "enrolment"),
        _live_as(world, dice, group, 10),
        "one face for several enrolments",
    )


def one_purse(world: World, dice: np.random.Generator) -> Planted | None:
    """The refunds of strangers from many villages flow into one bank account."""
    group = world.pick(dice, 8 if world.settings.hard else 15, world.people.age > 60)
    if len(group) < 6:
        return None
    account = str(world.people.account[group[0]])
    world.people.account[group] = account
    members = (*people_of(group, "enrolment"), Member("account", 0, "handle", account))
    return Planted(
        "identity_reuse/shared_handle", members, _live_as(world, dice, group, 8), "one account, many strangers"
    )


RINGS = ((enrolled_twice, 3), (ghosts, 1), (one_certificate, 1), (one_face, 1), (one_purse, 1))
