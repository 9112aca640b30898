"""The county while it is made: people, places, the book, and who was planted into it."""

from dataclasses import dataclass, field

import numpy as np

from benchmarks.other_county import words
from benchmarks.other_county.book import Book
from benchmarks.other_county.people import People, make_people
from benchmarks.other_county.places import CLINIC, HOSPITAL, PHARMACY, Places, make_places, make_towns
from benchmarks.other_county.settings import DAY, Flags, Floats, Ints, Settings, Style, style_of

OUTPATIENT, EMERGENCY, CHRONIC, STAY, PURCHASE = 11, 13, 14, 21, 41


@dataclass(frozen=True)
class Member:
    """One entry of a planted group; `index` counts in its type's own list, `text` is its id where it has none."""

    type: str
    index: int
    role: str
    text: str = ""


@dataclass(frozen=True)
class Planted:
    """A ring or an innocent group, its rows in the book, and why it is what it is."""

    kind: str
    members: tuple[Member, ...]
    rows: tuple[int, ...]
    why: str = ""


@dataclass
class Card:
    """A card beside everybody's own: who holds it, from which day to which it is good, its day of loss."""

    person: int
    issued: int
    stopped: int = -1
    lost: int = -1


@dataclass
class World:
    """Everything the writers need."""

    settings: Settings
    style: Style
    towns: Floats
    people: People
    places: Places
    drug_price: Ints  # fen
    drug_weight: Floats
    book: Book = field(default_factory=Book)
    rings: list[Planted] = field(default_factory=list)
    innocent: list[Planted] = field(default_factory=list)
    baskets: list[tuple[tuple[int, int], ...]] = field(
        default_factory=list
    )  # (item, count); items ≥ 0 drugs, < 0 services
    boxes: list[tuple[int, int, str]] = field(default_factory=list)  # row, drug, trace code
    moves: list[tuple[int, int, str, str, int]] = field(default_factory=list)  # place, drug, code, kind, minute
    absences: list[tuple[int, int, int, str]] = field(default_factory=list)  # person, place, minute, result
    cards: list[Card] = field(default_factory=list)
    same_face: list[tuple[int, int]] = field(default_factory=list)  # enrolment, whose body it is
    relations: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def days(self) -> int:
        """How many days the county is seen."""
        return self.settings.days

    def basket(self, *lines: tuple[int, int]) -> int:
        """Keep a fixed basket and return its number."""
        self.baskets.append(lines)
        return len(self.baskets) - 1

    def pick(self, dice: np.random.Generator, count: int, where: Flags | None = None, *, least: int = 1) -> Ints:
        """Take people who play no part yet; fewer where there are not enough."""
        people = self.people
        free = people.present & ~people.taken & (people.died < 0)
        found = np.flatnonzero(free if where is None else free & where)
        if len(found) < least:
            return np.empty(0, np.int64)
        chosen = np.sort(dice.choice(found, min(count, len(found)), replace=False))
        people.taken[chosen] = True
        return chosen

    def enrol(self, count: int) -> Ints:
        """Open spare enrolments; a ring or a pair of namesakes writes their data."""
        free = np.flatnonzero(~self.people.present)[:count]
        self.people.present[free] = True
        return free

    def nearest(self, person: Ints, sorts: tuple[int, ...], rank: int = 0) -> Ints:
        """Return the `rank`-th nearest place of some sorts to each person."""
        places, people = self.places, self.people
        found = places.of(*sorts)
        away = np.hypot(people.x[person, None] - places.x[found], people.y[person, None] - places.y[found])
        return np.asarray(found[np.argsort(away, axis=1)[:, min(rank, len(found) - 1)]])

    def some_place(self, dice: np.random.Generator, *sorts: int, modest: bool = False) -> int:
        """Pick a place of some sorts; a modest one is not among the best liked."""
        found = self.places.of(*sorts)
        if modest:
            found = found[np.argsort(self.places.weight[found])][: max(1, 2 * len(found) // 3)]
        return int(dice.choice(found))

    def doctor_of(self, dice: np.random.Generator, place: int) -> int:
        """Pick a doctor of a place."""
        return int(self.places.first_doctor[place] + dice.integers(self.places.doctors[place]))


def new_world(settings: Settings) -> World:
    """Make people and places; nothing has happened yet."""
    style, towns, dice = style_of(settings), make_towns(settings), settings.dice("drugs")
    people, places = make_people(settings, style, towns), make_places(settings, style, towns)
    price = np.clip(dice.lognormal(7.9, 0.9, 420) * style.price, 200, 90_000).astype(np.int64)
    weight = 1 / np.arange(3, 423) ** 0.9
    dead = people.present & (dice.random(people.size) < np.clip((people.age - 55) / 900, 0, 0.04))
    people.died[dead] = dice.integers(0, settings.days, int(dead.sum()))
    return World(settings, style, towns, people, places, price, weight / weight.sum())


def weekdays(world: World, first: int = 0) -> Ints:
    """Return the weekday (0 Monday) of each of the county's days from `first` on."""
    return (np.arange(first, world.days) + world.style.start.weekday()) % 7


@dataclass(frozen=True)
class Habit:
    """How a group comes together: share of it each day, minute of the day, minutes between two, jitter of the start."""

    minute: float
    share: float = 0.8
    gap: float = 3.0
    jitter: float = 20.0


def gather(
    world: World, dice: np.random.Generator, members: Ints, days: Ints, habit: Habit, least: int = 2
) -> tuple[Ints, Ints]:
    """Return persons and minutes of a group's meetings: on each day a part of it, one after another."""
    persons, minutes = [], []
    for day in days:
        coming = members[dice.random(len(members)) < habit.share]
        if len(coming) < least:
            coming = dice.choice(members, min(least, len(members)), replace=False)
        start = day * DAY + habit.minute + dice.normal(0, habit.jitter)
        steps = dice.exponential(habit.gap, len(coming))
        persons.append(dice.permutation(coming))
        minutes.append(start + np.cumsum(steps))
    return np.concatenate(persons), np.concatenate(minutes).astype(np.int64)


__all__ = [
    "CHRONIC",
    "CLINIC",
    "EMERGENCY",
    "HOSPITAL",
    "OUTPATIENT",
    "PHARMACY",
    "PURCHASE",
    "STAY",
    "Card",
    "Habit",
    "Member",
    "Planted",
    "World",
    "gather",
    "new_world",
    "weekdays",
    "words",
]


def people_of(persons: Ints, role: str) -> tuple[Member, ...]:
    """Name persons as members."""
    return tuple(Member("person", int(person), role) for person in persons)


def place_of(place: int, role: str = "place") -> tuple[Member, ...]:
    """Name an institution as a member."""
    return (Member("institution", int(place), role),)
