"""What one server process holds for all its visitors, and what one visitor's page is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import sqlalchemy as sa

from claims.workspace import Workspace
from graph.model import NodeRef
from graph.store import GraphReader
from ui.auth.accounts import Accounts
from ui.auth.gate import Gate
from ui.auth.model import Account
from ui.auth.roles import Action
from ui.auth.schema import open_engine
from ui.auth.sessions import Sessions
from ui.auth.sign_in import SignIn
from ui.config.settings import Settings
from ui.service.blind import unread
from ui.service.cases import CaseService
from ui.service.cases_door import CaseDoor
from ui.service.desk import Cases, DeskService
from ui.service.entity import EntityService
from ui.service.entity_ground import Reach, ground_of, reach_of
from ui.service.evaluation import EvaluationService
from ui.service.graph_inside import sees
from ui.service.graph_reach import NearReader
from ui.service.graphs import notice_of, open_reader
from ui.service.identity import IdentityService
from ui.service.ledger import LedgerService
from ui.service.loads import LoadService
from ui.service.people import PeopleService
from ui.service.quarantine import QuarantineService
from ui.service.referrals import ReferralService
from ui.service.reveal import RevealService
from ui.service.ring_sheet import RingSheetService
from ui.service.rings import Rings, RingService
from ui.service.runs import Runs, RunService
from ui.service.suspicion import Suspicion
from ui.service.wiring import open_cases, open_rings, open_runs


@dataclass(frozen=True)
class House:
    """The accounts and sources of one server; nothing in it belongs to a visitor."""

    settings: Settings
    engine: sa.Engine
    rings: Rings
    runs: Runs
    cases: Cases

    @property
    def accounts(self) -> Accounts:
        """The accounts."""
        return Accounts(self.engine)

    @property
    def sessions(self) -> Sessions:
        """The sessions."""
        return Sessions(self.engine, self.settings.limits)

    @property
    def sign_in(self) -> SignIn:
        """The door."""
        return SignIn(self.accounts, self.sessions)


@lru_cache(maxsize=4)
def house_of(settings: Settings) -> House:
    """Open the house that `settings` describe; asked again, it is the same one."""
    workspace = settings.workspace
    engine = open_engine(settings.accounts)
    return House(settings, engine, open_rings(workspace), open_runs(workspace), open_cases(workspace))


@dataclass(frozen=True)
class Context:
    """What a page is given: who asks, in which language, and the services that answer.

    `account` is as it was when this run of the page began; services ask anew.
    """

    house: House
    gate: Gate
    account: Account
    language: str

    @property
    def workspace(self) -> Workspace:
        """The workspace the server shows."""
        return self.house.settings.workspace

    def guard(self, action: Action, region: str | None = None) -> Account:
        """Return the account if it may do this now; see `Gate.guard`."""
        return self.gate.guard(action, region)

    def may(self, action: Action) -> bool:
        """Say whether to offer something; the service behind it guards itself."""
        return self.account.may(action)

    def reader(self) -> GraphReader:
        """Open the graph in force, as far as the regions go; NotFoundError before the first build."""
        return NearReader(open_reader(self.workspace, self.house.settings.store), self._reach)

    def near(self, refs: Iterable[NodeRef]) -> bool:
        """Say whether none of some nodes lies outside the regions; unknown ones do not, for those who see all."""
        reach = self._reach()
        return all(sees(reach, ref) for ref in refs)

    def _reach(self) -> Reach:
        return reach_of(ground_of(self.workspace), self.guard(Action.EXPLORE).regions)

    def store_notice(self) -> str:
        """What the store leaves out, in a sentence; empty where it leaves out nothing."""
        return notice_of(self.house.settings.store)

    @cached_property
    def rings(self) -> RingService:
        """Questions about rings."""
        return RingService(self.gate, self.house.rings, partial(unread, self.workspace))

    @cached_property
    def runs(self) -> RunService:
        """Questions about runs and detectors."""
        return RunService(self.gate, self.house.runs)

    @cached_property
    def loads(self) -> LoadService:
        """Questions about loads."""
        return LoadService(self.gate, self.workspace)

    @cached_property
    def quarantine(self) -> QuarantineService:
        """Questions about rows that could not be used."""
        return QuarantineService(self.gate, self.workspace)

    @cached_property
    def desk(self) -> DeskService:
        """Questions of the desk."""
        return DeskService(self.gate, self.rings, self.runs, self.loads, self.house.cases)

    @cached_property
    def reveals(self) -> RevealService:
        """Personal fields, one by one."""
        return RevealService(self.gate, self.workspace, self.reader)

    @cached_property
    def entities(self) -> EntityService:
        """Everything about one person, card, institution or box."""
        return EntityService(self.gate, self.workspace, self.house.rings, self.reveals)

    @cached_property
    def evaluations(self) -> EvaluationService:
        """Institutions compared by quarter."""
        return EvaluationService(self.gate, self.workspace)

    @cached_property
    def sheets(self) -> RingSheetService:
        """Everything about one ring."""
        return RingSheetService(self.gate, self.workspace, self.rings)

    @cached_property
    def case_work(self) -> CaseService:
        """Questions about cases, and acts on them."""
        return CaseService(CaseDoor(self.gate, self.workspace, self.house.accounts), self.sheets)

    @cached_property
    def suspicion(self) -> Suspicion:
        """Scores and members of rings, for the explorer."""
        return Suspicion(self.gate, self.workspace, self.rings)

    @cached_property
    def identities(self) -> IdentityService:
        """Pairs of enrolments that may be one person's."""
        return IdentityService(self.gate, self.workspace)

    @cached_property
    def referrals(self) -> ReferralService:
        """What leaves the house, and what became of it."""
        return ReferralService(self.gate, self.workspace, self.rings)

    @cached_property
    def ledger(self) -> LedgerService:
        """The evidence ledger."""
        return LedgerService(self.gate, self.workspace, self.rings)

    @cached_property
    def people(self) -> PeopleService:
        """Questions about accounts."""
        return PeopleService(self.gate, self.house.accounts)
