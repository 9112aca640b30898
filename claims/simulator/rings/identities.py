"""One body with several enrolments, and enrolments without a body."""

import numpy as np

from claims.simulator.dice import Ints
from claims.simulator.identity import CERT_15, CERT_18, CERT_SWAPPED, GIVEN
from claims.simulator.places import PlaceKind
from claims.simulator.planting import Field, Member, persons, place
from claims.simulator.rings.scale import Scale, at_day, in_turn, recruit, some_places
from claims.simulator.visits import Kind
from claims.simulator.words import SOUNDS_LIKE

_ALIKE = {a: b for pair in SOUNDS_LIKE for a, b in ((pair[0], pair[1]), (pair[1], pair[0]))}


def _misheard(field: Field, rng: np.random.Generator, person: int) -> str:
    """Write the name with a character that sounds alike, or drop or keep it as it is."""
    names = field.county.people.identity.names
    alike = _ALIKE.get(GIVEN[int(names.first[person])])
    if alike and rng.random() < 0.7:
        names.first[person] = GIVEN.index(alike)
        return "homophone"
    if int(names.second[person]) >= 0 and rng.random() < 0.3:
        names.second[person] = -1
        return "shortened"
    return "same"


def _altered(field: Field, rng: np.random.Generator, person: int) -> str:
    """Change the certificate as duplicates do: old form, digits swapped, birthday shifted, region moved."""
    identity = field.county.people.identity
    how = str(rng.choice(["fifteen digits", "swapped digits", "shifted birthday", "moved district"]))
    if how == "fifteen digits":
        identity.form[person] = CERT_15 if identity.form[person] != CERT_15 else CERT_18
    elif how == "swapped digits":
        identity.form[person], identity.swapped[person] = CERT_SWAPPED, int(rng.integers(10, 16))
    elif how == "shifted birthday":
        identity.birth[person] += int(rng.choice([-365, -30, -1, 1, 9, 30, 365]))
        identity.serial[person] = (identity.serial[person] + 2 * int(rng.integers(0, 200))) % 1000
    else:
        identity.region[person] += int(rng.integers(1, 5))
        identity.serial[person] = (identity.serial[person] + 2 * int(rng.integers(0, 300))) % 1000
    return how


def _become(field: Field, source: int, copies: Ints) -> None:
    """Turn spare enrolments into further enrolments of `source`."""
    people = field.county.people
    for copy in copies:
        people.identity.copy_certificate(source, int(copy))
        people.identity.copy_names(source, int(copy))
        people.age[copy], people.sex[copy] = people.age[source], people.sex[source]
        people.chronic[copy], people.activity[copy] = people.chronic[source], people.activity[source]
        people.dies[copy] = people.dies[source]
        field.bodies[int(copy)] = field.bodies.setdefault(source, source)


def _lives(field: Field, rng: np.random.Generator, scale: Scale, members: Ints) -> None:
    """Claims under every enrolment; some days under two."""
    county = field.county
    both = scale.days(rng, field, scale.times(rng, 3, 10))
    for person in members:
        days = np.union1d(both, scale.days(rng, field, scale.times(rng, 4, 12)))
        sites = some_places(field, rng, [PlaceKind.PHARMACY, PlaceKind.COMMUNITY_CENTRE], 3)
        site = rng.choice(sites, len(days))
        shop = county.places.kind[site] == PlaceKind.PHARMACY
        diag = max(0, int(county.people.chronic[person]))
        at = county.moment(rng, days, site)
        kind = np.where(shop, Kind.REFILL, Kind.CHRONIC)
        field.log.add(np.full(len(days), person), site, at, kind=kind, diag=diag, group=field.number, keep=1)


def duplicate_identity(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """One person enrolled twice or more: another district, another scheme, a number slightly off."""
    people = field.county.people
    source = int(recruit(field, rng, 1, youngest=40)[0])
    copies = field.spare(int(rng.integers(1, 3)))
    _become(field, source, copies)
    ways = []
    for copy in copies:
        ways.append(f"{_altered(field, rng, int(copy))}, name {_misheard(field, rng, int(copy))}")
        if rng.random() < 0.6:
            people.identity.phone[copy] = people.identity.phone[source]
        if rng.random() < 0.4:
            people.identity.account[copy] = people.identity.account[source]
        people.employed[copy] = not people.employed[source]
    _lives(field, rng, scale, np.append(copies, source))
    members = persons(np.append(copies, source), "enrolment")
    field.record("identity_reuse/duplicate_identity", members, ring=True, ways="; ".join(ways))


def same_certificate(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """The very same certificate number under several people of different names."""
    source = int(recruit(field, rng, 1)[0])
    copies = field.spare(int(rng.integers(1, 4)))
    people = field.county.people
    people.identity.copy_certificate(source, copies)
    people.age[copies], people.sex[copies] = people.age[source], people.sex[source]
    _lives(field, rng, scale, np.append(copies, source))
    members = persons(np.append(copies, source), "enrolment")
    field.record("identity_reuse/same_certificate", members, ring=True)


def same_face(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """One face behind several enrolments whose papers share nothing."""
    copies = field.spare(int(rng.integers(2, 6)))
    for copy in copies:
        field.bodies[int(copy)] = int(copies[0])
    _lives(field, rng, scale, copies)
    field.record("identity_reuse/same_face", persons(copies, "enrolment"), ring=True)


def _enrolled_by(field: Field, rng: np.random.Generator, made: Ints, hand: int, scale: Scale) -> list[str]:
    """Let the hand that enrolled them show in most of them; says in which columns."""
    people, identity = field.county.people, field.county.people.identity
    shares = [name for name in ("phone", "account", "address", "agent") if rng.random() < 0.6] or ["phone"]
    part = made[rng.random(len(made)) < (0.7 if scale.hard else 0.95)]
    for name, column in (("phone", identity.phone), ("account", identity.account)):
        if name in shares:
            column[part] = column[hand] or int(rng.choice(column[column > 0]))
    if "address" in shares:
        for column in (people.village, people.town, identity.house, identity.room):
            column[part] = column[hand]
    return shares


def ghosts(field: Field, rng: np.random.Generator, scale: Scale) -> None:
    """Enrolments made by one hand (a telephone, an account, an address) with near-identical claims."""
    people = field.county.people
    made = field.spare(scale.size(rng, 5, 30))
    hand = int(recruit(field, rng, 1)[0])
    shares = _enrolled_by(field, rng, made, hand, scale)
    people.activity[made] *= rng.uniform(0, 0.2)
    site = int(
        some_places(field, rng, [PlaceKind.CLINIC, PlaceKind.COMMUNITY_CENTRE, PlaceKind.TOWNSHIP_HOSPITAL], 1)[0]
    )
    doctor = int(rng.choice(field.county.staff.physicians(site)))
    days = scale.days(rng, field, scale.times(rng, 4, 14))
    diag = field.county.catalogue.diagnosis(str(rng.choice(["J06", "J20", "K29", "M54", "M47", "R42", "I10"])))
    drugs = field.county.catalogue.drugs_for[diag]
    visit = int(rng.choice(field.county.catalogue.services("visit")))
    baskets = [field.county.basket([(visit, 1), (int(rng.choice(drugs)), int(rng.integers(1, 4)))]) for _ in range(2)]
    agent = hand if "agent" in shares else -1
    for day in days:
        there = rng.permutation(made[rng.random(len(made)) < rng.uniform(0.5, 1.0)])
        at = at_day(day, in_turn(field, rng, site, len(there), rng.uniform(60, 900)))
        field.log.add(
            there,
            site,
            at,
            diag=diag,
            doctor=doctor,
            agent=agent,
            basket=rng.choice(baskets, len(there)),
            group=field.number,
            keep=1,
            body=1,
        )
    members = [*persons(made, "ghost"), place(site, "clinic"), Member("person", hand, "hand")]
    field.record("identity_reuse/one_hand_ghosts", members, ring=True, shares=" ".join(shares))
