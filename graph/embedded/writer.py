"""Writing the embedded store from graph tables: strings become row numbers, edges become CSR arrays.

Layout below `<snapshot>/embedded/` (`.bin`: `arrays.py`, `.arrow`: `attributes.py`):

    nodes/<type>.bin, .arrow      ids sorted; label, placeholder and attributes in the same order
    names/<type>.bin              folded labels and pinyin initials, sorted, with their nodes
    tails.bin                     telephones by their last four digits
    edges/<kind>.<direction>.bin  neighbours by node, most settlements first, with their measures
    edges/<kind>.arrow            attributes, in the order of the edge table
    visits.bin                    settlements by time, and the settlements of each node
"""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from graph.embedded.adjacency import adjacency_arrays
from graph.embedded.arrays import text_arrays, write_arrays
from graph.embedded.attributes import write_rows
from graph.embedded.search import name_arrays, tail_arrays
from graph.embedded.visits import visit_arrays
from graph.model import EdgeKind, NodeType
from graph.store import Direction
from graph.tables import EDGE_ATTRIBUTES, GraphTables


def write_store(tables: GraphTables) -> None:
    """Write the embedded store of a snapshot into its folder."""
    with duckdb.connect() as db:
        for type_ in NodeType:
            db.execute(f"CREATE TABLE node_{type_} (id VARCHAR, row INTEGER)")
        for type_, path in tables.node_types():
            _write_nodes(tables.embedded, type_, path)
            db.execute(
                f"INSERT INTO node_{type_} "  # noqa: S608 - a name of our own
                "SELECT id, file_row_number FROM read_parquet(?, file_row_number = true)",
                [str(path)],
            )
        for kind, path in tables.edge_kinds():
            _write_edges(db, tables.embedded / "edges", kind, path)
        write_arrays(tables.embedded / "visits.bin", visit_arrays(db, tables))


def _write_nodes(folder: Path, type_: NodeType, path: Path) -> None:
    table = pq.read_table(path)
    ids = table["id"]
    write_arrays(folder / "nodes" / f"{type_}.bin", text_arrays(ids))
    write_rows(folder / "nodes" / f"{type_}.arrow", table.drop_columns(["id"]))
    write_arrays(folder / "names" / f"{type_}.bin", name_arrays(type_, table["label"]))
    if type_ is NodeType.PHONE:
        write_arrays(folder / "tails.bin", tail_arrays(ids))


def _write_edges(db: duckdb.DuckDBPyConnection, folder: Path, kind: EdgeKind, path: Path) -> None:
    attributes = list(EDGE_ATTRIBUTES.get(kind.type, {}))
    if attributes:
        write_rows(folder / f"{kind.name}.arrow", pq.read_table(path, columns=attributes))
    db.execute(
        "CREATE OR REPLACE TABLE edge AS SELECT s.row AS source, t.row AS target, count, fund, first, last, "  # noqa: S608
        "file_row_number::INTEGER AS row FROM read_parquet(?, file_row_number = true) e "
        f"JOIN node_{kind.source} s ON s.id = e.source JOIN node_{kind.target} t ON t.id = e.target",
        [str(path)],
    )
    for direction, node, other in ((Direction.OUT, "source", "target"), (Direction.IN, "target", "source")):
        rows = db.sql(
            f"SELECT {node} AS node, {other} AS neighbour, count, fund, first, last, row FROM edge "  # noqa: S608
            "ORDER BY node, count DESC, neighbour"
        ).to_arrow_table()
        nodes = _node_count(db, kind.source if direction is Direction.OUT else kind.target)
        arrays = adjacency_arrays(rows, nodes, with_rows=bool(attributes))
        write_arrays(folder / f"{kind.name}.{direction}.bin", arrays)


def _node_count(db: duckdb.DuckDBPyConnection, type_: NodeType) -> int:
    (count,) = db.execute(f"SELECT count(*) FROM node_{type_}").fetchall()[0]  # noqa: S608
    return int(count)
