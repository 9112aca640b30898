"""Rows of what people decide: verdicts, snoozes, weights; every function works in an open transaction."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

import sqlalchemy as sa

from cases.history import Decision, Event, EventKind, Verdict
from cases.model import Status
from cases.records import record_decision
from cases.refit import Refit
from cases.rows import write_events
from cases.schema import decisions as decisions_table
from cases.schema import dumps
from cases.schema import rings as rings_table
from cases.score import Weights
from claims.catalog import now
from claims.language import N_
from detectors.finding import Statement, say
from graph.model import NodeType

WORDS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.IN_REVIEW: N_("taken into review by {owner}: {reason}"),
        Verdict.CONFIRMED: N_("confirmed by {owner}: {reason}"),
        Verdict.CLEARED: N_("cleared by {owner}: {reason}"),
        Verdict.UNSURE: N_("left undecided by {owner}: {reason}"),
        Verdict.SNOOZED: N_("put aside by {owner} until {until}: {reason}"),
    }
)


def words_of(decision: Decision) -> Statement:
    """Say a decision in both languages."""
    values: dict[str, object] = {"owner": decision.owner, "reason": decision.reason}
    if decision.until:
        values["until"] = decision.until
    return say(WORDS[decision.verdict], **values)


def decisions(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> tuple[Decision, ...]:
    """Return decisions, oldest first."""
    found = connection.execute(sa.select(decisions_table).where(condition).order_by(decisions_table.c.id))
    return tuple(
        Decision(
            ring=row.ring_id,
            verdict=Verdict(row.verdict),
            owner=row.owner,
            reason=row.reason,
            at=datetime.fromisoformat(row.at),
            until=date.fromisoformat(row.until) if row.until else None,
            members=tuple((NodeType(type_), id_) for type_, id_ in json.loads(row.members)),
            features=json.loads(row.features),
            in_force=row.in_force,
        )
        for row in found
    )


def decisions_in_force(connection: sa.Connection) -> Mapping[str, Decision]:
    """Return the decision that holds about each ring."""
    return MappingProxyType({d.ring: d for d in decisions(connection, decisions_table.c.in_force)})


def write_decision(connection: sa.Connection, decision: Decision, status: Status, words: Statement) -> None:
    """Write a decision, the ring's new status and the event; the decision before it is kept."""
    ring = decision.ring
    connection.execute(sa.update(decisions_table).where(decisions_table.c.ring_id == ring).values(in_force=False))
    values = {
        "ring_id": ring,
        "verdict": decision.verdict.value,
        "owner": decision.owner,
        "reason": decision.reason,
        "at": decision.at.isoformat(),
        "until": decision.until.isoformat() if decision.until else None,
        "members": dumps([[type_.value, id_] for type_, id_ in decision.members]),
        "features": dumps(dict(decision.features)),
        "in_force": True,
    }
    number = connection.scalar(sa.insert(decisions_table).values(values).returning(decisions_table.c.id))
    connection.execute(sa.update(rings_table).where(rings_table.c.id == ring).values(status=status.value))
    run = connection.scalar(sa.select(rings_table.c.run_id).where(rings_table.c.id == ring))
    record_decision(connection, decision, status, int(number or 0))
    write_events(connection, [Event(ring, int(run or 0), EventKind.DECIDED, words, alert=False)])


def snoozes_over(connection: sa.Connection, day: date) -> bool:
    """Say whether a snooze that put a ring to sleep ended before `day`."""
    held = decisions_table.c.in_force & (decisions_table.c.until < day.isoformat())
    asleep = sa.select(decisions_table.c.id).join(rings_table).where(held, rings_table.c.status == Status.SNOOZED.value)
    return connection.execute(asleep.limit(1)).first() is not None


def weights_of(row: sa.Row[*tuple[object, ...]]) -> Weights:
    """Read weights in force."""
    given = row._mapping
    return Weights(given["version"], given["bias"], MappingProxyType(json.loads(given["values"])))


def weights_values(refit: Refit, user: str) -> dict[str, object]:
    """Fitted weights as columns, with what they rest on."""
    report = {
        "confirmed": refit.confirmed,
        "cleared": refit.cleared,
        "budget": refit.budget,
        "precision_before": refit.precision_before,
        "precision_after": refit.precision_after,
    }
    return {
        "version": refit.weights.version,
        "bias": refit.weights.bias,
        "values": dumps(dict(refit.weights.values)),
        "report": dumps(report),
        "accepted_by": user,
        "accepted_at": now().isoformat(),
    }
