"""Whom and what one thing is tied to, strongest first, counts by type before names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np

from graph.embedded.arrays import Array
from graph.model import EdgeKind, NodeRef, NodeType
from graph.store import Direction, Edge, Filter, Neighbour, NeighbourCount
from ui.service.entity_figures import moment, sums, yuan
from ui.service.entity_ground import COLUMN_OF, MOST_TRIED, NOBODY, Reach

SHOWN = 8
LAWFUL = frozenset({"RELATED", "ACTED_FOR"})


@dataclass(frozen=True)
class Tie:
    """One neighbour. `fund` is yuan; `edge` is the relation of the graph, None where settlements were counted here."""

    ref: NodeRef
    count: int
    fund: Decimal
    first: datetime | None
    last: datetime | None
    edge: Edge | None = None

    @property
    def settled(self) -> bool:
        """Whether it sums settlements; facts of a register carry no time."""
        return self.first is not None


@dataclass(frozen=True)
class TieGroup:
    """Neighbours over one relation. `relation` is empty where it is "named by the same settlements".

    `total` counts all of them; `more` says that there are more than were looked at.
    """

    relation: str
    outgoing: bool
    type: NodeType
    total: int
    more: bool
    ties: tuple[Tie, ...]


def ties(reach: Reach, ref: NodeRef, shown: int = SHOWN) -> tuple[TieGroup, ...]:
    """Return the relations of a node; for somebody with regions, what lies inside them."""
    counts = reach.ground.store.neighbour_counts(ref)
    if reach.everywhere:
        return tuple(_whole(reach, ref, count, shown) for count in counts)
    register = [_inside(reach, ref, count, shown) for count in counts if not _settled(count.kind)]
    return (*_counted(reach, ref, shown), *(group for group in register if group.ties))


def _settled(kind: EdgeKind) -> bool:
    """Whether a kind's edges sum settlements between two that every settlement names."""
    return kind.type != "LOCATED_AT" and kind.source in COLUMN_OF and kind.target in COLUMN_OF and kind.type in _SUMMED


_SUMMED = frozenset({"USED_CARD", "USED_AT", "VISITED", "TREATED_BY", "PRESCRIBED", "FILLED_AT", "SWIPED_ON"})


def _only(count: NeighbourCount) -> tuple[NodeType, Filter]:
    outgoing = count.direction is Direction.OUT
    other = count.kind.target if outgoing else count.kind.source
    types, ways = frozenset({count.kind.type}), frozenset({count.direction})
    return other, Filter(types=types, directions=ways, neighbour_types=frozenset({other}))


def _whole(reach: Reach, ref: NodeRef, count: NeighbourCount, shown: int) -> TieGroup:
    other, where = _only(count)
    found = reach.ground.store.neighbours(ref, where, limit=shown)
    outgoing = count.direction is Direction.OUT
    return TieGroup(count.kind.type, outgoing, other, count.neighbours, False, tuple(map(_tie, found)))


def _inside(reach: Reach, ref: NodeRef, count: NeighbourCount, shown: int) -> TieGroup:
    other, where = _only(count)
    found = reach.ground.store.neighbours(ref, where, limit=MOST_TRIED)
    seen = [_tie(neighbour) for neighbour in found if reach.sees(neighbour.node.ref)]
    outgoing = count.direction is Direction.OUT
    return TieGroup(count.kind.type, outgoing, other, len(seen), len(found) == MOST_TRIED, tuple(seen[:shown]))


def _tie(found: Neighbour) -> Tie:
    edge = found.edge
    return Tie(found.node.ref, edge.count, yuan(edge.fund), edge.first, edge.last, edge)


def _counted(reach: Reach, ref: NodeRef, shown: int) -> tuple[TieGroup, ...]:
    rows = reach.rows(ref) if ref.type in COLUMN_OF else np.zeros(0, dtype=np.int32)
    groups = (strongest(reach, rows, type_, shown) for type_ in COLUMN_OF if type_ is not ref.type)
    return tuple(group for group in groups if group.total)


def strongest(reach: Reach, rows: Array, type_: NodeType, shown: int = SHOWN, column: str = "") -> TieGroup:
    """Count who of a type the settlements at `rows` name most; `column` where it is not the type's own."""
    columns = reach.ground.columns
    named = columns[column or COLUMN_OF[type_]][rows]
    nodes, place, count = np.unique(named[named != NOBODY], return_inverse=True, return_counts=True)
    kept = rows[named != NOBODY]
    fund = sums(place, columns["fund"][kept], len(nodes))
    order = np.lexsort((nodes, -fund, -count))[:shown]
    found = [_summed(reach, type_, int(nodes[n]), kept[place == n], int(count[n]), int(fund[n])) for n in order]
    return TieGroup("", True, type_, len(nodes), False, tuple(found))


def _summed(reach: Reach, type_: NodeType, node: int, rows: Array, count: int, fund: int) -> Tie:
    times = reach.ground.columns["time"]
    first, last = moment(times[rows[0]]), moment(times[rows[-1]])
    return Tie(reach.ground.ref(type_, node), count, yuan(fund), first, last)


def lawful(groups: Sequence[TieGroup]) -> tuple[TieGroup, ...]:
    """Return the relations that may explain what looks odd: family, household, agents."""
    return tuple(group for group in groups if group.relation in LAWFUL)
