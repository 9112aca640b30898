"""What two data versions differ in, by key. Only files that one of them lacks are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from claims.duck import listed, open_duckdb, quoted
from claims.reader import Claims, create_view
from claims.table import Table
from claims.tables import TABLES

DIFF_MEMORY = "1GB"


@dataclass(frozen=True)
class KeyChange:
    """One key that differs: `kind` is added, removed or changed; `columns` are those that changed."""

    kind: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class TableDiff:
    """How one table differs, with a sample of its changes in order of kind and key."""

    table: str
    added: int
    removed: int
    changed: int
    sample: tuple[KeyChange, ...]


def diff(before: Claims, after: Claims, *, sample: int = 10) -> tuple[TableDiff, ...]:
    """Compare two data versions; tables that do not differ are left out."""
    found = []
    for table in TABLES:
        old, new = before.files(table.name), after.files(table.name)
        lost, gained = sorted(set(old) - set(new)), sorted(set(new) - set(old))
        if lost or gained:
            found.append(_compare(table, lost, gained, sample))
    return tuple(part for part in found if part.added or part.removed or part.changed)


def _compare(table: Table, lost: Sequence[Path], gained: Sequence[Path], sample: int) -> TableDiff:
    with open_duckdb(memory_limit=DIFF_MEMORY) as connection:
        create_view(connection, table, tuple(lost), "old_rows")
        create_view(connection, table, tuple(gained), "new_rows")
        connection.execute(f"CREATE VIEW changes AS {_changes(table)}")
        counts: dict[str, int] = dict(connection.execute("SELECT kind, count(*) FROM changes GROUP BY kind").fetchall())
        return TableDiff(
            table.name,
            counts.get("added", 0),
            counts.get("removed", 0),
            counts.get("changed", 0),
            _sample(connection, table, sample),
        )


def _changes(table: Table) -> str:
    """Keys of which the two sides hold different rows; equal rows in two files are none."""
    values = [name for name in table.names if name not in table.key]
    changed = ", ".join(
        f"CASE WHEN old_rows.{quoted(name)} IS DISTINCT FROM new_rows.{quoted(name)} THEN '{name}' END"
        for name in values
    )
    return f"""
        SELECT {listed(table.key)},
               CASE WHEN old_rows.source_line IS NULL THEN 'added'
                    WHEN new_rows.source_line IS NULL THEN 'removed'
                    ELSE 'changed' END AS kind,
               CASE WHEN kind = 'changed' THEN list_filter([{changed}], lambda name: name IS NOT NULL)
                    ELSE [] END AS columns
        FROM old_rows FULL JOIN new_rows USING ({listed(table.key)})
        WHERE kind <> 'changed' OR len(columns) > 0
    """  # noqa: S608 - identifiers of our own declarations


def _sample(connection: duckdb.DuckDBPyConnection, table: Table, limit: int) -> tuple[KeyChange, ...]:
    query = f"SELECT kind, columns, {listed(table.key)} FROM changes ORDER BY kind, {listed(table.key)} LIMIT $limit"  # noqa: S608
    rows = connection.execute(query, {"limit": limit}).fetchall()
    return tuple(KeyChange(kind, tuple(str(part) for part in key), tuple(columns)) for kind, columns, *key in rows)
