"""The embedded store's own promises: hubs, bounds of paths, its files, and what it holds open."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.embedded.adjacency import BLOCK, HUB
from graph.embedded.arrays import Texts, read_arrays, text_arrays, write_arrays
from graph.embedded.attributes import BATCH, Rows, write_rows
from graph.embedded.writer import write_store
from graph.model import NodeRef, NodeType
from graph.names import initials
from graph.store import Filter, Order
from tests.graph.oracle import Oracle
from tests.graph.worlds import START, GraphWorld, write_tables

PERSONS = BLOCK + HUB + 7
WHOLE = (Filter(), Filter(min_fund=500))  # read from end to end; the others' first pages say enough
PLACE = NodeRef(NodeType.INSTITUTION, "H1")


def county(seed: int) -> GraphWorld:
    """One hospital for everybody, measures full of ties, and a few other edges to order among them."""
    rng, world = random.Random(seed), GraphWorld()
    world.add_node(NodeType.INSTITUTION, "H1", "县医院")
    world.add_node(NodeType.PHONE, "13900000001", "13900000001")
    for number in range(PERSONS):
        id_ = f"P{number:05d}"
        world.add_node(NodeType.PERSON, id_, "王小明", gend=rng.choice(("1", "2", None)))
        day = START + timedelta(days=rng.randrange(100))
        last = day + timedelta(days=rng.randrange(9))
        world.add_edge("VISITED.person.institution", id_, "H1", rng.randrange(1, 5), rng.randrange(6) * 100, day, last)
    for number in range(0, PERSONS, 500):
        world.add_edge("HAS_PHONE.person.phone", f"P{number:05d}", "13900000001")
    world.add_edge("HAS_PHONE.institution.phone", "H1", "13900000001")
    return world


@pytest.fixture(scope="module", params=[1])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[EmbeddedStore, Oracle]:
    workspace, world = Workspace(tmp_path_factory.mktemp("county")), county(request.param)
    write_store(write_tables(world, workspace))
    return EmbeddedStore.open(workspace), Oracle(world)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize(
    "where",
    [
        Filter(),
        Filter(min_count=4),
        Filter(min_count=1),
        Filter(min_fund=500),
        Filter(max_fund=0),
        Filter(since=START + timedelta(days=99), until=START + timedelta(days=100)),
        Filter(until=START + timedelta(days=3), min_count=2, max_fund=300),
        Filter(since=datetime(2030, 1, 1)),
    ],
    ids=str,
)
def test_hubs_answer_as_the_oracle_does(told: tuple[EmbeddedStore, Oracle], order: Order, where: Filter) -> None:
    store, oracle = told
    for limit, offset in ((50, 0), (20, BLOCK - 10), (PERSONS, 0 if where in WHOLE else BLOCK)):
        found = store.neighbours(PLACE, where, order=order, limit=limit, offset=offset)
        assert found == oracle.neighbours(PLACE, where, order=order, limit=limit, offset=offset)


def test_an_edge_of_a_hub_is_found_from_either_end(told: tuple[EmbeddedStore, Oracle]) -> None:
    store, oracle = told
    for edge in list(oracle.world.edges.values())[::97]:
        assert store.edge(edge.kind, edge.source, edge.target) == edge


def test_a_hub_joins_two_persons_but_is_not_fanned_out(told: tuple[EmbeddedStore, Oracle]) -> None:
    store, _ = told
    a, b = NodeRef(NodeType.PERSON, "P00001"), NodeRef(NodeType.PERSON, "P00002")
    (path,) = store.shortest_paths(a, b)
    assert path.nodes == (a, PLACE, b)
    assert store.paths(a, b, max_hops=4) == (path,)


def test_the_middle_of_an_odd_path_is_walked_from_either_end(told: tuple[EmbeddedStore, Oracle]) -> None:
    store, oracle = told
    a, phone = NodeRef(NodeType.PERSON, "P00001"), NodeRef(NodeType.PHONE, "13900000001")
    found = store.paths(a, phone, max_hops=3, limit=100)
    assert len(found) == 12
    assert found == oracle.paths(a, phone, max_hops=3, limit=100)
    assert len(store.paths(phone, a, max_hops=3, limit=100)) == 12


def test_a_hubs_short_lists_are_walked(told: tuple[EmbeddedStore, Oracle]) -> None:
    store, oracle = told
    a, b = NodeRef(NodeType.PERSON, "P00000"), PLACE
    assert store.paths(a, b, max_hops=2) == oracle.paths(a, b, max_hops=2)
    assert len(store.paths(a, b, max_hops=2)) == 2


@pytest.mark.parametrize(("max_expand", "found"), [(10, 0), (11, 11)])
def test_max_expand_is_the_longest_list_that_is_walked(
    told: tuple[EmbeddedStore, Oracle], max_expand: int, found: int
) -> None:
    store, _ = told
    phone, place = NodeRef(NodeType.PHONE, "13900000001"), PLACE
    bounded = EmbeddedStore(store.snapshot, max_expand=max_expand)
    two_hops = [path for path in bounded.paths(phone, place, max_hops=2) if len(path.edges) == 2]
    assert len(two_hops) == found


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.lists(TEXT, unique=True), TEXT)
def test_sorted_texts_are_found_by_bisection(given_texts: list[str], asked: str) -> None:
    texts = sorted(given_texts, key=lambda text: text.encode())
    found = texts_of(texts)
    assert [found[row] for row in range(len(found))] == texts
    assert [found.at(text) for text in texts] == list(range(len(texts)))
    assert found.at(asked) == (texts.index(asked) if asked in texts else None)
    assert [found[row] for row in found.beginning(asked)] == [text for text in texts if text.startswith(asked)]


@given(st.lists(TEXT), TEXT)
def test_repeated_texts_are_found_together(given_texts: list[str], asked: str) -> None:
    texts = sorted([*given_texts, asked], key=lambda text: text.encode())
    assert [texts[row] for row in texts_of(texts).exactly(asked)] == [asked] * texts.count(asked)


def texts_of(texts: Sequence[str]) -> Texts:
    return Texts(text_arrays(pa.chunked_array([pa.array(texts, pa.string())])))


def test_text_slices_and_chunks_are_laid_out_alike() -> None:
    whole = pa.chunked_array([pa.array(["x", "a", "é"], pa.string())[1:], pa.array(["张"], pa.string())])
    texts = Texts(text_arrays(whole))
    assert [texts[row] for row in range(len(texts))] == ["a", "é", "张"]


def test_arrays_come_back_and_outlive_their_file(tmp_path: Path) -> None:
    arrays = {"a": np.arange(5, dtype=np.int32), "none": np.zeros(0), "b": np.array([-1, 2**62]), "c": np.ones(3, bool)}
    write_arrays(tmp_path / "some.bin", arrays)
    found = read_arrays(tmp_path / "some.bin")
    (tmp_path / "some.bin").unlink()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].tolist() == array.tolist()


@pytest.mark.parametrize("rows", [0, 1, BATCH, BATCH + 1])
def test_attribute_rows_are_found_in_any_batch(tmp_path: Path, rows: int) -> None:
    names = pa.array([None if n % 3 == 0 else str(n) for n in range(rows)], pa.string())
    write_rows(tmp_path / "rows.arrow", pa.table({"n": np.arange(rows), "name": names}))
    asked = [n for n in (rows - 1, 0, BATCH, 1, 0) if 0 <= n < rows]
    expected = [{"n": n} if n % 3 == 0 else {"n": n, "name": str(n)} for n in asked]
    assert Rows(tmp_path / "rows.arrow").read(asked) == expected


@pytest.mark.parametrize(
    ("label", "letters"),
    [
        ("王小明", ("wxm",)),
        ("曾国强", ("cgq", "zgq")),
        ("单于夏", ("cyx", "dyx")),
        ("尉迟恭", ("wcg", "ycg")),
        ("长安医院", ("cayy", "zayy")),
        ("新河镇第2卫生院A区", ("xhzd2wsyaq",)),
        ("张·三", ("zs",)),
        ("ＺＨＡＮＧ", ()),
        ("Smith", ()),
        ("", ()),
    ],
)
def test_initials(label: str, letters: tuple[str, ...]) -> None:
    assert initials(label) == letters
