"""Rows of a snapshot as the contract's objects; attributes are read type by type, in bulk."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from graph.embedded.adjacency import MEASURES, moment
from graph.embedded.files import Snapshot, Way
from graph.model import BY_NAME, EdgeKind, NodeRef, NodeType
from graph.store import Direction, Edge, Node, Order, Path, Value
from graph.walks import Step

Found: TypeAlias = tuple[Way, int, int]  # an edge: the way it is seen, row of the node it is seen from, its place


def read_nodes(snapshot: Snapshot, places: Sequence[tuple[NodeType, int]]) -> tuple[Node, ...]:
    """Return nodes by type and row, in the order asked for."""
    rows: dict[NodeType, dict[int, Node]] = {}
    for type_, row in places:
        rows.setdefault(type_, {})[row] = Node(NodeRef(type_, ""))
    for type_, nodes in rows.items():
        for row, values in zip(nodes, snapshot.nodes[type_].read(list(nodes)), strict=True):
            label, placeholder = str(values.pop("label", "")), bool(values.pop("placeholder", False))
            nodes[row] = Node(NodeRef(type_, snapshot.ids[type_][row]), label, placeholder, values)
    return tuple(rows[type_][row] for type_, row in places)


def read_edges(snapshot: Snapshot, found: Sequence[Found]) -> list[Edge]:
    """Return edges in the order given."""
    described: dict[int, Mapping[str, Value]] = {}
    for kind, rows in snapshot.edge_rows.items():
        numbers = [number for number, (way, _, _) in enumerate(found) if way.kind is kind]
        values = rows.read([found[number][0].edges.row(found[number][2]) for number in numbers])
        described |= zip(numbers, values, strict=True)
    return [_edge(snapshot, *one, described.get(number, {})) for number, one in enumerate(found)]


def _edge(snapshot: Snapshot, way: Way, row: int, place: int, attributes: Mapping[str, Value]) -> Edge:
    here = NodeRef(way.start, snapshot.ids[way.start][row])
    there = NodeRef(way.end, snapshot.ids[way.end][int(way.edges.neighbours[place])])
    source, target = (here, there) if way.direction is Direction.OUT else (there, here)
    count, fund, first, last = (way.edges.measure(name, place) for name in MEASURES)
    return Edge(way.kind, source, target, count, fund, moment(first), moment(last), attributes)


def read_edge(snapshot: Snapshot, kind: EdgeKind, source: NodeRef, target: NodeRef) -> Edge | None:
    """Return the edge of `kind` between two nodes; None where there is none."""
    out, into = snapshot.way(kind, Direction.OUT), snapshot.way(kind, Direction.IN)
    if out is None or into is None or (source.type, target.type) != (kind.source, kind.target):
        return None
    here, there = snapshot.ids[source.type].at(source.id), snapshot.ids[target.type].at(target.id)
    if here is None or there is None:
        return None
    way = out
    if len(into.edges.span(there)) < len(out.edges.span(here)):  # look in the shorter list
        way, here, there = into, there, here
    place = way.edges.find(here, there)
    return None if place is None else read_edges(snapshot, [(way, here, place)])[0]


def heaviest(snapshot: Snapshot, tops: Sequence[Found], order: Order) -> list[Found]:
    """Sort edges by weight (descending), then neighbour, kind and direction."""

    def key(found: Found) -> tuple[int, int, str, Direction]:
        way, _, place = found
        neighbour = snapshot.bases[way.end] + int(way.edges.neighbours[place])
        return -way.edges.measure(order, place), neighbour, way.kind.name, way.direction

    return sorted(tops, key=key)


def read_path(snapshot: Snapshot, start: NodeRef, steps: Sequence[Step[int]]) -> Path:
    """Return the path that `steps` walk from `start`."""
    nodes = [start, *(snapshot.ref(number) for number, _, _ in steps)]
    return Path(tuple(nodes), tuple(_walked(snapshot, nodes, steps)))


def _walked(snapshot: Snapshot, nodes: Sequence[NodeRef], steps: Sequence[Step[int]]) -> Iterator[Edge]:
    for here, there, (_, name, direction) in zip(nodes, nodes[1:], steps, strict=False):
        ends = (here, there) if direction is Direction.OUT else (there, here)
        if edge := read_edge(snapshot, BY_NAME[name], *ends):
            yield edge
