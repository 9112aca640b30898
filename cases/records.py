"""What the ledger says of runs, decisions and weights; each leaf is part of the transaction of its act."""

import hashlib

import sqlalchemy as sa

from cases.history import Decision, Run
from cases.model import Status
from cases.refit import Refit
from cases.schema import findings, ring_findings
from claims.audit import system_user
from claims.ledger import Kind, append
from claims.ledger.canonical import Json
from claims.ledger.rows import DECISIONS, WEIGHTS, mark


def record_run(connection: sa.Connection, run: Run) -> int:
    """Enter a run that ended: what it looked at, with which code, and the digest of what it found."""
    body: dict[str, Json] = {
        "data_version": run.data_version,
        "code_version": run.code_version,
        "digest": run.digest,
        "state": run.state,
        "trial": run.trial,
        "until": run.until.isoformat() if run.until else None,
        "counts": {name: int(count) for name, count in run.counts.items()},
    }
    return append(connection, Kind.RUN, str(run.id), actor=system_user(), body=body)


def record_decision(connection: sa.Connection, decision: Decision, status: Status, number: int) -> int:
    """Enter the findings a decision rests on as they stood, then the decision, row `number` of its table."""
    _record_findings(connection, decision)
    body = {
        "verdict": decision.verdict.value,
        "status": status.value,
        "until": decision.until.isoformat() if decision.until else None,
        **mark(DECISIONS, connection, number),
    }
    about = {"actor": decision.owner, "reason": decision.reason}
    return append(connection, Kind.RING_DECISION, decision.ring, body=body, at=decision.at, **about)


def record_weights(connection: sa.Connection, refit: Refit, user: str) -> int:
    """Enter weights that somebody put in force."""
    version = refit.weights.version
    body = {"confirmed": refit.confirmed, "cleared": refit.cleared, **mark(WEIGHTS, connection, version)}
    return append(connection, Kind.SETTING, f"weights:{version}", actor=user, body=body)


def _record_findings(connection: sa.Connection, decision: Decision) -> None:
    table = findings.join(ring_findings)
    columns = findings.c.run_id, findings.c.number, findings.c.identity, findings.c.detector, findings.c.content
    query = sa.select(*columns).select_from(table).where(ring_findings.c.ring_id == decision.ring)
    rows = connection.execute(query.order_by(findings.c.run_id, findings.c.number))
    for row in rows.all():
        body = {
            "run": row.run_id,
            "number": row.number,
            "identity": row.identity,
            "detector": row.detector,
            "sha256": hashlib.sha256(row.content).hexdigest(),
        }
        append(connection, Kind.FINDING, decision.ring, actor=decision.owner, body=body, at=decision.at)
