"""Settlements by time, and which of them each node had a part in.

Rows are numbered by time (then setl_id), so a node's rows, sorted by number, are sorted by time, a
time window is a range of numbers, and the settlements of two nodes are an intersection.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from graph.embedded.adjacency import EPOCH, MICROSECOND, micros
from graph.embedded.arrays import Array, Texts, read_arrays, text_arrays
from graph.model import NodeType
from graph.store import Visit
from graph.tables import GraphTables

PARTS = (NodeType.PERSON, NodeType.INSTITUTION, NodeType.DOCTOR, NodeType.TERMINAL, NodeType.CARD)
_COLUMNS = ("person", "institution", "doctor", "prescriber", "terminal", "card")
_NOBODY = -1


def visit_arrays(db: duckdb.DuckDBPyConnection, tables: GraphTables) -> dict[str, Array]:
    """Arrays of the visits; `db` holds a table `node_<type>` (id, row) of each type."""
    rows = _numbered(db, tables)
    arrays = {name: rows[name].to_numpy() for name in (*_COLUMNS, "time", "fund")}
    medical = rows["med_type"].combine_chunks().dictionary_encode()
    arrays["med_type"] = medical.indices.to_numpy().astype(np.int16)
    for name, texts in (("setl_id", rows["setl_id"]), ("med_types", pa.chunked_array([medical.dictionary]))):
        arrays |= {f"{name}_{part}": array for part, array in text_arrays(texts).items()}
    for type_ in PARTS:
        nodes = tables.manifest.nodes.get(type_, 0)
        columns = [arrays[name] for name in _columns_of(type_)]
        arrays[f"{type_}_starts"], arrays[f"{type_}_rows"] = _rows_of(nodes, columns)
    return arrays


def _columns_of(type_: NodeType) -> tuple[str, ...]:
    return ("doctor", "prescriber") if type_ is NodeType.DOCTOR else (str(type_),)


def _numbered(db: duckdb.DuckDBPyConnection, tables: GraphTables) -> pa.Table:
    """Read the visits in their order, with row numbers in place of ids."""
    types = {name: NodeType.DOCTOR if name == "prescriber" else NodeType(name) for name in _COLUMNS}
    columns = ", ".join(f"coalesce({name}.row, {_NOBODY})::INTEGER AS {name}" for name in types)
    joins = " ".join(f"LEFT JOIN node_{type_} {name} ON {name}.id = v.{name}" for name, type_ in types.items())
    return db.sql(
        f"SELECT setl_id, epoch_us(time) AS time, fund, med_type, {columns} "  # noqa: S608 - own names only
        f"FROM read_parquet(?, file_row_number = true) v {joins} ORDER BY file_row_number",
        params=[str(tables.visits)],
    ).to_arrow_table()


def _rows_of(nodes: int, columns: list[Array]) -> tuple[Array, Array]:
    """CSR of visit rows by node; a row that names a node twice counts once."""
    node = np.concatenate(columns)
    row = np.tile(np.arange(len(columns[0]), dtype=np.int32), len(columns))
    if len(columns) > 1:
        repeated = np.concatenate([np.zeros(len(columns[0]), bool), columns[1] == columns[0]])
        node = np.where(repeated, _NOBODY, node)
    order = np.lexsort((row, node)) if len(columns) > 1 else np.argsort(node, kind="stable")
    order = order[np.searchsorted(node[order], 0) :]
    starts = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(node[order], minlength=nodes), out=starts[1:])
    return starts, row[order]


class Visits:
    """The settlements of one snapshot, memory-mapped."""

    def __init__(self, path: Path) -> None:
        self._arrays = read_arrays(path)
        self._setl_ids = self._texts("setl_id")
        self._med_types = self._texts("med_types")

    def _texts(self, name: str) -> Texts:
        return Texts({part: self._arrays[f"{name}_{part}"] for part in ("offsets", "data")})

    def rows(self, type_: NodeType, node: int) -> Array:
        """Rows a node had a part in, by time; none for types that settlements do not name."""
        if type_ not in PARTS:
            return np.zeros(0, dtype=np.int32)
        starts = self._arrays[f"{type_}_starts"]
        found: Array = self._arrays[f"{type_}_rows"][starts[node] : starts[node + 1]]
        return found

    def within(self, rows: Array, since: datetime | None, until: datetime | None) -> Array:
        """Keep the rows whose time lies in [since, until)."""
        times = self._arrays["time"]
        low = 0 if since is None else int(np.searchsorted(times, micros(since)))
        high = len(times) if until is None else int(np.searchsorted(times, micros(until)))
        return rows[np.searchsorted(rows, low) : np.searchsorted(rows, high)]

    def visit(self, row: int, ids: Mapping[NodeType, Texts]) -> Visit:
        """Return the visit at `row`; `ids` are the ids of each type."""

        def named(column: str, type_: NodeType) -> str | None:
            node = int(self._arrays[column][row])
            return None if node == _NOBODY else ids[type_][node]

        return Visit(
            setl_id=self._setl_ids[row],
            time=EPOCH + int(self._arrays["time"][row]) * MICROSECOND,
            person=named("person", NodeType.PERSON) or "",
            institution=named("institution", NodeType.INSTITUTION) or "",
            doctor=named("doctor", NodeType.DOCTOR),
            terminal=named("terminal", NodeType.TERMINAL),
            card=named("card", NodeType.CARD),
            med_type=self._med_types[int(self._arrays["med_type"][row])],
            fund=int(self._arrays["fund"][row]),
            prescriber=named("prescriber", NodeType.DOCTOR),
        )
