"""What the rest of the pages knows of an account."""

from dataclasses import dataclass
from datetime import datetime

from ui.auth.roles import EVERYWHERE, Action, Role, allowed


@dataclass(frozen=True)
class Account:
    """One account as the administrator sees it."""

    name: str
    title: str
    roles: frozenset[Role]
    regions: frozenset[str]
    language: str
    must_change: bool
    external: bool  # an identity provider vouches; there is no password here
    created_at: datetime
    disabled_at: datetime | None
    seen_at: datetime | None = None

    def may(self, action: Action) -> bool:
        """Say whether this account's roles allow `action`."""
        return allowed(self.roles, action)

    @property
    def everywhere(self) -> bool:
        """Whether it sees every region."""
        return EVERYWHERE in self.regions


@dataclass(frozen=True)
class Event:
    """Something that happened to accounts or was denied to one."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    details: str
