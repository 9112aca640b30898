"""A push killed at any moment leaves a server that the next push completes."""

import multiprocessing
import random
import time
from pathlib import Path

import pytest

from claims.workspace import Workspace
from graph.neo4j_store.connection import Connection, Target
from graph.neo4j_store.schema import wipe
from graph.push import Mode, push
from graph.verify import verify
from tests.graph.neo4j_server import empty_database
from tests.graph.worlds import GraphWorld, random_world, write_tables

pytestmark = [pytest.mark.neo4j, pytest.mark.kill]
CYCLES = 54
FRESH_EVERY = 6  # every so often a cycle begins with an empty server


def versions(workspace: Workspace) -> tuple[int, ...]:
    """Three versions of a small county; neighbouring ones differ in some nodes and edges of most kinds."""
    world = random_world(1, persons=8, visits=30)
    for version in (1, 2, 3):
        rng = random.Random(version)
        later = GraphWorld(dict(world.nodes), dict(world.edges), list(world.visits))
        for ref in rng.sample(sorted(later.nodes), 20):
            del later.nodes[ref]
            later.edges = {key: edge for key, edge in later.edges.items() if ref not in key}
        for key in rng.sample(sorted(later.edges), 20):
            del later.edges[key]
        write_tables(later, workspace, version)
    return 1, 2, 3


def push_in_child(root: Path, target: Target, version: int) -> None:
    """What the child does until it is killed."""
    push(Workspace(root), target, version=version)


def timed(workspace: Workspace, connection: Connection) -> float:
    """How long an undisturbed first push takes here and now."""
    begun = time.monotonic()
    push(workspace, connection.target, version=1)
    return time.monotonic() - begun


def test_kills_at_random_moments(tmp_path: Path) -> None:
    """Every state a kill leaves is completed by the next push, whatever version that one aims at."""
    rng, workspace = random.Random(20260105), Workspace(tmp_path)
    numbers = versions(workspace)
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["graph.push", "tests.graph.neo4j_server"])
    killed, modes = 0, set()
    with empty_database() as connection:
        duration = max(timed(workspace, connection) for _ in range(2))
        for cycle in range(CYCLES):
            if cycle % FRESH_EVERY == 0:
                wipe(connection)
            aimed = rng.choice(numbers)
            child = forks.Process(target=push_in_child, args=(tmp_path, connection.target, aimed))
            child.start()
            child.join(rng.uniform(0, 1.2 * duration))
            child.kill()
            child.join()
            killed += child.exitcode == -9
            if cycle % 3 == 2:  # several kills in a row must not be worse than one
                again = rng.choice((aimed, rng.choice(numbers)))
                modes.add(push(workspace, connection.target, version=again).mode)
                assert verify(workspace, connection.target).same, (cycle, aimed, again)
    assert killed > CYCLES // 5  # a slow machine starts late, and the push is over before the kill
    assert {Mode.CHANGES, Mode.COMPARE} <= modes


def test_a_first_load_killed_again_and_again_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With small batches there are many moments between them; the marks tell what is done."""
    rng, workspace = random.Random(7), Workspace(tmp_path)
    write_tables(random_world(2), workspace)
    forks = multiprocessing.get_context("forkserver")
    with empty_database() as connection:
        for _ in range(8):
            child = forks.Process(target=push_in_small_batches, args=(tmp_path, connection.target))
            child.start()
            child.join(rng.uniform(0.3, 2.0))
            child.kill()
            child.join()
        monkeypatch.setattr("graph.neo4j_store.changes.BATCH_ROWS", 5)
        report = push(workspace, connection.target)
        assert report.mode in (Mode.FIRST, Mode.NOTHING)
        assert verify(workspace, connection.target).same


def push_in_small_batches(root: Path, target: Target) -> None:
    """Like `push_in_child`, five rows at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.neo4j_store.changes.BATCH_ROWS", 5)
        push(Workspace(root), target)
