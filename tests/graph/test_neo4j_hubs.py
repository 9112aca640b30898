"""Super nodes: answered from the lists kept for them, and like every other node."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import neo4j
import pytest

from graph.model import NodeRef, NodeType
from graph.neo4j_store import Neo4jStore
from graph.neo4j_store.connection import Connection
from graph.neo4j_store.hubs import HUB_DEGREE, TOP
from graph.neo4j_store.inside import edges_inside
from graph.neo4j_store.names import LABELS, WAYS
from graph.neo4j_store.stepping import common, edges_between
from graph.neo4j_store.top import HubList, TopQuery, lists_of
from graph.store import EVERYTHING, Filter, Order
from tests.graph.neo4j_server import make_neo4j
from tests.graph.neo4j_worlds import HOSPITAL, TILL, town
from tests.graph.oracle import Oracle
from tests.graph.worlds import START

pytestmark = pytest.mark.neo4j
PEOPLE = [NodeRef(NodeType.PERSON, f"P{number:05d}") for number in range(10)]
CARDS = [NodeRef(NodeType.CARD, f"C{number:05d}") for number in range(10)]
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


@pytest.fixture(scope="module", params=["as it is", "many places", "many people"])
def counted(request: pytest.FixtureRequest, told: tuple[Neo4jStore, Oracle]) -> Iterator["Counted"]:
    """Among nodes without edges the server thinks a super node is ordinary, and plans otherwise."""
    strangers = {"as it is": (), "many places": (HOSPITAL, TILL), "many people": PEOPLE[:1] + CARDS[:1]}
    connection = told[0].connection
    for ref in strangers[request.param]:
        connection.run(f"UNWIND range(1, 20000) AS i CREATE (:{LABELS[ref.type]} {{id: 'stranger' + i}})")
    yield Counted(connection.driver, connection.target)
    for ref in strangers[request.param]:
        connection.run(
            f"MATCH (n:{LABELS[ref.type]}) WHERE n.id STARTS WITH 'stranger' CALL (n) {{ DELETE n }} IN TRANSACTIONS"
        )


@dataclass(frozen=True)
class Counted(Connection):
    """A connection that adds up what the server says each statement touched."""

    touched: list[int] = field(default_factory=list)

    def read(self, text: str, **parameters: object) -> list[neo4j.Record]:
        with self.session() as session:
            plan = session.run("CYPHER replan=force PROFILE " + text, {"given": parameters}).consume().profile
        assert plan is not None
        self.touched.append(_touched(plan))
        return super().read(text, **parameters)


@pytest.mark.parametrize("order", Order)
def test_the_first_page_of_a_hub_reads_no_more_than_a_page(counted: Counted, order: Order) -> None:
    counted.touched.clear()
    found = TopQuery(counted, HOSPITAL, EVERYTHING, 10, order).answer()
    assert len(found) == 10
    assert max(counted.touched) < HUB_DEGREE


def test_relations_of_some_people_to_a_hub_are_read_without_its_others(counted: Counted) -> None:
    counted.touched.clear()
    chosen = [*PEOPLE, *CARDS, HOSPITAL, TILL]
    keys = {(edge.kind.name, edge.source.id, edge.target.id) for edge in edges_inside(counted, chosen, ())}
    assert len(keys) == len(PEOPLE) * 2 + len(CARDS)
    assert edges_between(counted, keys).keys() == keys
    assert common(counted, PEOPLE, EVERYTHING, 10) == [HOSPITAL, TILL]
    assert max(counted.touched) < HUB_DEGREE


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


def _plans(store: Neo4jStore, *asked: Callable[[], object]) -> int:
    """How many plans a server that had none holds after some questions."""

    def cleared() -> str:
        return str(store.connection.read("CALL db.clearQueryCaches() YIELD value RETURN value")[0]["value"])

    cleared()
    for ask in asked:
        ask()
    return int("".join(filter(str.isdigit, cleared())))


def _expanded(store: Neo4jStore, ref: NodeRef, limit: int, beside: Sequence[NodeRef]) -> None:
    store.neighbour_counts(ref)
    store.subgraph([near.node.ref for near in store.neighbours(ref, limit=limit)], beside=beside)


def test_longer_questions_need_no_plans_of_their_own(told: tuple[Neo4jStore, Oracle]) -> None:
    store, _ = told
    several = partial(_expanded, store, HOSPITAL, 2, PEOPLE[:1])
    many = partial(_expanded, store, HOSPITAL, 200, [*PEOPLE, *CARDS])
    assert _plans(store, several) == _plans(store, several, many) > 0


def test_a_warm_server_has_the_plans_of_the_first_expansions(told: tuple[Neo4jStore, Oracle]) -> None:
    store, _ = told
    first = [partial(_expanded, store, ref, 12, [*PEOPLE, *CARDS]) for ref in (PEOPLE[0], CARDS[0], HOSPITAL)]
    assert _plans(store, store.warm) == _plans(store, store.warm, *first) > _plans(store, *first)
