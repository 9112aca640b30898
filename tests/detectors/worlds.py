"""Snapshots of small worlds without files: rows in the data standard's shape, straight into DuckDB."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from claims.cross import create_flagged
from claims.duck import SQL_TYPES, open_duckdb, quoted
from claims.net import create_net, resolve_refunds
from claims.reader import create_view
from claims.tables import TABLES
from detectors.snapshot import Snapshot

Rows = Mapping[str, Sequence[Mapping[str, object]]]


def snapshot_of(world: Rows, *, shuffled: int | None = None, until: date | None = None) -> Snapshot:
    """Snapshot of a world; `shuffled` seeds another order of the rows of every table.

    Values are written as in a source file ('2026-01-05 09:00:00', '80.00'); absent columns are NULL.
    """
    db = open_duckdb(threads=1)
    for table in TABLES:
        rows = list(world.get(table.name, ()))
        if shuffled is not None:
            random.Random(f"{shuffled}{table.name}").shuffle(rows)
        if not rows:
            create_view(db, table, ())
            continue
        texts = {c.name: [_text(row.get(c.name)) for row in rows] for c in table.columns if c.type != "vector"}
        vectors = {c.name: [row.get(c.name) for row in rows] for c in table.columns if c.type == "vector"}
        given = pa.table(
            {name: pa.array(values, pa.string()) for name, values in texts.items()}
            | {name: pa.array(values, pa.list_(pa.float32())) for name, values in vectors.items()}
        )
        db.register("given", given)
        typed = [f"CAST({quoted(c.name)} AS {SQL_TYPES[c.type]}) AS {quoted(c.name)}" for c in table.columns]
        typed += ["0::BIGINT AS row_flags", "1 AS source_file", "row_number() OVER () AS source_line"]
        typed += [f"strftime(CAST({quoted(table.month_of)} AS TIMESTAMP), '%Y-%m') AS month"] if table.month_of else []
        db.execute(f"CREATE TABLE {quoted(table.name)} AS SELECT {', '.join(typed)} FROM given")
        db.unregister("given")
    resolve_refunds(db)
    create_net(db)
    create_flagged(db, {name for name, rows in world.items() if rows})
    return Snapshot(db, data_version=1, until=until)


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


@dataclass(frozen=True)
class Planted:
    """A world for the promises that every detector keeps (`test_every_detector.py`).

    `ring` holds (type, id) of the subjects the one unexplained finding must have, exactly, of those
    types it names; `worse` is the same ring twice as active; `innocents` are worlds by name that must
    yield nothing above the alert line; `strangers` are rows that concern nobody in the ring.
    """

    rows: Rows
    ring: frozenset[tuple[str, str]]
    worse: Rows
    innocents: Mapping[str, Rows]
    strangers: Rows
