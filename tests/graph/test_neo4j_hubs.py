"""Super nodes: answered from the lists kept for them, and like every other node."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.embedded.writer import write_store
from graph.model import NodeRef, NodeType
from graph.neo4j_store import Neo4jStore
from graph.neo4j_store.hubs import HUB_DEGREE, TOP
from graph.neo4j_store.names import WAYS
from graph.neo4j_store.top import HubList, TopQuery, lists_of
from graph.push import push
from graph.store import EVERYTHING, Filter, Order
from graph.verify import verify
from tests.graph.neo4j_server import empty_database, make_neo4j
from tests.graph.oracle import Oracle
from tests.graph.worlds import START, GraphWorld, random_world, write_tables

pytestmark = pytest.mark.neo4j
HOSPITAL, TILL = NodeRef(NodeType.INSTITUTION, "H1"), NodeRef(NodeType.TERMINAL, "H1/T1")
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


def town(seed: int) -> GraphWorld:
    """A hospital that more persons visit than a list holds, and a till that many cards and a few persons use."""
    rng = random.Random(seed)
    world = GraphWorld()
    world.add_node(HOSPITAL.type, HOSPITAL.id, "示例医院")
    world.add_node(TILL.type, TILL.id)
    for number in range(HUB_DEGREE + 300):
        person, card = f"P{number:05d}", f"C{number:05d}"
        world.add_node(NodeType.PERSON, person, "某人")
        world.add_node(NodeType.CARD, card)
        _use(world, rng, "VISITED.person.institution", person, HOSPITAL.id)
        if number < HUB_DEGREE - 200:
            _use(world, rng, "SWIPED_ON.card.terminal", card, TILL.id)
        if number < 300:
            _use(world, rng, "SWIPED_ON.person.terminal", person, TILL.id)
    return world


def _use(world: GraphWorld, rng: random.Random, kind: str, a: str, b: str) -> None:
    first = START + timedelta(hours=rng.randrange(24 * 90))
    last = first + timedelta(hours=rng.randrange(48))
    world.add_edge(kind, a, b, rng.randrange(1, 21), rng.randrange(100, 10_000, 50), first, last)


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


def test_a_hub_that_changes_gets_new_lists(tmp_path: Path) -> None:
    workspace, world = Workspace(tmp_path), town(2)
    write_tables(world, workspace, 1)
    with empty_database() as connection:
        push(workspace, connection.target)
        world.add_edge("VISITED.person.institution", "P00007", HOSPITAL.id, 1_000, 5, START, START)
        write_tables(world, workspace, 2)
        report = push(workspace, connection.target)
        assert [(step.item, step.rows) for step in report.steps] == [("VISITED.person.institution", 1), ("hubs", 1)]
        assert verify(workspace, connection.target).same
        with Neo4jStore.open(connection.target) as store:
            assert store.neighbours(HOSPITAL, limit=1)[0].node.ref.id == "P00007"


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("max_expand", [3, 8])
def test_paths_around_long_lists_are_those_of_the_embedded_store(
    tmp_path_factory: pytest.TempPathFactory, seed: int, max_expand: int
) -> None:
    world, folder = random_world(seed), tmp_path_factory.mktemp("both")
    with make_neo4j(world, folder) as opened:
        assert isinstance(opened, Neo4jStore)
        write_store(write_tables(world, Workspace(folder)))
        ours = replace(opened, max_expand=max_expand)
        theirs = replace(EmbeddedStore.open(Workspace(folder)), max_expand=max_expand)
        people = [NodeRef(NodeType.PERSON, id_) for id_ in world.ids(NodeType.PERSON)]
        for a, b in zip(people[::3], people[1::3], strict=False):
            assert ours.paths(a, b, max_hops=4, limit=30) == theirs.paths(a, b, max_hops=4, limit=30)
            assert ours.shortest_paths(a, b) == theirs.shortest_paths(a, b)
