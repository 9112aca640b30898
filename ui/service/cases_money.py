"""Money of a case as its page asks for it."""

from dataclasses import dataclass
from datetime import date

from cases.work.recoveries import Flow, Recoveries, Recovery
from ui.auth.roles import Action
from ui.service.cases_door import CaseDoor


@dataclass(frozen=True)
class CaseMoney:
    """What was ordered back and what came, behind the guard."""

    door: CaseDoor

    def entries(self, case: str) -> tuple[Recovery, ...]:
        """Return the entries of a case, oldest first; none while one is to read it again."""
        return self._book.entries(self.door.actor(Action.SEE_CASES), case)

    def enter(self, case: str, flow: Flow, amount: str, day: date, reason: str) -> None:
        """Enter money ordered back or received."""
        self._book.enter(self.door.actor(Action.WORK_CASE), case, flow, amount, day, reason)

    @property
    def _book(self) -> Recoveries:
        return Recoveries(self.door.book)
