"""The graph the pages read: the snapshot in the workspace, or a Neo4j server that a team shares."""

import atexit
from contextlib import ExitStack, suppress
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from claims.errors import NotFoundError, RinghoundError, StoreError
from claims.language import N_
from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.store import GraphReader
from graph.tables import GraphTables
from ui.config.settings import StoreSettings
from ui.scene.opening import in_force

if TYPE_CHECKING:  # the driver takes a second to load, and the embedded store never needs it
    from graph.neo4j_store import Neo4jStore
    from graph.neo4j_store.connection import Connection

DIFFERENT = N_("The graph server {url} holds data version {held}, the workspace is at {wanted}; push the graph again.")
PSEUDONYMS = N_(
    "The graph server {url} knows persons by pseudonyms only, so members of rings are not found in it. "
    "Push the graph with --privacy none or no-personal, or use the embedded store."
)
NO_PERSONAL = N_(
    "The graph server holds nothing personal: names are left out, telephones, addresses and accounts stand under "
    "made-up keys, and showing personal data adds nothing. They are in the embedded store."
)


def open_reader(workspace: Workspace, store: StoreSettings) -> GraphReader:
    """Open the graph in force, once for everybody.

    NotFoundError before the first build. StoreError in a sentence where the server is down, refuses the
    password, was never filled, is being filled, holds another data version, or knows persons by pseudonyms.
    """
    snapshot = in_force(workspace)
    return _server(workspace, store) if store.shared else _embedded(workspace, snapshot)


def open_early(workspace: Workspace, store: StoreSettings) -> None:
    """Open a graph server in the background when the pages' server starts, so that nobody waits for it."""
    if store.shared:
        Thread(target=_opened, args=[workspace, store], name="opening the graph server", daemon=True).start()


def _opened(workspace: Workspace, store: StoreSettings) -> None:
    with suppress(RinghoundError):  # whoever opens it next is told why it cannot be
        open_reader(workspace, store)


def notice_of(store: StoreSettings) -> str:
    """A sentence (English key) on what the store leaves out, empty where it leaves out nothing."""
    if not store.shared:
        return ""
    return NO_PERSONAL if _covered(_connection(store)) == "no-personal" else ""


@lru_cache(maxsize=4)
def _embedded(workspace: Workspace, _snapshot: str) -> GraphReader:
    return EmbeddedStore.open(workspace)


def _server(workspace: Workspace, store: StoreSettings) -> GraphReader:
    from graph.neo4j_store.state import read_state

    connection = _connection(store)
    state = read_state(connection)
    if state is not None and state.plan is not None:
        raise StoreError(N_("The push to {url} is not finished; run it again."), url=store.address)
    if state is None or state.data_version is None:
        raise NotFoundError(N_("There is no graph on {url} yet; push one first."), url=store.address)
    tables = GraphTables.open(workspace)
    if state.data_version != tables.data_version:
        raise StoreError(DIFFERENT, url=store.address, held=state.data_version, wanted=tables.data_version)
    if state.cover.startswith("pseudonyms"):
        raise StoreError(PSEUDONYMS, url=store.address)
    return _shared(connection, state.data_version, tables.visits)


def _covered(connection: "Connection") -> str:
    from graph.neo4j_store.state import read_state

    state = read_state(connection)
    return state.cover.partition(":")[0] if state else ""


@lru_cache(maxsize=2)
def _connection(store: StoreSettings) -> "Connection":
    """One driver for the whole process, which finds its way back when the server was away."""
    from graph.neo4j_store.connection import Target, connected
    from ui.commands.graph_neo4j import read_password

    target = Target(store.address, read_password(store.password_file), store.user)
    with ExitStack() as stack:
        connection = stack.enter_context(connected(target))
        atexit.register(stack.pop_all().close)
    return connection


@lru_cache(maxsize=4)
def _shared(connection: "Connection", version: int, visits: Path) -> GraphReader:
    import duckdb

    from graph.neo4j_store import Neo4jStore
    from graph.neo4j_store.visits import VisitsFile

    store = Neo4jStore(connection, version, VisitsFile(visits, duckdb.connect()))
    Thread(target=_warmed, args=[store], name="warming the graph server", daemon=True).start()
    return store


def _warmed(store: "Neo4jStore") -> None:
    with suppress(RinghoundError):  # whoever asks the server next is told what is wrong with it
        store.warm()
