"""Who saw or took out what, when and why: leaves of the ledger, written before what they speak of happens.

An act whose entry could not be written must not take place, which is why acts ask for an `Entry` and
only `append` makes one. The entries lie in the ledger beside loads, runs and decisions: one log.
"""

import os
import pwd
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa

from claims.database import engine_of, reading, writing
from claims.errors import RinghoundError, StoreError
from claims.language import N_, _
from claims.ledger import LedgerError, log
from claims.ledger import leaves as ledger
from claims.ledger.canonical import Json, canonical
from claims.ledger.leaves import Kind
from claims.ledger.schema import leaves

SHORTEST_REASON = 4  # characters; "x" is not a reason
LONGEST_REASON = 500

Detail = str | int | bool | None | Sequence[str] | Mapping[str, str]


class AuditError(RinghoundError):
    """An entry could not be written or read; what it should have recorded did not happen."""

    exit_code = 6


class ReasonError(RinghoundError):
    """A reason is missing or too short to be one."""

    exit_code = 2


class Act(StrEnum):
    """What was done."""

    REVEAL = "reveal"  # personal data shown unmasked
    VIEW = "view"  # a page with unmasked data opened again
    EXPORT = "export"  # a file left the workspace


_ACTS = {Act.REVEAL: Kind.REVEAL, Act.VIEW: Kind.VIEW, Act.EXPORT: Kind.EXPORT}


@dataclass(frozen=True)
class Entry:
    """One audit entry: `id` is its index in the ledger, `details` canonical JSON, `hash` that of the leaf."""

    id: int
    at: str  # UTC, ISO 8601 with microseconds
    user: str
    act: str
    subject: str
    reason: str
    details: str
    hash: str


@dataclass(frozen=True)
class Audit:
    """The audit entries in the ledger at `path` (a SQLite file or a database URL); several processes may append."""

    path: Path | str

    def append(
        self,
        act: Act,
        subject: str,
        *,
        reason: str = "",
        details: Mapping[str, Detail] | None = None,
        user: str | None = None,
    ) -> Entry:
        """Write one entry and return it once it is committed; AuditError when that failed."""
        body: Mapping[str, Json] = dict(details or {})
        with self._told(), writing(self._engine()) as connection:
            actor = user or system_user()
            index = log.append(connection, _ACTS[act], subject, actor=actor, reason=reason, body=body)
            found = ledger.entry(connection, index)
        return _entry(found)

    def entries(self, *, after: int = 0, limit: int = 1000) -> tuple[Entry, ...]:
        """Return up to `limit` entries whose index is above `after`, oldest first."""
        if isinstance(self.path, Path) and not self.path.exists():
            return ()
        ours = leaves.c.kind.in_([kind.value for kind in _ACTS.values()]), leaves.c.number > after
        with self._told(), reading(self._engine()) as connection:
            return tuple(map(_entry, ledger.entries(connection, *ours, limit=limit)))

    def _engine(self) -> sa.Engine:
        if isinstance(self.path, Path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        return engine_of(self.path)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (StoreError, LedgerError) as error:
            raise AuditError(error.message, **error.values) from error
        except (sa.exc.DatabaseError, OSError) as error:
            place = self.path if isinstance(self.path, Path) else _("the case database")
            reason = (str(getattr(error, "orig", error)).splitlines() or [type(error).__name__])[0]
            raise AuditError(N_("The audit entry in {path} failed: {error}"), path=place, error=reason) from error


def checked_reason(text: str) -> str:
    """Return the reason without white space around it; ReasonError when it says nothing."""
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ReasonError(
            N_("A reason must have {least} to {most} characters."), least=SHORTEST_REASON, most=LONGEST_REASON
        )
    return reason


def system_user() -> str:
    """Return the name of the operating-system user; environment variables cannot change it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _entry(found: ledger.Entry) -> Entry:
    leaf = found.leaf
    return Entry(
        found.index, leaf.at, leaf.actor, leaf.kind, leaf.subject, leaf.reason, canonical(leaf.body), found.hash
    )
