"""Filling a small ledger, and changing it as somebody with a database tool would."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from claims.catalog import Catalog, now
from claims.database import reading, writing
from claims.ledger import Kind, append
from claims.ledger.heads import Head
from claims.ledger.leaves import entry_of, put
from claims.ledger.log import hasher_of
from claims.ledger.schema import heads, leaves, make, nodes
from claims.ledger.tree import Hasher
from claims.ledger.verify import Report, verify
from claims.versions import Load, SourceFile
from claims.workspace import Workspace

HEX = re.compile(r"[0-9a-f]{16,}")
KINDS = (Kind.REVEAL, Kind.RING_DECISION, Kind.EXPORT, Kind.CASE)
KEYS = {leaves: ("number",), nodes: ("level", "position"), heads: ("size",)}


def fill(engine: sa.Engine, count: int = 5) -> None:
    for number in range(count):
        with writing(engine) as connection:
            kind = KINDS[number % len(KINDS)]
            append(connection, kind, f"R-{number}", actor="li", reason="复核", body={"n": number, "x": ["环", None]})


def checked(engine: sa.Engine, *witnesses: Head) -> Report:
    with reading(engine) as connection:
        return verify(connection, witnesses)


def unguard(connection: sa.Connection) -> None:
    """Take the triggers away, as the owner of a database can."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    for name in names:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def reguard(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        make(connection)


class Doctored:
    """A change around the triggers, and the report on the ledger as it then is; all is undone at the end."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def __enter__(self) -> sa.Connection:
        self.connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self.connection.exec_driver_sql("BEGIN")
        unguard(self.connection)
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.exec_driver_sql("ROLLBACK")
        self.connection.close()


def report(connection: sa.Connection, *witnesses: Head) -> list[str]:
    reguard(connection)
    return [str(problem) for problem in verify(connection, witnesses).problems]


def flips(value: object) -> Iterator[object]:
    """Every byte of a value changed once (texts), every low bit (numbers)."""
    if isinstance(value, int):
        yield from (value ^ 1 << bit for bit in range(6))
        return
    content = bytearray(str(value).encode())
    for place in range(len(content)):
        changed = content.copy()
        changed[place] ^= 0x01
        yield changed.decode("utf-8", "replace")
        if HEX.fullmatch(str(value)) and chr(content[place]).isalpha():  # the same digit in capitals is a change, too
            changed[place] = content[place] ^ 0x20
            yield changed.decode()
    yield str(value) + " "
    yield str(value)[:-1] if value else "x"


def rewrite(connection: sa.Connection) -> None:
    """Make hashes and subtrees fit the leaves again, as a thorough forger would; heads need the key."""
    rows = connection.execute(sa.select(leaves).order_by(leaves.c.number)).all()
    for table in (nodes, leaves):
        connection.execute(sa.delete(table))
    for number, row in enumerate(rows):
        put(connection, hasher_of(connection) if number else Hasher(), number, entry_of(row).leaf)


def load(place: Workspace, number: int) -> None:
    place.root.mkdir(exist_ok=True)
    file = SourceFile(number, number, "settle.csv", f"{number:064x}", 12)
    Catalog.create(place.catalog).record(Load(number, now(), now(), f"load {number}", {}, None), [file], None)


def doctor(path: Path, *statements: str) -> None:
    """Change a SQLite file around its triggers and put them back."""
    with sqlite3.connect(path) as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        for _, sql in triggers:
            database.execute(sql)
    database.close()
