"""Who works on a case and when: assign, take the next, put aside, note a date, and what time brings."""

from collections.abc import Iterator
from datetime import date, timedelta

from cases.decide import LONGEST_SNOOZE
from cases.history import Verdict
from cases.people import Actor, NoRightError
from cases.work.journal import Desk
from cases.work.model import CaseError, CaseFile
from cases.work.moving import can_work, take_up_again
from cases.work.opening import HIGHEST, rings_of, rule
from cases.work.rows import OPEN, parts_of, read_cases, within
from cases.work.stages import REVIEWED, Stage
from cases.work.tables import cases
from claims.language import N_

_LONGEST_DIARY = 3 * 366  # days
TIME_UP = N_("the time limit of the stage has passed")  # reasons of the house, translated where they are shown
SNOOZE_OVER = N_("the day it was put aside until has come")
DIARY_DUE = N_("the date noted has come")


def assign(desk: Desk, case: CaseFile, to: Actor, reason: str) -> None:
    """Give an open case to somebody who sees it and can move it on."""
    if not case.open:
        raise CaseError(N_("{case} is not open."), case=case.id)
    if not to.sees(case.region) or not can_work(to, case.stage, parts_of(desk.connection, case.id)):
        raise CaseError(N_("{name} cannot take {case} on from here: role, region or own work."), name=to.name,
                        case=case.id)  # fmt: skip
    desk.change(case, owner=to.name)
    desk.note(case.id, "assign", reason, details={"to": to.name})


def take(desk: Desk, case: CaseFile, reason: str) -> None:
    """Take an open case that is nobody's."""
    if not case.open or case.owner not in ("", desk.actor.name):
        raise CaseError(N_("{case} is closed, or somebody else's."), case=case.id)
    if not can_work(desk.actor, case.stage, parts_of(desk.connection, case.id)):
        raise NoRightError(N_("This step is for other roles, or for somebody who has not worked on it so far."))
    desk.change(case, owner=desk.actor.name)
    desk.note(case.id, "take", reason)


def next_for(desk: Desk) -> CaseFile | None:
    """Return the most pressing open case that is nobody's, awake, and can be moved on by this person."""
    today = desk.at.date().isoformat()
    awake = (cases.c.snoozed_until.is_(None)) & (cases.c.diary.is_(None) | (cases.c.diary <= today))
    free = cases.c.owner == ""
    for case in read_cases(desk.connection, OPEN, awake, free, within(desk.actor, cases.c.region)):
        if can_work(desk.actor, case.stage, parts_of(desk.connection, case.id)):
            return case
    return None


def snooze(desk: Desk, case: CaseFile, until: date, reason: str) -> None:
    """Put a reviewed case aside until a day; only its owner, for at most 180 days."""
    if case.owner != desk.actor.name:
        raise NoRightError(N_("Only whoever has taken a case puts it aside."))
    if case.stage not in REVIEWED:
        raise CaseError(N_("Only a case that a second person has reviewed is put aside."))
    if not desk.at.date() < until <= desk.at.date() + timedelta(days=LONGEST_SNOOZE):
        raise CaseError(N_("A snooze ends within {days} days, after today."), days=LONGEST_SNOOZE)
    desk.change(case, snoozed_until=until.isoformat())
    for ring in rings_of(desk, case):
        rule(desk, ring, Verdict.SNOOZED, reason, until)
    desk.note(case.id, "snooze", reason, details={"until": until.isoformat()})


def note_date(desk: Desk, case: CaseFile, day: date | None, reason: str) -> None:
    """Note the day on which a case is to be looked at again; a closed one opens again then. None: no longer."""
    if day is not None and not desk.at.date() < day <= desk.at.date() + timedelta(days=_LONGEST_DIARY):
        raise CaseError(N_("The date lies within three years, after today."))
    if case.stage is Stage.MERGED:
        raise CaseError(N_("{case} is not open."), case=case.id)
    desk.change(case, diary=day.isoformat() if day else None)
    desk.note(case.id, "diary", reason, details={"day": day.isoformat() if day else None})


def tick(desk: Desk) -> Iterator[str]:
    """Do what time brings: wake, open again, escalate; yields the ids of the cases it touched."""
    today = desk.at.date().isoformat()
    for case in read_cases(desk.connection, OPEN, cases.c.snoozed_until < today):
        _wake(desk, case)
        yield case.id
    for case in read_cases(desk.connection, cases.c.diary <= today, cases.c.stage != Stage.MERGED.value):
        _remind(desk, case)
        yield case.id
    late = (cases.c.due < desk.at.isoformat()) & cases.c.escalated.is_(False) & cases.c.snoozed_until.is_(None)
    for case in read_cases(desk.connection, OPEN, late):
        desk.change(case, escalated=True, priority=min(HIGHEST, case.priority + 1))
        desk.note(case.id, "escalate", TIME_UP, details={"stage": case.stage.value})
        yield case.id


def _wake(desk: Desk, case: CaseFile) -> None:
    due = desk.limits.due(case.stage, desk.at)
    desk.change(case, snoozed_until=None, since=desk.at.isoformat(), due=due.isoformat() if due else None)
    for ring in rings_of(desk, case):
        rule(desk, ring, Verdict.IN_REVIEW, SNOOZE_OVER)
    desk.note(case.id, "wake", SNOOZE_OVER)


def _remind(desk: Desk, case: CaseFile) -> None:
    """An open case comes back to the top, a closed one opens again for a second review."""
    if case.stage is Stage.CLOSED:
        if take_up_again(desk, case):
            desk.note(case.id, "reopen", DIARY_DUE, details={"from": case.stage.value})
        else:
            desk.change(case, diary=None)
            desk.note(case.id, "remind", DIARY_DUE)
        return
    desk.change(case, diary=None, priority=min(HIGHEST, case.priority + 1))
    desk.note(case.id, "remind", DIARY_DUE)
