"""What reviewers say about pairs of enrolments: an append-only history in the case database.

A judgement is never changed. Taking one back is a row of its own that restores what held before it,
so the newest row of a pair is what holds. Each row has its leaf in the ledger, written with it.
Nobody overwrites what they have not seen: who judges names the last row they know, and a newer one
of somebody else's is an error that says whose it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from cases.schema import reading, writing
from claims.errors import NotFoundError, RinghoundError
from claims.language import N_
from claims.ledger import Kind, append
from detectors.identity_reuse.judgements import Judgement, Ruling

Key = tuple[str, str]  # psn_no of two enrolments, the smaller first

metadata = sa.MetaData()
table = sa.Table(
    "identity_judgements",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("one", sa.Text, nullable=False),
    sa.Column("other", sa.Text, nullable=False),
    sa.Column("ruling", sa.Text, nullable=False),  # same, not_same, unsure; empty: nothing holds any more
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),  # UTC, so that text sorts as time does
    sa.Column("takes_back", sa.Integer),  # the row whose effect this one ends
    sa.Column("data_version", sa.Integer, nullable=False),  # what was looked at
    sa.Index("identity_judgements_of_pair", "one", "other", "id"),
)
_KEEP_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS identity_judgements_keep BEFORE UPDATE ON identity_judgements "
    "BEGIN SELECT RAISE(ABORT, 'judgements are never changed'); END",
    "CREATE TRIGGER IF NOT EXISTS identity_judgements_stay BEFORE DELETE ON identity_judgements "
    "BEGIN SELECT RAISE(ABORT, 'judgements are never removed'); END",
)
_KEEP_POSTGRES = (
    "CREATE OR REPLACE FUNCTION identity_judgements_stay() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'judgements are neither changed nor removed'; END $$",
    "CREATE OR REPLACE TRIGGER identity_judgements_stay BEFORE UPDATE OR DELETE ON identity_judgements "
    "FOR EACH ROW EXECUTE FUNCTION identity_judgements_stay()",
)


@dataclass(frozen=True)
class Entry:
    """One row of the history; `ruling` is what holds after it, None where nothing does any more."""

    id: int
    pair: Key
    ruling: Ruling | None
    owner: str
    reason: str
    at: datetime
    takes_back: int | None
    data_version: int


@dataclass(frozen=True)
class Word:
    """What somebody says about a pair; `seen` is the last entry they know (0: none), `at` a moment with its zone."""

    pair: Key
    ruling: Ruling
    owner: str
    at: datetime
    seen: int = 0
    reason: str = ""
    data_version: int = 0


class JudgedMeanwhileError(RinghoundError):
    """Somebody else has judged the pair since it was looked at; nothing was written."""

    exit_code = 4

    def __init__(self, entry: Entry) -> None:
        message = N_("{owner} has judged this pair meanwhile; nothing was written. Look again, then decide.")
        super().__init__(message, owner=entry.owner)
        self.entry = entry


@dataclass(frozen=True)
class IdentityBook:
    """The history of judgements in the case database behind `engine`; its table is made when it is first needed."""

    engine: sa.Engine

    def judge(self, word: Word) -> Entry:
        """Write a judgement; JudgedMeanwhileError where the last entry is not the one `word` has seen."""
        with self._writing() as connection:
            last = _last(connection, word.pair)
            if last is not None and last.id != word.seen:
                raise JudgedMeanwhileError(last)
            return _write(connection, word, word.ruling, None)

    def take_back(self, entry: int, owner: str, at: datetime) -> Entry:
        """End judgement `entry` of `owner`; what held before it holds again.

        JudgedMeanwhileError where it no longer is what holds: somebody judged after it.
        """
        with self._writing() as connection:
            row = connection.execute(sa.select(table).where(table.c.id == entry, table.c.owner == owner)).one_or_none()
            if row is None:
                raise NotFoundError(N_("There is no judgement {number} of yours."), number=entry)
            pair = row.one, row.other
            history = _entries(connection, _of(pair))
            alive = standing(history)
            if not alive or alive[-1].id != entry:
                raise JudgedMeanwhileError(history[-1])
            before = alive[-2].ruling if len(alive) > 1 else None
            word = Word(pair, Ruling(row.ruling), owner, at, data_version=row.data_version)
            return _write(connection, word, before, entry)

    def history(self, pair: Key) -> tuple[Entry, ...]:
        """Return every entry of a pair, oldest first."""
        return self._read(_of(pair))

    def histories(self) -> Mapping[Key, tuple[Entry, ...]]:
        """Return every entry by pair, oldest first; the last one's ruling is what holds now."""
        return _by_pair(self._read(sa.true()))

    def in_force(self, before: datetime) -> Mapping[Key, Judgement]:
        """Return what held at a moment, as detectors read it: local times without a zone."""
        newest = {pair: rows[-1] for pair, rows in _by_pair(self._read(table.c.at < _stamp(before))).items()}
        return {
            pair: Judgement(entry.ruling, entry.at.astimezone().replace(tzinfo=None), entry.reason)
            for pair, entry in newest.items()
            if entry.ruling is not None
        }

    def _read(self, condition: sa.ColumnElement[bool]) -> tuple[Entry, ...]:
        with reading(self.engine) as connection:
            if not sa.inspect(connection).has_table(table.name):
                return ()
            return tuple(_entries(connection, condition))

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with writing(self.engine) as connection:
            if not sa.inspect(connection).has_table(table.name):
                metadata.create_all(connection)
                for statement in _KEEP_SQLITE if connection.dialect.name == "sqlite" else _KEEP_POSTGRES:
                    connection.exec_driver_sql(statement)
            yield connection


def ordered(one: str, other: str) -> Key:
    """Return two enrolments as the history names them."""
    return (one, other) if one < other else (other, one)


def standing(history: Iterable[Entry]) -> list[Entry]:
    """Return the judgements of one pair that nobody took back, oldest first; the last of them holds."""
    rows = list(history)
    ended = {row.takes_back for row in rows}
    return [row for row in rows if row.takes_back is None and row.id not in ended]


def _of(pair: Key) -> sa.ColumnElement[bool]:
    return (table.c.one == pair[0]) & (table.c.other == pair[1])


def _last(connection: sa.Connection, pair: Key) -> Entry | None:
    rows = _entries(connection, _of(pair))
    return rows[-1] if rows else None


def _write(connection: sa.Connection, word: Word, ruling: Ruling | None, takes_back: int | None) -> Entry:
    values = {
        "one": word.pair[0],
        "other": word.pair[1],
        "ruling": ruling.value if ruling else "",
        "owner": word.owner,
        "reason": word.reason,
        "at": _stamp(word.at),
        "takes_back": takes_back,
        "data_version": word.data_version,
    }
    connection.execute(sa.insert(table).values(values))
    last = _last(connection, word.pair)
    assert last is not None  # noqa: S101 - written above, in this transaction
    body = {"entry": last.id, "ruling": values["ruling"], "takes_back": takes_back, "data_version": word.data_version}
    subject = f"pair:{'|'.join(word.pair)}"
    append(connection, Kind.REVIEW, subject, actor=word.owner, reason=word.reason, body=body, at=word.at)
    return last


def _entries(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Entry]:
    return [
        Entry(
            id=row.id,
            pair=(row.one, row.other),
            ruling=Ruling(row.ruling) if row.ruling else None,
            owner=row.owner,
            reason=row.reason,
            at=datetime.fromisoformat(row.at),
            takes_back=row.takes_back,
            data_version=row.data_version,
        )
        for row in connection.execute(sa.select(table).where(condition).order_by(table.c.id))
    ]


def _by_pair(entries: Sequence[Entry]) -> Mapping[Key, tuple[Entry, ...]]:
    found: dict[Key, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.pair, []).append(entry)
    return {pair: tuple(rows) for pair, rows in found.items()}


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
