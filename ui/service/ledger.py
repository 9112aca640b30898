"""What pages ask about the ledger: its newest head, whether it holds, its entries as far as one's rights reach."""

import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import segno
import sqlalchemy as sa

from claims.audit import Act, Audit
from claims.language import N_
from claims.ledger import Entry, Head, Kind, PublicKey, entries, entry, newest_head, prove, public_keys, size_of
from claims.ledger.canonical import canonical
from claims.ledger.errors import LedgerError
from claims.ledger.keeper import Keeper
from claims.ledger.leaves import entry_of, moment
from claims.ledger.schema import leaves, there
from claims.ledger.verify import Report
from claims.ledger.witness import as_text
from claims.workspace import Workspace
from ui.auth.gate import Gate
from ui.auth.roles import Action
from ui.service.ledger_sight import Sight
from ui.service.rings import RingService

SIZE = 25
MOST_READ = 5_000  # newest entries looked through where some of them may not be shown
BIGGEST_HEAD = 64 * 1024  # bytes; a signed head has a few hundred, its message a few thousand
_MODULE = 3  # points; a module of the code on the screen
_HEAD_SUFFIXES = (".json", ".eml")


@dataclass(frozen=True)
class LedgerQuery:
    """Empty fields filter nothing; times are UTC, `until` not included; `page` counts from 1."""

    kind: Kind | None = None
    subject: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1
    size: int = SIZE


@dataclass(frozen=True)
class Line:
    """One entry as it may be shown: where `open` is False subject, reason and body are left out."""

    index: int
    at: datetime
    kind: Kind
    actor: str
    subject: str
    reason: str
    body: str
    hash: str
    open: bool


@dataclass(frozen=True)
class LedgerPage:
    """The lines asked for, newest first, and how many there are in all; `capped` says that older ones were not read."""

    lines: tuple[Line, ...]
    total: int
    capped: bool = False


@dataclass(frozen=True)
class Key:
    """A public key, who put it in force when and why."""

    key: PublicKey
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True)
class Overview:
    """The newest head with its picture (PNG), None before anything was signed; how many entries there are."""

    head: Head | None
    picture: bytes
    file: str
    size: int
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class LedgerService:
    """The ledger of a workspace behind the guard."""

    gate: Gate
    workspace: Workspace
    rings: RingService

    def overview(self) -> Overview:
        """Return the newest head and the keys; empty before the first entry."""
        self.gate.guard(Action.SEE_LEDGER)
        with self._keeper.opened() as connection:
            if not there(connection):
                return Overview(None, b"", "", 0, ())
            head = newest_head(connection)
            keys = tuple(_key(connection, key) for key in public_keys(connection))
            size = size_of(connection)
        return Overview(head, _picture(head) if head else b"", as_text(head) if head else "", size, keys)

    def page(self, query: LedgerQuery) -> LedgerPage:
        """Return one page of entries, newest first.

        Whoever filters by subject or name finds what may be shown to him only: how many there are of
        the rest would tell something by itself.
        """
        sight = Sight.of(self.gate.guard(Action.SEE_LEDGER), self.workspace, self.rings)
        with self._keeper.opened() as connection:
            if not there(connection):
                return LedgerPage((), 0)
            searching = bool(query.subject or query.actor)
            return _sifted(connection, query, sight) if searching and sight.narrow else _paged(connection, query, sight)

    def proof(self, index: int) -> bytes:
        """Return the proof that an entry is in the ledger, for a receiver to check; taking it is entered first."""
        account = self.gate.guard(Action.SEE_LEDGER)
        sight = Sight.of(account, self.workspace, self.rings)
        with self._keeper.opened() as connection:
            sight.check(self.gate, entry(connection, index))
            given = prove(connection, index)
            keys = [{"id": key.id, "public": key.public} for key in public_keys(connection)]
        Audit(self.workspace.audit).append(Act.EXPORT, f"entry:{index}", details={"proof": index}, user=account.name)
        return (json.dumps({**given.as_json(), "keys": keys}, ensure_ascii=False, indent=1, sort_keys=True)).encode()

    def verify(self, name: str = "", content: bytes = b"") -> Report:
        """Check the whole ledger; with a head that a witness kept (JSON or message), against that, too."""
        self.gate.guard(Action.SEE_LEDGER)
        if not name:
            return self._keeper.check()
        with tempfile.TemporaryDirectory(prefix="ringhound-head-") as folder:
            path = Path(folder) / f"head{_suffix(name, content)}"
            path.write_bytes(content)
            return self._keeper.check([path])

    @property
    def _keeper(self) -> Keeper:
        return Keeper(self.workspace)


def _suffix(name: str, content: bytes) -> str:
    suffix = Path(name).suffix.lower()
    if suffix not in _HEAD_SUFFIXES or len(content) > BIGGEST_HEAD:
        raise LedgerError(N_("A witness's head is a small file that ends in .json or .eml."))
    return suffix


def _paged(connection: sa.Connection, query: LedgerQuery, sight: Sight) -> LedgerPage:
    conditions = list(_conditions(query))
    total = connection.scalar(sa.select(sa.func.count()).select_from(leaves).where(*conditions)) or 0
    found = _rows(connection, conditions, query.size, (query.page - 1) * query.size)
    return LedgerPage(tuple(_line(one, sight) for one in found), total)


def _sifted(connection: sa.Connection, query: LedgerQuery, sight: Sight) -> LedgerPage:
    found = list(_rows(connection, list(_conditions(query)), MOST_READ, 0))
    shown = [line for line in (_line(one, sight) for one in found) if line.open]
    start = (query.page - 1) * query.size
    return LedgerPage(tuple(shown[start : start + query.size]), len(shown), len(found) == MOST_READ)


def _conditions(query: LedgerQuery) -> Iterator[sa.ColumnElement[bool]]:
    if query.kind:
        yield leaves.c.kind == query.kind.value
    if query.subject:
        yield leaves.c.subject == query.subject
    if query.actor:
        yield leaves.c.actor == query.actor
    if query.since:
        yield leaves.c.at >= moment(query.since)
    if query.until:
        yield leaves.c.at < moment(query.until)


def _rows(
    connection: sa.Connection, conditions: Sequence[sa.ColumnElement[bool]], limit: int, offset: int
) -> Iterator[Entry]:
    query = sa.select(leaves).where(*conditions).order_by(leaves.c.number.desc()).limit(limit).offset(offset)
    return map(entry_of, connection.execute(query).all())


def _line(found: Entry, sight: Sight) -> Line:
    leaf, clear = found.leaf, sight.sees(found)
    line = Line(found.index, datetime.fromisoformat(leaf.at), Kind(leaf.kind), "", "", "", "", found.hash, open=clear)
    if not clear:
        return line if sight.narrow else replace(line, actor=leaf.actor)
    return replace(
        line, actor=leaf.actor, subject=sight.subject(leaf.subject), reason=leaf.reason, body=canonical(leaf.body)
    )


def _key(connection: sa.Connection, key: PublicKey) -> Key:
    found = next(entries(connection, leaves.c.number == key.since))
    return Key(key, datetime.fromisoformat(found.leaf.at), found.leaf.actor, found.leaf.reason)


def _picture(head: Head) -> bytes:
    """The head as a QR code on white, whatever the colours of the page."""
    stream = io.BytesIO()
    code = segno.make(canonical(head.as_json()), error="m", micro=False)
    code.save(stream, kind="png", scale=_MODULE, border=4, light="white")
    return stream.getvalue()
