"""Loads: recorded in the catalog's own transaction, taken over into the ledger at its next opening.

The catalog is a file of its own, so a load and its leaf cannot be one transaction. The load puts the
leaf into an outbox beside itself; whoever opens the ledger next enters it, once. `problems` compares
both ways, so that neither a load without a leaf nor a leaf without a load passes.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from claims.catalog_schema import data_version_tables, files, loads, make_engine, outbox
from claims.language import N_
from claims.ledger.canonical import Json, canonical
from claims.ledger.leaves import Kind, entries, moment
from claims.ledger.log import append
from claims.ledger.schema import leaves
from claims.ledger.verify import Problem


def record(catalog: sa.Connection, load: int, actor: str, at: datetime) -> None:
    """Put the leaf of a load into the outbox, in the catalog transaction that writes the load."""
    values = {"load_id": load, "at": moment(at), "actor": actor, "body": canonical(load_body(catalog, load))}
    catalog.execute(sa.insert(outbox).values(values))


def load_body(catalog: sa.Connection, load: int) -> Mapping[str, Json]:
    """Return what the ledger says of a load: its note, source files by hash, and the data version it made."""
    row = catalog.execute(sa.select(loads).where(loads.c.id == load)).one()
    taken = catalog.execute(sa.select(files).where(files.c.load_id == load).order_by(files.c.id))
    parts = sa.select(data_version_tables).where(data_version_tables.c.version_id == row.version_id)
    return {
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "note": row.note,
        "data_version": row.version_id,
        "files": [{"id": f.id, "name": f.name, "sha256": f.sha256, "size": f.size} for f in taken],
        "tables": {p.table_name: {"version": p.delta_version, "rows": p.rows} for p in catalog.execute(parts)},
    }


def take_over(connection: sa.Connection, path: Path) -> int:
    """Enter what waits in the outbox of the catalog at `path`; returns how many loads that were."""
    entered = _entered(connection)
    waiting = [row for row in _waiting(path) if str(row.load_id) not in entered]
    for row in waiting:
        body, at = json.loads(row.body), datetime.fromisoformat(row.at)
        append(connection, Kind.LOAD, str(row.load_id), actor=row.actor, body=body, at=at)
    return len(waiting)


def problems(connection: sa.Connection, path: Path) -> Iterator[Problem]:
    """Yield where catalog and ledger tell of different loads; a load in the outbox is on its way."""
    entered = _entered(connection)
    waiting = {str(row.load_id) for row in _waiting(path)}
    held = _held(path)
    for load in sorted({*entered, *held}, key=lambda text: (len(text), text)):
        if load not in held:
            yield Problem(N_("Load {load}, which the ledger records, is not in the catalog."), {"load": load})
        elif load not in entered and load not in waiting:
            yield Problem(N_("Load {load} of the catalog is not in the ledger."), {"load": load})
        elif load in entered and entered[load] != held[load]:
            yield Problem(N_("Load {load} was changed in the catalog after the ledger recorded it."), {"load": load})


def _entered(connection: sa.Connection) -> Mapping[str, str]:
    found = entries(connection, leaves.c.kind == Kind.LOAD.value)
    return {entry.leaf.subject: canonical(entry.leaf.body) for entry in found}


def _held(path: Path) -> Mapping[str, str]:
    if not path.exists():
        return {}
    with make_engine(path).connect() as catalog:
        if not sa.inspect(catalog).has_table(loads.name):  # killed while making it
            return {}
        numbers = catalog.scalars(sa.select(loads.c.id)).all()
        return {str(number): canonical(load_body(catalog, number)) for number in numbers}


def _waiting(path: Path) -> list[sa.Row[*tuple[object, ...]]]:
    if not path.exists():
        return []
    with make_engine(path).connect() as catalog:
        if not sa.inspect(catalog).has_table(outbox.name):
            return []
        return list(catalog.execute(sa.select(outbox).order_by(outbox.c.load_id)))
