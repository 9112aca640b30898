"""When two groups of findings are about the same people: the test that joins them.

Members that tell somebody apart join (persons, cards, telephones, accounts, boxes); places,
practitioners and tills never do, as everybody passes through them. What many findings name (a hub)
weighs little: 1 / log2(findings that name it - 1) from four on.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cases.model import Fact, Key
from detectors import FIXED_RULES
from detectors.finding import Finding
from graph.model import NodeType

JOINING = frozenset({NodeType.PERSON, NodeType.CARD, NodeType.PHONE, NodeType.ACCOUNT, NodeType.DRUG_BOX})
SAME = 0.5  # weighted Jaccard at which two groups are one, wherever they met
NEAR = 0.3  # at which they are one if they also met at the same spots (Greene et al. 2010 match groups at .3)
INSIDE = 0.6  # share of the smaller group inside the larger that does as well
FITS = 2 / 3  # share of a finding's people that must be in a ring before it may add the others
CONCERNED = 1 / 3  # share of a single person's spots that must be the group's: half of a pair of places, with slack
MOST_GAP = 90  # days between two groups' records: longer ago is another story
# A telephone or an account alone does not make two people one story (a village doctor's number).
_TELLING = JOINING - {NodeType.PHONE, NodeType.ACCOUNT} | {NodeType.RING}

Spot = tuple[str, int]  # place and day


@dataclass(frozen=True)
class Extent:
    """What some findings cover: joining members, spots (place and day), settlements, first and last day."""

    members: frozenset[Key]
    spots: frozenset[Spot]
    records: frozenset[str]
    first: int | None
    last: int | None
    by_rule: bool = False  # found by a fixed rule, which draws the circle too wide

    @property
    def solo(self) -> bool:
        """Whether it concerns one person, or one card and nobody by name."""
        persons = sum(type_ is NodeType.PERSON for type_, _id in self.members)
        return persons == 1 or (not persons and len(self.members) <= 1)

    @property
    def place(self) -> tuple[bool, bool]:
        """Who leads a ring comes first: tested groups, then groups by a fixed rule, then single persons."""
        return self.solo, self.by_rule

    def joined(self, other: "Extent") -> "Extent":
        """Return what both cover together."""
        firsts = [day for day in (self.first, other.first) if day is not None]
        lasts = [day for day in (self.last, other.last) if day is not None]
        return Extent(
            self.members | other.members,
            self.spots | other.spots,
            self.records | other.records,
            min(firsts, default=None),
            max(lasts, default=None),
            self.by_rule and other.by_rule,
        )


def extent_of(finding: Finding, facts: Mapping[str, Fact]) -> Extent:
    """Return what one finding covers; one without persons is told apart by all its subjects together."""
    members = frozenset((subject.type, subject.id) for subject in finding.subjects if subject.type in JOINING)
    if not members:
        core = "\x1f".join(sorted(f"{s.type}:{s.id}" for s in finding.subjects if s.type is not NodeType.TERMINAL))
        members = frozenset({(NodeType.RING, core)})
    known = [facts[record] for record in finding.records if record in facts]
    spots = frozenset((fact.place, fact.time.toordinal()) for fact in known)
    days = [day for _place, day in spots]
    first, last = min(days, default=None), max(days, default=None)
    return Extent(members, spots, frozenset(finding.records), first, last, finding.detector in FIXED_RULES)


def weights_of(extents: Iterable[Extent]) -> Mapping[Key, float]:
    """Weigh members by how few findings name them."""
    named = Counter(key for extent in extents for key in extent.members)
    return {key: 1.0 / math.log2(max(2, count - 1)) for key, count in named.items()}


def link(a: Extent, b: Extent, weights: Mapping[Key, float]) -> float:
    """Return how strongly two groups belong together in (0, 1], or 0 where they do not join."""
    common = a.members & b.members
    if not any(type_ in _TELLING for type_, _id in common):
        return 0.0
    shared = _weight(common, weights)
    overlap = shared / _weight(a.members | b.members, weights)
    if a.solo and b.solo:
        return overlap
    if _gap(a, b) > MOST_GAP:
        return 0.0
    if a.solo or b.solo:
        alone, group = (a, b) if a.solo else (b, a)
        concerned = _concerned(alone, group)
        return concerned if concerned >= CONCERNED else 0.0
    inside = shared / min(_weight(a.members, weights), _weight(b.members, weights))
    if overlap >= SAME:
        return overlap
    meets = bool(a.spots & b.spots) or bool(a.records & b.records)
    return max(overlap, inside / 2) if meets and (overlap >= NEAR or inside >= INSIDE) else 0.0


def within(inner: Sequence[Key], outer: frozenset[Key], weights: Mapping[Key, float]) -> float:
    """Weighted share of `inner` that lies in `outer`."""
    total = _weight(frozenset(inner), weights)
    return _weight(frozenset(inner) & outer, weights) / total if total else 0.0


def _weight(members: Iterable[Key], weights: Mapping[Key, float]) -> float:
    return math.fsum(sorted(weights[member] for member in members))


def _concerned(alone: Extent, group: Extent) -> float:
    by_record = len(alone.records & group.records) / len(alone.records) if alone.records else 0.0
    by_spot = len(alone.spots & group.spots) / len(alone.spots) if alone.spots else 0.0
    return max(by_record, by_spot)


def _gap(a: Extent, b: Extent) -> int:
    """Days between the two spans; 0 where they touch or nothing is known."""
    if a.first is None or b.first is None or a.last is None or b.last is None:
        return 0
    return max(0, a.first - b.last, b.first - a.last)
