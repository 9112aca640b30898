"""What the graph says of a scene's nodes: read from a store, or thawed from a frozen snapshot."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from claims.errors import NotFoundError
from graph.model import BY_NAME, NodeRef
from graph.store import Edge, GraphReader, Node, Subgraph, Value
from ui.scene.model import Key


@dataclass(frozen=True)
class Facts:
    """Nodes and edges among them of one data version; `gone` are keys this version does not know."""

    version: int
    nodes: Mapping[Key, Node]
    edges: tuple[Edge, ...]
    gone: frozenset[Key] = frozenset()

    @cached_property
    def edges_at(self) -> Mapping[Key, tuple[Edge, ...]]:
        """Edges that end at a node; nodes without any are left out."""
        found: dict[Key, list[Edge]] = {}
        for edge in self.edges:
            for end in {str(edge.source), str(edge.target)}:
                found.setdefault(end, []).append(edge)
        return {key: tuple(edges) for key, edges in found.items()}

    @cached_property
    def around(self) -> Mapping[Key, frozenset[Key]]:
        """Neighbours within the scene."""
        found: dict[Key, set[Key]] = {key: set() for key in self.nodes}
        for edge in self.edges:
            a, b = str(edge.source), str(edge.target)
            found[a].add(b)
            found[b].add(a)
        return {key: frozenset(others) for key, others in found.items()}


def gather(reader: GraphReader, keys: Iterable[Key]) -> Facts:
    """Read the induced subgraph; nodes that are not there any more are named, not an error."""
    wanted = [NodeRef.parse(key) for key in keys]
    gone: frozenset[Key] = frozenset()
    try:
        subgraph = reader.subgraph(wanted)
    except NotFoundError:
        there = [ref for ref in wanted if _exists(reader, ref)]
        gone = frozenset(map(str, set(wanted) - set(there)))
        subgraph = reader.subgraph(there)
    return Facts(subgraph.data_version, {str(node.ref): node for node in subgraph.nodes}, subgraph.edges, gone)


def within(facts: Facts, keys: frozenset[Key]) -> Facts:
    """The part of the facts on some nodes, without asking the store."""
    nodes = {key: node for key, node in facts.nodes.items() if key in keys}
    edges = tuple(edge for edge in facts.edges if str(edge.source) in nodes and str(edge.target) in nodes)
    return Facts(facts.version, nodes, edges, facts.gone & keys)


def changed(reader: GraphReader, facts: Facts, keys: frozenset[Key]) -> Facts:
    """The facts on other nodes: those that stay are kept, only newcomers and their edges are read."""
    kept = within(facts, keys)
    fresh = [NodeRef.parse(key) for key in sorted(keys - kept.nodes.keys() - kept.gone)]
    if not fresh:
        return kept
    try:
        added = reader.subgraph(fresh, beside=[node.ref for node in kept.nodes.values()])
    except NotFoundError:
        return gather(reader, sorted(keys))
    nodes = sorted((*kept.nodes.values(), *added.nodes), key=lambda node: node.ref)
    edges = sorted((*kept.edges, *added.edges), key=lambda edge: (edge.kind.name, edge.source, edge.target))
    return Facts(facts.version, {str(node.ref): node for node in nodes}, tuple(edges), kept.gone)


def subgraph_of(facts: Facts, keys: Iterable[Key]) -> Subgraph:
    """The part of the facts on `keys`."""
    wanted = set(keys) & set(facts.nodes)
    nodes = sorted((facts.nodes[key] for key in wanted), key=lambda node: node.ref)
    edges = tuple(edge for edge in facts.edges if str(edge.source) in wanted and str(edge.target) in wanted)
    return Subgraph(facts.version, tuple(nodes), edges)


def freeze(facts: Facts) -> str:
    """Spell facts as JSON, so that they can be shown again when the data have moved on."""
    nodes = [[str(n.ref), n.label, n.placeholder, _spelt(n.attributes)] for n in facts.nodes.values()]
    edges = [
        [e.kind.name, e.source.id, e.target.id, e.count, e.fund, _iso(e.first), _iso(e.last), _spelt(e.attributes)]
        for e in facts.edges
    ]
    document = {"version": facts.version, "nodes": nodes, "edges": edges, "gone": sorted(facts.gone)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def thaw(text: str) -> Facts:
    """Read frozen facts."""
    document = json.loads(text)
    nodes = {
        key: Node(NodeRef.parse(key), label, placeholder, _read(attributes))
        for key, label, placeholder, attributes in document["nodes"]
    }
    edges = tuple(_edge(*row) for row in document["edges"])
    return Facts(document["version"], nodes, edges, frozenset(document["gone"]))


def _edge(
    name: str,
    source: str,
    target: str,
    count: int,
    fund: int,
    first: str | None,
    last: str | None,
    attributes: Mapping[str, Value],
) -> Edge:
    kind = BY_NAME[name]
    ends = NodeRef(kind.source, source), NodeRef(kind.target, target)
    return Edge(kind, *ends, count, fund, _time(first), _time(last), _read(attributes))


def _exists(reader: GraphReader, ref: NodeRef) -> bool:
    try:
        reader.node(ref)
    except NotFoundError:
        return False
    return True


def _iso(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _spelt(values: Mapping[str, Value]) -> dict[str, object]:
    """Times are marked, so that they come back as times and a text that looks like one stays text."""
    return {name: {"t": one.isoformat()} if isinstance(one, datetime) else one for name, one in values.items()}


def _read(values: Mapping[str, object]) -> dict[str, Value]:
    read: dict[str, Value] = {}
    for name, one in values.items():
        if isinstance(one, dict):
            read[name] = datetime.fromisoformat(one["t"])
        elif one is None or isinstance(one, str | int | float | bool):
            read[name] = one
    return read
