"""What every store promises, held against a plain oracle on random worlds; the seed is the parameter."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations, islice

import pytest

from claims.errors import NotFoundError
from graph.model import BY_NAME, NodeRef, NodeType
from graph.store import EVERYTHING, Direction, Filter, GraphReader, Order
from tests.graph.oracle import Oracle
from tests.graph.worlds import NASTY, START

Told = tuple[GraphReader, Oracle]
FEBRUARY = Filter(since=datetime(2026, 1, 20), until=datetime(2026, 2, 1))
FILTERS = {
    "everything": EVERYTHING,
    "one type": Filter(types=frozenset({"VISITED"})),
    "a type of several kinds": Filter(types=frozenset({"HAS_PHONE", "SWIPED_ON"})),
    "no such type": Filter(types=frozenset({"LIKES"})),
    "outgoing": Filter(directions=frozenset({Direction.OUT})),
    "incoming": Filter(directions=frozenset({Direction.IN})),
    "neighbour types": Filter(neighbour_types=frozenset({NodeType.PERSON, NodeType.DOCTOR})),
    "since": Filter(since=START + timedelta(days=30)),
    "until": Filter(until=START + timedelta(days=30)),
    "window": FEBRUARY,
    "empty window": Filter(since=datetime(2027, 1, 1), until=datetime(2027, 1, 1)),
    "count": Filter(min_count=2),
    "fund from": Filter(min_fund=500),
    "fund to": Filter(max_fund=1000),
    "fund exactly": Filter(min_fund=1000, max_fund=1000),
    "all at once": replace(FEBRUARY, types=frozenset({"VISITED"}), min_count=2, min_fund=0, max_fund=99_999),
}
EACH_FILTER = pytest.mark.parametrize("where", FILTERS.values(), ids=FILTERS)
UNKNOWN = [NodeRef(NodeType.PERSON, "nobody"), NodeRef(NodeType.PERSON, ""), NodeRef(NodeType.RING, "' OR 1=1 --")]


def every_node(oracle: Oracle) -> list[NodeRef]:
    return sorted(oracle.world.nodes)


def sample(oracle: Oracle, step: int) -> list[NodeRef]:
    """Some nodes of every type, those with ids that try to break out of quotes among them."""
    return every_node(oracle)[::step]


def hub(oracle: Oracle) -> NodeRef:
    return max(every_node(oracle), key=lambda ref: (len(list(oracle.steps(ref))), ref))


def some_pairs(oracle: Oracle, count: int) -> Iterator[tuple[NodeRef, NodeRef]]:
    """Pairs of nodes far apart in the list, so of all types."""
    refs = every_node(oracle)
    return islice(((a, refs[-1 - 7 * number]) for number, a in enumerate(refs[:: len(refs) // count])), count)


def test_counts(told: Told) -> None:
    store, oracle = told
    assert store.data_version == oracle.data_version
    assert dict(store.node_counts()) == oracle.node_counts()
    assert dict(store.edge_counts()) == oracle.edge_counts()


def test_every_node_with_its_attributes(told: Told) -> None:
    store, oracle = told
    refs = every_node(oracle)
    assert store.nodes(refs) == oracle.nodes(refs)
    assert [store.node(ref) for ref in sample(oracle, 17)] == [oracle.node(ref) for ref in sample(oracle, 17)]


def test_nodes_come_in_the_order_asked_for(told: Told) -> None:
    store, oracle = told
    refs = [*sample(oracle, 9)[::-1], every_node(oracle)[0], every_node(oracle)[0]]
    assert [node.ref for node in store.nodes(refs)] == refs
    assert store.nodes([]) == ()


@pytest.mark.parametrize("ref", UNKNOWN, ids=str)
def test_unknown_nodes_are_not_found(told: Told, ref: NodeRef) -> None:
    store, oracle = told
    known = every_node(oracle)[0]
    asks = [
        lambda: store.node(ref),
        lambda: store.nodes([known, ref]),
        lambda: store.neighbour_counts(ref),
        lambda: store.neighbours(ref),
        lambda: store.visits(ref),
        lambda: store.visits(known, other=ref),
        lambda: store.paths(known, ref),
        lambda: store.shortest_paths(ref, known),
        lambda: store.common_neighbours([known, ref]),
        lambda: store.subgraph([ref]),
    ]
    for ask in asks:
        with pytest.raises(NotFoundError):
            ask()
    assert store.edge(BY_NAME["RELATED.person.person"], known, ref) is None


def test_neighbour_counts(told: Told) -> None:
    store, oracle = told
    for ref in every_node(oracle):
        assert store.neighbour_counts(ref) == oracle.neighbour_counts(ref)


@EACH_FILTER
@pytest.mark.parametrize("order", Order)
def test_neighbours(told: Told, where: Filter, order: Order) -> None:
    store, oracle = told
    for ref in sample(oracle, 13):
        assert store.neighbours(ref, where, order=order) == oracle.neighbours(ref, where, order=order)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (1, 0), (3, 2), (5, 1), (10, 10_000), (10_000, 0)])
def test_neighbours_by_pages(told: Told, order: Order, limit: int, offset: int) -> None:
    store, oracle = told
    found = store.neighbours(hub(oracle), order=order, limit=limit, offset=offset)
    assert found == oracle.neighbours(hub(oracle), order=order, limit=limit, offset=offset)


def test_pages_meet_without_gap_or_overlap(told: Told) -> None:
    store, oracle = told
    pages = [store.neighbours(hub(oracle), limit=7, offset=offset) for offset in range(0, 70, 7)]
    assert tuple(one for page in pages for one in page) == store.neighbours(hub(oracle), limit=70)


def test_edges(told: Told) -> None:
    store, oracle = told
    for edge in list(oracle.world.edges.values())[::7]:
        assert store.edge(edge.kind, edge.source, edge.target) == edge


def test_edges_that_are_not_there(told: Told) -> None:
    store, oracle = told
    for a, b in some_pairs(oracle, 20):
        for kind in (BY_NAME["VISITED.person.institution"], BY_NAME["RELATED.person.person"]):
            assert store.edge(kind, a, b) == oracle.edge(kind, a, b)
            assert store.edge(kind, b, a) == oracle.edge(kind, b, a)


def test_visits(told: Told) -> None:
    store, oracle = told
    for ref in every_node(oracle):
        assert store.visits(ref) == oracle.visits(ref)


@pytest.mark.parametrize("since", [None, START + timedelta(days=10), datetime(2030, 1, 1)])
@pytest.mark.parametrize("until", [None, START + timedelta(days=40, hours=5), START])
def test_visits_in_a_window(told: Told, since: datetime | None, until: datetime | None) -> None:
    store, oracle = told
    for ref in sample(oracle, 11):
        assert store.visits(ref, since=since, until=until) == oracle.visits(ref, since=since, until=until)


def test_a_window_takes_its_begin_and_not_its_end(told: Told) -> None:
    store, oracle = told
    visit = oracle.world.visits[5]
    person = NodeRef(NodeType.PERSON, visit.person)
    assert visit in store.visits(person, since=visit.time)
    assert visit not in store.visits(person, until=visit.time)


def test_visits_of_two(told: Told) -> None:
    store, oracle = told
    for visit in oracle.world.visits[::10]:
        named = [(t, getattr(visit, t)) for t in ("person", "institution", "doctor", "terminal", "card")]
        refs = [NodeRef(NodeType(type_), id_) for type_, id_ in named if id_ is not None]
        for a, b in combinations(refs, 2):
            assert store.visits(a, other=b) == oracle.visits(a, other=b) != ()
            assert store.visits(b, other=a, limit=1) == oracle.visits(b, other=a, limit=1)


def test_a_prescribers_visits(told: Told) -> None:
    store, oracle = told
    visit = next(v for v in oracle.world.visits if v.prescriber not in (None, v.doctor))
    doctor, person = NodeRef(NodeType.DOCTOR, str(visit.prescriber)), NodeRef(NodeType.PERSON, visit.person)
    assert visit in store.visits(doctor, other=person)


@pytest.mark.parametrize("max_hops", [1, 2, 3, 4])
def test_paths(told: Told, max_hops: int) -> None:
    store, oracle = told
    for a, b in some_pairs(oracle, 6):
        assert store.paths(a, b, max_hops=max_hops) == oracle.paths(a, b, max_hops=max_hops)


@EACH_FILTER
def test_filtered_paths(told: Told, where: Filter) -> None:
    store, oracle = told
    for a, b in some_pairs(oracle, 4):
        assert store.paths(a, b, max_hops=3, where=where) == oracle.paths(a, b, max_hops=3, where=where)


def test_parallel_edges_make_parallel_paths(told: Told) -> None:
    store, oracle = told
    edges = [edge for edge in oracle.world.edges.values() if edge.kind.source is edge.kind.target]
    pairs = {frozenset((edge.source, edge.target)) for edge in edges}
    together = [sum({e.source, e.target} == pair for e in edges) for pair in pairs]
    assert max(together) > 1
    for pair, parallel in zip(pairs, together, strict=True):
        if parallel > 1:
            a, b = sorted(pair)
            assert store.paths(a, b, max_hops=1) == oracle.paths(a, b, max_hops=1)


def test_shortest_paths(told: Told) -> None:
    store, oracle = told
    for a, b in some_pairs(oracle, 20):
        assert store.shortest_paths(a, b, max_hops=4) == oracle.shortest_paths(a, b, max_hops=4)
        assert store.shortest_paths(a, b, max_hops=4, limit=2) == oracle.shortest_paths(a, b, max_hops=4, limit=2)


def test_longer_shortest_paths_through_few_kinds(told: Told) -> None:
    store, oracle = told
    where = Filter(types=frozenset({"HAS_PHONE", "ACTED_FOR"}))
    people = [ref for ref in every_node(oracle) if ref.type is NodeType.PERSON]
    found = [store.shortest_paths(people[0], other, where=where) for other in people[1::3]]
    assert found == [oracle.shortest_paths(people[0], other, where=where) for other in people[1::3]]
    assert max(len(path.edges) for paths in found for path in paths) > 2


def test_no_path_to_oneself(told: Told) -> None:
    store, oracle = told
    ref = hub(oracle)
    assert store.paths(ref, ref) == store.shortest_paths(ref, ref) == ()


@EACH_FILTER
def test_common_neighbours(told: Told, where: Filter) -> None:
    store, oracle = told
    people = [ref for ref in every_node(oracle) if ref.type is NodeType.PERSON][:8]
    for pair in combinations(people, 2):
        assert store.common_neighbours(pair, where) == oracle.common_neighbours(pair, where)


def test_common_neighbours_of_one_many_and_none(told: Told) -> None:
    store, oracle = told
    place = hub(oracle)
    for refs in ([place], [place, place], sample(oracle, 60), [place, *sample(oracle, 90)], []):
        assert store.common_neighbours(refs, limit=5) == oracle.common_neighbours(refs, limit=5)


@pytest.mark.parametrize(
    "text",
    ["P1", "P", "D", "王", "王小", "王小明", "曾国强", "zgq", "cgq", "w", "WXM", "sw", "dw", "长安", "zayy", "cayy",
     "zoe", "ZOË", "0001", "000", "4321", " 王小明 ", "", "  ", "欧阳", "oyxy", "＊", "%", "_", "*", ".*", *NASTY,
     *(f"P{nasty}" for nasty in NASTY)],
)  # fmt: skip
def test_search(told: Told, text: str) -> None:
    store, oracle = told
    assert store.search(text) == oracle.search(text)
    assert store.search(text, limit=10_000) == oracle.search(text, limit=10_000)
    few = (NodeType.PERSON, NodeType.PHONE)
    assert store.search(text, few, limit=4) == oracle.search(text, few, limit=4)


def test_search_by_id_name_and_telephone_tail_of_every_node(told: Told) -> None:
    store, oracle = told
    for ref in sample(oracle, 5):
        texts = [ref.id, ref.id[:4], oracle.node(ref).label]
        for text in [*texts, ref.id[-4:]] if ref.type is NodeType.PHONE else texts:
            assert store.search(text) == oracle.search(text)


@pytest.mark.parametrize("types", [(), ("VISITED",), ("RELATED", "HAS_PHONE"), ("LIKES",)])
def test_subgraph(told: Told, types: tuple[str, ...]) -> None:
    store, oracle = told
    for refs in (sample(oracle, 3), sample(oracle, 2)[::-1], [hub(oracle)] * 2, []):
        assert store.subgraph(refs, types) == oracle.subgraph(refs, types)


@pytest.mark.parametrize("types", [(), ("VISITED", "RELATED")])
def test_subgraph_beside_others(told: Told, types: tuple[str, ...]) -> None:
    store, oracle = told
    place, every = hub(oracle), sample(oracle, 1)
    for refs, beside in (
        (every[::3], every[1::3]),
        ([place], every),
        (every[::5], [place]),
        (every, every),
        ([], every),
    ):
        found = store.subgraph(refs, types, beside=beside)
        assert found == oracle.subgraph(refs, types, beside=beside)
