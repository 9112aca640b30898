"""One suite for every store: a store is a function that opens a world's graph tables for reading."""

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.embedded.writer import write_store
from graph.store import GraphReader
from tests.graph.oracle import Oracle
from tests.graph.worlds import GraphWorld, random_world, write_tables

MakeStore = Callable[[GraphWorld, Path], AbstractContextManager[GraphReader]]


@contextmanager
def make_embedded(world: GraphWorld, folder: Path) -> Iterator[GraphReader]:
    """Open the world in the embedded store."""
    workspace = Workspace(folder)
    write_store(write_tables(world, workspace))
    yield EmbeddedStore.open(workspace)


def stores() -> Mapping[str, MakeStore]:
    """Return every store by name; Neo4j's lives in its own file, with its server."""
    if importlib.util.find_spec("tests.graph.neo4j_server") is None:
        return {"embedded": make_embedded}
    neo4j_server = importlib.import_module("tests.graph.neo4j_server")
    return {"embedded": make_embedded, "neo4j": neo4j_server.make_neo4j}


STORES = stores()
SEEDS = (1, 2, 3)


def _cases() -> list[object]:
    marks = {"neo4j": [pytest.mark.neo4j]}
    return [
        pytest.param((name, seed), id=f"{name}-{seed}", marks=marks.get(name, [])) for name in STORES for seed in SEEDS
    ]


@pytest.fixture(scope="module", params=_cases())
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[GraphReader, Oracle]]:
    """A store that holds the random world of a seed, and the world's plain oracle."""
    name, seed = request.param
    world = random_world(seed)
    with STORES[name](world, tmp_path_factory.mktemp(name)) as store:
        yield store, Oracle(world)
