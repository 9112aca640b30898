"""Matching rings with the rings that are known, and the plain measures made of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MATCH = 0.5  # Jaccard from which a ring is the planted one
TOUCH = 0.3  # Jaccard from which a ring accuses an innocent group
TAKEN = 0.5  # or the share of an innocent group it holds

Member = tuple[str, str]  # type and id


class View(StrEnum):
    """On which members sets are compared; a set without persons is compared on all of its members."""

    ALL = "all"
    PERSONS = "persons"


@dataclass(frozen=True)
class Seen:
    """A ring as a program reports it; `score` in [0, 1], higher is worse."""

    id: str
    kind: str
    score: float
    members: frozenset[Member]
    above: bool = True
    since: date | None = None  # day on which it was first reported

    @property
    def family(self) -> str:
        """First part of the kind."""
        return self.kind.split("/")[0]


@dataclass(frozen=True)
class Known:
    """A planted ring, or an innocent group; `first_day` is the day of its first settlement."""

    id: str
    kind: str
    members: frozenset[Member]
    first_day: date | None = None

    @property
    def family(self) -> str:
        """First part of the kind."""
        return self.kind.split("/")[0]


def persons(members: Collection[Member]) -> frozenset[Member]:
    """Return the insured persons among members."""
    return frozenset(member for member in members if member[0] == "person")


def compared(
    known: frozenset[Member], seen: frozenset[Member], view: View
) -> tuple[frozenset[Member], frozenset[Member]]:
    """Return the two sets that a view compares."""
    if view is View.PERSONS and (people := persons(known)):
        return people, persons(seen)
    return known, seen


def jaccard(one: frozenset[Member], other: frozenset[Member]) -> float:
    """Shared members by members of either; 0 for two empty sets."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0


def overlap(known: Known, seen: Seen, view: View) -> float:
    """Jaccard of a known and a reported ring in a view."""
    return jaccard(*compared(known.members, seen.members, view))


def ranked(rings: Iterable[Seen]) -> list[Seen]:
    """Order rings as they are reviewed: worst first, then by id."""
    return sorted(rings, key=lambda ring: (-ring.score, ring.id))


def match(rings: Sequence[Seen], known: Sequence[Known], view: View) -> dict[str, str]:
    """Match rings, in the order given, each with the best known one that nobody has yet (Jaccard ≥ `MATCH`).

    Returns ring id → id of the known one. Only pairs that share a member are compared.
    """
    holders: dict[Member, list[int]] = {}
    for place, group in enumerate(known):
        for member in group.members:
            holders.setdefault(member, []).append(place)
    taken: set[int] = set()
    found: dict[str, str] = {}
    for ring in rings:
        near = {place for member in ring.members for place in holders.get(member, ())} - taken
        best = max(near, key=lambda place: (overlap(known[place], ring, view), known[place].id), default=None)
        if best is not None and overlap(known[best], ring, view) >= MATCH:
            taken.add(best)
            found[ring.id] = known[best].id
    return found


def average_precision(hits: Sequence[bool], known: int) -> float:
    """Mean over all known rings of the precision at each hit; 0 for one never hit."""
    found, total = 0, 0.0
    for rank, hit in enumerate(hits, start=1):
        if hit:
            found += 1
            total += found / rank
    return total / known if known else 0.0


def within(rings: Sequence[Seen], known: Sequence[Known]) -> dict[str, str]:
    """Name rings most of whose persons belong to one known ring: pieces of something real."""
    owners: dict[Member, list[str]] = {}
    for group in known:
        for member in persons(group.members) or group.members:
            owners.setdefault(member, []).append(group.id)
    found = {}
    for ring in rings:
        people = persons(ring.members) or ring.members
        counts: dict[str, int] = {}
        for member in people:
            for owner in owners.get(member, ()):
                counts[owner] = counts.get(owner, 0) + 1
        best = max(sorted(counts), key=lambda owner: counts[owner], default=None)
        if best is not None and counts[best] >= TAKEN * len(people):
            found[ring.id] = best
    return found


def accused(rings: Sequence[Seen], innocent: Sequence[Known], truth: Sequence[Known] = ()) -> Mapping[str, str]:
    """Name innocent groups a ring accuses (Jaccard ≥ `TOUCH`, or holds `TAKEN` of them): group → ring.

    A ring that holds of a group only members of known rings accuses nobody wrongly: one of a couple who
    refill together may lend out a card.
    """
    guilty = frozenset(member for group in truth for member in group.members)
    found: dict[str, str] = {}
    for group in innocent:
        for ring in rings:
            held, seen = compared(group.members, ring.members, View.PERSONS)
            shared = held & seen
            if shared - guilty and (jaccard(held, seen) >= TOUCH or len(shared) >= TAKEN * len(held)):
                found.setdefault(group.id, ring.id)
    return found
