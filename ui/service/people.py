"""What pages ask about accounts: who there is, and what the administrator changes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ui.auth import passwords
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.gate import Gate
from ui.auth.journal import recent
from ui.auth.model import Account, Event
from ui.auth.roles import Action, Role

SHOWN_EVENTS = 200


@dataclass(frozen=True)
class PeopleService:
    """Accounts behind the guard."""

    gate: Gate
    accounts: Accounts

    def investigators(self) -> Sequence[Account]:
        """Return those a ring can be given to."""
        self.gate.guard(Action.ASSIGN_RINGS)
        return [account for account in self.accounts.all() if account.may(Action.SEE_RINGS) and not account.disabled_at]

    def all(self) -> Sequence[Account]:
        """Return every account."""
        self.gate.guard(Action.MANAGE_ACCOUNTS)
        return self.accounts.all()

    def events(self) -> Sequence[Event]:
        """Return what happened to accounts lately, newest first."""
        self.gate.guard(Action.MANAGE_ACCOUNTS)
        return recent(self.accounts.engine, SHOWN_EVENTS)

    def add(self, name: str, title: str, roles: Collection[Role], regions: Collection[str]) -> str:
        """Make an account and return its one-time password, which is kept nowhere."""
        by = self.gate.guard(Action.MANAGE_ACCOUNTS).name
        password = passwords.invented()
        new = NewAccount(name.strip().lower(), title, frozenset(roles), frozenset(regions), password)
        self.accounts.add(new, by=by)
        return password

    def set_rights(self, name: str, roles: Collection[Role], regions: Collection[str]) -> None:
        """Give an account exactly these roles and regions."""
        self.accounts.set_rights(name, roles, regions, by=self.gate.guard(Action.MANAGE_ACCOUNTS).name)

    def set_disabled(self, name: str, disabled: bool) -> None:
        """Shut an account out at once, or let it in again."""
        self.accounts.set_disabled(name, disabled, by=self.gate.guard(Action.MANAGE_ACCOUNTS).name)

    def end_sessions(self, name: str) -> None:
        """Sign an account out everywhere."""
        self.accounts.end_sessions(name, by=self.gate.guard(Action.MANAGE_ACCOUNTS).name)

    def new_password(self, name: str) -> str:
        """Give an account a one-time password and return it."""
        by = self.gate.guard(Action.MANAGE_ACCOUNTS).name
        password = passwords.invented()
        self.accounts.set_password(name, password, by=by, must_change=True)
        return password
