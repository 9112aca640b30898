"""Subgraphs and neighbours as networkx and pandas say what the contract's objects say."""

import networkx as nx
import pytest

from graph.convert import neighbours_to_pandas, to_networkx, to_pandas
from graph.model import NodeRef, NodeType
from graph.store import Subgraph
from tests.graph.oracle import Oracle
from tests.graph.worlds import random_world


@pytest.fixture(params=[1, 2])
def oracle(request: pytest.FixtureRequest) -> Oracle:
    return Oracle(random_world(request.param, persons=10, visits=40))


def whole(oracle: Oracle) -> Subgraph:
    return oracle.subgraph(oracle.world.nodes)


def test_a_multigraph_holds_every_node_and_every_parallel_edge(oracle: Oracle) -> None:
    graph = to_networkx(whole(oracle))
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.graph["data_version"] == oracle.data_version
    assert set(graph) == {str(ref) for ref in oracle.world.nodes}
    assert graph.number_of_edges() == len(oracle.world.edges)
    for edge in oracle.world.edges.values():
        values = graph.edges[str(edge.source), str(edge.target), edge.kind.name]
        assert (values["count"], values["fund"], values["last"]) == (edge.count, edge.fund, edge.last)


def test_node_attributes_keep_their_names(oracle: Oracle) -> None:
    graph = to_networkx(whole(oracle))
    for node in oracle.world.nodes.values():
        named = {"type": node.ref.type, "id": node.ref.id, "label": node.label, "placeholder": node.placeholder}
        assert graph.nodes[str(node.ref)] == {**node.attributes, **named}


def test_frames_keep_order_and_types(oracle: Oracle) -> None:
    subgraph = whole(oracle)
    nodes, edges = to_pandas(subgraph)
    assert nodes["node"].tolist() == [str(node.ref) for node in subgraph.nodes]
    assert list(zip(edges["source"], edges["kind"], edges["target"], strict=True)) == [
        (str(edge.source), edge.kind.name, str(edge.target)) for edge in subgraph.edges
    ]
    assert edges["fund"].sum() == sum(edge.fund for edge in subgraph.edges)
    assert edges["last"].isna().sum() == sum(edge.last is None for edge in subgraph.edges)
    assert (edges["count"].dtype, edges["first"].dtype) == ("int64", "datetime64[us]")


def test_neighbours_keep_their_order(oracle: Oracle) -> None:
    ref = NodeRef(NodeType.PERSON, oracle.world.ids(NodeType.PERSON)[0])
    neighbours = oracle.neighbours(ref)
    frame = neighbours_to_pandas(neighbours)
    assert frame["neighbour"].tolist() == [str(one.node.ref) for one in neighbours]
    assert frame["direction"].tolist() == [one.direction for one in neighbours]
    assert frame["count"].tolist() == [one.edge.count for one in neighbours]


def test_nothing_is_an_empty_graph_with_all_columns() -> None:
    nothing = Subgraph(7, (), ())
    nodes, edges = to_pandas(nothing)
    assert len(to_networkx(nothing)) == len(nodes) == len(edges) == len(neighbours_to_pandas([])) == 0
    assert "label" in nodes and "fund" in edges and "direction" in neighbours_to_pandas([])
