"""Rows of the case database and the objects they stand for; every function works in an open transaction."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from cases.codec import finding_json, notes_json, notes_of, packed, picture_json, picture_of, unpacked
from cases.history import Event, EventKind, Run
from cases.lives import Lives
from cases.model import Ring, Status
from cases.schema import decisions as decisions_table
from cases.schema import dumps, ring_events, ring_findings, ring_members
from cases.schema import findings as findings_table
from cases.schema import rings as rings_table
from cases.schema import runs as runs_table
from detectors.finding import Finding, Statement


def order_of(ring: Ring) -> tuple[float, int]:
    """Best score first, then the older."""
    return -ring.picture.score, ring.number


def run_values(run: Run) -> dict[str, object]:
    """A run as columns, without its number."""
    return {
        "data_version": run.data_version,
        "code_version": run.code_version,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "parameters": dumps(dict(run.parameters)),
        "state": run.state,
        "trial": run.trial,
        "until": run.until.isoformat() if run.until else None,
        "false_alarms": run.false_alarms,
        "notes": dumps(notes_json(run.notes)),
        "digest": run.digest,
        "counts": dumps(dict(run.counts)),
    }


def run_of(row: sa.Row[*tuple[object, ...]]) -> Run:
    """Read what `run_values` wrote."""
    given = row._mapping
    return Run(
        id=given["id"],
        data_version=given["data_version"],
        code_version=given["code_version"],
        started_at=datetime.fromisoformat(given["started_at"]),
        finished_at=datetime.fromisoformat(given["finished_at"]) if given["finished_at"] else None,
        parameters=json.loads(given["parameters"]),
        state=given["state"],
        trial=given["trial"],
        until=date.fromisoformat(given["until"]) if given["until"] else None,
        false_alarms=given["false_alarms"],
        notes=notes_of(json.loads(given["notes"])),
        digest=given["digest"],
        counts=json.loads(given["counts"]),
    )


def last_run(connection: sa.Connection) -> Run | None:
    """Return the newest run that rings live by."""
    ended = runs_table.c.state.in_(("finished", "failed")) & ~runs_table.c.trial
    row = connection.execute(sa.select(runs_table).where(ended).order_by(runs_table.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else run_of(row)


def write_findings(connection: sa.Connection, run: int, findings: Sequence[Finding]) -> None:
    """Write the findings of a run, numbered in their order."""
    values = [
        {
            "run_id": run,
            "number": number,
            "identity": finding.identity,
            "detector": finding.detector,
            "kind": finding.kind,
            "score": float(finding.score),
            "content": packed(finding_json(finding)),
        }
        for number, finding in enumerate(findings)
    ]
    if values:
        connection.execute(sa.insert(findings_table), values)


def rings(connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None) -> tuple[Ring, ...]:
    """Return rings by number."""
    query = sa.select(rings_table).where(sa.true() if condition is None else condition)
    found = connection.execute(query.order_by(rings_table.c.number))
    return tuple(
        Ring(
            id=row.id,
            number=row.number,
            born_run=row.born_run,
            run=row.run_id,
            status=Status(row.status),
            picture=picture_of(unpacked(row.content)),
            merged_into=row.merged_into,
        )
        for row in found
    )


def write_lives(connection: sa.Connection, lives: Lives, run: int) -> None:
    """Write how every ring stands after a run, what happened, and which decisions no longer hold."""
    before = {row.id: row for row in connection.execute(sa.select(rings_table.c.id, rings_table.c.status))}
    for ring in lives.rings:
        if ring.run == run:
            _write_ring(connection, ring, known=ring.id in before)
        elif before[ring.id].status != ring.status or ring.merged_into:
            change = {"status": ring.status.value, "merged_into": ring.merged_into}
            connection.execute(sa.update(rings_table).where(rings_table.c.id == ring.id).values(change))
    write_events(connection, lives.events)
    if lives.reopened:
        ended = decisions_table.c.ring_id.in_(lives.reopened)
        connection.execute(sa.update(decisions_table).where(ended).values(in_force=False))


def _write_ring(connection: sa.Connection, ring: Ring, known: bool) -> None:
    picture = ring.picture
    values = {
        "kind": picture.kind,
        "status": ring.status.value,
        "score": picture.score,
        "fund": picture.exposure.fund,
        "born_run": ring.born_run,
        "run_id": ring.run,
        "merged_into": ring.merged_into,
        "content": packed(picture_json(picture)),
    }
    if known:
        connection.execute(sa.update(rings_table).where(rings_table.c.id == ring.id).values(values))
        for table in (ring_members, ring_findings):
            connection.execute(sa.delete(table).where(table.c.ring_id == ring.id))
    else:
        connection.execute(sa.insert(rings_table).values(id=ring.id, number=ring.number, **values))
    members = {(member.type.value, member.id): member.role.value for member in picture.members}
    people = [{"ring_id": ring.id, "type": t, "id": i, "role": role} for (t, i), role in members.items()]
    connection.execute(sa.insert(ring_members), people)
    rests_on = [{"ring_id": ring.id, "run_id": ring.run, "number": number} for number in picture.numbers]
    connection.execute(sa.insert(ring_findings), rests_on)


def write_events(connection: sa.Connection, events: Iterable[Event]) -> None:
    """Add events; they are never changed."""
    values = [
        {"ring_id": e.ring, "run_id": e.run, "kind": e.kind.value, "zh": e.words.zh, "en": e.words.en, "alert": e.alert}
        for e in events
    ]
    if values:
        connection.execute(sa.insert(ring_events), values)


def events(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> tuple[Event, ...]:
    """Return events in the order they were written."""
    found = connection.execute(sa.select(ring_events).where(condition).order_by(ring_events.c.id))
    return tuple(
        Event(row.ring_id, row.run_id, EventKind(row.kind), Statement(row.zh, row.en), row.alert) for row in found
    )


def let_go(connection: sa.Connection, keep: int) -> tuple[int, ...]:
    """Remove findings of runs before the newest `keep` on which no ring rests; return runs left without any."""
    newest = sa.select(runs_table.c.id).order_by(runs_table.c.id.desc()).offset(keep).limit(1)
    last = connection.scalar(newest)
    if last is None:
        return ()
    used = sa.exists().where(
        ring_findings.c.run_id == findings_table.c.run_id, ring_findings.c.number == findings_table.c.number
    )
    connection.execute(sa.delete(findings_table).where(findings_table.c.run_id <= last, ~used))
    held = sa.select(findings_table.c.run_id).where(findings_table.c.run_id <= last)
    bare = sa.select(runs_table.c.id).where(runs_table.c.id <= last, runs_table.c.id.not_in(held))
    return tuple(connection.scalars(bare.order_by(runs_table.c.id)))
