"""Short stable names for ids that are personal themselves (a phone number, an address).

An alias is a keyed hash, so nobody without the workspace can compute one from a guessed number;
the book in the workspace leads from the alias back to the id, so `ringhound explore phone:~k3…`
works. The same id has the same alias as long as the workspace lives.
"""

import base64
import hmac
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from claims.errors import RinghoundError
from claims.language import N_

MARK = "~"
LENGTH = 12  # base32 characters: 60 bits, a clash among 10 million ids has odds of 1 in 20,000
BUSY_SECONDS = 30.0

Key = tuple[str, str]  # kind, id

_SCHEMA = """
CREATE TABLE IF NOT EXISTS secret (one INTEGER PRIMARY KEY CHECK (one = 1), key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS aliases (alias TEXT PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL) WITHOUT ROWID;
"""


class AliasError(RinghoundError):
    """The book of aliases could not be read or written, or two ids share an alias."""

    exit_code = 6


@dataclass(frozen=True)
class Aliases:
    """The book of one workspace. The file is made readable by its owner only."""

    path: Path

    def give(self, keys: Iterable[Key]) -> dict[Key, str]:
        """Return the alias of every key, having written it down first."""
        wanted = sorted(set(keys))
        if not wanted:
            return {}
        with self._opened() as database:
            secret = _secret(database)
            given = {key: _alias(secret, key) for key in wanted}
            database.execute("BEGIN IMMEDIATE")
            rows = [(alias, kind, id_) for (kind, id_), alias in given.items()]
            database.executemany("INSERT OR IGNORE INTO aliases VALUES (?, ?, ?)", rows)
            for key, alias in given.items():
                if _find(database, alias) != key:
                    raise AliasError(N_("Two ids share the alias {alias}."), alias=alias)
            database.execute("COMMIT")
        return given

    def resolve(self, alias: str) -> Key | None:
        """Return the kind and id behind `alias`, or None if it was never given."""
        if not alias.startswith(MARK) or not self.path.exists():
            return None
        with self._opened() as database:
            return _find(database, alias)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)) as database:
                database.execute("PRAGMA synchronous = FULL")
                database.executescript(_SCHEMA)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise AliasError(N_("The alias file {path} failed: {error}"), path=self.path, error=error) from error


def _secret(database: sqlite3.Connection) -> bytes:
    database.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (secrets.token_bytes(32),))
    (key,) = database.execute("SELECT key FROM secret").fetchone()
    return bytes(key)


def _alias(secret: bytes, key: Key) -> str:
    digest = hmac.digest(secret, "\0".join(key).encode("utf-8", "surrogatepass"), "sha256")
    return MARK + base64.b32encode(digest).decode().lower()[:LENGTH]


def _find(database: sqlite3.Connection, alias: str) -> Key | None:
    row = database.execute("SELECT kind, id FROM aliases WHERE alias = ?", (alias,)).fetchone()
    return (row[0], row[1]) if row else None
