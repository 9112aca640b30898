"""Who is signed in: a table on the server, asked at every click, so that leaving acts at once everywhere."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from claims.language import N_
from ui.auth.accounts import utc_now
from ui.auth.errors import SignedOutError
from ui.auth.journal import Deed, note
from ui.auth.model import Account
from ui.auth.rows import read_session
from ui.auth.schema import sessions, stamp, writing

SEEN_STEP = timedelta(seconds=30)  # a click writes only when the last write is older than this


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: at most, and without a click."""

    lifetime: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class SignedIn:
    """One live session and the account as it stands this moment."""

    account: Account
    started: datetime
    expires: datetime


@dataclass(frozen=True)
class Sessions:
    """The sessions in `engine`. The browser holds a token; only its hash is kept here."""

    engine: sa.Engine
    limits: Limits = Limits()
    clock: Callable[[], datetime] = utc_now

    def open(self, account: str, address: str) -> str:
        """Start a session and return its token."""
        token = secrets.token_urlsafe(32)
        self.adopt(token, account, address)
        return token

    def adopt(self, token: str, account: str, address: str, until: datetime | None = None) -> None:
        """Start the session that `token` names, unless it is known already; it ends by `until` at the latest."""
        at = self.clock()
        expires = min(at + self.limits.lifetime, until or datetime.max.replace(tzinfo=at.tzinfo))
        values = {
            "token": _digest(token),
            "account": account,
            "created_at": stamp(at),
            "seen_at": stamp(at),
            "expires_at": stamp(expires),
            "address": address[:64],
        }
        with writing(self.engine) as connection:
            if connection.scalar(sa.select(sessions.c.token).where(sessions.c.token == values["token"])) is None:
                connection.execute(sa.insert(sessions).values(values))
                note(connection, at, account, Deed.SIGNED_IN, details=address)

    def known(self, token: str) -> bool:
        """Say whether `token` ever named a session, live or ended."""
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(sessions.c.token).where(sessions.c.token == _digest(token))) is not None

    def look(self, token: str) -> SignedIn:
        """Return who `token` stands for now; SignedOutError when nobody any more."""
        at = self.clock()
        found = read_session(self.engine, _digest(token))
        if found is None:
            raise SignedOutError(N_("You are not signed in."))
        session, account = found
        if account.disabled_at:
            raise SignedOutError(N_("This account is disabled."))
        if session.ended_at:
            raise SignedOutError(N_("You were signed out."))
        seen, expires = datetime.fromisoformat(session.seen_at), datetime.fromisoformat(session.expires_at)
        if at >= expires or at - seen >= self.limits.idle:
            raise SignedOutError(N_("Your session has run out."))
        if at - seen >= SEEN_STEP:
            self._touch(session.token, at)
        return SignedIn(account, datetime.fromisoformat(session.created_at), expires)

    def end(self, token: str) -> None:
        """End the session of `token`, in every tab at once."""
        at = self.clock()
        live = (sessions.c.token == _digest(token)) & sessions.c.ended_at.is_(None)
        with writing(self.engine) as connection:
            account = connection.scalar(sa.select(sessions.c.account).where(live))
            if account is not None:
                connection.execute(sa.update(sessions).where(live).values(ended_at=stamp(at)))
                note(connection, at, account, Deed.SIGNED_OUT)

    def last_visit(self, signed_in: SignedIn) -> datetime | None:
        """Return when the account was last seen in an earlier session, None at the first visit."""
        earlier = (sessions.c.account == signed_in.account.name) & (sessions.c.created_at < stamp(signed_in.started))
        with self.engine.connect() as connection:
            seen = connection.scalar(sa.select(sa.func.max(sessions.c.seen_at)).where(earlier))
        return datetime.fromisoformat(seen) if seen else None

    def _touch(self, digest: str, at: datetime) -> None:
        with writing(self.engine) as connection:
            connection.execute(sa.update(sessions).where(sessions.c.token == digest).values(seen_at=stamp(at)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
