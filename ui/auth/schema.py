"""The tables of the accounts; they lie in the case database, so that a change of rights and its leaf are one act."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from claims.catalog_schema import make_engine
from claims.catalog_schema import writing as writing_sqlite
from claims.errors import StoreError
from claims.language import N_
from claims.ledger import Kind, append
from claims.ledger.log import OWN_NAME
from claims.ledger.rows import ACCOUNTS, mark

SCHEMA_VERSION = 1
BUSY_SECONDS = 30
OLD_NAME = "accounts.db"  # where they were before they moved into the case database

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
_SQLITE_KEEP = (
    "CREATE TRIGGER IF NOT EXISTS account_events_keep BEFORE UPDATE ON account_events "
    "BEGIN SELECT RAISE(ABORT, 'account events are never changed'); END",
    "CREATE TRIGGER IF NOT EXISTS account_events_stay BEFORE DELETE ON account_events "
    "BEGIN SELECT RAISE(ABORT, 'account events are never removed'); END",
)
_POSTGRES_KEEP = (
    "CREATE OR REPLACE FUNCTION account_events_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'account events are never changed'; END $$",
    "CREATE OR REPLACE TRIGGER account_events_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON account_events "
    "FOR EACH STATEMENT EXECUTE FUNCTION account_events_refuse()",
)
_TRIGGERS = "SELECT tgname FROM pg_trigger"
_OPENING = 7_231_904_415_022  # one process at a time makes tables and triggers


def open_engine(place: Path | str) -> sa.Engine:
    """Open the accounts at `place` (a file, or a database URL), making what is missing."""
    try:
        engine = _server(place) if isinstance(place, str) else _sqlite(place)
        with writing(engine) as connection:
            _make(connection)
            found = connection.scalar(sa.select(schema_version.c.version))
            if found is None:
                connection.execute(sa.insert(schema_version).values(version=SCHEMA_VERSION))
                _take_over(connection)
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


def _make(connection: sa.Connection) -> None:
    """Make tables and triggers where they are missing."""
    server = connection.dialect.name == "postgresql"
    if server:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_OPENING)))
    metadata.create_all(connection)
    guarded = server and "account_events_keep" in set(connection.exec_driver_sql(_TRIGGERS).scalars())
    for statement in () if guarded else _POSTGRES_KEEP if server else _SQLITE_KEEP:
        connection.exec_driver_sql(statement)


def _take_over(connection: sa.Connection) -> None:
    """Copy the accounts of a version that kept them in a file of their own, beside this one; sessions end."""
    if connection.dialect.name != "sqlite":
        return
    place = Path(str(connection.engine.url.database))
    old = place.with_name(OLD_NAME)
    if place.name == OLD_NAME or not old.is_file():
        return
    with make_engine(old).connect() as before:
        for table in (accounts, account_roles, account_regions, events):
            rows = [dict(row) for row in before.execute(sa.select(table)).mappings()]
            if rows:
                connection.execute(sa.insert(table), rows)
    for name in connection.scalars(sa.select(accounts.c.name).order_by(accounts.c.name)).all():
        body = {"adopted": True, **mark(ACCOUNTS, connection, name)}
        append(connection, Kind.RIGHTS, f"account:{name}", actor=OWN_NAME, body=body)


def _server(address: str) -> sa.Engine:
    url = sa.make_url(address)
    if url.get_backend_name() == "sqlite" and url.database:
        return _sqlite(Path(url.database))
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return sa.create_engine(url, pool_pre_ping=True)


def _sqlite(path: Path) -> sa.Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    path.chmod(0o600)  # hashes and session tokens: for the owner's eyes only
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
