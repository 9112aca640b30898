"""Writing one graph table: columns as declared, rows sorted by key, no file where there are no rows."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

_TYPES = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us"): "TIMESTAMP",
}
_ROWS = 131_072  # of a row group


def write_table(db: duckdb.DuckDBPyConnection, query: str, schema: pa.Schema, key: str, path: Path) -> int:
    """Write what `query` (a statement of our own) gives as `schema`, sorted by `key`; return the rows."""
    columns = ", ".join(
        f"CAST({field.name} AS {_TYPES.get(field.type, 'TIMESTAMP')}) AS {field.name}" for field in schema
    )
    rows = db.sql(f"SELECT {columns} FROM ({query}) ORDER BY {key}")  # noqa: S608 - identifiers of our own
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(str(path), row_group_size=_ROWS)
    count = int(pq.read_metadata(path).num_rows)
    if not count:
        path.unlink()
    return count
