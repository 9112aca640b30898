"""The reader's contract as plainly as it can be written: slow, in memory, obviously right."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from claims.errors import NotFoundError
from claims.language import N_
from graph.model import EDGE_KINDS, EdgeKind, NodeRef, NodeType
from graph.names import NAMED, PHONE_TAIL, Rank, as_initials, fold, initials
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
from tests.graph.worlds import GraphWorld

Step = tuple[NodeRef, Edge, Direction]  # neighbour, edge, end of the edge the asked node stands at


@dataclass(frozen=True)
class Oracle:
    """Answers of a world."""

    world: GraphWorld
    data_version: int = 1

    def node_counts(self) -> dict[NodeType, int]:
        """Types without nodes are left out."""
        types = [ref.type for ref in self.world.nodes]
        return {type_: types.count(type_) for type_ in NodeType if type_ in types}

    def edge_counts(self) -> dict[EdgeKind, int]:
        """Kinds without edges are left out."""
        kinds = [kind for kind, _, _ in self.world.edges]
        return {kind: kinds.count(kind) for kind in EDGE_KINDS if kind in kinds}

    def node(self, ref: NodeRef) -> Node:
        """Attributes without a value are left out."""
        if ref not in self.world.nodes:
            raise NotFoundError(N_("There is no node {ref}."), ref=ref)
        return self.world.nodes[ref]

    def nodes(self, refs: Sequence[NodeRef]) -> tuple[Node, ...]:
        """In the order asked for, repeated where asked twice."""
        return tuple(self.node(ref) for ref in refs)

    def steps(self, ref: NodeRef, where: Filter = EVERYTHING) -> Iterator[Step]:
        """All edges of a node that pass the filter."""
        self.node(ref)
        return (step for step in self._edges_at.get(ref, []) if passes(step[1], step[2], where))

    @cached_property
    def _edges_at(self) -> dict[NodeRef, list[Step]]:
        found: dict[NodeRef, list[Step]] = {}
        for edge in self.world.edges.values():
            found.setdefault(edge.source, []).append((edge.target, edge, Direction.OUT))
            found.setdefault(edge.target, []).append((edge.source, edge, Direction.IN))
        return found

    def neighbour_counts(self, ref: NodeRef) -> tuple[NeighbourCount, ...]:
        """In the order of EDGE_KINDS, outgoing first."""
        ways = [(edge.kind, direction) for _, edge, direction in self.steps(ref)]
        every = [(kind, direction) for kind in EDGE_KINDS for direction in Direction]
        return tuple(NeighbourCount(*way, ways.count(way)) for way in every if way in ways)

    def neighbours(
        self, ref: NodeRef, where: Filter = EVERYTHING, *, limit: int = 50, offset: int = 0, order: Order = Order.COUNT
    ) -> tuple[Neighbour, ...]:
        """By measure (none last), then neighbour, then kind and direction."""
        steps = sorted(self.steps(ref, where), key=lambda step: (*heaviest(step[1], order), *stable(step)))
        return tuple(Neighbour(self.node(n), edge, way) for n, edge, way in steps[offset : offset + limit])

    def edge(self, kind: EdgeKind, source: NodeRef, target: NodeRef) -> Edge | None:
        """None also where a node is unknown."""
        return self.world.edges.get((kind, source, target))

    def visits(
        self, ref: NodeRef, *, other: NodeRef | None = None, since: datetime | None = None,
        until: datetime | None = None, limit: int = 200,
    ) -> tuple[Visit, ...]:  # fmt: skip
        """By time, then setl_id; a doctor's are those treated and those prescribed."""
        asked = [self.node(r).ref for r in (ref, other) if r is not None]
        found = [v for v in self.world.visits if all(takes_part(v, r) for r in asked)]
        found = [v for v in found if (since is None or v.time >= since) and (until is None or v.time < until)]
        return tuple(found[:limit])

    def paths(
        self, a: NodeRef, b: NodeRef, *, max_hops: int = 4, limit: int = 20, where: Filter = EVERYTHING
    ) -> tuple[Path, ...]:
        """Every simple path through the filter's neighbour types, by length, then step by step."""
        walks = sorted(self._walks(a, b, max_hops, where), key=lambda walk: (len(walk), [stable(s) for s in walk]))
        return tuple(as_path(a, walk) for walk in walks[:limit])

    def shortest_paths(
        self, a: NodeRef, b: NodeRef, *, max_hops: int = 6, limit: int = 50, where: Filter = EVERYTHING
    ) -> tuple[Path, ...]:
        """The paths of the smallest length that has any."""
        for hops in range(1, max_hops + 1):
            if found := self.paths(a, b, max_hops=hops, limit=limit, where=where):
                return found
        return ()

    def _walks(self, a: NodeRef, b: NodeRef, max_hops: int, where: Filter) -> Iterator[tuple[Step, ...]]:
        self.nodes([a, b])
        if a == b:
            return
        measures = replace(where, directions=frozenset(), neighbour_types=frozenset())
        unfinished: list[tuple[Step, ...]] = [()]
        for _ in range(max_hops):
            longer = []
            for walk in unfinished:
                seen = {a, *(node for node, _, _ in walk)}
                end = walk[-1][0] if walk else a
                longer += [(*walk, step) for step in self.steps(end, measures) if step[0] not in seen]
            yield from (walk for walk in longer if walk[-1][0] == b)
            through = where.neighbour_types or set(NodeType)
            unfinished = [walk for walk in longer if walk[-1][0] != b and walk[-1][0].type in through]

    def common_neighbours(
        self, refs: Sequence[NodeRef], where: Filter = EVERYTHING, *, limit: int = 50
    ) -> tuple[NodeRef, ...]:
        """Neighbours of all, sorted; of nobody nothing."""
        around = [{node for node, _, _ in self.steps(ref, where)} for ref in refs]
        return tuple(sorted(set.intersection(*around))[:limit]) if around else ()

    def search(self, text: str, types: Iterable[NodeType] = (), *, limit: int = 20) -> tuple[Node, ...]:
        """By rank, type, the text that matched, id."""
        wanted = set(types) or set(NodeType)
        found = [(match(node, text), node) for node in self.world.nodes.values() if node.ref.type in wanted]
        ranked = sorted(((m, n.ref.id, n) for m, n in found if m), key=lambda hit: (*hit[0], hit[1]))
        return tuple(node for _, _, node in ranked[:limit])

    def subgraph(
        self, refs: Iterable[NodeRef], types: Iterable[str] = (), *, beside: Iterable[NodeRef] = ()
    ) -> Subgraph:
        """Edges by kind name, source, target."""
        chosen, wanted = set(refs), set(types)
        nodes = tuple(self.node(ref) for ref in sorted(chosen))
        near = chosen | set(beside)
        ends = [({e.source, e.target}, e) for e in self.world.edges.values()]
        inside = [e for both, e in ends if both <= near and both & chosen]
        edges = [e for e in inside if not wanted or e.kind.type in wanted]
        edges.sort(key=lambda e: (e.kind.name, e.source, e.target))
        return Subgraph(self.data_version, nodes, tuple(edges))


def passes(edge: Edge, direction: Direction, where: Filter) -> bool:
    """An edge without times is a fact that always holds; others overlap [since, until) with [first, last]."""
    neighbour = edge.kind.target if direction is Direction.OUT else edge.kind.source
    return (
        (not where.types or edge.kind.type in where.types)
        and (not where.directions or direction in where.directions)
        and (not where.neighbour_types or neighbour in where.neighbour_types)
        and (where.since is None or edge.last is None or edge.last >= where.since)
        and (where.until is None or edge.first is None or edge.first < where.until)
        and edge.count >= where.min_count
        and (where.min_fund is None or edge.fund >= where.min_fund)
        and (where.max_fund is None or edge.fund <= where.max_fund)
    )


def heaviest(edge: Edge, order: Order) -> tuple[float, ...]:
    """Sort key of a measure, largest first, none last."""
    if order is Order.LAST:
        return (1, 0) if edge.last is None else (0, -(edge.last - datetime(1970, 1, 1)).total_seconds())
    return (-(edge.count if order is Order.COUNT else edge.fund),)


def stable(step: Step) -> tuple[NodeRef, str, str]:
    """What breaks ties: neighbour, kind, direction."""
    return step[0], step[1].kind.name, step[2]


def as_path(a: NodeRef, walk: Sequence[Step]) -> Path:
    """Turn a walk from `a` into a path."""
    return Path((a, *(node for node, _, _ in walk)), tuple(edge for _, edge, _ in walk))


def takes_part(visit: Visit, ref: NodeRef) -> bool:
    """Say whether a node had a part in a settlement."""
    if ref.type is NodeType.DOCTOR:
        return ref.id in (visit.doctor, visit.prescriber)
    return ref.type in visit.__dataclass_fields__ and getattr(visit, ref.type) == ref.id


def match(node: Node, text: str) -> tuple[Rank, NodeType, str] | None:
    """Return how `text` finds a node at best: rank, type, the text that matched."""
    key, name, letters = text.strip(), fold(text), as_initials(text)
    if not key:
        return None
    label = fold(node.label)
    hits = [(Rank.ID, node.ref.id, node.ref.id == key), (Rank.ID_PREFIX, node.ref.id, node.ref.id.startswith(key))]
    hits += [(Rank.NAME, label, label == name), (Rank.NAME_PREFIX, label, label.startswith(name))]
    tail = node.ref.type is NodeType.PHONE and PHONE_TAIL.fullmatch(key) and node.ref.id.endswith(key)
    hits.append((Rank.PHONE_TAIL, key, bool(tail)))
    if letters and node.ref.type in NAMED:
        for found in initials(node.label):
            hits.append((Rank.INITIALS, found, found == letters))
            hits.append((Rank.INITIALS_PREFIX, found, found.startswith(letters)))
    found_by = min(((rank, found) for rank, found, hit in hits if hit), default=None)
    return (found_by[0], node.ref.type, found_by[1]) if found_by else None
