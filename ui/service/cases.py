"""What pages ask about cases; acts, files and hearings hang on the same door."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cases.schema import reading
from cases.work.files import CaseFiles, FileLine
from cases.work.model import CaseEvent, CaseFile
from cases.work.rows import active_case_of
from cases.work.stages import OPEN_STAGES, Stage
from claims.errors import NotFoundError
from ui.auth.errors import NoRightError
from ui.auth.model import Account
from ui.auth.roles import Action
from ui.service.cases_acts import CaseActs
from ui.service.cases_cards import Card, Listed, cards
from ui.service.cases_door import CaseDoor
from ui.service.cases_hearing import CaseHearing
from ui.service.cases_money import CaseMoney
from ui.service.cases_numbers import Numbers, numbers_of
from ui.service.cases_paper import CasePaper, Concluded, concluded, last_event, paper_of
from ui.service.cases_query import CaseQuery, Scope
from ui.service.cases_rereads import CaseRereads
from ui.service.ring_sheet import Gone, Revealed, RingPaper, RingSheetService


@dataclass(frozen=True)
class CaseService:
    """Cases behind the guard; rings of a case are asked of `sheets`."""

    door: CaseDoor
    sheets: RingSheetService

    @property
    def acts(self) -> CaseActs:
        """What people do to cases."""
        return CaseActs(self.door)

    @property
    def hearing(self) -> CaseHearing:
        """What institutions are asked and answer."""
        return CaseHearing(self.door)

    @property
    def money(self) -> CaseMoney:
        """What was ordered back, and what came."""
        return CaseMoney(self.door)

    @property
    def rereads(self) -> CaseRereads:
        """Second readings, blind to the first."""
        return CaseRereads(self.door, self._ring)

    def listed(self, query: CaseQuery) -> Listed:
        """Return the cases asked for, of one's regions."""
        actor = self.door.actor(Action.SEE_CASES)
        book = self.door.book
        found = book.find(actor, query.text) if query.text else book.list(actor, closed=True)
        fit = [file for file in found if _in_scope(file, query.scope, actor.name)]
        counts = Counter(file.stage for file in fit)
        chosen = tuple(file for file in fit if query.stage in (None, file.stage))
        return Listed(chosen, {stage: counts[stage] for stage in Stage})

    def cards(self, files: Sequence[CaseFile]) -> tuple[Card, ...]:
        """Return cases one was given by `listed` as cards; one that left one's regions is left out."""
        actor = self.door.actor(Action.SEE_CASES)
        return cards(self.door, [file for file in files if actor.sees(file.region)])

    def paper(self, case: str) -> CasePaper:
        """Return a case; NotFoundError where there is none in one's regions."""
        return paper_of(self.door, self.door.actor(Action.SEE_CASES), case.strip().upper())

    def history(self, case: str) -> tuple[CaseEvent, ...]:
        """Return every step, oldest first."""
        return self.door.book.history(self.door.actor(Action.SEE_CASES), case)

    def meanwhile(self, case: str) -> CaseEvent | None:
        """Return what somebody else did last."""
        actor = self.door.actor(Action.SEE_CASES)
        return last_event(self.door.book.history(actor, case), actor.name)

    def rings(self, file: CaseFile, revealed: Sequence[Revealed] = ()) -> tuple[RingPaper, ...]:
        """Return the rings of a case, masked unless revealed; the heir of one that went into another."""
        self.door.book.get(self.door.actor(Action.SEE_CASES), file.id)
        reasons = {one.ring: one for one in revealed}
        found: dict[str, RingPaper] = {}
        for ring in file.bound:
            paper = self._ring(ring, reasons.get(ring))
            if paper is not None:
                found[paper.ring.id] = paper
        return tuple(found.values())

    def _ring(self, ring: str, revealed: Revealed | None = None) -> RingPaper | None:
        """Return a ring or its heir; None where its own page would not show it to this account."""
        try:
            paper = self.sheets.paper(ring, revealed)
            if isinstance(paper, Gone):
                paper = self.sheets.paper(paper.heir.id, revealed)
        except (NoRightError, NotFoundError):
            return None
        return paper if isinstance(paper, RingPaper) else None

    def reveal(self, rings: Sequence[RingPaper], reason: str) -> tuple[Revealed, ...]:
        """Lift the masks of the rings of a case, each written into the audit first."""
        return tuple(self.sheets.reveal(paper.ring.id, reason) for paper in rings)

    def concluded(self, case: str) -> Concluded:
        """Return the outcomes in force."""
        return concluded(self.door, self.door.actor(Action.SEE_CASES), case)

    def of_ring(self, ring: str) -> CaseFile | None:
        """Return the open case of a ring, if there is one in one's regions."""
        actor = self.door.actor(Action.SEE_CASES)
        with reading(self.door.book.engine) as connection:
            known = active_case_of(connection, ring)
        try:
            return self.door.book.get(actor, known) if known else None
        except NotFoundError:
            return None

    def joinable(self, file: CaseFile) -> tuple[CaseFile, ...]:
        """Return the open cases a case can go into."""
        actor = self.door.actor(Action.MERGE_CASES)
        return tuple(other for other in self.door.book.list(actor) if other.id != file.id)

    def movers(self, file: CaseFile) -> Sequence[Account]:
        """Return whom a case can be given to where it stands."""
        return self.door.movers(self.door.actor(Action.ASSIGN_CASE), file)

    def colleagues(self, file: CaseFile) -> Sequence[Account]:
        """Return who can be mentioned on a case."""
        actor = self.door.actor(Action.WORK_CASE)
        return self.door.colleagues(self.door.book.get(actor, file.id))

    def numbers(self) -> Numbers:
        """Return the numbers of the board."""
        return numbers_of(self.door, self.door.actor(Action.SEE_BOARD))

    # Files.

    @property
    def most_mib(self) -> int:
        """Largest file that may be attached, MiB."""
        return self.door.book.limits.largest_file

    def files(self, case: str) -> tuple[FileLine, ...]:
        """Return the files of a case."""
        return self._files.lines(self.door.actor(Action.SEE_CASES), case)

    def attach(self, case: str, name: str, content: bytes, reason: str) -> FileLine:
        """Attach a file."""
        return self._files.add(self.door.actor(Action.WORK_CASE), case, name, content, reason)

    def take_out(self, case: str, file: int, reason: str) -> tuple[FileLine, bytes]:
        """Take a file out as it is: it may name people, so the right to reveal is needed and the ledger keeps why."""
        self.door.actor(Action.REVEAL)
        return self._files.content(self.door.actor(Action.SEE_CASES), case, file, reason)

    @property
    def _files(self) -> CaseFiles:
        return CaseFiles.of(self.door.book, self.door.workspace)


def _in_scope(file: CaseFile, scope: Scope, name: str) -> bool:
    if scope is Scope.MINE:
        return file.open and file.owner == name
    if scope is Scope.ALL:
        return True
    return file.stage in OPEN_STAGES if scope is Scope.OPEN else file.stage is Stage.CLOSED
