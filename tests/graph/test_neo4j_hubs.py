"""Super nodes: answered from the lists kept for them, and like every other node."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from graph.model import NodeRef, NodeType
from graph.neo4j_store import Neo4jStore
from graph.neo4j_store.hubs import HUB_DEGREE, TOP
from graph.neo4j_store.names import WAYS
from graph.neo4j_store.top import HubList, TopQuery, lists_of
from graph.store import EVERYTHING, Filter, Order
from tests.graph.neo4j_server import make_neo4j
from tests.graph.neo4j_worlds import HOSPITAL, TILL, town
from tests.graph.oracle import Oracle
from tests.graph.worlds import START

pytestmark = pytest.mark.neo4j
FILTERS = {
    "everything": EVERYTHING,
    "most pass": Filter(min_count=2),
    "few pass": Filter(min_count=19),
    "dear": Filter(min_fund=9_900),
    "cheap": Filter(max_fund=150),
    "lately": Filter(since=START + timedelta(days=89)),
    "long ago": Filter(until=START + timedelta(hours=20)),
    "a window": Filter(since=START + timedelta(days=40), until=START + timedelta(days=41)),
    "cards only": Filter(neighbour_types=frozenset({NodeType.CARD})),
    "none pass": Filter(min_count=10_000),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Neo4jStore, Oracle]]:
    world = town(1)
    with make_neo4j(world, tmp_path_factory.mktemp("town")) as store:
        assert isinstance(store, Neo4jStore)
        yield store, Oracle(world)


@pytest.mark.parametrize("where", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("ref", [HOSPITAL, TILL], ids=str)
def test_the_heaviest_neighbours_of_a_hub(
    told: tuple[Neo4jStore, Oracle], ref: NodeRef, order: Order, where: Filter
) -> None:
    store, oracle = told
    for limit, offset in ((20, 0), (7, 30), (30, TOP - 10), (3, 5_000)):
        found = store.neighbours(ref, where, limit=limit, offset=offset, order=order)
        assert found == oracle.neighbours(ref, where, limit=limit, offset=offset, order=order)


@pytest.mark.parametrize("ref", [HOSPITAL, TILL], ids=str)
def test_counts_of_a_hub(told: tuple[Neo4jStore, Oracle], ref: NodeRef) -> None:
    store, oracle = told
    assert store.neighbour_counts(ref) == oracle.neighbour_counts(ref)
    assert {way.kind.type for way in lists_of(store.connection, ref)} == {
        c.kind.type for c in oracle.neighbour_counts(ref)
    }


def test_the_first_page_of_a_hub_reads_no_more_than_a_page(told: tuple[Neo4jStore, Oracle]) -> None:
    """By the server's own count of what the statement touched."""
    store, _ = told
    query = TopQuery(store.connection, HOSPITAL, EVERYTHING, 10, Order.COUNT)
    with store.connection.session() as session:
        (way,) = lists_of(store.connection, HOSPITAL)
        text, given = query.listed(way, Order.COUNT)
        profile = session.run("PROFILE " + text, given).consume().profile
    assert _touched(profile) < HUB_DEGREE


def _touched(plan: dict[str, object]) -> int:
    children = plan.get("children", [])
    assert isinstance(children, list)
    args = plan["args"]
    assert isinstance(args, dict)
    return int(args.get("DbHits", 0)) + sum(_touched(child) for child in children)


def test_degrees_are_read_off_the_node(told: tuple[Neo4jStore, Oracle]) -> None:
    store, _ = told
    text = "EXPLAIN MATCH (n:Institution {id: $id}) RETURN [COUNT { (n)<-[:VISITED]-() }] AS counts"
    with store.connection.session() as session:
        plan = session.run(text, id=HOSPITAL.id).consume().plan
    assert "getDegree" in str(plan)


@pytest.mark.parametrize(
    ("where", "complete"),
    [
        (EVERYTHING, None),
        (Filter(min_count=5), None),
        (Filter(min_count=6), Order.COUNT),
        (Filter(min_fund=700), None),
        (Filter(min_fund=701), Order.FUND),
        (Filter(since=datetime(1970, 1, 1, 0, 0, 9)), None),
        (Filter(since=datetime(1970, 1, 1, 0, 0, 9, 1)), Order.LAST),
    ],
)
def test_a_list_is_complete_where_nothing_beyond_it_can_pass(where: Filter, complete: Order | None) -> None:
    kept = HubList(WAYS[0], TOP + 1, 0, least_count=5, least_fund=700, least_last=9_000_000)
    assert kept.complete_order(where) is complete
    assert replace(kept, neighbours=TOP).complete_order(where) is not None
    if complete is Order.LAST:
        assert replace(kept, timeless=1).complete_order(where) is None
