"""Verdicts and snoozes about rings: who, why, until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cases.decision_rows import words_of
from cases.history import Decision, Verdict
from cases.lives import DECIDED
from cases.matching import bodies
from cases.model import Ring, Status
from cases.schema import reading
from cases.store import CaseStore
from cases.work.rows import active_case_of
from claims.audit import checked_reason
from claims.errors import RinghoundError
from claims.language import N_

LONGEST_SNOOZE = 180  # days: whoever wants to look away longer has to say so again


class DecisionError(RinghoundError):
    """The decision cannot be taken as it is put."""

    exit_code = 2


@dataclass(frozen=True)
class Ruling:
    """What somebody decides: who, why, when (UTC), and for a snooze until which day."""

    verdict: Verdict
    owner: str
    reason: str
    at: datetime
    until: date | None = None


def decide(store: CaseStore, ring_id: str, ruling: Ruling) -> Ring:
    """Write a verdict or snooze about a ring and return the ring as it stands then."""
    ring = store.ring(ring_id)
    if ring.merged_into:
        raise DecisionError(N_("{ring} went into {heir}; decide about that one."), ring=ring.id, heir=ring.merged_into)
    _check_free(store, ring.id)
    _check_end(ruling.verdict, ruling.at.date(), ruling.until)
    decision = Decision(
        ring=ring.id,
        verdict=ruling.verdict,
        owner=ruling.owner,
        reason=checked_reason(ruling.reason),
        at=ruling.at,
        until=ruling.until,
        members=tuple(sorted(bodies(ring.picture))),
        features=ring.picture.features,
    )
    store.decide(decision, DECIDED.get(ruling.verdict, Status.OPEN), words_of(decision))
    return store.ring(ring.id)


def _check_free(store: CaseStore, ring: str) -> None:
    """What is worked on in a case is decided there, by two people."""
    with reading(store.engine) as connection:
        case = active_case_of(connection, ring)
    if case is not None:
        raise DecisionError(N_("{ring} is worked on in case {case}; decide there."), ring=ring, case=case)


def _check_end(verdict: Verdict, today: date, until: date | None) -> None:
    if (verdict is Verdict.SNOOZED) != (until is not None):
        raise DecisionError(N_("A snooze needs a day it ends on, and only a snooze has one."))
    if until is not None and not today < until <= today + timedelta(days=LONGEST_SNOOZE):
        raise DecisionError(N_("A snooze ends within {days} days, after today."), days=LONGEST_SNOOZE)
