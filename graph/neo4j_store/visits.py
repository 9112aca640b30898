"""Settlements of a node, read from the graph tables: they are not on the server.

A county has 20 million of them; what a graph is asked stands on its edges already. Whoever opens the
store beside a workspace gets them from its `visits.parquet`; without one the question is refused.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from graph.model import NodeRef, NodeType
from graph.store import Visit

_COLUMNS = "setl_id, time, person, institution, doctor, terminal, card, med_type, fund, prescriber"
_TAKES_PART = {
    NodeType.PERSON: "person = {id}",
    NodeType.CARD: "card = {id}",
    NodeType.INSTITUTION: "institution = {id}",
    NodeType.TERMINAL: "terminal = {id}",
    NodeType.DOCTOR: "(doctor = {id} OR prescriber = {id})",
}


@dataclass(frozen=True)
class VisitsFile:
    """The settlements of one snapshot; `db` belongs to whoever opened it."""

    path: Path
    db: duckdb.DuckDBPyConnection

    def of(
        self, ref: NodeRef, other: NodeRef | None, since: datetime | None, until: datetime | None, limit: int
    ) -> tuple[Visit, ...]:
        """Settlements both nodes had a part in, within [since, until); types never named in one have none."""
        asked = {"ref": ref} if other is None else {"ref": ref, "other": other}
        if any(one.type not in _TAKES_PART for one in asked.values()):
            return ()
        tests = [_TAKES_PART[one.type].format(id=f"${name}") for name, one in asked.items()]
        values: dict[str, object] = {name: one.id for name, one in asked.items()}
        values |= {"path": str(self.path), "since": since, "until": until, "limit": max(limit, 0)}
        text = (
            f"SELECT {_COLUMNS} FROM read_parquet($path) WHERE {' AND '.join(tests)} "  # noqa: S608 - our own names
            "AND ($since::TIMESTAMP IS NULL OR time >= $since) AND ($until::TIMESTAMP IS NULL OR time < $until) "
            "ORDER BY time, setl_id LIMIT $limit"
        )
        with self.db.cursor() as cursor:  # one connection may not be shared between threads
            return tuple(Visit(*row) for row in cursor.execute(text, values).fetchall())
