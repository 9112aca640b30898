"""The tables of the accounts database and how it is opened: SQLite in the workspace, or PostgreSQL by URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from claims.catalog_schema import writing as writing_sqlite
from claims.errors import StoreError
from claims.language import N_

SCHEMA_VERSION = 1
BUSY_SECONDS = 30

metadata = sa.MetaData()
schema_version = sa.Table("account_schema", metadata, sa.Column("version", sa.Integer, primary_key=True))
accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("title", sa.String(128), nullable=False),
    sa.Column("password", sa.String(256)),  # argon2 hash; null where an identity provider vouches
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("created_at", sa.String(40), nullable=False),
    sa.Column("disabled_at", sa.String(40)),
    sa.Column("issuer", sa.String(256)),
    sa.Column("subject", sa.String(256)),
    sa.UniqueConstraint("issuer", "subject"),
)
account_roles = sa.Table(
    "account_roles",
    metadata,
    sa.Column("account", sa.ForeignKey("accounts.name"), primary_key=True),
    sa.Column("role", sa.String(32), primary_key=True),
)
account_regions = sa.Table(
    "account_regions",
    metadata,
    sa.Column("account", sa.ForeignKey("accounts.name"), primary_key=True),
    sa.Column("region", sa.String(12), primary_key=True),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token", sa.String(64), primary_key=True),  # SHA-256 of what the browser holds
    sa.Column("account", sa.ForeignKey("accounts.name"), nullable=False, index=True),
    sa.Column("created_at", sa.String(40), nullable=False),
    sa.Column("seen_at", sa.String(40), nullable=False),
    sa.Column("expires_at", sa.String(40), nullable=False),
    sa.Column("ended_at", sa.String(40)),
    sa.Column("address", sa.String(64), nullable=False),
)
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account", sa.String(64), nullable=False, index=True),
    sa.Column("address", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.String(40), nullable=False, index=True),
)
events = sa.Table(
    "account_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False, index=True),
    sa.Column("act", sa.String(32), nullable=False),
    sa.Column("subject", sa.String(256), nullable=False),
    sa.Column("details", sa.String(512), nullable=False),
)
_KEEP = (
    "CREATE TRIGGER IF NOT EXISTS account_events_keep BEFORE UPDATE ON account_events "
    "BEGIN SELECT RAISE(ABORT, 'account events are never changed'); END",
    "CREATE TRIGGER IF NOT EXISTS account_events_stay BEFORE DELETE ON account_events "
    "BEGIN SELECT RAISE(ABORT, 'account events are never removed'); END",
)


def open_engine(place: Path | str) -> sa.Engine:
    """Open the accounts at `place` (a file, or a database URL), making what is missing."""
    try:
        engine = sa.create_engine(place, pool_pre_ping=True) if isinstance(place, str) else _sqlite(place)
        with writing(engine) as connection:
            metadata.create_all(connection)
            for statement in _KEEP if engine.dialect.name == "sqlite" else ():
                connection.exec_driver_sql(statement)
            found = connection.scalar(sa.select(schema_version.c.version))
            if found is None:
                connection.execute(sa.insert(schema_version).values(version=SCHEMA_VERSION))
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise StoreError(N_("The accounts could not be opened: {error}"), error=_short(error)) from error
    if found is not None and found > SCHEMA_VERSION:
        message = N_("The accounts were written by a newer Ringhound (schema {found}); this one reads schema {known}.")
        raise StoreError(message, found=found, known=SCHEMA_VERSION)
    return engine


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open one write transaction; on SQLite it begins at once, so what it reads stays true."""
    if engine.dialect.name == "sqlite":
        with writing_sqlite(engine) as connection:
            yield connection
    else:
        with engine.begin() as connection:
            yield connection


def stamp(moment: datetime) -> str:
    """Write a moment so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _sqlite(path: Path) -> sa.Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # hashes and session tokens: for the owner's eyes only
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )
    sa.event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _short(error: Exception) -> str:
    """Name the kind of failure only: a database's own text may hold the URL with its password."""
    return type(getattr(error, "orig", None) or error).__name__
