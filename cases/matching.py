"""Which ring of today is which ring of yesterday (Greene, Doyle, Cunningham 2010), best match first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cases.model import Key, Picture, Ring
from graph.model import NodeType

LEAST = 0.3  # Jaccard of members or records from which two may be one ring
MOSTLY = 0.5  # share of a ring that must lie in another to have come from it, or gone into it

# What a ring is made of; what everybody passes through (a place, a till) does not identify it.
_BODIES = frozenset({NodeType.PERSON, NodeType.CARD})


@dataclass(frozen=True)
class Matches:
    """`same` maps a picture to its ring; `into` a ring to the picture that took it in; `out_of` a picture
    without a ring to the ring most of it was part of."""

    same: Mapping[int, str]
    into: Mapping[str, int]
    out_of: Mapping[int, str]


def match(rings: Sequence[Ring], pictures: Sequence[Picture]) -> Matches:
    """Match pictures to rings one to one, by members, records and kind."""
    near = sorted(_near(rings, pictures), key=lambda pair: (-pair[2], rings[pair[0]].number, pair[1]))
    same: dict[int, str] = {}
    taken: set[str] = set()
    for ring, picture, likeness in near:
        if likeness and picture not in same and rings[ring].id not in taken:
            same[picture] = rings[ring].id
            taken.add(rings[ring].id)
    into: dict[str, int] = {}
    out_of: dict[int, str] = {}
    for ring, picture, _likeness in near:
        old, new = bodies(rings[ring].picture), bodies(pictures[picture])
        shared = len(old & new)
        if rings[ring].id not in taken and picture in same and shared >= MOSTLY * len(old):
            into.setdefault(rings[ring].id, picture)
        if picture not in same and rings[ring].id in taken and shared >= MOSTLY * len(new):
            out_of.setdefault(picture, rings[ring].id)
    return Matches(same, into, out_of)


def bodies(picture: Picture) -> frozenset[Key]:
    """Persons and cards of a ring; all members where it has neither."""
    found = frozenset(member.key for member in picture.members if member.type in _BODIES)
    return found or frozenset(member.key for member in picture.members)


def jaccard(a: frozenset[Key] | frozenset[str], b: frozenset[Key] | frozenset[str]) -> float:
    """Share of what two sets have together in what they cover together."""
    union = len(a | b)
    return len(a & b) / union if union else 0.0


def _near(rings: Sequence[Ring], pictures: Sequence[Picture]) -> Iterator[tuple[int, int, float]]:
    """Yield pairs that share a member with their likeness, 0 where they cannot be one ring."""
    naming: dict[Key, list[int]] = defaultdict(list)
    for number, ring in enumerate(rings):
        for key in bodies(ring.picture):
            naming[key].append(number)
    for number, picture in enumerate(pictures):
        for ring_number in sorted({ring for key in bodies(picture) for ring in naming[key]}):
            yield ring_number, number, likeness(rings[ring_number].picture, picture)


def likeness(old: Picture, new: Picture) -> float:
    """How much two pictures look like one ring: members first, then records, then the kind."""
    members = jaccard(bodies(old), bodies(new))
    records = jaccard(frozenset(old.records), frozenset(new.records))
    if max(members, records) < LEAST:
        return 0.0
    return 0.6 * members + 0.3 * records + 0.05 * (old.family == new.family) + 0.05 * (old.kind == new.kind)
