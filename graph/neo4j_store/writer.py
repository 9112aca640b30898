"""Writing nodes and edges: in batches, each a transaction, repeatable, and in parallel where that is safe."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import neo4j
import pyarrow as pa
from neo4j.exceptions import ConstraintError

from claims.errors import BusyError
from claims.language import N_
from graph.model import EdgeKind, NodeType
from graph.neo4j_store import statements
from graph.neo4j_store.connection import Connection
from graph.neo4j_store.errors import explained
from graph.neo4j_store.names import HUB, LABELS

BATCH_ROWS = 5_000
THREADS = 2
Row = list[object]


@dataclass(frozen=True)
class Plan:
    """What a push set out to do: its batches leave marks under this name; `done` are those it finds."""

    id: str
    done: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Neo4jWriter:
    """Writes record batches as they come: one batch is one transaction.

    Nodes must be there before their edges. With a `plan`, each batch leaves a mark and is skipped
    when its mark is there; `fresh` then writes without looking for what exists, which is only
    right in an empty database. Edges of a fresh load are written in parallel: each batch
    in the order of its targets, so that two transactions lock shared targets in the same order.
    """

    connection: Connection
    plan: Plan | None = None
    fresh: bool = False
    threads: int = field(default=THREADS)

    def write_nodes(self, type_: NodeType, rows: Iterator[pa.RecordBatch]) -> int:
        """Add or replace nodes (columns: id, then properties); return how many."""
        return self._write_labelled(LABELS[type_], f"nodes {type_}", rows)

    def write_hubs(self, rows: Iterator[pa.RecordBatch]) -> int:
        """Add or replace the lists kept for hubs; return how many."""
        return self._write_labelled(HUB, "hubs", rows)

    def write_edges(self, kind: EdgeKind, rows: Iterator[pa.RecordBatch]) -> int:
        """Add or replace edges (columns: source, target, then properties); return how many."""
        sorted_rows = (batch.sort_by([("target", "ascending"), ("source", "ascending")]) for batch in rows)

        def text(columns: list[str]) -> str:
            return statements.write_edges(kind, columns, fresh=self.fresh)

        return self._write(f"edges {kind.name}", sorted_rows, text, self.threads if self.fresh else 1)

    def delete_nodes(self, type_: NodeType, ids: Iterator[pa.RecordBatch]) -> int:
        """Remove nodes and their edges (column: id); return how many."""
        return self._write(f"delete nodes {type_}", ids, lambda _: statements.delete_nodes(LABELS[type_]), 1)

    def delete_hubs(self, ids: Iterator[pa.RecordBatch]) -> int:
        """Remove lists kept for hubs (column: id); return how many."""
        return self._write("delete hubs", ids, lambda _: statements.delete_nodes(HUB), 1)

    def delete_edges(self, kind: EdgeKind, keys: Iterator[pa.RecordBatch]) -> int:
        """Remove edges (columns: source, target); return how many."""
        return self._write(f"delete edges {kind.name}", keys, lambda _: statements.delete_edges(kind), 1)

    def _write_labelled(self, label: str, step: str, rows: Iterator[pa.RecordBatch]) -> int:
        def text(columns: list[str]) -> str:
            return statements.write_nodes(label, columns, fresh=self.fresh)

        return self._write(step, rows, text, self.threads if self.fresh else 1)

    def _write(self, step: str, rows: Iterator[pa.RecordBatch], text: Callable[[list[str]], str], threads: int) -> int:
        """Write the batches of a step, at most `threads` at once, and never far ahead of the slowest."""
        written = 0
        with ThreadPoolExecutor(threads, thread_name_prefix="neo4j") as pool:
            running: deque[Future[int]] = deque()
            for number, batch in enumerate(rows):
                running.append(pool.submit(self._commit, f"{step} {number}", batch, text(batch.schema.names)))
                if len(running) > threads:
                    written += running.popleft().result()
            return written + sum(future.result() for future in running)

    def _commit(self, name: str, batch: pa.RecordBatch, text: str) -> int:
        """Write one batch in one transaction; deadlocks and lost leaders are tried again by the driver."""
        if self.plan is not None and f"{self.plan.id} {name}" in self.plan.done:
            return 0
        with explained(self.connection.target.url), self.connection.session() as session:
            try:
                session.execute_write(self._in_transaction, name, text, as_rows(batch))
            except _DoneBeforeError:
                return 0  # an earlier attempt was committed, only its answer was lost
        return len(batch)

    def _in_transaction(self, transaction: neo4j.ManagedTransaction, name: str, text: str, rows: list[Row]) -> None:
        if self.plan is not None:
            _mark(transaction, self.plan, name)
        transaction.run(text, rows=rows).consume()


class _DoneBeforeError(Exception):
    """The mark of this batch is there already."""


def _mark(transaction: neo4j.ManagedTransaction, plan: Plan, name: str) -> None:
    try:
        record = transaction.run(statements.MARK, plan=plan.id, batch=f"{plan.id} {name}").single(strict=True)
    except ConstraintError as error:
        raise _DoneBeforeError from error
    if not record["taken"]:
        raise BusyError(N_("Another push has taken over this server; this one stopped."))


def as_rows(batch: pa.RecordBatch) -> list[Row]:
    """Return rows as lists, times as microseconds since 1970."""
    columns = [column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column for column in batch.columns]
    return [list(row) for row in zip(*(column.to_pylist() for column in columns), strict=True)]
