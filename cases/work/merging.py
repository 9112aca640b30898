"""Cases that turn out to be one, and their separation; both keep their histories."""

import sqlalchemy as sa

from cases.work.journal import Desk
from cases.work.model import CaseError, CaseFile
from cases.work.opening import HIGHEST, bind, unbind
from cases.work.rows import parts_of, write_part
from cases.work.stages import Stage
from cases.work.tables import case_rings, cases
from claims.language import N_


def merge(desk: Desk, case: CaseFile, into: CaseFile, reason: str) -> None:
    """Take an open case into another; its rings, and who worked on it, count for that one from now on."""
    if case.id == into.id or not (case.open and into.open):
        raise CaseError(N_("Only two open cases become one."))
    mine = case_rings.c.case_id == case.id
    desk.connection.execute(sa.update(case_rings).where(mine).values(active=False))
    for ring in case.bound:
        bind(desk, into, ring, came_from=case.id)
    for name, parts in parts_of(desk.connection, case.id).items():
        for part in sorted(parts):
            write_part(desk.connection, into.id, name, part)
    held = {"stage": Stage.MERGED.value, "held_stage": case.stage.value, "merged_into": into.id, "due": None}
    desk.change(case, **held)
    desk.change(into, priority=min(HIGHEST, max(case.priority, into.priority) + 1), fund=case.fund + into.fund)
    desk.note(case.id, "merge", reason, details={"into": into.id})
    desk.note(into.id, "take_in", reason, details={"case": case.id})


def unmerge(desk: Desk, case: CaseFile, reason: str) -> None:
    """Separate a case from the one it went into; it goes on at the stage where it stood."""
    if case.stage is not Stage.MERGED:
        raise CaseError(N_("{case} is not merged into another case."), case=case.id)
    into = desk.case(case.merged_into)
    if not into.open:
        raise CaseError(N_("{case} is no longer open; what was decided there was decided about both."), case=into.id)
    theirs = (case_rings.c.case_id == into.id) & (case_rings.c.came_from == case.id)
    moved = list(desk.connection.scalars(sa.select(case_rings.c.ring_id).where(theirs)))
    for ring in moved:
        unbind(desk, into, ring)
    mine = (case_rings.c.case_id == case.id) & case_rings.c.ring_id.in_(moved)
    desk.connection.execute(sa.update(case_rings).where(mine).values(active=True))
    held = str(desk.connection.scalar(sa.select(cases.c.held_stage).where(cases.c.id == case.id)))
    due = desk.limits.due(Stage(held), desk.at)
    back = {"stage": held, "held_stage": "", "merged_into": "", "due": due.isoformat() if due else None}
    desk.change(case, **back, since=desk.at.isoformat(), escalated=False)
    desk.change(into, fund=max(into.fund - case.fund, type(into.fund)(0)))
    desk.note(case.id, "unmerge", reason, details={"from": into.id})
    desk.note(into.id, "let_go", reason, details={"case": case.id})
