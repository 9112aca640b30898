"""What innocents and rings are planted with: a county, a generator, members, a record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from claims.simulator.county import County
from claims.simulator.dice import Flags, Ints
from claims.simulator.visits import VisitLog

Detail = str | int | float | bool


@dataclass(frozen=True)
class Member:
    """Somebody or something in a group: `index` counts in the county's arrays."""

    type: str
    index: int
    role: str


@dataclass(frozen=True)
class Group:
    """A planted ring or an innocent group; its number marks its visits."""

    number: int
    kind: str
    ring: bool
    members: tuple[Member, ...]
    details: Mapping[str, Detail]


@dataclass
class Field:
    """Where groups are planted. Hands out persons so that no two rings share a member."""

    county: County
    log: VisitLog
    groups: list[Group] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    spares: list[int] = field(default_factory=list)
    bodies: dict[int, int] = field(default_factory=dict)  # enrolment -> body behind it, where not its own
    twins: int = 0
    by_town: list[Ints] = field(default_factory=list)  # residents of each town

    def record(self, kind: str, members: Sequence[Member], *, ring: bool, **details: Detail) -> None:
        """Write down the group whose visits were logged under `number`."""
        self.groups.append(Group(self.number, kind, ring, tuple(members), dict(details)))

    @property
    def number(self) -> int:
        """Number of the group being planted."""
        return len(self.groups)

    def take(self, rng: np.random.Generator, count: int, fits: Flags, towns: Sequence[int] | None = None) -> Ints:
        """Up to `count` residents of some towns for whom `fits`, from as many households.

        Candidates are tried at random; the search ends when hardly anybody new turns up.
        """
        pool = self._residents(towns)
        homes: set[int] = set()
        chosen: list[int] = []
        for _ in range(40 if len(pool) else 0):
            tried = pool[rng.integers(0, len(pool), 4 * count + 40)]
            for person in tried[fits[tried]].tolist():
                home = int(self.county.people.household[person])
                if len(chosen) < count and person not in self.taken and home not in homes:
                    chosen.append(person)
                    homes.add(home)
                    self.taken.add(person)
            if len(chosen) == count:
                break
        return np.array(chosen, np.int64)

    def _residents(self, towns: Sequence[int] | None) -> Ints:
        people = self.county.people
        if not self.by_town:
            town = people.town[: people.residents]
            self.by_town.extend(np.flatnonzero(town == t) for t in range(len(self.county.land.town_names)))
        return np.concatenate([self.by_town[t] for t in (towns if towns is not None else range(len(self.by_town)))])

    def spare(self, count: int) -> Ints:
        """Enrolments that identity rings may reshape; fewer when they run out."""
        chosen, self.spares = self.spares[:count], self.spares[count:]
        self.taken.update(chosen)
        return np.array(chosen, np.int64)

    def twin_numbers(self, count: int) -> Ints:
        """Fresh numbers that tie visits with the same items and boxes."""
        self.twins += count
        return np.arange(self.twins - count, self.twins)


def persons(members: Ints, role: str) -> list[Member]:
    """Member entries of persons in one role."""
    return [Member("person", int(person), role) for person in members]


def place(index: int, role: str) -> Member:
    """Member entry of an institution."""
    return Member("institution", int(index), role)


Plant = Callable[[Field, np.random.Generator], None]
