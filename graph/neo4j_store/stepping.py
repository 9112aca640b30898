"""Stepping over many nodes at once: for counts, paths and common neighbours."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from graph.model import BY_NAME, EdgeKind, NodeRef, NodeType
from graph.neo4j_store.connection import Connection
from graph.neo4j_store.convert import PASSES, as_edge, by_type, parameters
from graph.neo4j_store.names import LABELS, TYPES, Way, patterns, ways_from
from graph.neo4j_store.top import HubList, wanted_ways
from graph.store import Direction, Edge, Filter
from graph.walks import Links, Step

AT_ONCE = 2_000


def degrees(connection: Connection, ref: NodeRef, lists: dict[Way, HubList]) -> dict[Way, int]:
    """Count the neighbours of a node by way: kept counts for hubs, degrees for the rest."""
    ways = [way for way in ways_from(ref.type) if way not in lists]
    counts = connection.read(_degrees(ref.type, ways), ids=[ref.id])[0]["counts"]
    return dict(zip(ways, counts, strict=True)) | {way: kept.neighbours for way, kept in lists.items()}


def _far_end(way: Way) -> str:
    """Without a label Neo4j reads the count off the node; it is needed only where kinds share a type."""
    return "" if way.alone else f":{LABELS[way.end]}"


def expand(connection: Connection, where: Filter, max_expand: int, nodes: Iterable[NodeRef]) -> Links[NodeRef]:
    """Steps of each of `nodes` over edges that pass; lists longer than `max_expand` are not walked."""
    measures = replace(where, directions=frozenset(), neighbour_types=frozenset())
    links: dict[NodeRef, list[Step[NodeRef]]] = {}
    for type_, ids in by_type(nodes).items():
        ways = wanted_ways(NodeRef(type_, ""), measures)
        for start in range(0, len(ids) if ways else 0, AT_ONCE):
            for node, step in _steps(connection, measures, ways, max_expand, ids[start : start + AT_ONCE]):
                links.setdefault(node, []).append(step)
    return links


def _steps(
    connection: Connection, where: Filter, ways: Sequence[Way], max_expand: int, ids: Sequence[str]
) -> Iterator[tuple[NodeRef, Step[NodeRef]]]:
    """Walk the short ways of some nodes of one type, those with the same short ways together."""
    start = ways[0].start
    alike: dict[tuple[Way, ...], list[str]] = {}
    for record in connection.read(_degrees(start, ways), ids=ids):
        short = tuple(way for way, count in zip(ways, record["counts"], strict=True) if count <= max_expand)
        alike.setdefault(short, []).append(record["id"])
    for short, chosen in alike.items():
        if not short:
            continue
        marks = {str(direction): [way.mark for way in short if way.direction is direction] for direction in Direction}
        names = {(way.mark, way.direction): way.kind.name for way in short}
        for record in connection.read(_walk(start, short), **parameters(where), ids=chosen, **marks):
            id_, label, other, type_, way = record.values()
            direction = Direction(way)
            kind = names[f"{type_}.{label}", direction]
            yield NodeRef(start, id_), (NodeRef(TYPES[label], other), kind, direction)


def _degrees(start: NodeType, ways: Sequence[Way]) -> str:
    counts = ", ".join(f"COUNT {{ {way.pattern('n', '', _far_end(way))} }}" for way in ways)
    return f"UNWIND $given.ids AS id MATCH (n:{LABELS[start]} {{id: id}}) RETURN id, [{counts}] AS counts"


def _walk(start: NodeType, ways: Sequence[Way]) -> str:
    branches = "\n  UNION ALL\n".join(
        f"  MATCH {pattern} WHERE type(r) + '.' + labels(m)[0] IN $given.{direction} AND {PASSES}\n"
        f"  RETURN labels(m)[0] AS label, m.id AS other, type(r) AS type, '{direction}' AS direction"
        for direction, pattern in patterns(ways, "n", "r", "m")
    )
    return (
        f"UNWIND $given.ids AS id MATCH (n:{LABELS[start]} {{id: id}})\nCALL (n) {{\n{branches}\n}}\n"
        "RETURN id, label, other, type, direction"
    )


def common(connection: Connection, refs: Sequence[NodeRef], where: Filter, limit: int) -> list[NodeRef]:
    """Neighbours of all of `refs`, sorted: those of the node with the fewest edges, as far as the others share them."""
    first, *others = sorted(set(refs), key=lambda ref: (_size(connection, ref), ref))
    given: dict[str, object] = {**parameters(where), "first": first.id, "limit": limit}
    given |= {f"id_{number}": ref.id for number, ref in enumerate(others)}
    ways = wanted_ways(first, where)
    if not ways:
        return []
    branches = "\n  UNION\n".join(
        f"  MATCH {pattern} WHERE {PASSES} RETURN m" for _, pattern in patterns(ways, "n", "r", "m")
    )
    nodes = "".join(f"MATCH (n_{k}:{LABELS[ref.type]} {{id: $given.id_{k}}})\n" for k, ref in enumerate(others))
    shared = " AND ".join(_shares(ref, f"n_{k}", where) for k, ref in enumerate(others)) or "true"
    text = (
        f"MATCH (n:{LABELS[first.type]} {{id: $given.first}})\n{nodes}CALL (n) {{\n{branches}\n}}\n"
        f"WITH * WHERE {shared}\n"
        "RETURN DISTINCT labels(m)[0] AS label, m.id AS id ORDER BY label, id LIMIT $given.limit"
    )
    return [NodeRef(TYPES[record["label"]], record["id"]) for record in connection.read(text, **given)]


def _shares(ref: NodeRef, name: str, where: Filter) -> str:
    """Condition that `m` is a neighbour of another node."""
    tests = (
        f"EXISTS {{ MATCH {pattern} WHERE {PASSES} }}"
        for _, pattern in patterns(wanted_ways(ref, where), name, "r", "m")
    )
    return f"({' OR '.join(tests) or 'false'})"


def _size(connection: Connection, ref: NodeRef) -> int:
    text = f"MATCH (n:{LABELS[ref.type]} {{id: $given.id}}) RETURN COUNT {{ (n)--() }} AS size"
    return int(connection.read(text, id=ref.id)[0]["size"])


def edges_between(connection: Connection, keys: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], Edge]:
    """Edges by (kind name, source, target)."""
    pairs: dict[str, set[tuple[str, str]]] = {}
    for name, source, target in keys:
        pairs.setdefault(name, set()).add((source, target))
    found = {}
    for name, ends in pairs.items():
        kind = BY_NAME[name]
        for record in connection.read(_between(kind), ends=[list(pair) for pair in sorted(ends)]):
            source, target, measures = record.values()
            found[name, source, target] = as_edge(kind, source, target, measures)
    return found


def _between(kind: EdgeKind) -> str:
    """Outside the subquery the planner may walk all edges of a super node for each pair."""
    source, target = LABELS[kind.source], LABELS[kind.target]
    return (
        f"UNWIND $given.ends AS e MATCH (a:{source} {{id: e[0]}}) MATCH (b:{target} {{id: e[1]}})\n"
        f"CALL (a, b) {{ MATCH (a)-[r:{kind.type}]->(b) RETURN r }} RETURN a.id, b.id, properties(r)"
    )
