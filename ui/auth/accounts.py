"""The accounts: add, change, disable; each change takes hold at the next click of whoever it concerns."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from claims.errors import NotFoundError
from claims.language import LANGUAGES, N_
from ui.auth import passwords
from ui.auth.errors import AccountError
from ui.auth.journal import Deed, note
from ui.auth.model import Account
from ui.auth.roles import EVERYWHERE, Role
from ui.auth.rows import end_sessions, keep_an_administrator, read_accounts, said, write_rights
from ui.auth.schema import accounts, stamp, writing

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_REGION = re.compile(r"\d{2,12}")


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class NewAccount:
    """An account to be made; without a password an identity provider vouches for `subject` of `issuer`."""

    name: str
    title: str
    roles: frozenset[Role]
    regions: frozenset[str] = frozenset({EVERYWHERE})
    password: str | None = None
    must_change: bool = True
    language: str = "zh_CN"
    issuer: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class Accounts:
    """The accounts in `engine`; every method is one short transaction."""

    engine: sa.Engine
    clock: Callable[[], datetime] = utc_now

    def add(self, new: NewAccount, *, by: str) -> None:
        """Make an account; AccountError when the name is taken or does not read."""
        _check_name(new.name)
        _check_regions(new.regions)
        kept = None if new.password is None else passwords.hashed(passwords.checked(new.password, new.name))
        values = {
            "name": new.name,
            "title": new.title.strip() or new.name,
            "password": kept,
            "must_change": new.must_change and kept is not None,
            "language": new.language,
            "created_at": stamp(self.clock()),
            "issuer": new.issuer,
            "subject": new.subject,
        }
        with writing(self.engine) as connection:
            if connection.scalar(sa.select(accounts.c.name).where(accounts.c.name == new.name)):
                raise AccountError(N_("There is an account {name} already."), name=new.name)
            connection.execute(sa.insert(accounts).values(values))
            write_rights(connection, new.name, new.roles, new.regions)
            note(connection, self.clock(), by, Deed.ADDED, subject=new.name, details=said(new.roles, new.regions))

    def get(self, name: str) -> Account:
        """Return account `name`; NotFoundError where there is none."""
        for account in read_accounts(self.engine, accounts.c.name == name):
            return account
        raise NotFoundError(N_("There is no account {name}."), name=name)

    def all(self) -> Sequence[Account]:
        """Return every account by name."""
        return read_accounts(self.engine, sa.true())

    def of_subject(self, issuer: str, subject: str) -> Account | None:
        """Return the account an identity provider's subject stands for, None before the first sign-in."""
        found = read_accounts(self.engine, (accounts.c.issuer == issuer) & (accounts.c.subject == subject))
        return found[0] if found else None

    def set_rights(self, name: str, roles: Collection[Role], regions: Collection[str], *, by: str) -> None:
        """Give account `name` exactly these roles and regions."""
        _check_regions(regions)
        with self._changing(name) as connection:
            if Role.ADMINISTRATOR not in roles:
                keep_an_administrator(connection, name)
            write_rights(connection, name, roles, regions)
            note(connection, self.clock(), by, Deed.CHANGED, subject=name, details=said(roles, regions))

    def set_disabled(self, name: str, disabled: bool, *, by: str) -> None:
        """Shut account `name` out and end its sessions, or let it in again."""
        moment = stamp(self.clock()) if disabled else None
        with self._changing(name) as connection:
            if disabled:
                keep_an_administrator(connection, name)
                end_sessions(connection, name, stamp(self.clock()))
            connection.execute(sa.update(accounts).where(accounts.c.name == name).values(disabled_at=moment))
            note(connection, self.clock(), by, Deed.DISABLED if disabled else Deed.ENABLED, subject=name)

    def set_password(self, name: str, password: str, *, by: str, must_change: bool) -> None:
        """Give account `name` a new password and end its sessions."""
        kept = passwords.hashed(passwords.checked(password, name))
        values = {"password": kept, "must_change": must_change}
        with self._changing(name) as connection:
            if connection.scalar(sa.select(accounts.c.issuer).where(accounts.c.name == name)):
                raise AccountError(N_("{name} signs in at an identity provider; there is no password here."), name=name)
            connection.execute(sa.update(accounts).where(accounts.c.name == name).values(values))
            end_sessions(connection, name, stamp(self.clock()))
            note(connection, self.clock(), by, Deed.PASSWORD, subject=name)

    def set_language(self, name: str, language: str) -> None:
        """Remember the language account `name` reads."""
        if language not in LANGUAGES:
            raise ValueError(language)
        with writing(self.engine) as connection:
            connection.execute(sa.update(accounts).where(accounts.c.name == name).values(language=language))

    def end_sessions(self, name: str, *, by: str) -> None:
        """Sign account `name` out everywhere."""
        with self._changing(name) as connection:
            end_sessions(connection, name, stamp(self.clock()))
            note(connection, self.clock(), by, Deed.SIGNED_OUT, subject=name, details="everywhere")

    def password_of(self, name: str) -> str | None:
        """Return the hash kept for `name`, None where there is none or the account is disabled."""
        query = sa.select(accounts.c.password).where(accounts.c.name == name, accounts.c.disabled_at.is_(None))
        with self.engine.connect() as connection:
            found: str | None = connection.scalar(query)
        return found

    @contextmanager
    def _changing(self, name: str) -> Iterator[sa.Connection]:
        with writing(self.engine) as connection:
            if connection.scalar(sa.select(accounts.c.name).where(accounts.c.name == name)) is None:
                raise NotFoundError(N_("There is no account {name}."), name=name)
            yield connection


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        message = N_("{name} is no account name: small letters, digits, '.', '_' and '-', two characters at least.")
        raise AccountError(message, name=name)


def _check_regions(regions: Iterable[str]) -> None:
    for region in regions:
        if region != EVERYWHERE and not _REGION.fullmatch(region):
            raise AccountError(N_("{region} is no code of an administrative division."), region=region)
