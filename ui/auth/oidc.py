"""Whoever an identity provider vouches for: the account and the session that stand for its claims."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from claims.language import N_
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.errors import NoRightError
from ui.auth.journal import Deed, note
from ui.auth.model import Account
from ui.auth.roles import Role
from ui.auth.schema import writing
from ui.auth.sessions import Sessions

NOTHING_HERE = N_("The identity provider gives you no role or no region here; ask your administrator.")
_UNFIT = re.compile(r"[^a-z0-9._-]+")
Claims = Mapping[str, Any]


def token_of(claims: Claims) -> str:
    """Return the name of the sign-in these claims come from: a new sign-in has another one."""
    parts = (str(claims.get(name, "")) for name in ("iss", "sub", "iat", "sid", "jti", "auth_time", "exp"))
    return "oidc:" + "\x1f".join(parts)


@dataclass(frozen=True)
class Reading:
    """How a provider's claims are read: which hold roles and regions, and what its roles are here."""

    role_claim: str
    region_claim: str
    roles: Mapping[str, Role]
    default_regions: frozenset[str]


def let_in(accounts: Accounts, sessions: Sessions, claims: Claims, reading: Reading) -> str:
    """Return the session token of these claims.

    Roles and regions are taken from the provider when a sign-in is new. NoRightError when it names
    no role or no region of ours.
    """
    token = token_of(claims)
    if sessions.known(token):
        return token
    theirs = _texts(claims.get(reading.role_claim))
    roles = frozenset(reading.roles[role] for role in theirs if role in reading.roles)
    regions = frozenset(_texts(claims.get(reading.region_claim))) or reading.default_regions
    if not roles or not regions:
        _refused(accounts, claims)
        raise NoRightError(NOTHING_HERE)
    account = _account(accounts, claims, roles, regions)
    until = datetime.fromtimestamp(float(claims["exp"]), UTC) if claims.get("exp") else None
    sessions.adopt(token, account.name, "oidc", until)
    return token


def _account(accounts: Accounts, claims: Claims, roles: frozenset[Role], regions: frozenset[str]) -> Account:
    issuer, subject = str(claims.get("iss", "")), str(claims["sub"])
    found = accounts.of_subject(issuer, subject)
    if found is None:
        title = str(claims.get("name") or claims.get("email") or subject)[:128]
        new = NewAccount(_name(claims), title, roles, regions, issuer=issuer, subject=subject)
        accounts.add(new, by="identity provider")
        return accounts.get(new.name)
    if (found.roles, found.regions) != (roles, regions):
        accounts.set_rights(found.name, roles, regions, by="identity provider")
    return found


def _name(claims: Claims) -> str:
    """A readable name that no local account can have and no other subject shares."""
    wished = str(claims.get("preferred_username") or claims.get("email") or claims["sub"]).lower()
    digest = hashlib.sha256(f"{claims.get('iss', '')}\x1f{claims['sub']}".encode()).hexdigest()[:8]
    return f"{_UNFIT.sub('-', wished).strip('-._')[:40] or 'user'}.{digest}"


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def _refused(accounts: Accounts, claims: Claims) -> None:
    with writing(accounts.engine) as connection:
        note(connection, accounts.clock(), _name(claims), Deed.REFUSED, details="no role or no region")
