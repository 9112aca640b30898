"""How far somebody's rights reach into the ledger: that an entry is there all see who may open it, not of what."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from cases.exports.schema import referrals
from cases.schema import reading
from cases.settings import settings_of
from cases.store import CaseStore
from cases.work.tables import cases
from claims.aliases import Aliases
from claims.errors import NotFoundError
from claims.language import N_
from claims.ledger import Entry, Kind
from claims.workspace import Workspace
from graph.masking import Masks
from graph.model import NodeRef
from ui.auth.errors import NoRightError
from ui.auth.gate import Gate
from ui.auth.model import Account
from ui.auth.roles import Action, Role, in_region
from ui.service.blind import unread
from ui.service.rings import RingService

# What the house itself does: about no person and no ring.
HOUSEKEEPING = frozenset({Kind.LEDGER, Kind.KEY, Kind.LOAD, Kind.RUN, Kind.SETTING})
BLIND = N_("You are reading this case again, without knowing how it ended.")
NOBODYS = ""  # the region of what has none: seen by those who see every region


@dataclass(frozen=True)
class Sight:
    """What `account` may see.

    `blind` are cases, and their rings, that the account is reading again without knowing how they
    ended; `regions_of` keeps the division of subjects that were asked for.
    """

    account: Account
    workspace: Workspace
    rings: RingService
    blind: frozenset[str] = frozenset()
    regions_of: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, account: Account, workspace: Workspace, rings: RingService) -> "Sight":
        """Return the sight of an account that may open the ledger."""
        return cls(account, workspace, rings, unread(workspace, account.name))

    @property
    def narrow(self) -> bool:
        """Whether some regions are not the account's."""
        return not self.account.everywhere

    def sees(self, entry: Entry) -> bool:
        """Say whether subject, reason and body may be shown."""
        kind = Kind(entry.leaf.kind)
        if kind in HOUSEKEEPING:
            return True
        if kind is Kind.RIGHTS:
            return self.account.may(Action.MANAGE_ACCOUNTS) or Role.AUDITOR in self.account.roles
        if entry.leaf.subject in self.blind:
            return False
        return self.account.may(Action.SEE_CASES) and in_region(self.account.regions, self._region(entry))

    def check(self, gate: Gate, entry: Entry) -> None:
        """Raise NoRightError, written down, where the entry may not be shown."""
        if self.sees(entry):
            return
        gate.guard(Action.MANAGE_ACCOUNTS if entry.leaf.kind == Kind.RIGHTS else Action.SEE_CASES)
        gate.guard(Action.SEE_LEDGER, self._region(entry))
        raise NoRightError(BLIND)

    def subject(self, text: str) -> str:
        """A subject as it is shown: numbers that are personal themselves become aliases."""
        try:
            ref = NodeRef.parse(text)
        except ValueError:
            return text
        return str(Masks(Aliases(self.workspace.aliases)).refs([ref])[ref])

    def _region(self, entry: Entry) -> str:
        subject = entry.leaf.subject
        if subject not in self.regions_of:
            self.regions_of[subject] = NOBODYS if self.account.everywhere else self._find(subject)
        return self.regions_of[subject]

    def _find(self, subject: str) -> str:
        """The division of a ring, a case or a referral; that of anything else is nobody's."""
        name, _colon, number = subject.partition(":")
        if name == "referral" and number.isdecimal():
            subject = self._scalar(sa.select(referrals.c.ring_id).where(referrals.c.id == int(number)))
        elif subject.startswith("C-"):
            return self._scalar(sa.select(cases.c.region).where(cases.c.id == subject))
        found = self.rings.rings.preview(subject) if subject.startswith(("R-", "T-")) else None
        return found.row.region if found else NOBODYS

    def _scalar(self, query: sa.Select[tuple[str]]) -> str:
        try:
            engine = CaseStore.open(settings_of(self.workspace).database).engine
        except NotFoundError:
            return NOBODYS
        with reading(engine) as connection:
            return connection.scalar(query) or NOBODYS
