"""What one server process holds for all its visitors, and what one visitor's page is given."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import sqlalchemy as sa

from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.store import GraphReader
from ui.auth.accounts import Accounts
from ui.auth.gate import Gate
from ui.auth.model import Account
from ui.auth.roles import Action
from ui.auth.schema import open_engine
from ui.auth.sessions import Sessions
from ui.auth.sign_in import SignIn
from ui.config.settings import Settings
from ui.service.desk import Cases, DeskService
from ui.service.loads import LoadService
from ui.service.people import PeopleService
from ui.service.quarantine import QuarantineService
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
        """Open the graph in force; NotFoundError before the first build."""
        return EmbeddedStore.open(self.workspace)

    @cached_property
    def rings(self) -> RingService:
        """Questions about rings."""
        return RingService(self.gate, self.house.rings)

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
    def sheets(self) -> RingSheetService:
        """Everything about one ring."""
        return RingSheetService(self.gate, self.workspace, self.rings)

    @cached_property
    def suspicion(self) -> Suspicion:
        """Scores and members of rings, for the explorer."""
        return Suspicion(self.gate, self.workspace, self.rings)

    @cached_property
    def people(self) -> PeopleService:
        """Questions about accounts."""
        return PeopleService(self.gate, self.house.accounts)
