"""Graph tables of built snapshots, read back for tests."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from graph.model import BY_NAME, NodeType
from graph.tables import GraphTables

Rows = list[dict[str, Any]]


def nodes_of(tables: GraphTables, type_: NodeType) -> Rows:
    path = tables.nodes(type_)
    return pq.read_table(path).to_pylist() if path else []


def edges_of(tables: GraphTables, name: str) -> Rows:
    path = tables.edges(BY_NAME[name])
    return pq.read_table(path).to_pylist() if path else []


def pairs(tables: GraphTables, name: str) -> list[tuple[str, str]]:
    return [(row["source"], row["target"]) for row in edges_of(tables, name)]


def content(tables: GraphTables) -> dict[str, Any]:
    """Everything a snapshot says, by file; two builds of the same claims say exactly the same."""
    root = tables.folder / "tables"
    files: dict[str, Any] = {
        str(path.relative_to(root)): pq.read_table(path).to_pylist() for path in sorted(root.rglob("*.parquet"))
    }
    return files | {"manifest": tables.manifest}


def embedded_bytes(tables: GraphTables) -> dict[str, bytes]:
    """The embedded store's files, byte by byte."""
    paths: list[Path] = sorted(tables.embedded.rglob("*.*"))
    return {str(path.relative_to(tables.embedded)): path.read_bytes() for path in paths if path.is_file()}
