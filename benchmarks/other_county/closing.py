"""Close the book: fill what nobody chose, take out what could not have happened, put it in order."""

from dataclasses import dataclass

import numpy as np

from benchmarks.other_county.places import CLINIC, PRIVATE
from benchmarks.other_county.settings import DAY, Flags, Ints, Texts
from benchmarks.other_county.world import PURCHASE, STAY, World

_SHOWN = (0.33, 0.14, 0.47, 0.06)  # e-credential, identity card, card, face
_CLERICAL = 6e-5  # bookings on somebody else's number


@dataclass
class Closed:
    """The visits that stand, in order of settlement; `number` leads back to the rows of the book."""

    columns: dict[str, Ints]
    number: Ints
    settled: Ints  # minute
    setl_id: Texts

    @property
    def size(self) -> int:
        """How many."""
        return len(self.number)


def close(world: World) -> Closed:
    """Return the visits as they are settled."""
    dice, columns = world.settings.dice("closing"), world.book.columns()
    _slips(world, dice, columns)
    keep = _possible(world, columns)
    settled = columns["minute"] + np.maximum(columns["length"], np.where(columns["kind"] == PURCHASE, 0, 6))
    keep &= (columns["minute"] >= 0) & (settled < world.days * DAY)
    number = np.flatnonzero(keep)
    number = number[np.argsort(settled[number], kind="stable")]
    kept = {name: column[number] for name, column in columns.items()}
    _fill(world, dice, kept)
    return Closed(kept, number, settled[number], _numbers(world, len(number)))


def _slips(world: World, dice: np.random.Generator, columns: dict[str, Ints]) -> None:
    """Clerks book a few ordinary visits on a wrong person."""
    slip = (columns["planted"] == 0) & (dice.random(len(columns["person"])) < _CLERICAL)
    columns["person"][slip] = dice.integers(0, world.settings.persons, int(slip.sum()))
    columns["planted"][slip] = 1  # a slip stands though it contradicts


def _possible(world: World, columns: dict[str, Ints]) -> Flags:
    """Say which visits can stand: ordinary ones neither after death nor during a stay."""
    person, minute, planted = columns["person"], columns["minute"], columns["planted"] == 1
    died = world.people.died[person]
    alive = (died < 0) | (minute + columns["length"] < (died + 1) * DAY)
    stays = columns["kind"] == STAY
    certain = np.unique(person[stays & planted])
    rival = stays & ~planted & np.isin(person, certain)
    real = np.flatnonzero(stays & ~rival & (alive | planted))
    span = 10**7
    begin = np.sort(person[real] * span + minute[real])
    end = (person[real] * span + minute[real] + columns["length"][real])[np.argsort(person[real] * span + minute[real])]
    at = np.searchsorted(begin, person * span + minute, side="right") - 1
    inside = (at >= 0) & (end[at] >= person * span + minute) & ~stays if len(real) else np.zeros(len(person), bool)
    return np.asarray(world.people.present[person] & ~rival & (planted | (alive & ~inside)))


def _fill(world: World, dice: np.random.Generator, columns: dict[str, Ints]) -> None:
    place, kind, size = columns["place"], columns["kind"], len(columns["kind"])
    places, unset = world.places, -1
    mine = (columns["person"] * 31 + place * 17) % places.doctors[place]  # most see a doctor of their own
    seen = np.where(dice.random(size) < 0.6, mine, dice.integers(places.doctors[place]))
    doctor = places.first_doctor[place] + seen
    columns["doctor"] = np.where((columns["doctor"] == unset) & (kind != PURCHASE), doctor, columns["doctor"])
    outside = (kind == PURCHASE) & (columns["prescriber"] == unset) & (dice.random(size) < 0.16)
    writers = places.of(CLINIC, PRIVATE)
    pick = dice.choice(writers, size)
    columns["prescriber"] = np.where(outside, places.first_doctor[pick], columns["prescriber"])
    columns["till"] = np.where(columns["till"] == unset, dice.integers(places.tills[place]), columns["till"])
    columns["shown"] = np.where(columns["shown"] == unset, 1 + dice.choice(4, size, p=_SHOWN), columns["shown"])
    drawn = np.minimum(dice.geometric(0.16, size) - 1, 13)
    columns["diagnosis"] = np.where(columns["diagnosis"] == unset, drawn, columns["diagnosis"])
    if world.settings.poor:  # some systems keep the day alone
        untimed = np.isin(place, np.arange(0, len(places.sort), 9))
        columns["minute"] = np.where(untimed, columns["minute"] // DAY * DAY, columns["minute"])
    _cards(world, columns)


def _cards(world: World, columns: dict[str, Ints]) -> None:
    """Whoever lost a card used it until that day, and a new one since."""
    card = np.where(columns["card"] < 0, columns["person"], columns["card"])
    for number, old in enumerate(world.cards):
        before = (columns["person"] == old.person) & (columns["card"] < 0) & (columns["minute"] < old.lost * DAY)
        card = np.where(before, world.people.size + number, card)
    columns["card"] = card


def _numbers(world: World, size: int) -> Texts:
    """Number settlements in order of time, openly or as digests."""
    if world.style.hashed_settlements:
        mixed = np.arange(size, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(world.settings.seed)
        return np.array([f"{value:016x}" for value in mixed], dtype=object)
    return np.array([f"{world.style.area}{number:010d}" for number in range(size)], dtype=object)
