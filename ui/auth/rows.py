"""Accounts as rows: reading them whole, and the parts of a change that several changes share."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from claims.language import N_
from ui.auth.errors import AccountError
from ui.auth.model import Account
from ui.auth.roles import Role
from ui.auth.schema import account_regions, account_roles, accounts, sessions


def read_accounts(engine: sa.Engine, condition: sa.ColumnElement[bool]) -> Sequence[Account]:
    """Return the accounts that meet `condition`, by name."""
    seen = sa.select(sa.func.max(sessions.c.seen_at)).where(sessions.c.account == accounts.c.name).scalar_subquery()
    query = sa.select(accounts, seen.label("seen_at")).where(condition).order_by(accounts.c.name)
    with engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
        names = [row["name"] for row in rows]
        roles = _grouped(connection, account_roles.c.account, account_roles.c.role, names)
        regions = _grouped(connection, account_regions.c.account, account_regions.c.region, names)
    return [_account(dict(row), roles.get(row["name"], set()), regions.get(row["name"], set())) for row in rows]


@dataclass(frozen=True)
class SessionRow:
    """One row of the sessions, as text."""

    token: str
    created_at: str
    seen_at: str
    expires_at: str
    ended_at: str | None


ACCOUNT_COLUMNS = tuple(column.name for column in accounts.columns)

# Asked at every click and by every service call: one statement, one row per role and region.
_SESSION = (
    sa.select(
        sessions.c.token,
        sessions.c.created_at,
        sessions.c.seen_at,
        sessions.c.expires_at,
        sessions.c.ended_at,
        account_roles.c.role,
        account_regions.c.region,
        *(accounts.c[name].label(f"account_{name}") for name in ACCOUNT_COLUMNS),
    )
    .select_from(sessions.join(accounts).outerjoin(account_roles).outerjoin(account_regions))
    .where(sessions.c.token == sa.bindparam("token"))
)


def read_session(engine: sa.Engine, digest: str) -> tuple[SessionRow, Account] | None:
    """Return the session whose token hashes to `digest` and its account, None where there is none."""
    with engine.connect() as connection:
        rows = connection.execute(_SESSION, {"token": digest}).mappings().all()
    if not rows:
        return None
    head = {name.removeprefix("account_"): value for name, value in rows[0].items() if name.startswith("account_")}
    roles = {row["role"] for row in rows if row["role"]}
    regions = {row["region"] for row in rows if row["region"]}
    session = SessionRow(*(rows[0][name] for name in ("token", "created_at", "seen_at", "expires_at", "ended_at")))
    return session, _account(head | {"seen_at": session.seen_at}, roles, regions)


def write_rights(connection: sa.Connection, name: str, roles: Collection[Role], regions: Collection[str]) -> None:
    """Give `name` exactly these roles and regions."""
    connection.execute(sa.delete(account_roles).where(account_roles.c.account == name))
    connection.execute(sa.delete(account_regions).where(account_regions.c.account == name))
    for role in sorted(roles):
        connection.execute(sa.insert(account_roles).values(account=name, role=role.value))
    for region in sorted(regions):
        connection.execute(sa.insert(account_regions).values(account=name, region=region))


def end_sessions(connection: sa.Connection, name: str, at: str) -> None:
    """End every session of `name`."""
    live = (sessions.c.account == name) & sessions.c.ended_at.is_(None)
    connection.execute(sa.update(sessions).where(live).values(ended_at=at))


def keep_an_administrator(connection: sa.Connection, name: str) -> None:
    """AccountError when nobody but `name` could manage accounts."""
    others = (
        sa.select(sa.func.count())
        .select_from(accounts.join(account_roles))
        .where(account_roles.c.role == Role.ADMINISTRATOR.value)
        .where(accounts.c.disabled_at.is_(None))
    )
    mine = connection.scalar(others.where(accounts.c.name == name))
    if mine and not connection.scalar(others.where(accounts.c.name != name)):
        raise AccountError(N_("{name} is the last administrator; make another one first."), name=name)


def said(roles: Collection[Role], regions: Collection[str]) -> str:
    """Spell rights for the journal."""
    return f"{','.join(sorted(roles))} @ {','.join(sorted(regions))}"


def _grouped(
    connection: sa.Connection, owner: sa.Column[str], value: sa.Column[str], names: Sequence[str]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, text in connection.execute(sa.select(owner, value).where(owner.in_(names))):
        found.setdefault(name, set()).add(text)
    return found


def _account(row: Mapping[str, Any], roles: Collection[str], regions: Collection[str]) -> Account:
    return Account(
        name=row["name"],
        title=row["title"],
        roles=frozenset(Role(role) for role in roles),
        regions=frozenset(regions),
        language=row["language"],
        must_change=row["must_change"],
        external=row["issuer"] is not None,
        created_at=datetime.fromisoformat(row["created_at"]),
        disabled_at=datetime.fromisoformat(row["disabled_at"]) if row["disabled_at"] else None,
        seen_at=datetime.fromisoformat(row["seen_at"]) if row["seen_at"] else None,
    )
