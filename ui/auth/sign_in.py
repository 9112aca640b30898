"""Letting somebody in by name and password, slower and slower for those who guess."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from claims.language import N_
from ui.auth import passwords
from ui.auth.accounts import Accounts, utc_now
from ui.auth.errors import SignInError
from ui.auth.journal import Deed, note
from ui.auth.schema import attempts, stamp, writing
from ui.auth.sessions import Sessions

WINDOW = timedelta(minutes=15)
PER_PAIR = 5  # failures of one account from one address: somebody guesses, or forgot
PER_ADDRESS = 30  # failures from one address: somebody tries many names
PER_ACCOUNT = 50  # failures of one account from everywhere; high, so that guessing locks nobody out for long

WRONG = N_("Name and password do not fit.")
SLOW_DOWN = N_("Too many failed attempts; try again in {minutes} minutes.")


@dataclass(frozen=True)
class SignIn:
    """The door: accounts, sessions, and a count of who knocked in vain."""

    accounts: Accounts
    sessions: Sessions
    clock: Callable[[], datetime] = utc_now

    def enter(self, name: str, password: str, address: str) -> str:
        """Return the token of a new session; SignInError names no reason that would help to guess."""
        account = name.strip().lower()[:64]
        self.check(account, password, address)
        return self.sessions.open(account, address)

    def check(self, account: str, password: str, address: str) -> None:
        """SignInError unless `password` is the account's; failures count against account and address."""
        self._hold_back(account, address)
        if not passwords.matches(password, self.accounts.password_of(account)):
            self._count(account, address)
            raise SignInError(WRONG)

    def change_password(self, account: str, old: str, new: str, address: str) -> str:
        """Change one's own password; every session ends, and the token of a new one is returned."""
        self.check(account, old, address)
        if old == new:
            raise SignInError(N_("The new password must differ from the old one."))
        self.accounts.set_password(account, new, by=account, must_change=False)
        return self.sessions.open(account, address)

    def _hold_back(self, account: str, address: str) -> None:
        since = stamp(self.clock() - WINDOW)
        fresh = attempts.c.at > since
        mine, here = attempts.c.account == account, attempts.c.address == address
        limits = ((mine & here, PER_PAIR), (here, PER_ADDRESS), (mine, PER_ACCOUNT))
        with self.accounts.engine.connect() as connection:
            full = any(
                (connection.scalar(sa.select(sa.func.count()).where(fresh, which)) or 0) >= limit
                for which, limit in limits
            )
        if full:
            raise SignInError(SLOW_DOWN, minutes=int(WINDOW.total_seconds() // 60))

    def _count(self, account: str, address: str) -> None:
        at = self.clock()
        with writing(self.accounts.engine) as connection:
            connection.execute(sa.delete(attempts).where(attempts.c.at <= stamp(at - WINDOW)))
            connection.execute(sa.insert(attempts).values(account=account, address=address[:64], at=stamp(at)))
            note(connection, at, account, Deed.REFUSED, details=address)
