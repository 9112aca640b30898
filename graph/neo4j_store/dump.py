"""What the server really holds, streamed into Parquet files of the same columns as what we would send.

`surplus` counts, per row, what does not belong there: properties nobody declared, or values of
another type (those are read as missing). It is 0 in every row we wrote.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import neo4j
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graph.model import EdgeKind, NodeType
from graph.neo4j_store.connection import Connection
from graph.neo4j_store.errors import explained
from graph.neo4j_store.hubs import LISTS
from graph.neo4j_store.names import HUB, LABELS, SEARCH
from graph.neo4j_store.shape import Shape
from graph.tables import TEXT, WHOLE, edge_schema, node_schema

FETCH_ROWS = 10_000
SURPLUS = "surplus"
HUB_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("id", "node", "kind", "direction"), TEXT),
        **dict.fromkeys(("neighbours", "timeless", "least_count", "least_fund", "least_last"), WHOLE),
        **dict.fromkeys(LISTS, pa.list_(TEXT)),
    }
)
PYTHON_TYPES = {pa.string(): str, pa.int64(): int, pa.float64(): float, pa.bool_(): bool, pa.list_(TEXT): list}


def dump_nodes(connection: Connection, type_: NodeType, shape: Shape, path: Path) -> int:
    """Write all nodes of a type; return how many."""
    declared = {field.name: field.type for field in node_schema(type_)} | dict.fromkeys(SEARCH, TEXT)
    schema = pa.schema({name: declared[name] for name in shape.names})
    return _dump(connection, f"MATCH (x:{LABELS[type_]})", [f"x.`{name}`" for name in schema.names], schema, path)


def dump_hubs(connection: Connection, path: Path) -> int:
    """Write all lists kept for hubs; return how many."""
    return _dump(connection, f"MATCH (x:{HUB})", [f"x.`{name}`" for name in HUB_SCHEMA.names], HUB_SCHEMA, path)


def dump_edges(connection: Connection, kind: EdgeKind, shape: Shape, path: Path) -> int:
    """Write all edges of a kind; return how many."""
    schema = pa.schema([edge_schema(kind).field(name) for name in shape.names])
    values = ["a.id", "b.id", *(_value(schema.field(name)) for name in shape.names[shape.keys :])]
    match = f"MATCH (a:{LABELS[kind.source]})-[x:{kind.type}]->(b:{LABELS[kind.target]})"
    return _dump(connection, match, values, schema, path, own=shape.keys)


def _value(field: pa.Field) -> str:
    """Times as microseconds; reading them as times is slow, and a text in their place must not end the dump."""
    name = f"x.`{field.name}`"
    if not pa.types.is_timestamp(field.type):
        return name
    micros = f"datetime({{datetime: {name}}}).epochSeconds * 1000000 + {name}.microsecond"
    return f"CASE WHEN {name} IS :: LOCAL DATETIME NOT NULL THEN {micros} END"


def _dump(
    connection: Connection, match: str, values: Sequence[str], schema: pa.Schema, path: Path, own: int = 0
) -> int:
    """Stream the rows; the first `own` values are not properties of `x` itself."""
    text = f"{match} RETURN {', '.join(values)}, size(keys(x))"
    rows = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    full = schema.append(pa.field(SURPLUS, WHOLE))
    with explained(connection.target.url), pq.ParquetWriter(path, full) as writer:
        for records in _streamed(connection, text):
            writer.write_table(_table(records, full, own))
            rows += len(records)
    return rows


def _streamed(connection: Connection, text: str) -> Iterator[list[neo4j.Record]]:
    with connection.driver.session(database=connection.target.database, fetch_size=FETCH_ROWS) as session:
        result = session.run(text)
        while records := result.fetch(FETCH_ROWS):
            yield records


def _table(records: list[neo4j.Record], schema: pa.Schema, own: int) -> pa.Table:
    *columns, sizes = zip(*records, strict=True)
    arrays = [_array(values, field.type) for values, field in zip(columns, schema, strict=False)]
    expected = np.zeros(len(records), dtype=np.int64)
    for array in arrays[own:]:
        expected += array.is_valid().to_numpy(zero_copy_only=False)
    return pa.table([*arrays, pa.array(np.array(sizes, dtype=np.int64) - expected)], schema=schema)


def _array(values: Sequence[object], type_: pa.DataType) -> pa.Array:
    """Return values as a column; those of another type as missing."""
    expected = PYTHON_TYPES.get(type_, int)  # times come as whole numbers
    if not {type(value) for value in values} <= {expected, type(None)}:
        values = [value if type(value) is expected else None for value in values]
    return pa.array(values, pa.int64()).cast(type_) if pa.types.is_timestamp(type_) else pa.array(values, type_)
