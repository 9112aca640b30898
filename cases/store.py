"""The case database: what runs found and what people decided, each in one transaction.

SQLite (WAL, synchronous=FULL) in the workspace, or PostgreSQL by URL. A run's result (findings,
rings, events) is there as a whole or not at all. Lives are followed inside the transaction that
writes them, so a decision taken while a run was looking is never overwritten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Self

import sqlalchemy as sa

import cases.exports.schema  # noqa: F401 - declares the tables its migration makes
from cases import decision_rows, rows
from cases.codec import finding_of, unpacked
from cases.history import Decision, Event, Note, Run
from cases.lives import Night, follow
from cases.migrations import upgrade
from cases.model import Picture, Ring, Status
from cases.records import record_run, record_weights
from cases.refit import Refit
from cases.schema import REVISIONS, dumps, engine_of, reading, revision, ring_events, writing
from cases.schema import decisions as decisions_table
from cases.schema import findings as findings_table
from cases.schema import rings as rings_table
from cases.schema import runs as runs_table
from cases.schema import weights as weights_table
from cases.score import HAND, Weights
from cases.work.follow import follow_rings
from claims.catalog import now
from claims.errors import NotFoundError, StoreError
from claims.language import N_
from detectors.finding import Finding, Statement

KEEP_RUNS = 30  # runs whose findings are kept whole; rings keep theirs, older runs can be repeated


@dataclass(frozen=True)
class Result:
    """What a run found, before it is written."""

    findings: Sequence[Finding]
    pictures: Sequence[Picture]
    notes: Sequence[Note]
    false_alarms: float
    digest: str
    failed: bool


@dataclass(frozen=True)
class Saved:
    """A run as it was written: its rings (those it saw, best first, then those asleep) and events.

    `released` names runs whose findings were let go, so that their data versions may go too.
    """

    run: Run
    rings: tuple[Ring, ...]
    events: tuple[Event, ...]
    released: tuple[int, ...]


@dataclass(frozen=True)
class CaseStore:
    """The case database behind `engine`; every method is one transaction."""

    engine: sa.Engine

    @classmethod
    def open(cls, address: str | Path) -> Self:
        """Open the database, making it or bringing it to this schema; StoreError where it is newer."""
        if isinstance(address, Path):
            address.parent.mkdir(parents=True, exist_ok=True)
        engine = engine_of(address)
        with reading(engine) as connection:
            found = revision(connection)
        if found is not None and found not in REVISIONS:
            place = engine.url.render_as_string(hide_password=True)
            message = N_("{path} was written by a newer Ringhound (schema {found}); this one reads schema {known}.")
            raise StoreError(message, path=place, found=found, known=REVISIONS[-1])
        if found != REVISIONS[-1]:
            with writing(engine) as connection:
                upgrade(connection)
        return cls(engine)

    def begin(self, run: Run) -> Run:
        """Write down that a run has begun and return it with its number; runs a kill left behind are closed."""
        left = runs_table.c.state == "running"
        with writing(self.engine) as connection:
            connection.execute(sa.update(runs_table).where(left).values(state="stopped"))
            values = rows.run_values(run)
            number = connection.scalar(sa.insert(runs_table).values(values).returning(runs_table.c.id))
        return replace(run, id=int(number or 0))

    def abandon(self, run: Run) -> None:
        """Write down that a run ended without a result."""
        with writing(self.engine) as connection:
            ended = {"state": "stopped", "finished_at": now().isoformat()}
            connection.execute(sa.update(runs_table).where(runs_table.c.id == run.id).values(ended))

    def finish(self, run: Run, result: Result, day: date) -> Saved:
        """Write a run's result: all of it in one transaction.

        Where the last run had the same inputs and found the same, that run stays the last one and
        is returned: looking twice changes nothing.
        """
        with writing(self.engine) as connection:
            last = None if run.trial else rows.last_run(connection)
            if last is not None and _same(last, run, result) and not decision_rows.snoozes_over(connection, day):
                connection.execute(sa.delete(runs_table).where(runs_table.c.id == run.id))
                known = tuple(sorted(rows.rings(connection), key=rows.order_of))
                return Saved(last, known, rows.events(connection, ring_events.c.run_id == last.id), ())
            done = _finished(run, result)
            rows.write_findings(connection, run.id, result.findings)
            decided = decision_rows.decisions_in_force(connection)
            night = Night(run.id, day, run.trial)
            lives = follow(rows.rings(connection), result.pictures, night, decided)
            released: tuple[int, ...] = ()
            if not run.trial:
                rows.write_lives(connection, lives, run.id)
                follow_rings(connection, lives, now())
                released = rows.let_go(connection, KEEP_RUNS)
            alerts = sum(event.alert for event in lives.events)
            done = replace(done, counts={**done.counts, "alerts": alerts})
            connection.execute(sa.update(runs_table).where(runs_table.c.id == run.id).values(rows.run_values(done)))
            record_run(connection, done)
        return Saved(done, lives.rings, lives.events, released)

    def last_run(self) -> Run | None:
        """Return the newest run that rings live by, None before the first."""
        with reading(self.engine) as connection:
            return rows.last_run(connection)

    def run(self, number: int) -> Run:
        """Return run `number`; NotFoundError where there is none."""
        with reading(self.engine) as connection:
            row = connection.execute(sa.select(runs_table).where(runs_table.c.id == number)).one_or_none()
        if row is None:
            raise NotFoundError(N_("There is no run {number}."), number=number)
        return rows.run_of(row)

    def runs(self) -> tuple[Run, ...]:
        """Return all runs, oldest first."""
        with reading(self.engine) as connection:
            return tuple(map(rows.run_of, connection.execute(sa.select(runs_table).order_by(runs_table.c.id))))

    def findings(self, run: int, numbers: Sequence[int] | None = None) -> Mapping[int, Finding]:
        """Return findings of a run by number (None: all that are kept)."""
        query = sa.select(findings_table.c.number, findings_table.c.content).where(findings_table.c.run_id == run)
        if numbers is not None:
            query = query.where(findings_table.c.number.in_(numbers))
        with reading(self.engine) as connection:
            found = connection.execute(query.order_by(findings_table.c.number)).all()
        return {number: finding_of(unpacked(content)) for number, content in found}

    def rings(self) -> tuple[Ring, ...]:
        """Return all rings, best score first; those that went into another are left out."""
        with reading(self.engine) as connection:
            found = [ring for ring in rows.rings(connection) if not ring.merged_into]
        return tuple(sorted(found, key=rows.order_of))

    def ring(self, id_: str) -> Ring:
        """Return a ring; NotFoundError where there is none."""
        with reading(self.engine) as connection:
            found = rows.rings(connection, rings_table.c.id == id_)
        if not found:
            raise NotFoundError(N_("There is no ring {ring}."), ring=id_)
        return found[0]

    def history(self, ring: str) -> tuple[Event, ...]:
        """Return what happened to a ring, oldest first."""
        with reading(self.engine) as connection:
            return rows.events(connection, ring_events.c.ring_id == ring)

    def events_of(self, run: int) -> tuple[Event, ...]:
        """Return what happened in a run, in order."""
        with reading(self.engine) as connection:
            return rows.events(connection, ring_events.c.run_id == run)

    def decisions(self, ring: str | None = None) -> tuple[Decision, ...]:
        """Return what was decided, oldest first; about one ring, or about all."""
        with reading(self.engine) as connection:
            condition = sa.true() if ring is None else decisions_table.c.ring_id == ring
            return decision_rows.decisions(connection, condition)

    def decide(self, decision: Decision, status: Status, words: Statement) -> None:
        """Write a decision about a ring; the one before it is kept and no longer holds."""
        with writing(self.engine) as connection:
            decision_rows.write_decision(connection, decision, status, words)

    def weights(self) -> Weights:
        """Return the weights in force: the newest accepted, else the table's own."""
        query = sa.select(weights_table).order_by(weights_table.c.version.desc()).limit(1)
        with reading(self.engine) as connection:
            row = connection.execute(query).one_or_none()
        return HAND if row is None else decision_rows.weights_of(row)

    def accept(self, refit: Refit, user: str) -> None:
        """Put fitted weights in force for the runs to come."""
        with writing(self.engine) as connection:
            connection.execute(sa.insert(weights_table).values(decision_rows.weights_values(refit, user)))
            record_weights(connection, refit, user)


def _same(last: Run, run: Run, result: Result) -> bool:
    """Whether a run had the inputs of the last one and found the same."""
    inputs = [(r.data_version, r.code_version, dumps(dict(r.parameters))) for r in (last, run)]
    return inputs[0] == inputs[1] and last.digest == result.digest and last.state == "finished" and not result.failed


def _finished(run: Run, result: Result) -> Run:
    counts = {"findings": len(result.findings), "rings": len(result.pictures)}
    return replace(
        run,
        finished_at=now(),
        state="failed" if result.failed else "finished",
        notes=tuple(result.notes),
        false_alarms=result.false_alarms,
        digest=result.digest,
        counts=counts,
    )
