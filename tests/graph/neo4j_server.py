"""One real Neo4j server per test session, shared by its workers, emptied between tests."""

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from claims.workspace import Workspace
from graph.neo4j_store import Neo4jStore
from graph.neo4j_store.connection import Connection, Target, connected
from graph.neo4j_store.schema import wipe
from graph.push import push
from graph.server import process, trial
from graph.server.home import ServerHome, Sizes
from graph.store import GraphReader
from tests.graph.worlds import GraphWorld, write_tables

PASSWORD = "invented-for-tests"


@cache
def server() -> Target:
    """Start this process's server on a free port; it ends with the process."""
    folder = tempfile.TemporaryDirectory(prefix="ringhound-test-neo4j-")
    home = ServerHome(Path(folder.name))
    status = trial.up(home, port=0, password=PASSWORD, sizes=Sizes(heap="512m", page_cache="64m"))
    owner = os.getpid()

    def end() -> None:
        if os.getpid() == owner:  # not in forked children
            process.stop(home, wait=0)
            folder.cleanup()

    atexit.register(end)
    return Target(status.url, PASSWORD)


@contextmanager
def empty_database() -> Iterator[Connection]:
    """Connect to the test server and empty it."""
    with connected(server()) as connection:
        wipe(connection)
        yield connection


@contextmanager
def make_neo4j(world: GraphWorld, folder: Path) -> Iterator[GraphReader]:
    """Push the world to the server and open it there."""
    workspace = Workspace(folder)
    tables = write_tables(world, workspace)
    with empty_database() as connection:
        push(workspace, connection.target)
        with Neo4jStore.open(connection.target, visits=tables.visits) as store:
            yield store
