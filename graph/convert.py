"""Subgraphs and neighbours as networkx graphs and pandas frames.

Nodes are named `type:id` (`str(NodeRef)`), so that ids of two types never meet. Node attributes are
`type, id, label, placeholder` and the node's own; edge attributes `type, count, fund, first, last`
and the edge's own, with the kind's name as the key of the multigraph. Empty values are None.
"""

from collections.abc import Iterable, Mapping, Sequence

import networkx as nx
import pandas as pd

from graph.store import Edge, Neighbour, Node, Subgraph, Value

_NODE_COLUMNS = ("node", "type", "id", "label", "placeholder")
_EDGE_COLUMNS = ("source", "target", "type", "kind", "count", "fund", "first", "last")
_NEIGHBOUR_COLUMNS = ("neighbour", "neighbour_type", "neighbour_id", "label", "placeholder", "direction")


def to_networkx(subgraph: Subgraph) -> "nx.MultiDiGraph[str]":
    """Return the subgraph as a multigraph; its data version is `graph.graph["data_version"]`."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(data_version=subgraph.data_version)
    for node in subgraph.nodes:
        graph.add_node(str(node.ref), **_node_values(node))
    for edge in subgraph.edges:
        graph.add_edge(str(edge.source), str(edge.target), key=edge.kind.name, **_edge_values(edge))
    return graph


def to_pandas(subgraph: Subgraph) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the nodes and the edges as frames, in the subgraph's order."""
    nodes = [{"node": str(node.ref), **_node_values(node)} for node in subgraph.nodes]
    edges = [_edge_row(edge) for edge in subgraph.edges]
    return _frame(nodes, _NODE_COLUMNS), _frame(edges, _EDGE_COLUMNS)


def neighbours_to_pandas(neighbours: Iterable[Neighbour]) -> pd.DataFrame:
    """Return neighbours with the edges that lead to them as one frame, in their order."""
    rows = [_neighbour_row(neighbour) for neighbour in neighbours]
    return _frame(rows, (*_NEIGHBOUR_COLUMNS, *_EDGE_COLUMNS))


def _node_values(node: Node) -> dict[str, Value]:
    named: dict[str, Value] = {"type": str(node.ref.type), "id": node.ref.id, "label": node.label}
    return {**node.attributes, **named, "placeholder": node.placeholder}


def _edge_values(edge: Edge) -> dict[str, Value]:
    measures = {"count": edge.count, "fund": edge.fund, "first": edge.first, "last": edge.last}
    return {**edge.attributes, "type": edge.kind.type, **measures}


def _edge_row(edge: Edge) -> dict[str, Value]:
    return {"source": str(edge.source), "target": str(edge.target), "kind": edge.kind.name, **_edge_values(edge)}


def _neighbour_row(neighbour: Neighbour) -> dict[str, Value]:
    node = neighbour.node
    named: dict[str, Value] = {"neighbour": str(node.ref), "neighbour_type": str(node.ref.type)}
    named |= {"neighbour_id": node.ref.id, "label": node.label, "placeholder": node.placeholder}
    return {**_edge_row(neighbour.edge), **named, "direction": str(neighbour.direction)}


def _frame(rows: Sequence[Mapping[str, Value]], columns: Sequence[str]) -> pd.DataFrame:
    """Columns named first, then others as they come; whole numbers and times keep their types when empty."""
    others = dict.fromkeys(name for row in rows for name in row if name not in columns)
    frame = pd.DataFrame.from_records([dict(row) for row in rows], columns=[*columns, *others])
    types = {"count": "int64", "fund": "int64", "first": "datetime64[us]", "last": "datetime64[us]"}
    return frame.astype({name: type_ for name, type_ in types.items() if name in frame})
