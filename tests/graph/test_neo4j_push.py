"""Pushing: the first load, then only what changed, whatever was on the server before."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from claims.errors import BusyError, NotFoundError, StoreError
from claims.lock import WriterLock
from claims.workspace import Workspace
from graph.model import BY_NAME, NodeRef, NodeType
from graph.neo4j_store import Neo4jStore
from graph.neo4j_store.connection import Connection
from graph.neo4j_store.schema import constraints, indexes
from graph.neo4j_store.state import begin, read_state
from graph.push import Mode, push
from graph.verify import verify
from tests.graph.neo4j_server import empty_database
from tests.graph.neo4j_worlds import HOSPITAL, town
from tests.graph.oracle import Oracle
from tests.graph.worlds import START, GraphWorld, random_world, write_tables

pytestmark = pytest.mark.neo4j
VISITED = BY_NAME["VISITED.person.institution"]


@pytest.fixture
def database() -> Iterator[Connection]:
    with empty_database() as connection:
        yield connection


def changed(world: GraphWorld, seed: int) -> GraphWorld:
    """The same county some time later: nodes and edges gone, new and different."""
    rng = random.Random(seed)
    later = GraphWorld(dict(world.nodes), dict(world.edges), list(world.visits))
    for ref in rng.sample(sorted(later.nodes), 12):
        del later.nodes[ref]
        later.edges = {key: edge for key, edge in later.edges.items() if ref not in key}
    for key in rng.sample(sorted(later.edges), 30):
        del later.edges[key]
    for key in rng.sample(sorted(later.edges), 30):
        later.edges[key] = replace(later.edges[key], count=later.edges[key].count + 1, last=datetime(2026, 6, 1))
    for ref in rng.sample(sorted(later.nodes), 10):
        later.nodes[ref] = replace(later.nodes[ref], label="改名后", attributes={})
    for number in range(5):
        new = later.add_node(NodeType.PERSON, f"NEW{number}", "新参保人")
        later.add_edge(VISITED.name, new.id, rng.choice(later.ids(NodeType.INSTITUTION)), 3, 100)
    return later


def written(world: GraphWorld, later: GraphWorld) -> int:
    """How many rows differ between two worlds, counted plainly."""
    nodes = world.nodes.keys() | later.nodes.keys()
    edges = world.edges.keys() | later.edges.keys()
    return sum(world.nodes.get(ref) != later.nodes.get(ref) for ref in nodes) + sum(
        world.edges.get(key) != later.edges.get(key) for key in edges
    )


def test_the_first_push_writes_everything_once(database: Connection, tmp_path: Path) -> None:
    world, workspace = random_world(4), Workspace(tmp_path)
    write_tables(world, workspace)
    report = push(workspace, database.target)
    assert report.mode is Mode.FIRST
    assert sum(step.rows for step in report.steps) == len(world.nodes) + len(world.edges)
    assert verify(workspace, database.target).same


def test_a_second_push_of_the_same_does_nothing(database: Connection, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    write_tables(random_world(4, persons=8, visits=20), workspace)
    push(workspace, database.target)
    report = push(workspace, database.target)
    assert (report.mode, report.steps) == (Mode.NOTHING, ())


@pytest.mark.parametrize("seed", [1, 2])
def test_later_pushes_write_only_what_changed(database: Connection, tmp_path: Path, seed: int) -> None:
    world, workspace = random_world(seed), Workspace(tmp_path)
    write_tables(world, workspace, 1)
    push(workspace, database.target)
    later = changed(world, seed)
    write_tables(later, workspace, 2)
    report = push(workspace, database.target)
    assert report.mode is Mode.CHANGES
    assert sum(step.rows for step in report.steps) == written(world, later)
    assert verify(workspace, database.target).same
    with Neo4jStore.open(database.target) as store:
        oracle = Oracle(later, data_version=2)
        assert store.data_version == 2
        for ref in sorted(later.nodes)[::9]:
            assert store.neighbours(ref) == oracle.neighbours(ref)


def test_going_back_to_an_earlier_version(database: Connection, tmp_path: Path) -> None:
    world, workspace = random_world(1, persons=8, visits=20), Workspace(tmp_path)
    write_tables(world, workspace, 1)
    write_tables(changed(world, 1), workspace, 2)
    push(workspace, database.target, version=2)
    report = push(workspace, database.target, version=1)
    assert (report.mode, report.data_version) == (Mode.CHANGES, 1)
    assert verify(workspace, database.target).same


def test_without_the_old_tables_the_server_itself_is_compared(database: Connection, tmp_path: Path) -> None:
    world, workspace, other = random_world(2), Workspace(tmp_path / "a"), Workspace(tmp_path / "b")
    write_tables(world, workspace, 1)
    push(workspace, database.target)
    later = changed(world, 2)
    write_tables(later, other, 2)
    report = push(other, database.target)
    assert report.mode is Mode.COMPARE
    assert sum(step.rows for step in report.steps) == written(world, later)
    assert verify(other, database.target).same


def test_a_push_left_half_way_towards_another_version(database: Connection, tmp_path: Path) -> None:
    world, workspace = random_world(1, persons=8, visits=20), Workspace(tmp_path)
    write_tables(world, workspace, 1)
    push(workspace, database.target)
    begin(database, "changes towards a version that is gone", 7)
    database.write("MATCH ()-[r:VISITED]->() WITH r LIMIT 5 DELETE r")
    with pytest.raises(StoreError, match="not finished"), Neo4jStore.open(database.target):
        pass
    with pytest.raises(StoreError, match="not finished"):
        verify(workspace, database.target)
    assert push(workspace, database.target).mode is Mode.COMPARE
    assert verify(workspace, database.target).same


def test_somebody_elses_database_is_left_alone(database: Connection, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    write_tables(random_world(1, persons=8, visits=20), workspace)
    database.write("CREATE (:Person {id: 'not ours'})")
    with pytest.raises(StoreError, match="did not write"):
        push(workspace, database.target)
    assert database.read("MATCH (n) RETURN count(n) AS nodes")[0]["nodes"] == 1


def test_an_empty_server_has_no_graph(database: Connection, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="push one first"), Neo4jStore.open(database.target):
        pass
    with pytest.raises(NotFoundError, match="push one first"):
        verify(Workspace(tmp_path), database.target)
    with pytest.raises(NotFoundError, match="build it first"):
        push(Workspace(tmp_path), database.target)


def test_two_pushes_at_once_end_with_one(database: Connection, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    write_tables(random_world(1, persons=8, visits=20), workspace)
    lock = WriterLock.acquire(workspace.push_lock)
    try:
        with pytest.raises(BusyError):
            push(workspace, database.target)
    finally:
        lock.release()
    assert push(workspace, database.target).mode is Mode.FIRST


def test_a_push_that_was_taken_over_stops(database: Connection, tmp_path: Path) -> None:
    """From another machine: the workspace's lock does not reach there."""
    workspace = Workspace(tmp_path)
    write_tables(random_world(1, persons=8, visits=20), workspace)

    with pytest.raises(BusyError, match="taken over"):
        push(workspace, database.target, watch=lambda _: begin(database, "somebody else's plan", 9) and None)
    assert push(workspace, database.target).mode is Mode.COMPARE
    assert verify(workspace, database.target).same


def test_constraints_and_indexes_are_made_once_and_named(database: Connection, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    write_tables(random_world(1, persons=8, visits=20), workspace)
    for _ in range(2):
        push(workspace, database.target, full=True)
    shown = database.read("SHOW INDEXES YIELD name, state WHERE name STARTS WITH 'ringhound_' RETURN name, state")
    made = {statement.split()[2] for statement in (*constraints(), *indexes())}
    assert {record["name"] for record in shown} == made
    assert {record["state"] for record in shown} == {"ONLINE"}


def test_batches_of_one_kind_are_marked_apart(
    database: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many batches, written by two threads, none twice and none forgotten."""
    monkeypatch.setattr("graph.neo4j_store.changes.BATCH_ROWS", 7)
    world, workspace = random_world(5), Workspace(tmp_path)
    write_tables(world, workspace)
    report = push(workspace, database.target)
    assert sum(step.rows for step in report.steps) == len(world.nodes) + len(world.edges)
    assert verify(workspace, database.target).same
    assert database.read("MATCH (b:RinghoundBatch) RETURN count(b) AS left")[0]["left"] == 0


def test_a_node_that_goes_takes_its_edges_along(database: Connection, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    world = random_world(1, persons=8, visits=40)
    write_tables(world, workspace)
    push(workspace, database.target)
    assert (state := read_state(database)) and state.data_version == 1
    with Neo4jStore.open(database.target) as store:
        person = NodeRef(NodeType.PERSON, world.ids(NodeType.PERSON)[0])
        database.write("MATCH (n:Person {id: $id}) DETACH DELETE n", id=person.id)
        with pytest.raises(NotFoundError):
            store.neighbours(person)


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
