"""The edges among some nodes, and between them and nodes beside them: one statement per type of node."""

from collections.abc import Collection, Iterable, Iterator

from graph.model import NodeRef, NodeType
from graph.neo4j_store.connection import Connection
from graph.neo4j_store.convert import as_edge, by_type
from graph.neo4j_store.names import KINDS, LABELS, TYPES, Way, ways_from
from graph.store import Direction, Edge

MANY = 100  # relationships that are walked even where fewer nodes are asked for


def edges_inside(
    connection: Connection, refs: Iterable[NodeRef], types: Collection[str], beside: Iterable[NodeRef] = ()
) -> Iterator[Edge]:
    """Yield the edges of `types` (empty: all) among `refs`, and between them and `beside`."""
    chosen = set(refs)
    around = set(beside) - chosen
    others = {Direction.OUT: chosen | around, Direction.IN: around}
    given: dict[str, object] = {"many": max(MANY, len(chosen | around))}
    for direction, nodes in others.items():
        given[str(direction)] = sorted({ref.id for ref in nodes})
        labelled = by_type(nodes)
        given[f"{direction}_by_label"] = {label: labelled.get(type_, []) for type_, label in LABELS.items()}
    for start, ids in by_type(chosen).items():
        ways = [way for way in ways_from(start) if not types or way.kind.type in types]
        for record in connection.read(_inside(start, ways), ids=ids, **given) if ways else ():
            id_, type_, label, other, measures, direction = record.values()
            here, there = NodeRef(start, id_), NodeRef(TYPES[label], other)
            if there in others[Direction(direction)]:  # the same id may belong to nodes of several types
                source, target = (here, there) if direction == Direction.OUT else (there, here)
                yield as_edge(KINDS[type_, source.type, target.type], source.id, target.id, measures)


def _inside(start: NodeType, ways: Collection[Way]) -> str:
    """Walk the nodes' relationships; from super nodes look for each of the others instead."""
    branches = "\n  UNION ALL\n".join(branch for direction in Direction for branch in _branches(ways, direction))
    degrees = ", ".join(f"{_degree(ways, direction)} AS {direction}_degree" for direction in Direction)
    return (
        f"UNWIND $given.ids AS id MATCH (n:{LABELS[start]} {{id: id}})\nWITH id, n, {degrees}\n"
        f"CALL (n, {', '.join(f'{direction}_degree' for direction in Direction)}) {{\n{branches}\n}}\n"
        "RETURN id, type(r) AS type, labels(m)[0] AS label, m.id AS other, properties(r) AS measures, direction"
    )


def _branches(ways: Collection[Way], direction: Direction) -> Iterator[str]:
    types, labels = _types(ways, direction), sorted({LABELS[way.end] for way in ways if way.direction is direction})
    if not types:
        return
    edges, degree = _edges("r", "|".join(types), direction), f"{direction}_degree"
    returned = f"RETURN r, m, '{direction}' AS direction"
    walked = f"MATCH (n){edges}(m:{'|'.join(labels)}) WHERE m.id IN $given.{direction}"
    yield f"  WITH n, {degree} WHERE {degree} <= $given.many {walked} {returned}"
    for label in labels:
        # A subquery of its own: else the planner may walk all edges of the super node for each of the others.
        joined = f"CALL (n, m) {{ MATCH (n){edges}(m) RETURN r }}"
        yield (
            f"  WITH n, {degree} WHERE {degree} > $given.many UNWIND $given.{direction}_by_label.{label} AS other\n"
            f"  MATCH (m:{label} {{id: other}}) {joined} {returned}"
        )


def _degree(ways: Collection[Way], direction: Direction) -> str:
    """One type and no label at a time: these counts the server reads off the node."""
    counts = (f"COUNT {{ (n){_edges('', type_, direction)}() }}" for type_ in _types(ways, direction))
    return " + ".join(counts) or "0"


def _edges(name: str, types: str, direction: Direction) -> str:
    return f"-[{name}:{types}]->" if direction is Direction.OUT else f"<-[{name}:{types}]-"


def _types(ways: Collection[Way], direction: Direction) -> list[str]:
    return sorted({way.kind.type for way in ways if way.direction is direction})
