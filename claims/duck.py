"""How our declarations are spelled in DuckDB, and the one way a connection is opened."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb

from claims.table import ColumnType

SQL_TYPES: Mapping[ColumnType, str] = MappingProxyType(
    {
        ColumnType.CODE: "VARCHAR",
        ColumnType.TEXT: "VARCHAR",
        ColumnType.AMOUNT: "DECIMAL(16, 2)",
        ColumnType.PRICE: "DECIMAL(16, 6)",
        ColumnType.QUANTITY: "DECIMAL(16, 4)",
        ColumnType.NUMBER: "DECIMAL(16, 6)",
        ColumnType.INTEGER: "INTEGER",
        ColumnType.DATE: "DATE",
        ColumnType.TIME: "TIMESTAMP",
        ColumnType.VECTOR: "FLOAT[]",
    }
)
META_TYPES: Mapping[str, str] = MappingProxyType(
    {"row_flags": "BIGINT", "source_file": "INTEGER", "source_line": "BIGINT"}
)


def quoted(name: str) -> str:
    """Quote an identifier of our declarations."""
    return '"' + name.replace('"', '""') + '"'


def listed(names: Iterable[str], of: str = "") -> str:
    """Spell identifiers as a list, each preceded by the relation `of` it is taken from."""
    return ", ".join((f"{of}." if of else "") + quoted(name) for name in names)


def open_duckdb(
    *, threads: int | None = None, memory_limit: str | None = None, spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB that fetches nothing from outside and spills into `spill`."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": str(spill or Path(tempfile.gettempdir()) / f"ringhound-spill-{os.getuid()}"),
    }
    if threads is not None:
        config["threads"] = threads
    if memory_limit is not None:
        config["memory_limit"] = memory_limit
    connection = duckdb.connect(":memory:", config=config)
    # On where Python runs no script; only results belong into what we write.
    connection.execute("SET enable_progress_bar = false")
    return connection
