"""Who saw or took out what, when and why: an append-only table in a SQLite file of its own.

Each entry carries the hash of the one before it, so a changed, removed or inserted row shows in
`verify()`. It does not show a file that was replaced as a whole: that needs a witness outside.
The entry is written before what it speaks of happens; an act whose entry could not be written
must not take place, which is why acts ask for an `Entry` and only `append` makes one.
"""

import hashlib
import json
import os
import pwd
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from claims.errors import RinghoundError
from claims.language import N_

SHORTEST_REASON = 4  # characters; "x" is not a reason
LONGEST_REASON = 500
GENESIS = "0" * 64
BUSY_SECONDS = 30.0

Detail = str | int | bool | None | Sequence[str] | Mapping[str, str]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    user TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    details TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
CREATE TRIGGER IF NOT EXISTS entries_keep BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
CREATE TRIGGER IF NOT EXISTS entries_new BEFORE INSERT ON entries
    WHEN EXISTS (SELECT 1 FROM entries WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'audit entries are never replaced'); END;
"""
_INSERT = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


class AuditError(RinghoundError):
    """An entry could not be written or read; what it should have recorded did not happen."""

    exit_code = 6


class ReasonError(RinghoundError):
    """A reason is missing or too short to be one."""

    exit_code = 2


class Act(StrEnum):
    """What was done."""

    REVEAL = "reveal"  # personal data shown unmasked
    EXPORT = "export"  # a file left the workspace


@dataclass(frozen=True)
class Entry:
    """One audit entry; `details` is canonical JSON, `hash` covers every other field."""

    id: int
    at: str  # UTC, ISO 8601 with microseconds
    user: str
    act: str
    subject: str
    reason: str
    details: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold: the first entry concerned, and what is wrong with it."""

    entry: int
    problem: str


PROBLEM_CONTENT = N_("its content was changed")
PROBLEM_LINK = N_("it does not follow from the entry before it")
PROBLEM_GAP = N_("entries before it are missing")
PROBLEM_END = N_("entries at the end are missing")


@dataclass(frozen=True)
class Audit:
    """The audit entries of one workspace; several processes may append at once."""

    path: Path

    def append(
        self,
        act: Act,
        subject: str,
        *,
        reason: str = "",
        details: Mapping[str, Detail] | None = None,
        user: str | None = None,
    ) -> Entry:
        """Write one entry and return it once it is on the disk; AuditError when that failed."""
        text = json.dumps(details or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        draft = Entry(0, "", user or system_user(), act.value, subject, reason, text, GENESIS, "")
        with self._opened() as database:
            database.execute("BEGIN IMMEDIATE")  # one appender at a time sees the last hash
            last = database.execute("SELECT id, hash FROM entries ORDER BY id DESC LIMIT 1").fetchone()
            entry = _chained(draft, *last) if last else _chained(draft, 0, GENESIS)
            database.execute(_INSERT, astuple(entry))
            database.execute("COMMIT")
        return entry

    def entries(self, *, after: int = 0, limit: int = 1000) -> tuple[Entry, ...]:
        """Return up to `limit` entries whose number is above `after`, oldest first."""
        if not self.path.exists():
            return ()
        query = "SELECT * FROM entries WHERE id > ? ORDER BY id LIMIT ?"
        with self._opened() as database:
            return tuple(Entry(*row) for row in database.execute(query, (after, limit)))

    def verify(self) -> tuple[Break, ...]:
        """Walk the whole chain and return every place where it does not hold."""
        if not self.path.exists():
            return ()
        with self._opened() as database:
            rows = database.execute("SELECT * FROM entries ORDER BY id")
            breaks, last = _walk(Entry(*row) for row in rows)
            # SQLite remembers the highest number given out, so a plain cut at the end shows too.
            given = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
        if given and given[0] > last:
            breaks.append(Break(last + 1, PROBLEM_END))
        return tuple(breaks)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)) as database:
                database.execute("PRAGMA synchronous = FULL")
                database.execute("PRAGMA journal_mode = WAL")
                database.executescript(_SCHEMA)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise AuditError(N_("The audit file {path} failed: {error}"), path=self.path, error=error) from error


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


def _chained(draft: Entry, number: int, previous: str) -> Entry:
    """Put `draft` after entry `number`, whose hash is `previous`."""
    entry = replace(
        draft,
        id=number + 1,
        at=datetime.now(UTC).isoformat(timespec="microseconds"),
        user=_storable(draft.user),
        subject=_storable(draft.subject),
        reason=_storable(draft.reason),
        details=_storable(draft.details),
        previous=previous,
    )
    return replace(entry, hash=_digest(entry))


def _digest(entry: Entry) -> str:
    """Hash every field but the hash itself."""
    text = json.dumps(astuple(entry)[:-1], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _storable(text: str) -> str:
    """Replace what UTF-8 cannot hold (undecodable bytes of a command line arrive as such)."""
    return text.encode("utf-8", "replace").decode()


def _walk(entries: Iterator[Entry]) -> tuple[list[Break], int]:
    breaks: list[Break] = []
    number, previous = 0, GENESIS
    for entry in entries:
        if entry.id != number + 1:
            breaks.append(Break(entry.id, PROBLEM_GAP))
        if entry.previous != previous:
            breaks.append(Break(entry.id, PROBLEM_LINK))
        if _digest(entry) != entry.hash:
            breaks.append(Break(entry.id, PROBLEM_CONTENT))
        number, previous = entry.id, entry.hash
    return breaks, number
