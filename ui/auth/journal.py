"""What happened to accounts: sign-ins, refusals, changes. Written where the accounts are, never changed."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from claims.ledger import Kind, append
from claims.ledger.rows import ACCOUNTS, mark
from ui.auth.model import Event
from ui.auth.schema import events, stamp

LONGEST_SUBJECT = 256
LONGEST_DETAILS = 512


class Deed(StrEnum):
    """What an event is about."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    REFUSED = "refused"  # a sign-in that failed
    DENIED = "denied"  # somebody signed in asked for what the roles do not allow
    ADDED = "added"
    CHANGED = "changed"
    DISABLED = "disabled"
    ENABLED = "enabled"
    PASSWORD = "password"  # noqa: S105 - the name of an event


# Who may do what is part of the evidence; signing in and out is not.
_RIGHTS = frozenset({Deed.ADDED, Deed.CHANGED, Deed.DISABLED, Deed.ENABLED, Deed.PASSWORD})


def note(
    connection: sa.Connection, at: datetime, actor: str, deed: Deed, *, subject: str = "", details: str = ""
) -> None:
    """Write one event inside the transaction of what it speaks of; a change of rights is a leaf of the ledger too."""
    values = {
        "at": stamp(at),
        "actor": actor[:64],
        "act": deed.value,
        "subject": subject[:LONGEST_SUBJECT],
        "details": details[:LONGEST_DETAILS],
    }
    connection.execute(sa.insert(events).values(values))
    if deed in _RIGHTS:
        body = {"deed": deed.value, "details": details, **mark(ACCOUNTS, connection, subject)}
        append(connection, Kind.RIGHTS, f"account:{subject}", actor=actor, body=body, at=at)


def recent(engine: sa.Engine, limit: int) -> Sequence[Event]:
    """Return the newest events, newest first."""
    query = sa.select(events).order_by(events.c.id.desc()).limit(limit)
    with engine.connect() as connection:
        return [Event(row.id, datetime.fromisoformat(row.at), *row[2:]) for row in connection.execute(query)]
