"""The difference between what a server holds and what it shall hold, by node type and edge kind.

Both sides are views or tables of one DuckDB; a difference is a set difference of whole rows, written
to a Parquet file so that its batches are the same ones whenever a killed push is run again.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from claims.errors import StoreError
from claims.language import N_
from claims.lock import WriterLock
from claims.workspace import Workspace
from graph.model import EDGE_KINDS, EdgeKind, NodeType
from graph.neo4j_store.connection import Connection
from graph.neo4j_store.dump import SURPLUS, dump_edges, dump_hubs, dump_nodes
from graph.neo4j_store.hubs import COLUMNS, hub_query
from graph.neo4j_store.shape import Shape, edge_shape, node_shape, register
from graph.neo4j_store.writer import BATCH_ROWS
from graph.privacy import Cover
from graph.tables import GraphTables

Item: TypeAlias = NodeType | EdgeKind | None  # None: the lists kept for hubs
Bench: TypeAlias = tuple[duckdb.DuckDBPyConnection, Path]  # where the comparing is done
HUBS = None
ITEMS: tuple[Item, ...] = (*NodeType, *EDGE_KINDS, HUBS)
HUB_SHAPE = Shape(tuple((name, name) for name in COLUMNS), keys=1)
MEMORY = "2GB"

# What a row must become, and the keys that go: vanished ones, and doubled ones, which are written anew.
_DOUBLED = "SELECT {key} FROM {old} GROUP BY {key} HAVING count(*) > 1"
_CHANGED = f"""\
WITH doubled AS ({_DOUBLED}),
changed AS (
    SELECT * FROM {{new}} EXCEPT SELECT * FROM {{old}}
    UNION SELECT * FROM {{new}} SEMI JOIN doubled USING ({{key}})
)
SELECT {{select}} FROM changed ORDER BY {{key}}"""  # noqa: S608 - our own names only
_EVERY = "SELECT {select} FROM {new} ORDER BY {key}"
_GONE = f"""\
WITH gone AS (SELECT {{key}} FROM {{old}} EXCEPT SELECT {{key}} FROM {{new}} UNION {_DOUBLED})
SELECT {{select}} FROM gone ORDER BY {{key}}"""  # noqa: S608
NOTHING = "(SELECT * FROM {table} WHERE false)"
_SHAPED = "(SELECT {select} FROM {table})"
_WITHOUT_SURPLUS = f"SELECT {{select}}, 0::BIGINT AS {SURPLUS} FROM {{table}}"  # noqa: S608 - our own name


def item_name(item: Item) -> str:
    """Return the name of a type, a kind, or the hub lists, as people and files know it."""
    return item.name if isinstance(item, EdgeKind) else str(item or "hubs")


def shape_of(item: Item, cover: Cover) -> Shape:
    """Columns the server gets."""
    if isinstance(item, EdgeKind):
        return edge_shape(item, cover)
    return HUB_SHAPE if item is HUBS else node_shape(item, cover)


@dataclass(frozen=True)
class Comparison:
    """Two sides by item, as names of DuckDB tables; an item without rows on a side is missing there.

    `shaped`: rows are as the server gets them (with a column `surplus`); otherwise they are rows
    of graph tables, and only what differs is brought into shape. Hub lists are always in shape.
    """

    db: duckdb.DuckDBPyConnection
    cover: Cover
    folder: Path
    old: Mapping[Item, str]
    new: Mapping[Item, str]
    shaped: bool

    def upserts(self, item: Item) -> Iterator[pa.RecordBatch]:
        """Rows to add or replace, in the order of their keys."""
        if item not in self.new:
            return iter(())
        query = _CHANGED if item in self.old else _EVERY
        return self._batches("upsert", item, query)

    def deletes(self, item: Item) -> Iterator[pa.RecordBatch]:
        """Keys to remove, in order."""
        return self._batches("delete", item, _GONE) if item in self.old else iter(())

    def _batches(self, what: str, item: Item, query: str) -> Iterator[pa.RecordBatch]:
        path = self.folder / f"{what}-{item_name(item)}.parquet"
        self.db.sql(self._fill(query, item, keys_only=what == "delete")).write_parquet(str(path))
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(BATCH_ROWS)
        path.unlink()

    def _fill(self, query: str, item: Item, *, keys_only: bool) -> str:
        shape = shape_of(item, self.cover)
        columns = shape.columns[: shape.keys] if keys_only else shape.columns
        if self.shaped:
            columns = tuple((name, f'"{name}"') for name, _ in columns)
        old, new = self.old.get(item), self.new.get(item)
        return query.format(
            select=Shape(columns, shape.keys).select,
            key=shape.key_list,
            old=old,
            new=new or NOTHING.format(table=old),
        )


@contextmanager
def workbench(workspace: Workspace, cover: Cover) -> Iterator[Bench]:
    """Open a DuckDB that knows the shapes' functions, and an empty folder for its files; one at a time.

    The files hold personal data, so they lie in the workspace, and what a kill left goes first.
    """
    lock = WriterLock.acquire(workspace.push_lock)
    folder = workspace.push_work
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        with duckdb.connect(config=_settings(folder)) as db:
            register(db, cover)
            yield db, folder
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        message = N_("Working in {place} failed ({reason}); see that there is space and run the command again.")
        raise StoreError(message, place=folder, reason=str(error).splitlines()[0]) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def _settings(folder: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {"temp_directory": str(folder / "spill"), "memory_limit": MEMORY}


def between_versions(
    db: duckdb.DuckDBPyConnection, folder: Path, cover: Cover, old: GraphTables | None, new: GraphTables
) -> Comparison:
    """Compare the graph tables of two versions; without an old one everything is new."""
    sides = [_raw_views(db, cover, side, tables) for side, tables in (("old", old), ("new", new)) if tables]
    return Comparison(db, cover, folder, sides[0] if old else {}, sides[-1], shaped=False)


def _raw_views(db: duckdb.DuckDBPyConnection, cover: Cover, side: str, tables: GraphTables) -> dict[Item, str]:
    paths: dict[Item, Path] = {**dict(tables.node_types()), **dict(tables.edge_kinds())}
    views = {item: _table_name(side, item) for item in paths}
    for item, path in paths.items():
        db.read_parquet(str(path)).create_view(views[item])
    shaped = {
        kind: _SHAPED.format(select=shape_of(kind, cover).select, table=view)
        for kind, view in views.items()
        if isinstance(kind, EdgeKind)
    }
    return views | _hub_table(db, side, shaped, tables.manifest.edges)


def against_server(
    db: duckdb.DuckDBPyConnection, folder: Path, cover: Cover, connection: Connection, new: GraphTables
) -> Comparison:
    """Compare graph tables with what the server really holds, row by row."""
    raw = _raw_views(db, cover, "raw", new)
    shaped: dict[Item, str] = {}
    for item, view in raw.items():
        columns = "*" if item is HUBS else shape_of(item, cover).select
        select = _WITHOUT_SURPLUS.format(select=columns, table=view)
        path = folder / f"new-{item_name(item)}.parquet"
        db.sql(select).write_parquet(str(path))  # once: the functions of a shape are slow
        db.read_parquet(str(path)).create_view(_table_name("new", item))
        shaped[item] = _table_name("new", item)
    return Comparison(db, cover, folder, _dumped(db, folder, cover, connection), shaped, shaped=True)


def _dumped(db: duckdb.DuckDBPyConnection, folder: Path, cover: Cover, connection: Connection) -> dict[Item, str]:
    views: dict[Item, str] = {}
    for item in ITEMS:
        path = folder / f"server-{item_name(item)}.parquet"
        if _dump(connection, item, cover, path):
            views[item] = _table_name("server", item)
            db.read_parquet(str(path)).create_view(views[item])
    return views


def _dump(connection: Connection, item: Item, cover: Cover, path: Path) -> int:
    if isinstance(item, EdgeKind):
        return dump_edges(connection, item, shape_of(item, cover), path)
    return dump_hubs(connection, path) if item is HUBS else dump_nodes(connection, item, shape_of(item, cover), path)


def _hub_table(
    db: duckdb.DuckDBPyConnection, side: str, edges: Mapping[EdgeKind, str], rows: Mapping[str, int]
) -> dict[Item, str]:
    query = hub_query(edges, rows)
    if query is None:
        return {}
    name = _table_name(side, HUBS)
    db.sql(query).create(name)
    return {HUBS: name} if db.table(name).limit(1).fetchall() else {}


def _table_name(side: str, item: Item) -> str:
    return f"{side}_{item_name(item).replace('.', '_')}"
