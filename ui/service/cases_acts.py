"""What people do to cases from the pages: every act names its right, its reason, and what was seen before it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cases.model import Key
from cases.people import Actor
from cases.work.drafts import Draft, Drafts
from cases.work.model import CaseFile, Conclusion, Origin, Outcome
from cases.work.moving import agreed, check_conclusion
from cases.work.notes import CaseNotes, Comment, Task
from cases.work.stages import StepName
from claims.aliases import Aliases
from claims.errors import NotFoundError
from claims.language import N_
from graph.masking import resolve
from graph.model import NodeRef
from ui.auth.roles import Action
from ui.service.cases_door import CaseDoor, acting

_MENTION = re.compile(r"(?<![\w@])@([a-z0-9][a-z0-9._-]{1,62})")


@dataclass(frozen=True)
class CaseActs:
    """Acts on cases behind the guard."""

    door: CaseDoor

    # Opening and taking.

    def open_ring(self, ring: str, reason: str) -> CaseFile:
        """Open the case of a ring, or let it join the one there is."""
        return self.door.book.open_ring(self.door.actor(Action.OPEN_CASE), ring, reason)

    def open_by_hand(self, origin: Origin, source: str, title: str, region: str, reason: str) -> CaseFile:
        """Open a case from an entity, a drawing or a tip."""
        actor = self.door.actor(Action.OPEN_CASE)
        known = self._entity(source) if origin is Origin.ENTITY else source
        return self.door.book.open_by_hand(actor, origin, known, reason, title=title, region=region.strip())

    def add_ring(self, case: str, ring: str, reason: str) -> CaseFile:
        """Work on a further ring under an open case."""
        return self.door.book.add_ring(self.door.actor(Action.OPEN_CASE), case, ring.strip().upper(), reason)

    def take_next(self, reason: str) -> CaseFile | None:
        """Take the most pressing case that is nobody's; None where nothing waits."""
        return self.door.book.take_next(self.door.actor(Action.WORK_CASE), reason)

    def take(self, case: str, reason: str) -> CaseFile:
        """Take a case that is nobody's."""
        return self.door.book.take(self.door.actor(Action.WORK_CASE), case, reason)

    # Moving.

    def step(self, case: str, name: StepName, reason: str, seen: int) -> CaseFile:
        """Move a case a step on, unless somebody did meanwhile."""
        return self.door.book.step(self.door.actor(Action.STEP_CASE), case, name, reason, seen=seen)

    def conclusion(
        self,
        case: str,
        members: Mapping[Key, Outcome],
        records: Mapping[str, Outcome],
        whole: Outcome = Outcome.NOT_ENOUGH,
    ) -> Conclusion:
        """Draw up what is concluded; `whole` counts only where a case has no members and no records.

        CaseError says what is missing or does not agree.
        """
        people, facts = self.door.book.subjects(self.door.actor(Action.STEP_CASE), case)
        sides = [agreed(said.values()) for said, there in ((members, people), (records, facts)) if there]
        found = Conclusion(agreed(sides) if sides else whole, members, records)
        check_conclusion(found, people, facts)
        return found

    def decide(self, case: str, conclusion: Conclusion, reason: str, seen: int) -> CaseFile:
        """Close a case with what is concluded about every member and record."""
        return self.door.book.decide(self.door.actor(Action.STEP_CASE), case, conclusion, reason, seen=seen)

    def draft(self, case: str) -> Draft:
        """Return the outcomes one has drawn up of a case and not decided yet; nobody else reads them."""
        return Drafts(self.door.book).read(self.door.actor(Action.STEP_CASE), case)

    def keep_draft(self, case: str, draft: Draft) -> None:
        """Keep outcomes until they are decided."""
        Drafts(self.door.book).keep(self.door.actor(Action.STEP_CASE), case, draft)

    def merge(self, case: str, into: str, reason: str, seen: int) -> CaseFile:
        """Take a case into another; returns that other."""
        actor = self.door.actor(Action.MERGE_CASES)
        self.door.unchanged(actor, case, seen)
        return self.door.book.merge(actor, case, into, reason)

    def unmerge(self, case: str, reason: str, seen: int) -> CaseFile:
        """Separate a case from the one it went into."""
        actor = self.door.actor(Action.MERGE_CASES)
        self.door.unchanged(actor, case, seen)
        return self.door.book.unmerge(actor, case, reason)

    # Sharing the work.

    def assign(self, case: str, to: str, reason: str, seen: int) -> CaseFile:
        """Give a case to somebody who sees it and can move it on."""
        actor = self.door.actor(Action.ASSIGN_CASE)
        file = self.door.unchanged(actor, case, seen)
        for account in self.door.colleagues(file):
            if account.name == to:
                return self.door.book.assign(actor, case, acting(account), reason)
        raise NotFoundError(N_("Nobody called {name} sees this case."), name=to)

    def snooze(self, case: str, until: date, reason: str, seen: int) -> CaseFile:
        """Put a reviewed case of one's own aside."""
        actor = self.door.actor(Action.WORK_CASE)
        self.door.unchanged(actor, case, seen)
        return self.door.book.snooze(actor, case, until, reason)

    def note_date(self, case: str, day: date | None, reason: str, seen: int) -> CaseFile:
        """Note on which day to look again."""
        actor = self.door.actor(Action.WORK_CASE)
        self.door.unchanged(actor, case, seen)
        return self.door.book.note_date(actor, case, day, reason)

    def watch(self, case: str, *, on: bool) -> None:
        """Watch a case, or no longer."""
        self.notes.watch(self.door.actor(Action.SEE_CASES), case, on=on)

    # Writing.

    @property
    def notes(self) -> CaseNotes:
        """Comments and tasks."""
        return CaseNotes(self.door.book)

    def comment(self, case: str, text: str) -> Comment:
        """Write a comment; only colleagues who see the case can be mentioned."""
        actor = self.door.actor(Action.WORK_CASE)
        known = {account.name for account in self.door.colleagues(self.door.book.get(actor, case))}
        for name in _MENTION.findall(text):
            if name not in known:
                raise NotFoundError(N_("Nobody called {name} sees this case."), name=name)
        return self.notes.comment(actor, case, text)

    def comments(self, case: str) -> tuple[Comment, ...]:
        """Return the comments, oldest first."""
        return self.notes.comments(self._reader(), case)

    def tasks(self, case: str) -> tuple[Task, ...]:
        """Return the tasks."""
        return self.notes.tasks(self._reader(), case)

    def add_task(self, case: str, title: str, due: date | None) -> None:
        """Add something to do."""
        self.notes.add_task(self.door.actor(Action.WORK_CASE), case, title, due)

    def add_usual_tasks(self, case: str) -> None:
        """Add what is usually to do in a case of this kind."""
        self.notes.add_template(self.door.actor(Action.WORK_CASE), case)

    def finish_task(self, case: str, task: int, reason: str) -> None:
        """Say that a task is done, and what came of it."""
        self.notes.finish_task(self.door.actor(Action.WORK_CASE), case, task, reason)

    def _reader(self) -> Actor:
        return self.door.actor(Action.SEE_CASES)

    def _entity(self, source: str) -> str:
        """Read `type:number`; an alias stands for the number it was given for."""
        try:
            ref = NodeRef.parse(source.strip())
        except ValueError as error:
            raise NotFoundError(N_("{text} does not read as TYPE:NUMBER."), text=source[:60]) from error
        return str(resolve(ref, Aliases(self.door.workspace.aliases)))
