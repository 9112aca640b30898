"""The Neo4j store: a server's graph behind the reader's contract."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path as FilePath

import duckdb

from claims.errors import NotFoundError, StoreError
from claims.language import N_
from graph.model import EDGE_KINDS, EdgeKind, NodeRef, NodeType
from graph.neo4j_store import search as searching
from graph.neo4j_store.connection import Connection, Target, connected
from graph.neo4j_store.convert import as_node, by_type
from graph.neo4j_store.inside import edges_inside
from graph.neo4j_store.names import HUB, LABELS, TYPES
from graph.neo4j_store.state import read_state
from graph.neo4j_store.stepping import common, degrees, edges_between, expand
from graph.neo4j_store.top import TopQuery, lists_of
from graph.neo4j_store.visits import VisitsFile
from graph.store import (
    EVERYTHING,
    Direction,
    Edge,
    Filter,
    Neighbour,
    NeighbourCount,
    Node,
    Order,
    Path,
    Subgraph,
    Visit,
)
from graph.walks import MAX_EXPAND, Allowed, Expand, Step, shortest_paths, simple_paths


@dataclass(frozen=True)
class Neo4jStore:
    """Answers from a server that `push` filled; safe to share between threads.

    Settlements are not on the server: `visits` answers from the file of the same data version that
    the store was opened with, and StoreError without one. Paths do not fan out over lists longer than
    `max_expand` (see `graph.walks`). StoreError where the server cannot be reached or takes too long.
    """

    connection: Connection
    data_version: int
    visits_file: VisitsFile | None = None
    max_expand: int = MAX_EXPAND

    @classmethod
    @contextmanager
    def open(cls, target: Target, *, visits: FilePath | None = None) -> "Iterator[Neo4jStore]":
        """Open a server; StoreError while a push is unfinished, NotFoundError where none was ever made."""
        with connected(target) as connection:
            state = read_state(connection)
            if state is not None and state.plan is not None:
                raise StoreError(N_("The push to {url} is not finished; run it again."), url=target.url)
            if state is None or state.data_version is None:
                raise NotFoundError(N_("There is no graph on {url} yet; push one first."), url=target.url)
            with duckdb.connect() as db:
                yield cls(connection, state.data_version, VisitsFile(visits, db) if visits else None)

    def warm(self) -> None:
        """Ask what an investigator's first expansions ask: the server takes a second to plan each kind of question."""
        first = [f"MATCH (n:{label}) RETURN '{type_}:' + n.id AS node LIMIT 1" for type_, label in LABELS.items()]
        hubs = f"MATCH (h:{HUB}) RETURN min(h.node) AS node, h.kind, h.direction"
        for record in [record for text in (*first, hubs) for record in self.connection.read(text)]:
            ref = NodeRef.parse(record["node"])
            self.neighbour_counts(ref)
            self.subgraph([ref, *(near.node.ref for near in self.neighbours(ref, limit=1))])

    def node_counts(self) -> Mapping[NodeType, int]:
        """Nodes by type; types without any are left out."""
        parts = (f"MATCH (n:{label}) RETURN '{label}' AS name, count(n) AS found" for label in LABELS.values())
        counts = {TYPES[record["name"]]: record["found"] for record in self.connection.read(" UNION ALL ".join(parts))}
        return {type_: count for type_, count in counts.items() if count}

    def edge_counts(self) -> Mapping[EdgeKind, int]:
        """Edges by kind; kinds without any are left out."""
        parts = (
            f"MATCH (:{LABELS[kind.source]})-[r:{kind.type}]->() RETURN {place} AS place, count(r) AS found"
            for place, kind in enumerate(EDGE_KINDS)
        )
        counts = {record["place"]: record["found"] for record in self.connection.read(" UNION ALL ".join(parts))}
        return {kind: counts[place] for place, kind in enumerate(EDGE_KINDS) if counts[place]}

    def node(self, ref: NodeRef) -> Node:
        """Return the node with all its attributes that hold a value."""
        return self.nodes([ref])[0]

    def nodes(self, refs: Sequence[NodeRef]) -> tuple[Node, ...]:
        """Return several nodes in the order asked for."""
        found: dict[NodeRef, Node] = {}
        for type_, ids in by_type(refs).items():
            label = LABELS[type_]
            text = f"UNWIND $given.ids AS id MATCH (n:{label} {{id: id}}) RETURN properties(n) AS node"
            for record in self.connection.read(text, ids=ids):
                node = as_node(label, record["node"])
                found[node.ref] = node
        missing = next((ref for ref in refs if ref not in found), None)
        if missing is not None:
            raise NotFoundError(N_("There is no node {ref}."), ref=missing)
        return tuple(found[ref] for ref in refs)

    def neighbour_counts(self, ref: NodeRef) -> tuple[NeighbourCount, ...]:
        """Count neighbours by edge kind and direction, in the order of EDGE_KINDS, outgoing first."""
        counts = degrees(self.connection, ref, lists_of(self.connection, ref))
        every = ((way.kind, way.direction, count) for way, count in counts.items() if count)
        places = {kind: place for place, kind in enumerate(EDGE_KINDS)}
        order = sorted(every, key=lambda one: (places[one[0]], one[1] is Direction.IN))
        return tuple(NeighbourCount(*one) for one in order)

    def neighbours(
        self, ref: NodeRef, where: Filter = EVERYTHING, *, limit: int = 50, offset: int = 0, order: Order = Order.COUNT
    ) -> tuple[Neighbour, ...]:
        """Return the heaviest neighbours: order descending (none last), then type, id, kind, direction."""
        wanted = max(offset + limit, 0) if limit > 0 else 0
        return tuple(TopQuery(self.connection, ref, where, wanted, order).answer()[offset:])

    def edge(self, kind: EdgeKind, source: NodeRef, target: NodeRef) -> Edge | None:
        """Return one edge; None where there is none, also because a node is unknown."""
        if (source.type, target.type) != (kind.source, kind.target):
            return None
        key = kind.name, source.id, target.id
        return edges_between(self.connection, [key]).get(key)

    def visits(
        self,
        ref: NodeRef,
        *,
        other: NodeRef | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 200,
    ) -> tuple[Visit, ...]:
        """Net settlements of a node (with `other` too), by time, then setl_id, from the file beside the graph."""
        if self.visits_file is None:
            raise StoreError(N_("Settlements are not kept in Neo4j; open the store with the workspace they are in."))
        self.nodes([ref] if other is None else [ref, other])
        return self.visits_file.of(ref, other, since, until, limit)

    def paths(
        self, a: NodeRef, b: NodeRef, *, max_hops: int = 4, limit: int = 20, where: Filter = EVERYTHING
    ) -> tuple[Path, ...]:
        """Simple paths of at most `max_hops` edges, shortest first, edges walked either way."""
        self.nodes([a, b])
        step, allowed = self._walking(where)
        return self._read_paths(a, simple_paths(a, b, step, allowed, max_hops=max_hops, limit=limit))

    def shortest_paths(
        self, a: NodeRef, b: NodeRef, *, max_hops: int = 6, limit: int = 50, where: Filter = EVERYTHING
    ) -> tuple[Path, ...]:
        """All shortest paths (up to `limit`), in the order of `paths`."""
        self.nodes([a, b])
        step, allowed = self._walking(where)
        return self._read_paths(a, shortest_paths(a, b, step, allowed, max_hops=max_hops, limit=limit))

    def _walking(self, where: Filter) -> tuple[Expand[NodeRef], Allowed[NodeRef]]:
        def allowed(ref: NodeRef) -> bool:
            return not where.neighbour_types or ref.type in where.neighbour_types

        return partial(expand, self.connection, where, self.max_expand), allowed

    def _read_paths(self, start: NodeRef, walks: Iterable[Sequence[Step[NodeRef]]]) -> tuple[Path, ...]:
        found = [((start, *(node for node, _, _ in steps)), steps) for steps in walks]
        keys = [_edge_keys(nodes, steps) for nodes, steps in found]
        edges = edges_between(self.connection, (key for path in keys for key in path))
        return tuple(
            Path(nodes, tuple(edges[key] for key in path)) for (nodes, _), path in zip(found, keys, strict=True)
        )

    def common_neighbours(
        self, refs: Sequence[NodeRef], where: Filter = EVERYTHING, *, limit: int = 50
    ) -> tuple[NodeRef, ...]:
        """Nodes that are neighbours of every one of `refs`, sorted; of nobody, nothing."""
        self.nodes(refs)
        return tuple(common(self.connection, refs, where, max(limit, 0))) if refs else ()

    def search(self, text: str, types: Iterable[NodeType] = (), *, limit: int = 20) -> tuple[Node, ...]:
        """Find nodes by id, name, pinyin initials or the last four digits of a phone; best match first."""
        return tuple(searching.find(self.connection, text, types, limit))

    def subgraph(
        self, refs: Iterable[NodeRef], types: Iterable[str] = (), *, beside: Iterable[NodeRef] = ()
    ) -> Subgraph:
        """The induced subgraph on `refs`, tied to `beside`: nodes by type and id, edges by kind, source, target."""
        chosen = sorted(set(refs))
        nodes = self.nodes(chosen)
        edges = sorted(
            edges_inside(self.connection, chosen, frozenset(types), beside),
            key=lambda edge: (edge.kind.name, edge.source, edge.target),
        )
        return Subgraph(self.data_version, nodes, tuple(edges))


def _edge_keys(nodes: Sequence[NodeRef], steps: Sequence[Step[NodeRef]]) -> list[tuple[str, str, str]]:
    """Keys of the edges walked: turned round where they were walked against their direction."""
    keys = []
    for here, there, (_, name, direction) in zip(nodes, nodes[1:], steps, strict=False):
        source, target = (here, there) if direction is Direction.OUT else (there, here)
        keys.append((name, source.id, target.id))
    return keys
