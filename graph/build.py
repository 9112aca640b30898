"""Building a graph snapshot from a data version: net claims and registers in, graph tables out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow.parquet as pq

from claims.catalog import Catalog
from claims.durable import store_errors
from claims.language import N_
from claims.reader import Claims
from claims.workspace import Workspace
from graph.building import boxes, partials, registers, snapshots
from graph.building.edges import Written, edge_queries, note_left_out, view_months, write_edges
from graph.building.nodes import write_nodes
from graph.embedded.writer import write_store
from graph.model import NodeType
from graph.tables import GraphTables, Manifest

KEEP = 3  # snapshots that stay, pinned ones besides
MEMORY = "2GB"

SUMMING = N_("Summing the months that changed")
EDGES = N_("Writing the edges")
NODES = N_("Writing the nodes")
STORE = N_("Writing the embedded store")


class Progress(Protocol):
    """Hears how far a build is; `step` is a catalogue key, `done` of `total` parts of it are done."""

    def __call__(self, step: str, done: int, total: int, /) -> None:
        """Take note."""


def _silent(step: str, done: int, total: int, /) -> None:
    """Tell nobody."""


def build(
    workspace: Workspace,
    version: int | None = None,
    progress: Progress | None = None,
    *,
    full: bool = False,
    keep: int = KEEP,
    wait: float = 0.0,
) -> GraphTables:
    """Build the snapshot of a data version (None: the newest) and put it in force; return its tables.

    A snapshot that exists is used as it is, and months that did not change are not summed again;
    `full` builds everything anew. An older version than the one in force is built beside it. Raises
    NotFoundError without such a version, BusyError where another build runs longer than `wait`
    seconds, StoreError where the disk fails; whatever happens, the snapshot in force stays whole.
    """
    claims = Claims.open(workspace, version)
    with store_errors(workspace.graph), snapshots.building(workspace, wait) as folder:
        name = None if full else snapshots.usable(workspace, claims.version.id)
        if name is None:
            _Build(claims, folder, progress or _silent).run(full)
            name = snapshots.finish(workspace, folder, claims.version.id)
        snapshots.put_in_force(workspace, name)
        snapshots.forget(workspace, keep, {pin.version for pin in Catalog.open(workspace.catalog).pins()})
        return GraphTables(workspace.graph / name, Manifest.read(workspace.graph / name))


@dataclass(frozen=True)
class _Build:
    """One build into `folder`, step by step."""

    claims: Claims
    folder: Path
    progress: Progress
    written: Written = field(default_factory=Written)

    def run(self, full: bool) -> None:
        """Write graph tables, manifest and embedded store."""
        with self.claims.connect(memory_limit=MEMORY) as db:
            view_months(db, self._months(db, full))
            registers.prepare(db)
            boxes.prepare(db)
            edges = self._edges(db)
            manifest = self._nodes(db, edges)
        manifest.write(self.folder)
        self.progress(STORE, 0, 1)
        write_store(GraphTables(self.folder, manifest))
        self.progress(STORE, 1, 1)

    def _months(self, db: duckdb.DuckDBPyConnection, full: bool) -> Sequence[Path]:
        """Bring the sums of all months up to date; return their folders by month."""
        root = self.claims.workspace.graph / partials.PARTIALS
        folders = partials.folders_of(root, partials.fingerprints(self.claims, db))
        if full:
            partials.forget(root, {})
        for done, _ in enumerate(partials.complete(db, folders)):
            self.progress(SUMMING, done, len(folders))
        self.progress(SUMMING, len(folders), len(folders))
        partials.forget(root, folders)
        return list(folders.values())

    def _edges(self, db: duckdb.DuckDBPyConnection) -> Path:
        folder = self.folder / "tables" / "edges"
        queries = edge_queries()
        for done, (name, query) in enumerate(queries.items()):
            self.progress(EDGES, done, len(queries))
            write_edges(db, name, query, folder, self.written)
        note_left_out(db, self.written)
        self.progress(EDGES, len(queries), len(queries))
        return folder

    def _nodes(self, db: duckdb.DuckDBPyConnection, edges: Path) -> Manifest:
        nodes: dict[str, int] = {}
        placeholders: dict[str, int] = {}
        for done, type_ in enumerate(NodeType):
            self.progress(NODES, done, len(NodeType))
            rows, unknown = write_nodes(db, type_, edges.with_name("nodes"), edges)
            nodes |= {str(type_): rows} if rows else {}
            placeholders |= {str(type_): unknown} if unknown else {}
        self.progress(NODES, len(NodeType), len(NodeType))
        visits = self.folder / "tables" / "visits.parquet"
        db.table("visits").write_parquet(str(visits))
        count = int(pq.read_metadata(visits).num_rows)
        left_out = self.written.left_out
        return Manifest(self.claims.version.id, nodes, self.written.rows, count, placeholders, left_out)
