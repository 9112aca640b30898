"""Proof that a Neo4j server holds what it was given: every row of both sides, compared.

The server's nodes, relationships and hub lists are streamed into files and compared with the graph
tables as sets of whole rows. So one changed property shows as well as a missing or a doubled
relationship; what does not belong to us at all (other labels, other types) is counted.
"""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from claims.errors import NotFoundError, StoreError
from claims.language import N_
from claims.workspace import Workspace
from graph.model import EdgeKind, NodeRef, NodeType
from graph.neo4j_store.changes import (
    ITEMS,
    NOTHING,
    Comparison,
    Item,
    against_server,
    item_name,
    shape_of,
    workbench,
)
from graph.neo4j_store.connection import Connection, Target, connected
from graph.neo4j_store.names import BATCH, STATE
from graph.neo4j_store.state import State, read_state
from graph.privacy import Cover, Privacy, cover_of
from graph.tables import GraphTables

SAMPLE = 5
Key = tuple[NodeRef, ...]  # a node, or both ends of an edge

_SUM = "SELECT count(*), coalesce(sum(hash({columns})) % 18446744073709551616, 0) FROM {table}"
_MISSING = "SELECT {key} FROM {new} EXCEPT SELECT {key} FROM {old}"
_EXTRA = "SELECT {key} FROM {old} EXCEPT SELECT {key} FROM {new}"
_CHANGED = """\
SELECT {key} FROM (SELECT * FROM {new} EXCEPT SELECT * FROM {old}) SEMI JOIN {old} USING ({key})"""
_DOUBLED = "SELECT {key} FROM {old} GROUP BY {key} HAVING count(*) > 1"
_QUESTIONS = {"missing": _MISSING, "extra": _EXTRA, "changed": _CHANGED, "doubled": _DOUBLED}


@dataclass(frozen=True)
class Difference:
    """Rows of one item that differ in one way: missing, extra, changed or doubled on the server."""

    what: str
    rows: int
    sample: tuple[Key, ...]  # empty for hub lists


@dataclass(frozen=True)
class ItemCheck:
    """Both sides of a node type, an edge kind, or the hub lists: counts, order-free checksums, differences."""

    item: str
    ours: int
    theirs: int
    our_sum: str
    their_sum: str
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether both sides hold exactly the same."""
        return self.ours == self.theirs and self.our_sum == self.their_sum and not self.differences


@dataclass(frozen=True)
class VerifyReport:
    """What was compared; `strangers` are nodes and relationships that no push of ours wrote."""

    data_version: int
    checks: tuple[ItemCheck, ...]
    strange_nodes: int
    strange_edges: int

    @property
    def same(self) -> bool:
        """Whether the server holds exactly what it was given, and nothing else."""
        return all(check.same for check in self.checks) and not (self.strange_nodes or self.strange_edges)


def verify(workspace: Workspace, target: Target, watch: Callable[[ItemCheck], None] = lambda _: None) -> VerifyReport:
    """Compare the server with the graph tables of the version it says it holds.

    NotFoundError where nothing was pushed or the version's tables are gone; StoreError while a push is
    unfinished, or where the server was pushed with another workspace's key; BusyError during a push from here.
    """
    with connected(target) as connection:
        state = read_state(connection)
        if state is None or (state.data_version is None and state.plan is None):
            raise NotFoundError(N_("There is no graph on {url} yet; push one first."), url=target.url)
        if state.plan is not None:
            raise StoreError(N_("The push to {url} is not finished; run it again."), url=target.url)
        cover, tables = _cover(workspace, state), GraphTables.open(workspace, state.data_version)
        with workbench(workspace, cover) as (db, folder):
            comparison = against_server(db, folder, cover, connection, tables)
            checks = []
            for item in ITEMS:
                checks.append(_check(comparison, item))
                watch(checks[-1])
        return VerifyReport(tables.data_version, tuple(checks), *_strangers(connection, checks))


def _cover(workspace: Workspace, state: State) -> Cover:
    """Cover the server was pushed with; our key must be the one that was used."""
    cover = cover_of(Privacy(state.cover.partition(":")[0]), workspace.pseudonym_key)
    if cover.mark != state.cover:
        raise StoreError(N_("The server was filled with another workspace's key; its names cannot be compared."))
    return cover


def _check(comparison: Comparison, item: Item) -> ItemCheck:
    ours, our_sum = _sum(comparison, item, comparison.new.get(item))
    theirs, their_sum = _sum(comparison, item, comparison.old.get(item))
    found = (_difference(comparison, item, what) for what in _QUESTIONS) if ours or theirs else ()
    differences = tuple(one for one in found if one.rows)
    return ItemCheck(item_name(item), ours, theirs, our_sum, their_sum, differences)


def _sum(comparison: Comparison, item: Item, table: str | None) -> tuple[int, str]:
    if table is None:
        return 0, f"{0:016x}"
    columns = ", ".join(f'"{name}"' for name in shape_of(item, comparison.cover).names)
    rows = comparison.db.execute(_SUM.format(columns=f"{columns}, surplus", table=table)).fetchall()
    return rows[0][0], f"{int(rows[0][1]):016x}"


def _difference(comparison: Comparison, item: Item, what: str) -> Difference:
    old, new = comparison.old.get(item), comparison.new.get(item)
    shape = shape_of(item, comparison.cover)
    query = _QUESTIONS[what].format(
        key=shape.key_list,
        old=old or NOTHING.format(table=new),
        new=new or NOTHING.format(table=old),
    )
    relation = comparison.db.sql(f"{query} ORDER BY {shape.key_list}")
    rows = _count(relation)
    sample = relation.limit(SAMPLE).fetchall() if rows else []
    return Difference(what, rows, tuple(_key(item, row) for row in sample if item is not None))


def _count(relation: duckdb.DuckDBPyRelation) -> int:
    return int(relation.aggregate("count(*)").fetchall()[0][0])


def _key(item: NodeType | EdgeKind, row: tuple[str, ...]) -> Key:
    if isinstance(item, EdgeKind):
        return NodeRef(item.source, row[0]), NodeRef(item.target, row[1])
    return (NodeRef(item, row[0]),)


def _strangers(connection: Connection, checks: list[ItemCheck]) -> tuple[int, int]:
    """Nodes and relationships beyond those compared."""
    internal = f"n:{STATE} OR n:{BATCH}"
    nodes = connection.read(f"MATCH (n) WHERE NOT ({internal}) RETURN count(n) AS found")[0]["found"]
    edges = connection.read("MATCH ()-[r]->() RETURN count(r) AS found")[0]["found"]
    ours_nodes = sum(check.theirs for check in checks if "." not in check.item)
    return nodes - ours_nodes, edges - sum(check.theirs for check in checks if "." in check.item)
