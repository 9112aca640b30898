"""A scene then and now: what was added, what is gone, what changed between two data versions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.model import NodeRef
from graph.store import Edge, Node
from graph.tables import SNAPSHOT_NAME
from ui.scene.facts import Facts, gather
from ui.scene.model import Key

EdgeName = tuple[str, NodeRef, NodeRef]


@dataclass(frozen=True)
class Comparison:
    """Differences on the scene's nodes, from `before` to `after` (data versions)."""

    before: int
    after: int
    nodes: Mapping[Key, str]
    edges: Mapping[EdgeName, str]
    lost_nodes: tuple[Node, ...]
    lost_edges: tuple[Edge, ...]

    def count(self, mark: str) -> int:
        """How many nodes and edges carry a mark."""
        return sum(one == mark for one in (*self.nodes.values(), *self.edges.values()))


def compare(before: Facts, after: Facts) -> Comparison:
    """Compare the facts of two versions."""
    old, new = _by_name(before), _by_name(after)
    return Comparison(
        before.version,
        after.version,
        dict(_node_marks(before, after)),
        dict(_edge_marks(old, new)),
        tuple(node for key, node in before.nodes.items() if key not in after.nodes),
        tuple(edge for name, edge in old.items() if name not in new),
    )


def with_lost(facts: Facts, found: Comparison) -> Facts:
    """The facts together with what is gone, to be drawn as such."""
    lost = {str(node.ref): node for node in found.lost_nodes}
    return Facts(facts.version, {**lost, **facts.nodes}, (*facts.edges, *found.lost_edges), facts.gone - set(lost))


def marks_of(found: Comparison, ids: Mapping[Key, str]) -> Mapping[str, str]:
    """Marks by node key and by the outside id of edges."""
    edges = {f"{kind}|{ids[str(a)]}|{ids[str(b)]}": mark for (kind, a, b), mark in found.edges.items()}
    return {**found.nodes, **edges}


def versions(workspace: Workspace) -> tuple[int, ...]:
    """Data versions whose graph is still here, newest first."""
    folder = workspace.graph
    names = [SNAPSHOT_NAME.fullmatch(path.name) for path in folder.iterdir()] if folder.exists() else []
    return tuple(sorted({int(match["version"]) for match in names if match}, reverse=True))


def facts_of_version(workspace: Workspace, version: int, keys: tuple[Key, ...]) -> Facts:
    """Read the facts of an earlier version; NotFoundError when its graph is gone."""
    return gather(EmbeddedStore.open(workspace, version), keys)


def edge_name(edge: Edge) -> EdgeName:
    """What makes an edge the same in two versions."""
    return edge.kind.name, edge.source, edge.target


def _by_name(facts: Facts) -> dict[EdgeName, Edge]:
    return {edge_name(edge): edge for edge in facts.edges}


def _node_marks(before: Facts, after: Facts) -> Iterator[tuple[Key, str]]:
    for key in sorted({*before.nodes, *after.nodes}):
        if key not in before.nodes:
            yield key, "added"
        elif key not in after.nodes:
            yield key, "gone"
        elif before.nodes[key] != after.nodes[key]:
            yield key, "changed"


def _edge_marks(old: Mapping[EdgeName, Edge], new: Mapping[EdgeName, Edge]) -> Iterator[tuple[EdgeName, str]]:
    for name in sorted({*old, *new}):
        if name not in old:
            yield name, "added"
        elif name not in new:
            yield name, "gone"
        elif old[name] != new[name]:
            yield name, "changed"
