"""The graph as far as somebody's regions go: what the explorer is given, whichever store answers.

A node is there when something about it lies inside, by the rule of `Reach.sees`; a relation when both
its ends are; a settlement when its institution is. What lies outside answers as what does not exist.
The measures of a relation are those of the whole graph.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeVar

import numpy as np

from claims.errors import NotFoundError
from claims.language import N_
from graph.embedded.files import Way
from graph.model import EdgeKind, NodeRef, NodeType
from graph.store import (
    EVERYTHING,
    Direction,
    Edge,
    Filter,
    GraphReader,
    Neighbour,
    NeighbourCount,
    Node,
    Order,
    Path,
    Subgraph,
    Visit,
)
from ui.service.entity_ground import Reach
from ui.service.graph_inside import insides, sees

Item = TypeVar("Item")
AT_ONCE = 200  # asked of the store in one go; more when too few of them lie inside
_UNKNOWN = N_("There is no node {ref} in the graph.")


@dataclass(frozen=True)
class NearReader:
    """A reader of a part of `whole`. `reach` says how far the regions go now; it is asked once per question."""

    whole: GraphReader
    reach: Callable[[], Reach]

    @property
    def data_version(self) -> int:
        """See `GraphReader`."""
        return self.whole.data_version

    def node_counts(self) -> Mapping[NodeType, int]:
        """See `GraphReader`; those inside."""
        reach = self.reach()
        if reach.everywhere:
            return self.whole.node_counts()
        return {type_: int(inside.sum()) for type_, inside in insides(reach).items()}

    def edge_counts(self) -> Mapping[EdgeKind, int]:
        """See `GraphReader`; those inside."""
        reach = self.reach()
        if reach.everywhere:
            return self.whole.edge_counts()
        ways = (way for of_type in reach.ground.snapshot.ways.values() for way in of_type)
        return {way.kind: _within(reach, way) for way in ways if way.direction is Direction.OUT}

    def node(self, ref: NodeRef) -> Node:
        """See `GraphReader`."""
        _need(self.reach(), [ref])
        return self.whole.node(ref)

    def nodes(self, refs: Sequence[NodeRef]) -> tuple[Node, ...]:
        """See `GraphReader`."""
        _need(self.reach(), refs)
        return self.whole.nodes(refs)

    def neighbour_counts(self, ref: NodeRef) -> tuple[NeighbourCount, ...]:
        """See `GraphReader`; neighbours inside only."""
        reach = self.reach()
        _need(reach, [ref])
        counts = self.whole.neighbour_counts(ref)
        return counts if reach.everywhere else tuple(_counted(reach, ref, counts))

    def neighbours(
        self, ref: NodeRef, where: Filter = EVERYTHING, *, limit: int = 50, offset: int = 0, order: Order = Order.COUNT
    ) -> tuple[Neighbour, ...]:
        """See `GraphReader`; neighbours inside only."""
        reach = self.reach()
        _need(reach, [ref])
        if reach.everywhere:
            return self.whole.neighbours(ref, where, limit=limit, offset=offset, order=order)
        near = (one for one in self._all_neighbours(ref, where, order) if sees(reach, one.node.ref))
        return tuple(islice(near, max(offset, 0), max(offset + limit, 0)))

    def edge(self, kind: EdgeKind, source: NodeRef, target: NodeRef) -> Edge | None:
        """See `GraphReader`."""
        reach = self.reach()
        both = sees(reach, source) and sees(reach, target)
        return self.whole.edge(kind, source, target) if both else None

    def visits(
        self,
        ref: NodeRef,
        *,
        other: NodeRef | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 200,
    ) -> tuple[Visit, ...]:
        """See `GraphReader`; settlements at institutions inside."""
        reach = self.reach()
        _need(reach, [ref] if other is None else [ref, other])
        ask = partial(self.whole.visits, ref, other=other, since=since, until=until)
        return _enough(lambda most: ask(limit=most), lambda visit: reach.covers_place(visit.institution), limit)

    def paths(
        self, a: NodeRef, b: NodeRef, *, max_hops: int = 4, limit: int = 20, where: Filter = EVERYTHING
    ) -> tuple[Path, ...]:
        """See `GraphReader`; of the shortest ones those that stay inside."""
        reach = self.reach()
        _need(reach, [a, b])
        return _staying(reach, self.whole.paths(a, b, max_hops=max_hops, limit=limit, where=where))

    def shortest_paths(
        self, a: NodeRef, b: NodeRef, *, max_hops: int = 6, limit: int = 50, where: Filter = EVERYTHING
    ) -> tuple[Path, ...]:
        """See `GraphReader`; of the shortest ones those that stay inside."""
        reach = self.reach()
        _need(reach, [a, b])
        return _staying(reach, self.whole.shortest_paths(a, b, max_hops=max_hops, limit=limit, where=where))

    def common_neighbours(
        self, refs: Sequence[NodeRef], where: Filter = EVERYTHING, *, limit: int = 50
    ) -> tuple[NodeRef, ...]:
        """See `GraphReader`; those inside."""
        reach = self.reach()
        _need(reach, refs)
        ask = partial(self.whole.common_neighbours, refs, where)
        return _enough(lambda most: ask(limit=most), partial(sees, reach), limit)

    def search(self, text: str, types: Iterable[NodeType] = (), *, limit: int = 20) -> tuple[Node, ...]:
        """See `GraphReader`; those inside."""
        reach, wanted = self.reach(), tuple(types)
        ask = partial(self.whole.search, text, wanted)
        return _enough(lambda most: ask(limit=most), lambda node: sees(reach, node.ref), limit)

    def subgraph(
        self, refs: Iterable[NodeRef], types: Iterable[str] = (), *, beside: Iterable[NodeRef] = ()
    ) -> Subgraph:
        """See `GraphReader`."""
        wanted, known = tuple(refs), tuple(beside)
        _need(self.reach(), (*wanted, *known))
        return self.whole.subgraph(wanted, types, beside=known)

    def _all_neighbours(self, ref: NodeRef, where: Filter, order: Order) -> Iterator[Neighbour]:
        offset = 0
        while page := self.whole.neighbours(ref, where, limit=AT_ONCE, offset=offset, order=order):
            yield from page
            offset += len(page)


def _within(reach: Reach, way: Way) -> int:
    inside = insides(reach)
    places, owner = way.edges.lists(np.arange(len(inside[way.start])))
    return int((inside[way.start][owner] & inside[way.end][way.edges.neighbours[places]]).sum())


def _counted(reach: Reach, ref: NodeRef, counts: Iterable[NeighbourCount]) -> Iterator[NeighbourCount]:
    snapshot, inside = reach.ground.snapshot, insides(reach)
    row = np.array([snapshot.row(ref)])
    for count in counts:
        way = snapshot.way(count.kind, count.direction)
        if way is not None:
            places, _owner = way.edges.lists(row)
            if near := int(inside[way.end][way.edges.neighbours[places]].sum()):
                yield NeighbourCount(count.kind, count.direction, near)


def _need(reach: Reach, refs: Iterable[NodeRef]) -> None:
    for ref in refs:
        if not sees(reach, ref):
            raise NotFoundError(_UNKNOWN, ref=ref)


def _staying(reach: Reach, paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(path for path in paths if all(sees(reach, ref) for ref in path.nodes))


def _enough(ask: Callable[[int], tuple[Item, ...]], near: Callable[[Item], bool], limit: int) -> tuple[Item, ...]:
    """Ask for more and more until `limit` of them lie inside, or there are no more."""
    most = max(limit, 0)
    while True:
        found = ask(most)
        kept = tuple(one for one in found if near(one))
        if len(kept) >= limit or len(found) < most or not most:
            return kept[: max(limit, 0)]
        most = max(4 * most, AT_ONCE)
