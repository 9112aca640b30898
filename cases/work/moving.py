"""Steps from stage to stage, and the final decision with its conclusions."""

from collections.abc import Iterable, Mapping
from typing import cast

import sqlalchemy as sa

from cases.model import Key, Ring
from cases.people import Actor, NoRightError
from cases.work.journal import Desk
from cases.work.model import VERDICTS, BarredError, CaseError, CaseFile, Conclusion, Outcome
from cases.work.opening import bind, living_ring, rings_of, rule, unbind
from cases.work.rows import active_case_of, events_of, parts_of, write_part
from cases.work.stages import BARRED, STEPS, Part, Stage, Step, StepName, steps_from
from cases.work.tables import case_drafts, case_outcomes, case_rings, case_verdicts
from claims.language import N_
from claims.ledger import Kind
from claims.tables import BY_NAME

_TYPES = frozenset(next(c for c in BY_NAME["verdicts"].columns if c.name == "subject_type").codes or ())
_REVIEWS = frozenset({Part.SECOND, Part.FINAL})


def step_of(desk: Desk, case: CaseFile, name: StepName) -> Step:
    """Return the step if it can be taken here by this person; CaseError, NoRightError or BarredError otherwise."""
    step = STEPS.get((case.stage, name))
    if step is None:
        raise CaseError(N_("{case} stands at another stage; this step does not lead on from there."), case=case.id)
    if not desk.actor.is_one_of(step.roles):
        raise NoRightError(N_("This step is for other roles."))
    if barred(desk.actor, step.part, parts_of(desk.connection, case.id)):
        raise BarredError(N_("Nobody reviews own work: this step is for somebody who has not worked on it so far."))
    return step


def barred(actor: Actor, part: Part, parts: Mapping[str, frozenset[Part]]) -> bool:
    """Say whether earlier work on a case keeps somebody from acting as `part`."""
    return not parts.get(actor.name, frozenset()).isdisjoint(BARRED[part])


def can_work(actor: Actor, stage: Stage, parts: Mapping[str, frozenset[Part]]) -> bool:
    """Say whether somebody can move a case on from a stage."""
    return bool(steps_for(actor, stage, parts))


def steps_for(actor: Actor, stage: Stage, parts: Mapping[str, frozenset[Part]]) -> tuple[StepName, ...]:
    """Return the steps somebody can take from a stage, in the order of the table."""
    return tuple(
        name
        for name, step in steps_from(stage).items()
        if actor.is_one_of(step.roles) and not barred(actor, step.part, parts)
    )


def take_step(desk: Desk, case: CaseFile, name: StepName, reason: str) -> None:
    """Move a case; the decision that closes it has conclusions and goes through `decide`."""
    if name is StepName.DECIDE:
        raise CaseError(N_("A case is closed with a conclusion about every member and record."))
    step = step_of(desk, case, name)
    if name is StepName.REOPEN:
        _bind_again(desk, case)
    _move(desk, case, step, {})
    kind = Kind.REVIEW if step.part in _REVIEWS else Kind.CASE
    desk.note(case.id, name.value, reason, kind, {"from": case.stage.value, "to": step.to.value})


def agreed(parts: Iterable[Outcome]) -> Outcome:
    """Return what outcomes of parts amount to: all confirmed, all cleared, some confirmed, or not enough."""
    kinds = set(parts)
    if kinds and kinds <= {Outcome.CONFIRMED}:
        return Outcome.CONFIRMED
    if kinds and kinds <= {Outcome.CLEARED}:
        return Outcome.CLEARED
    return Outcome.PARTLY if kinds & {Outcome.CONFIRMED, Outcome.PARTLY} else Outcome.NOT_ENOUGH


def check_conclusion(conclusion: Conclusion, members: frozenset[Key], records: frozenset[str]) -> None:
    """Raise CaseError unless every member and record has an outcome and the whole agrees with them."""
    lacking = len(members - conclusion.members.keys()) + len(records - conclusion.records.keys())
    foreign = len(conclusion.members.keys() - members) + len(conclusion.records.keys() - records)
    if lacking or foreign:
        message = N_("Every member and record has an outcome of its own: {lacking} lack one, {foreign} are not of it.")
        raise CaseError(message, lacking=lacking, foreign=foreign)
    if Outcome.PARTLY in conclusion.records.values():
        raise CaseError(N_("A record is confirmed, cleared or not enough; only people and rings are partly."))
    people, facts = agreed(conclusion.members.values()), agreed(conclusion.records.values())
    sides = [side for side, there in ((people, members), (facts, records)) if there]
    proven = [side in (Outcome.CONFIRMED, Outcome.PARTLY) for side in sides]
    if len(set(proven)) > 1:
        raise CaseError(N_("Nobody is confirmed without a record, and no record without somebody."))
    if sides and conclusion.whole is not agreed(sides):
        raise CaseError(N_("The outcome of the whole does not agree with those of its members and records."))


def subjects_of(desk: Desk, case: CaseFile) -> tuple[frozenset[Key], frozenset[str]]:
    """Return the members and records of a case's rings."""
    pictures = [ring.picture for ring in rings_of(desk, case)]
    members = frozenset(member.key for picture in pictures for member in picture.members)
    return members, frozenset(record for picture in pictures for record in picture.records)


def decide(desk: Desk, case: CaseFile, conclusion: Conclusion, reason: str) -> None:
    """Close a case: conclusions, the decision about its rings, verdicts for later runs, all in one."""
    step = step_of(desk, case, StepName.DECIDE)
    rings = rings_of(desk, case)
    check_conclusion(conclusion, *subjects_of(desk, case))
    _check_answers(desk, case, conclusion)
    _write_outcomes(desk, case, conclusion)
    for ring in rings:
        verdict = VERDICTS[_of_ring(conclusion, ring)]
        rule(desk, ring, verdict, reason)
        write_verdict(desk, case, "ring", ring.id, verdict.value, reason)
    for (type_, id_), outcome in conclusion.members.items():
        write_verdict(desk, case, type_.value, id_, VERDICTS[outcome].value, reason)
    for record, outcome in conclusion.records.items():
        write_verdict(desk, case, "settlement", record, VERDICTS[outcome].value, reason)
    closed = {"outcome": conclusion.whole.value, "closed_at": desk.at.isoformat(), "due": None, "snoozed_until": None}
    mine = case_rings.c.case_id == case.id
    desk.connection.execute(sa.update(case_rings).where(mine).values(active=False))
    desk.connection.execute(sa.delete(case_drafts).where(case_drafts.c.case_id == case.id))
    _move(desk, case, step, closed)
    counts = {"members": len(conclusion.members), "records": len(conclusion.records), "rings": len(rings)}
    details = {"from": case.stage.value, "to": step.to.value, "outcome": conclusion.whole.value, **counts}
    desk.note(case.id, StepName.DECIDE.value, reason, Kind.RING_DECISION, details)


def _check_answers(desk: Desk, case: CaseFile, conclusion: Conclusion) -> None:
    """What an accepted answer explained is not held against anybody in the same case."""
    judged = [event for event in events_of(desk.connection, case.id) if event.act == "judge_answer"]
    explained = {str(record) for event in judged for record in cast(list[str], event.details.get("cleared", []))}
    held = sum(conclusion.records.get(record) is Outcome.CONFIRMED for record in explained)
    if held:
        message = N_("An accepted answer explains {count} of the records that would be confirmed.")
        raise CaseError(message, count=held)


def _of_ring(conclusion: Conclusion, ring: Ring) -> Outcome:
    """What the conclusions say of one of several rings of a case."""
    parts = [conclusion.members[member.key] for member in ring.picture.members]
    facts = [conclusion.records[record] for record in ring.picture.records]
    return agreed([agreed(side) for side in (parts, facts) if side])


def _write_outcomes(desk: Desk, case: CaseFile, conclusion: Conclusion) -> None:
    mine = case_outcomes.c.case_id == case.id
    desk.connection.execute(sa.update(case_outcomes).where(mine).values(in_force=False))
    parts = [
        ("whole", "", "", conclusion.whole),
        *(("member", type_.value, id_, outcome) for (type_, id_), outcome in sorted(conclusion.members.items())),
        *(("record", "", record, outcome) for record, outcome in sorted(conclusion.records.items())),
    ]
    same = {"case_id": case.id, "at": desk.at.isoformat(), "decided_by": desk.actor.name, "in_force": True}
    values = [{**same, "about": a, "type": t, "subject": s, "outcome": o.value} for a, t, s, o in parts]
    desk.connection.execute(sa.insert(case_outcomes), values)


def write_verdict(desk: Desk, case: CaseFile, type_: str, id_: str, verdict: str, reason: str) -> None:
    """Write a verdict for later runs; the table of verdicts has no employers."""
    if type_ not in _TYPES:
        return
    values = {"case_id": case.id, "subject_type": type_, "subject_id": id_, "verdict": verdict, "reason": reason}
    desk.connection.execute(sa.insert(case_verdicts).values(**values, decided_at=desk.at.isoformat()))


def take_up_again(desk: Desk, case: CaseFile) -> bool:
    """Open a closed case for a new second review because its date has come; False where its rings are in others."""
    if any(active_case_of(desk.connection, living_ring(desk, ring).id) for ring in case.bound):
        return False
    _bind_again(desk, case)
    _move(desk, case, STEPS[Stage.CLOSED, StepName.REOPEN], {}, whose=False)
    return True


def _bind_again(desk: Desk, case: CaseFile) -> None:
    """Take the rings of a closed case up again; those another case took meanwhile stand in the way."""
    for known in case.bound:
        ring = living_ring(desk, known).id
        other = active_case_of(desk.connection, ring)
        if other is not None:
            raise CaseError(N_("{ring} is worked on in case {case}; decide there."), ring=ring, case=other)
        unbind(desk, case, known)
        bind(desk, case, ring)


def _move(desk: Desk, case: CaseFile, step: Step, more: Mapping[str, object], *, whose: bool = True) -> None:
    due = desk.limits.due(step.to, desk.at)
    values: dict[str, object] = {
        "stage": step.to.value,
        "since": desk.at.isoformat(),
        "due": due.isoformat() if due else None,
        "escalated": False,
        "owner": "",  # the next stage is somebody else's, or taken anew
        "closed_at": None,
        "diary": None,
    }
    if step.to is not Stage.CLOSED and case.stage is Stage.CLOSED:
        values["outcome"] = ""
    desk.change(case, **(values | dict(more)))
    if whose:
        write_part(desk.connection, case.id, desk.actor.name, step.part)
