"""Second readings as pages ask for them; what tells the first outcome is left out until the second is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cases.people import Actor
from cases.work.drawings import Agreement, Drawing, Drawings, Pool
from cases.work.model import Outcome
from cases.work.rereads import Reread, Rereads
from claims.errors import NotFoundError
from claims.language import N_
from ui.auth.roles import Action
from ui.service.cases_door import CaseDoor
from ui.service.ring_sheet import RingPaper


@dataclass(frozen=True)
class ReadingSheet:
    """What a second reader is given: the rings, or of a case without rings what it began with.

    Neither the case's number nor from which pool it was drawn is part of it: both would tell.
    """

    reread: Reread
    source: str
    rings: tuple[RingPaper, ...]


@dataclass(frozen=True)
class CaseRereads:
    """Second readings behind the guard; `ring_of` shows a ring as its own page would, masked."""

    door: CaseDoor
    ring_of: Callable[[str], RingPaper | None]

    def sizes(self) -> Mapping[Pool, int]:
        """Count what could be drawn from."""
        return self._book.sizes(self.door.actor(Action.DRAW_REREADS))

    def draw(self, each: int, seed: int, reason: str) -> int:
        """Draw at random; returns the number of the drawing."""
        return self._book.draw(self.door.actor(Action.DRAW_REREADS), each, seed, reason)

    def waiting(self) -> int:
        """Count the readings one could take."""
        return self._book.waiting(self.door.actor(Action.REREAD))

    def take(self, reason: str) -> Reread | None:
        """Take the next reading; None where nothing waits for this account."""
        return self._book.take(self.door.actor(Action.REREAD), reason)

    def mine(self) -> tuple[Reread, ...]:
        """Return one's readings, open ones first."""
        return self._book.mine(self.door.actor(Action.REREAD))

    def sheet(self, number: int) -> ReadingSheet:
        """Return one's open reading; NotFoundError where there is none of this number, or it is answered."""
        actor = self.door.actor(Action.REREAD)
        for reread in self._book.mine(actor):
            if reread.id == number and reread.second is None:
                return self._sheet(actor, reread)
        raise NotFoundError(N_("You have no open reading {reread}."), reread=number)

    def answer(self, number: int, outcome: Outcome, reason: str) -> Reread:
        """Give the second outcome, once."""
        return self._book.answer(self.door.actor(Action.REREAD), number, outcome, reason)

    def drawings(self) -> Sequence[Drawing]:
        """Return the drawings, newest first, by whom as people are called."""
        found = Drawings(self.door.book).all(self.door.actor(Action.SEE_BOARD))
        names = {account.name: account.title for account in self.door.accounts.all()}
        return [replace(drawing, by=names.get(drawing.by, drawing.by)) for drawing in found]

    def agreement(self, drawing: int) -> Agreement:
        """Return what the readings of a drawing say so far."""
        return Drawings(self.door.book).agreement(self.door.actor(Action.SEE_BOARD), drawing)

    @property
    def _book(self) -> Rereads:
        return Rereads(self.door.book)

    def _sheet(self, actor: Actor, reread: Reread) -> ReadingSheet:
        file = self.door.book.get(actor, reread.case) if reread.case else None
        bound = file.bound if file else (reread.ring,)
        found = (self.ring_of(ring) for ring in bound)
        rings = {paper.ring.id: paper for paper in found if paper is not None}
        return ReadingSheet(reread, self.door.source(file) if file and not bound else "", tuple(rings.values()))
