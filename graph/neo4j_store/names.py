"""Labels, relationship types, and the ways from a node type: all identifiers that stand in Cypher.

Every name here comes from our own enums. Nothing a user or a file says becomes part of a statement.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graph.model import EDGE_KINDS, EdgeKind, NodeRef, NodeType
from graph.store import Direction

LABELS: Mapping[NodeType, str] = MappingProxyType(
    {type_: "".join(part.title() for part in type_.value.split("_")) for type_ in NodeType}
)
TYPES: Mapping[str, NodeType] = MappingProxyType({label: type_ for type_, label in LABELS.items()})
ANY_LABEL = "|".join(LABELS.values())

STATE, BATCH, HUB = "RinghoundState", "RinghoundBatch", "RinghoundHub"

# Kept for searching only; readers of the contract do not see them.
SEARCH = ("name", "initials", "initials_2", "initials_3", "tail")
KINDS: Mapping[tuple[str, NodeType, NodeType], EdgeKind] = MappingProxyType(
    {(kind.type, kind.source, kind.target): kind for kind in EDGE_KINDS}
)


@dataclass(frozen=True)
class Way:
    """An edge kind as seen from one of its ends."""

    kind: EdgeKind
    direction: Direction

    @property
    def start(self) -> NodeType:
        """Type of the node that is asked."""
        return self.kind.source if self.direction is Direction.OUT else self.kind.target

    @property
    def end(self) -> NodeType:
        """Type of the neighbours."""
        return self.kind.target if self.direction is Direction.OUT else self.kind.source

    @property
    def alone(self) -> bool:
        """Whether the relationship type alone says which kind it is, seen from here."""
        return _GROUPS[self.group] == 1

    @property
    def group(self) -> tuple[NodeType, str, Direction]:
        """Ways that share node type, relationship type and direction: Neo4j keeps one degree for them."""
        return self.start, self.kind.type, self.direction

    @property
    def mark(self) -> str:
        """Relationship type and far label: what a walked edge is told by, given where it starts and its direction."""
        return f"{self.kind.type}.{LABELS[self.end]}"

    def pattern(self, here: str, relationship: str, there: str) -> str:
        """Cypher pattern of this way between two variables (or labelled places)."""
        left, right = ("-", "->") if self.direction is Direction.OUT else ("<-", "-")
        return f"({here}){left}[{relationship}:{self.kind.type}]{right}({there})"


WAYS: tuple[Way, ...] = tuple(Way(kind, direction) for kind in EDGE_KINDS for direction in Direction)


_GROUPS = Counter(way.group for way in WAYS)


def ways_from(type_: NodeType) -> tuple[Way, ...]:
    """All ways that start at nodes of a type, in the order of EDGE_KINDS, outgoing first."""
    return tuple(way for way in WAYS if way.start is type_)


def patterns(ways: Iterable[Way], here: str, edge: str, there: str) -> Iterator[tuple[Direction, str]]:
    """One Cypher pattern per direction that takes in all of `ways`: a statement of few branches is planned fast.

    A pattern also takes in kinds that share relationship type and label with several of `ways`;
    `Way.mark` tells them apart.
    """
    given = tuple(ways)
    for direction, (left, right) in ((Direction.OUT, ("-", "->")), (Direction.IN, ("<-", "-"))):
        chosen = [way for way in given if way.direction is direction]
        if chosen:
            types = "|".join(sorted({way.kind.type for way in chosen}))
            labels = "|".join(sorted({LABELS[way.end] for way in chosen}))
            yield direction, f"({here}){left}[{edge}:{types}]{right}({there}:{labels})"


def hub_key(ref: NodeRef, way: Way) -> str:
    """Id of the list kept for a hub's way."""
    return f"{ref}|{way.kind.name}|{way.direction}"
