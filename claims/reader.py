"""Reading one data version: its files, and DuckDB connections with a view of every table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Self

import duckdb
import pyarrow as pa

from claims import delta
from claims.catalog import Catalog, nothing_loaded
from claims.cross import create_flagged
from claims.delta import StoredFile
from claims.duck import META_TYPES, SQL_TYPES, open_duckdb, quoted
from claims.durable import store_errors
from claims.errors import NotFoundError
from claims.language import N_
from claims.net import create_net, resolve_refunds, restore_refunds
from claims.table import PARTITION, Table
from claims.tables import BY_NAME, TABLES
from claims.versions import DataVersion
from claims.workspace import Workspace


@dataclass(frozen=True)
class Claims:
    """All tables as of one data version; it never changes and blocks nobody.

    A vacuum removes files of versions that nothing pins: whoever reads an old version for long
    pins it first.
    """

    workspace: Workspace
    version: DataVersion
    _files: dict[str, tuple[StoredFile, ...]] = field(default_factory=dict, repr=False, compare=False)
    _refunds: dict[str, pa.Table] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(cls, workspace: Workspace, version: int | None = None) -> Self:
        """Open a data version (None: the newest); NotFoundError where there is none any more."""
        with store_errors(workspace.root):
            catalog = Catalog.open(workspace.catalog)
            found = catalog.newest() if version is None else catalog.version(version)
        if found is None:
            raise nothing_loaded(workspace.catalog)
        if found.vacuumed_at:
            message = N_("Data version {number} was removed by a vacuum on {day}.")
            raise NotFoundError(message, number=found.id, day=found.vacuumed_at.date())
        return cls(workspace, found)

    def stored(self, table: str) -> tuple[StoredFile, ...]:
        """Return the files of `table` with their rows and bounds, by path; KeyError without such a table."""
        declared = BY_NAME[table]
        if table not in self._files:
            number = self.version.tables.get(table)
            with store_errors(self.workspace.root):
                folder = self.workspace.table(table).resolve()
                self._files[table] = () if number is None else delta.files_at(folder, declared, number)
        return self._files[table]

    def files(self, table: str) -> tuple[Path, ...]:
        """Return the Parquet files of `table`, sorted; empty when it was never loaded."""
        return tuple(file.path for file in self.stored(table))

    def months(self, table: str) -> Mapping[str, tuple[Path, ...]]:
        """Return the files of `table` by partition month, in order ('' where it has no months)."""
        found: dict[str, list[Path]] = {}
        for file in self.stored(table):
            found.setdefault(file.month, []).append(file.path)
        return MappingProxyType({month: tuple(found[month]) for month in sorted(found)})

    def connect(self, *, threads: int | None = None, memory_limit: str | None = None) -> duckdb.DuckDBPyConnection:
        """Open an in-memory DuckDB with the views of this version.

        One view per canonical table (gross rows: the declared columns, row_flags, source_file,
        source_line, and month where it has months; an absent table is an empty view),
        `net_settlements` and `net_fee_items` (same columns, refunds taken off: `claims.net`), and
        `flagged` (table_name, key, flag, detail: `claims.cross`).
        """
        connection = open_duckdb(threads=threads, memory_limit=memory_limit)
        for table in TABLES:
            create_view(connection, table, self.files(table.name))
        if self._refunds:
            restore_refunds(connection, self._refunds)
        else:
            self._refunds.update(resolve_refunds(connection))
        create_net(connection)
        create_flagged(connection, {table.name for table in TABLES if self.stored(table.name)})
        return connection


def create_view(
    connection: duckdb.DuckDBPyConnection, table: Table, files: tuple[Path, ...], name: str | None = None
) -> None:
    """Make a view of `table` over `files`, with the right types even when there are none."""
    if not files:
        connection.execute(f"CREATE VIEW {quoted(name or table.name)} AS {_empty(table)}")
        return
    # The relational interface takes paths as values; a statement would need them pasted in.
    rows = connection.read_parquet([str(path) for path in files], hive_partitioning=table.month_of is not None)
    rows.select(", ".join(_typed(table))).create_view(name or table.name)


def _types(table: Table) -> dict[str, str]:
    types = {column.name: SQL_TYPES[column.type] for column in table.columns} | dict(META_TYPES)
    return types | ({PARTITION: "VARCHAR"} if table.month_of else {})


def _typed(table: Table) -> list[str]:
    return [f"CAST({quoted(name)} AS {type_}) AS {quoted(name)}" for name, type_ in _types(table).items()]


def _empty(table: Table) -> str:
    columns = (f"NULL::{type_} AS {quoted(name)}" for name, type_ in _types(table).items())
    return f"SELECT {', '.join(columns)} WHERE false"
