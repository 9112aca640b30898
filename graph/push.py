"""Bringing a Neo4j server to a data version: everything at first, afterwards only what changed.

The server says what it holds (`neo4j_store.state`). From that a push chooses how it goes:
    nothing   the server holds exactly this already
    first     an empty server: everything is written, without looking for what exists
    changes   both versions' graph tables are here: their difference is written
    compare   the server's content is not known for certain (another privacy mode, a damaged or
              foreign state, an older version whose tables are gone, a half-done push to another
              version): it is read, and what differs is written
A killed push of the kind `first` or `changes` goes on where it stopped; one of the kind `compare` compares anew.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from claims.errors import BusyError, NotFoundError, StoreError
from claims.language import N_
from claims.workspace import Workspace
from graph.model import EDGE_KINDS, NodeType
from graph.neo4j_store.changes import (
    HUBS,
    Bench,
    Comparison,
    Item,
    against_server,
    between_versions,
    item_name,
    workbench,
)
from graph.neo4j_store.connection import Connection, Target, connected
from graph.neo4j_store.hubs import HUB_DEGREE, TOP
from graph.neo4j_store.schema import ensure_schema
from graph.neo4j_store.state import EMPTY, FORMAT, State, begin, finish, has_foreign_content, read_state
from graph.neo4j_store.writer import BATCH_ROWS, Neo4jWriter, Plan
from graph.privacy import Cover, Privacy, cover_of
from graph.tables import GraphTables

BLOCK = 1 << 20


class Mode(StrEnum):
    """How a push goes."""

    NOTHING = "nothing"
    FIRST = "first"
    CHANGES = "changes"
    COMPARE = "compare"


@dataclass(frozen=True)
class Step:
    """One step done: rows written or removed of a node type, an edge kind, or the hub lists."""

    action: str  # write or delete
    item: str
    rows: int


@dataclass(frozen=True)
class PushReport:
    """What a push did; `steps` without those that had nothing to do (or were done before a kill)."""

    mode: Mode
    data_version: int
    steps: tuple[Step, ...]
    seconds: float


Watch = Callable[[Step], None]


@dataclass(frozen=True)
class _Aim:
    """Where the server shall be, and from where it comes."""

    tables: GraphTables
    cover: Cover
    before: State
    reached: State
    full: bool


def push(
    workspace: Workspace,
    target: Target,
    *,
    version: int | None = None,
    privacy: Privacy = Privacy.NONE,
    full: bool = False,
    watch: Watch = lambda _: None,
) -> PushReport:
    """Bring the server to the graph in force (or that of `version`); `full` compares with the server's content.

    StoreError when the server cannot be reached or written; running it again completes what was left.
    """
    started = time.monotonic()
    tables = GraphTables.open(workspace, version)
    cover = cover_of(privacy, workspace.pseudonym_key)
    with workbench(workspace, cover) as bench, connected(target) as connection:
        ensure_schema(connection)
        aim = _aim(connection, tables, cover, full)
        mode, steps = _bring(connection, workspace, aim, bench, watch)
    return PushReport(mode, tables.data_version, steps, time.monotonic() - started)


def _aim(connection: Connection, tables: GraphTables, cover: Cover, full: bool) -> _Aim:
    before = read_state(connection)
    if before is None and has_foreign_content(connection):
        raise StoreError(
            N_("The database at {url} holds nodes that Ringhound did not write; give it a database of its own."),
            url=connection.target.url,
        )
    reached = State(tables.data_version, checksum(tables), cover.mark, FORMAT, None, None)
    return _Aim(tables, cover, before or EMPTY, reached, full)


def _bring(
    connection: Connection, workspace: Workspace, aim: _Aim, bench: Bench, watch: Watch
) -> tuple[Mode, tuple[Step, ...]]:
    if aim.before == aim.reached and not aim.full:
        return Mode.NOTHING, ()
    mode, old = _choose(workspace, aim)
    plan = begin(connection, _plan_id(aim, mode), aim.tables.data_version)
    if mode is Mode.COMPARE:
        comparison = against_server(*bench, aim.cover, connection, aim.tables)
    else:
        comparison = between_versions(*bench, aim.cover, old, aim.tables)
    writer = Neo4jWriter(connection, plan, fresh=mode is Mode.FIRST)
    steps = tuple(_steps(writer, comparison, watch))
    _finish(connection, plan, aim.reached)
    return mode, steps


def _choose(workspace: Workspace, aim: _Aim) -> tuple[Mode, GraphTables | None]:
    """Choose the mode; the old graph tables go with `changes`."""
    if aim.full or aim.before.format != FORMAT:
        return Mode.COMPARE, None
    if aim.before.data_version is None:
        resumable = aim.before.plan in (None, _plan_id(aim, Mode.FIRST))
        return (Mode.FIRST if resumable else Mode.COMPARE), None
    old = _old_tables(workspace, aim)
    resumable = aim.before.plan in (None, _plan_id(aim, Mode.CHANGES))
    return (Mode.CHANGES, old) if old and resumable else (Mode.COMPARE, None)


def _old_tables(workspace: Workspace, aim: _Aim) -> GraphTables | None:
    """Graph tables the server's content was pushed from, if they are still here, unchanged, and comparable."""
    try:
        old = GraphTables.open(workspace, aim.before.data_version)
    except NotFoundError:
        return None
    same_shape = old.manifest.format == aim.tables.manifest.format and aim.before.cover == aim.reached.cover
    return old if same_shape and checksum(old) == aim.before.source else None


def _plan_id(aim: _Aim, mode: Mode) -> str:
    """Name of what this push sets out to do: the same again after a kill, unless it has to compare anew."""
    if mode is Mode.COMPARE:
        return f"{mode} {secrets.token_hex(8)}"
    parts = (FORMAT, BATCH_ROWS, HUB_DEGREE, TOP, aim.before.source, aim.reached.source, aim.reached.cover)
    return f"{mode} {hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"


def _steps(writer: Neo4jWriter, comparison: Comparison, watch: Watch) -> Iterator[Step]:
    """Edges go before their nodes, nodes come before their edges, and lists follow the edges they are of."""
    for action, item in _order():
        rows = _write(writer, comparison, item) if action == "write" else _delete(writer, comparison, item)
        if rows:
            step = Step(action, item_name(item), rows)
            watch(step)
            yield step


def _order() -> Iterator[tuple[str, Item]]:
    yield from (("delete", item) for item in (HUBS, *EDGE_KINDS, *NodeType))
    yield from (("write", item) for item in (*NodeType, *EDGE_KINDS, HUBS))


def _write(writer: Neo4jWriter, comparison: Comparison, item: Item) -> int:
    rows = comparison.upserts(item)
    if isinstance(item, NodeType):
        return writer.write_nodes(item, rows)
    return writer.write_hubs(rows) if item is HUBS else writer.write_edges(item, rows)


def _delete(writer: Neo4jWriter, comparison: Comparison, item: Item) -> int:
    keys = comparison.deletes(item)
    if isinstance(item, NodeType):
        return writer.delete_nodes(item, keys)
    return writer.delete_hubs(keys) if item is HUBS else writer.delete_edges(item, keys)


def _finish(connection: Connection, plan: Plan, reached: State) -> None:
    if not finish(connection, plan, reached):
        raise BusyError(N_("Another push has taken over this server; this one stopped."))


def checksum(tables: GraphTables) -> str:
    """Checksum of all files a push reads, by name and content."""
    whole = hashlib.sha256()
    for name, path in [*tables.node_types(), *((kind.name, path) for kind, path in tables.edge_kinds())]:
        with path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        whole.update(f"{name} {content}\n".encode())
    return whole.hexdigest()
