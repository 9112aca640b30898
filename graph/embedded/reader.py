"""The embedded store: a snapshot's mapped files behind the reader's contract."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial, reduce

import numpy as np

from claims.workspace import Workspace
from graph.embedded.files import Snapshot
from graph.embedded.objects import heaviest, read_edge, read_edges, read_nodes, read_path
from graph.embedded.stepping import around, expand, inside
from graph.model import EDGE_KINDS, EdgeKind, NodeRef, NodeType
from graph.store import EVERYTHING, Edge, Filter, Neighbour, NeighbourCount, Node, Order, Path, Subgraph, Visit
from graph.tables import GraphTables
from graph.walks import MAX_EXPAND, Allowed, Expand, shortest_paths, simple_paths

_ATTEMPTS = 5  # a snapshot may be switched and removed between reading its name and opening it


@dataclass(frozen=True)
class EmbeddedStore:
    """Answers from the memory-mapped snapshot of one data version; safe to share between threads.

    Paths do not fan out over lists longer than `max_expand` (see `graph.walks`). Time windows keep
    an edge whose [first, last] overlaps [since, until), and every edge that carries no time.
    """

    snapshot: Snapshot
    max_expand: int = MAX_EXPAND

    @classmethod
    def open(cls, workspace: Workspace, version: int | None = None) -> "EmbeddedStore":
        """Open the snapshot in force, or the one of data version `version`; NotFoundError."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return cls(Snapshot.open(GraphTables.open(workspace, version)))
            except FileNotFoundError:
                continue
        return cls(Snapshot.open(GraphTables.open(workspace, version)))

    @property
    def data_version(self) -> int:
        """Data version this store holds."""
        return self.snapshot.manifest.data_version

    def node_counts(self) -> Mapping[NodeType, int]:
        """Nodes by type; types without any are left out."""
        return {type_: len(ids) for type_, ids in self.snapshot.ids.items()}

    def edge_counts(self) -> Mapping[EdgeKind, int]:
        """Edges by kind; kinds without any are left out."""
        counts = self.snapshot.manifest.edges
        return {kind: counts[kind.name] for kind in EDGE_KINDS if kind.name in counts}

    def node(self, ref: NodeRef) -> Node:
        """Return the node with all its attributes that hold a value."""
        return self.nodes([ref])[0]

    def nodes(self, refs: Sequence[NodeRef]) -> tuple[Node, ...]:
        """Return several nodes in the order asked for."""
        return read_nodes(self.snapshot, [(ref.type, self.snapshot.row(ref)) for ref in refs])

    def neighbour_counts(self, ref: NodeRef) -> tuple[NeighbourCount, ...]:
        """Count neighbours by edge kind and direction, in the order of EDGE_KINDS, outgoing first."""
        row = self.snapshot.row(ref)
        counts = ((way, len(way.edges.span(row))) for way in self.snapshot.ways[ref.type])
        return tuple(NeighbourCount(way.kind, way.direction, count) for way, count in counts if count)

    def neighbours(
        self, ref: NodeRef, where: Filter = EVERYTHING, *, limit: int = 50, offset: int = 0, order: Order = Order.COUNT
    ) -> tuple[Neighbour, ...]:
        """Return the heaviest neighbours: order descending (none last), then type, id, kind, direction."""
        row = self.snapshot.row(ref)
        wanted = max(offset + limit, 0)
        ways = [way for way in self.snapshot.ways[ref.type] if way.wanted(where)]
        tops = [(way, row, place) for way in ways for place in way.edges.top(row, where, order, wanted).tolist()]
        found = heaviest(self.snapshot, tops, order)[offset:wanted]
        nodes = read_nodes(self.snapshot, [(way.end, int(way.edges.neighbours[place])) for way, _, place in found])
        ways_back = (way.direction for way, _, _ in found)
        return tuple(map(Neighbour, nodes, read_edges(self.snapshot, found), ways_back))

    def edge(self, kind: EdgeKind, source: NodeRef, target: NodeRef) -> Edge | None:
        """Return one edge; None where there is none, also because a node is unknown."""
        return read_edge(self.snapshot, kind, source, target)

    def visits(
        self,
        ref: NodeRef,
        *,
        other: NodeRef | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 200,
    ) -> tuple[Visit, ...]:
        """Net settlements of a node (with `other` too), by time, then setl_id.

        A doctor's are those treated and those prescribed; telephones and the like have none.
        """
        refs = [ref] if other is None else [ref, other]
        visits = self.snapshot.visits
        lists = [visits.within(visits.rows(r.type, self.snapshot.row(r)), since, until) for r in refs]
        rows = reduce(partial(np.intersect1d, assume_unique=True), lists)
        return tuple(visits.visit(row, self.snapshot.ids) for row in rows[: max(limit, 0)].tolist())

    def paths(
        self, a: NodeRef, b: NodeRef, *, max_hops: int = 4, limit: int = 20, where: Filter = EVERYTHING
    ) -> tuple[Path, ...]:
        """Simple paths of at most `max_hops` edges, shortest first, edges walked either way."""
        step, allowed = self._walking(where)
        ends = self.snapshot.number(a), self.snapshot.number(b)
        found = simple_paths(*ends, step, allowed, max_hops=max_hops, limit=limit)
        return tuple(read_path(self.snapshot, a, steps) for steps in found)

    def shortest_paths(
        self, a: NodeRef, b: NodeRef, *, max_hops: int = 6, limit: int = 50, where: Filter = EVERYTHING
    ) -> tuple[Path, ...]:
        """All shortest paths (up to `limit`), in the order of `paths`."""
        step, allowed = self._walking(where)
        ends = self.snapshot.number(a), self.snapshot.number(b)
        found = shortest_paths(*ends, step, allowed, max_hops=max_hops, limit=limit)
        return tuple(read_path(self.snapshot, a, steps) for steps in found)

    def _walking(self, where: Filter) -> tuple[Expand[int], Allowed[int]]:
        def allowed(number: int) -> bool:
            return not where.neighbour_types or self.snapshot.place(number)[0] in where.neighbour_types

        return partial(expand, self.snapshot, where, self.max_expand), allowed

    def common_neighbours(
        self, refs: Sequence[NodeRef], where: Filter = EVERYTHING, *, limit: int = 50
    ) -> tuple[NodeRef, ...]:
        """Nodes that are neighbours of every one of `refs`, sorted; of nobody, nothing."""
        lists = [around(self.snapshot, self.snapshot.number(ref), where) for ref in refs]
        if not lists:
            return ()
        shared = reduce(partial(np.intersect1d, assume_unique=True), sorted(lists, key=len))
        return tuple(self.snapshot.ref(number) for number in shared[: max(limit, 0)].tolist())

    def search(self, text: str, types: Iterable[NodeType] = (), *, limit: int = 20) -> tuple[Node, ...]:
        """Find nodes by id, name, pinyin initials or the last four digits of a phone; best match first."""
        return read_nodes(self.snapshot, self.snapshot.search.find(text, types, limit))

    def subgraph(
        self, refs: Iterable[NodeRef], types: Iterable[str] = (), *, beside: Iterable[NodeRef] = ()
    ) -> Subgraph:
        """The induced subgraph on `refs`, tied to `beside`: nodes by type and id, edges by kind, source, target."""
        numbers = sorted({self.snapshot.number(ref) for ref in refs})
        others = {self.snapshot.number(ref) for ref in beside}.difference(numbers)
        edges = read_edges(self.snapshot, list(inside(self.snapshot, numbers, others, frozenset(types))))
        edges.sort(key=lambda edge: (edge.kind.name, edge.source, edge.target))
        nodes = read_nodes(self.snapshot, [self.snapshot.place(number) for number in numbers])
        return Subgraph(self.data_version, nodes, tuple(edges))
