"""The case book: every act on a case, by somebody with roles and regions, as one transaction.

An act that is not allowed changes nothing but is kept in the ledger. Cases outside somebody's
regions do not exist for that person: lists, counts and guessed ids say the same as for an id that
was never given (NotFoundError); NoRightError is only told to whoever may see the case.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Self

import sqlalchemy as sa

from cases.model import Key, Ring
from cases.people import HOUSE, Actor
from cases.schema import reading
from cases.work import merging, moving, opening, sharing
from cases.work.blind import hidden_from
from cases.work.journal import Desk, Journal
from cases.work.model import NO_CASE, CaseEvent, CaseFile, Conclusion, Origin, StaleError
from cases.work.rights import Right, need
from cases.work.rows import events_of, parts_of, read_cases, within
from cases.work.settings import Limits
from cases.work.stages import Part, Stage, StepName
from cases.work.tables import cases
from claims.audit import checked_reason
from claims.catalog import now
from claims.errors import NotFoundError
from claims.language import N_

Regions = Callable[[Ring], str]


def nowhere(ring: Ring) -> str:
    """Know no region: cases are then seen by those who see everything."""
    del ring
    return ""


@dataclass(frozen=True)
class CaseBook:
    """The cases of the database behind `engine`; `region_of` tells the administrative division of a ring."""

    engine: sa.Engine
    region_of: Regions = nowhere
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], datetime] = now

    @property
    def journal(self) -> Journal:
        """Where acts are written."""
        return Journal(self.engine, self.limits, self.clock)

    def at(self, clock: Callable[[], datetime]) -> Self:
        """Return the same book by another clock."""
        return replace(self, clock=clock)

    # Looking.

    def get(self, actor: Actor, case: str) -> CaseFile:
        """Return a case; NotFoundError outside the actor's regions."""
        need(actor, Right.SEE)
        with reading(self.engine) as connection:
            found = read_cases(connection, cases.c.id == case, within(actor, cases.c.region))
            if not found:
                raise NotFoundError(NO_CASE, case=case)
            return self._as_seen(connection, actor, found[0])

    def list(
        self, actor: Actor, *, stage: Stage | None = None, owner: str | None = None, closed: bool = False
    ) -> tuple[CaseFile, ...]:
        """Return cases of the actor's regions, most pressing first; with `closed` also those that are over."""
        need(actor, Right.SEE)
        conditions = [within(actor, cases.c.region)]
        if stage is not None:
            conditions.append(cases.c.stage == stage.value)
        elif not closed:
            conditions.append(cases.c.stage.not_in((Stage.CLOSED.value, Stage.MERGED.value)))
        if owner is not None:
            conditions.append(cases.c.owner == owner)
        with reading(self.engine) as connection:
            return tuple(self._as_seen(connection, actor, case) for case in read_cases(connection, *conditions))

    def find(self, actor: Actor, text: str) -> tuple[CaseFile, ...]:
        """Return cases whose number, title, origin or ring holds `text`, in the actor's regions only."""
        wanted = text.strip().casefold()
        return tuple(
            case
            for case in self.list(actor, closed=True)
            if wanted and any(wanted in said.casefold() for said in (case.id, case.title, case.source, *case.bound))
        )

    def history(self, actor: Actor, case: str) -> tuple[CaseEvent, ...]:
        """Return what happened to a case, oldest first; what was tried and refused is part of it."""
        self.get(actor, case)
        with reading(self.engine) as connection:
            found = events_of(connection, case)
            return () if hidden_from(connection, actor.name, case) else found

    def parts(self, actor: Actor, case: str) -> dict[str, frozenset[Part]]:
        """Return who has worked on a case, and as what."""
        self.get(actor, case)
        with reading(self.engine) as connection:
            return dict(parts_of(connection, case))

    def steps(self, actor: Actor, case: str) -> tuple[StepName, ...]:
        """Return the steps the actor can take now."""
        file = self.get(actor, case)
        with reading(self.engine) as connection:
            parts = parts_of(connection, case)
        return moving.steps_for(actor, file.stage, parts)

    def subjects(self, actor: Actor, case: str) -> tuple[frozenset[Key], frozenset[str]]:
        """Return the members and records a conclusion must speak about."""
        file = self.get(actor, case)
        with reading(self.engine) as connection:
            return moving.subjects_of(Desk(connection, actor, self.clock(), self.limits), file)

    # Opening.

    def open_ring(self, actor: Actor, ring: str, reason: str) -> CaseFile:
        """Open the case of a ring, or let what was found now join the open one; returns it."""
        with self.journal.acting(actor, Right.OPEN, "open", about=ring) as desk:
            found = opening.living_ring(desk, ring)
            region = self.region_of(found)
            if not actor.sees(region):
                raise NotFoundError(N_("There is no ring {ring}."), ring=ring)
            return opening.open_for_ring(desk, found, region, checked_reason(reason))

    def open_by_hand(
        self, actor: Actor, origin: Origin, source: str, reason: str, *, title: str = "", region: str = ""
    ) -> CaseFile:
        """Open a case from an entity (type:id), a drawing of the explorer (its link) or a tip (its text)."""
        with self.journal.acting(actor, Right.OPEN, "open") as desk:
            return opening.open_by_hand(desk, title, region, origin, source, checked_reason(reason))

    def add_ring(self, actor: Actor, case: str, ring: str, reason: str) -> CaseFile:
        """Work on a ring that has no open case under this one."""
        with self.journal.acting(actor, Right.OPEN, "add_ring", case) as desk:
            found = opening.living_ring(desk, ring)
            if not actor.sees(self.region_of(found)):
                raise NotFoundError(N_("There is no ring {ring}."), ring=ring)
            opening.add_ring(desk, desk.case(case), found, checked_reason(reason))
            return desk.case(case)

    # Moving.

    def step(self, actor: Actor, case: str, name: StepName, reason: str, *, seen: int | None = None) -> CaseFile:
        """Move a case a step on; `seen` is the version the actor looked at (StaleError if it changed since)."""
        with self.journal.acting(actor, Right.STEP, name.value, case) as desk:
            file = _fresh(desk, case, seen)
            moving.take_step(desk, file, name, checked_reason(reason))
            return desk.case(case)

    def decide(
        self, actor: Actor, case: str, conclusion: Conclusion, reason: str, *, seen: int | None = None
    ) -> CaseFile:
        """Close a case with what is concluded about every member and record."""
        with self.journal.acting(actor, Right.STEP, StepName.DECIDE.value, case) as desk:
            moving.decide(desk, _fresh(desk, case, seen), conclusion, checked_reason(reason))
            return desk.case(case)

    def merge(self, actor: Actor, case: str, into: str, reason: str) -> CaseFile:
        """Take a case into another; returns that other."""
        with self.journal.acting(actor, Right.MERGE, "merge", case) as desk:
            merging.merge(desk, desk.case(case), desk.case(into), checked_reason(reason))
            return desk.case(into)

    def unmerge(self, actor: Actor, case: str, reason: str) -> CaseFile:
        """Separate a case from the one it went into; returns it."""
        with self.journal.acting(actor, Right.MERGE, "unmerge", case) as desk:
            merging.unmerge(desk, desk.case(case), checked_reason(reason))
            return desk.case(case)

    # Sharing the work.

    def assign(self, actor: Actor, case: str, to: Actor, reason: str) -> CaseFile:
        """Give a case to somebody."""
        with self.journal.acting(actor, Right.ASSIGN, "assign", case) as desk:
            sharing.assign(desk, desk.case(case), to, checked_reason(reason))
            return desk.case(case)

    def take(self, actor: Actor, case: str, reason: str) -> CaseFile:
        """Take a case that is nobody's."""
        with self.journal.acting(actor, Right.WORK, "take", case) as desk:
            sharing.take(desk, desk.case(case), checked_reason(reason))
            return desk.case(case)

    def take_next(self, actor: Actor, reason: str) -> CaseFile | None:
        """Take the most pressing case one can move on; two people never get the same. None: nothing waits."""
        with self.journal.acting(actor, Right.WORK, "take") as desk:
            found = sharing.next_for(desk)
            if found is None:
                return None
            sharing.take(desk, found, checked_reason(reason))
            return desk.case(found.id)

    def snooze(self, actor: Actor, case: str, until: date, reason: str) -> CaseFile:
        """Put a reviewed case aside; only its owner, for at most 180 days."""
        with self.journal.acting(actor, Right.WORK, "snooze", case) as desk:
            sharing.snooze(desk, desk.case(case), until, checked_reason(reason))
            return desk.case(case)

    def note_date(self, actor: Actor, case: str, day: date | None, reason: str) -> CaseFile:
        """Note on which day to look again; a closed case opens again on it."""
        with self.journal.acting(actor, Right.WORK, "diary", case) as desk:
            sharing.note_date(desk, desk.case(case), day, checked_reason(reason))
            return desk.case(case)

    def tick(self) -> tuple[str, ...]:
        """Do what time brings (wake, remind, open again, escalate); returns the cases it touched."""
        with self.journal.house(HOUSE) as desk:
            return tuple(sharing.tick(desk))

    def _as_seen(self, connection: sa.Connection, actor: Actor, case: CaseFile) -> CaseFile:
        """Hide the first outcome from whoever is to read a case again and has not said what he thinks."""
        return replace(case, outcome=None) if hidden_from(connection, actor.name, case.id) else case


def _fresh(desk: Desk, case: str, seen: int | None) -> CaseFile:
    file = desk.case(case)
    if seen is not None and seen != file.version:
        raise StaleError(N_("Somebody changed {case} meanwhile; look at it again."), case=case)
    return file
