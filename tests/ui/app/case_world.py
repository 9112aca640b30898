"""A detected county with colleagues in every role, its own copy for each test, and acts in the name of some."""

from dataclasses import dataclass
from pathlib import Path

from cases.model import Ring, Status
from cases.people import Actor, Role
from cases.store import CaseStore
from cases.work.book import CaseBook
from cases.work.model import CaseFile, Conclusion, Outcome
from cases.work.opened import open_book
from cases.work.stages import StepName
from claims.workspace import Workspace
from tests.ui.app.world import PASSWORD, copy_of
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.schema import open_engine
from ui.service.cases_door import acting

WHY = "as the papers show"
COLLEAGUES = {
    "chen": ("陈静", {Role.REVIEWER}, {"*"}),
    "zhou": ("周立", {Role.LEAD}, {"*"}),
    "wu": ("吴刚", {Role.LEAD}, {"*"}),
    "far": ("方远", {Role.INVESTIGATOR, Role.REVIEWER, Role.LEAD}, {"9901"}),
}
TO_FINAL = (
    ("wang", StepName.PASS_ON),
    ("chen", StepName.UPHOLD),
    ("wang", StepName.ANSWERED),
    ("wang", StepName.VERIFIED),
)


@dataclass(frozen=True)
class Bureau:
    """The workspace of one test."""

    workspace: Workspace

    @classmethod
    def copied(cls, county: Workspace, folder: Path) -> "Bureau":
        """Copy a county and add the colleagues."""
        place = copy_of(county, folder)
        book = Accounts(open_engine(place.cases))
        for name, (title, roles, regions) in COLLEAGUES.items():
            new = NewAccount(name, title, frozenset(roles), frozenset(regions), PASSWORD, must_change=False)
            book.add(new, by="test")
        book.engine.dispose()
        return cls(place)

    @property
    def book(self) -> CaseBook:
        return open_book(self.workspace)

    def actor(self, name: str) -> Actor:
        return acting(Accounts(self.book.engine).get(name))

    def rings(self) -> list[Ring]:
        """Rings to open cases of, the smallest first."""
        found = [ring for ring in CaseStore.open(self.workspace.cases).rings() if ring.status is Status.NEW]
        return sorted(found, key=lambda ring: (len(ring.picture.records), ring.id))

    def opened(self, ring: Ring, by: str = "li") -> CaseFile:
        return self.book.open_ring(self.actor(by), ring.id, WHY)

    def before_final(self, ring: Ring) -> CaseFile:
        """A case that stands before the final review: Li opened it, Wang prepared, Chen reviewed."""
        file = self.opened(ring)
        for name, step in TO_FINAL:
            file = self.book.step(self.actor(name), file.id, step, WHY)
        return file

    def closed(self, ring: Ring, outcome: Outcome = Outcome.CONFIRMED) -> CaseFile:
        file = self.before_final(ring)
        people, records = self.book.subjects(self.actor("zhou"), file.id)
        conclusion = Conclusion(outcome, dict.fromkeys(people, outcome), dict.fromkeys(records, outcome))
        return self.book.decide(self.actor("zhou"), file.id, conclusion, WHY)
