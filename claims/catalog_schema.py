"""The tables of the catalog and how its SQLite file is opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

SCHEMA_VERSION = 1
_BUSY_SECONDS = 30

metadata = sa.MetaData()
schema_version = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True))
loads = sa.Table(
    "loads",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("started_at", sa.String, nullable=False),
    sa.Column("finished_at", sa.String, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("report", sa.String, nullable=False),
    sa.Column("version_id", sa.Integer),
)
files = sa.Table(
    "files",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("load_id", sa.ForeignKey("loads.id"), nullable=False, index=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("sha256", sa.String, nullable=False, index=True),
    sa.Column("size", sa.Integer, nullable=False),
)
data_versions = sa.Table(
    "data_versions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("load_id", sa.ForeignKey("loads.id")),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("vacuumed_at", sa.String),
)
data_version_tables = sa.Table(
    "data_version_tables",
    metadata,
    sa.Column("version_id", sa.ForeignKey("data_versions.id"), primary_key=True),
    sa.Column("table_name", sa.String, primary_key=True),
    sa.Column("delta_version", sa.Integer, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
)
pins = sa.Table(
    "pins",
    metadata,
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("ref", sa.String, primary_key=True),
    sa.Column("version_id", sa.ForeignKey("data_versions.id"), primary_key=True),
    sa.Column("created_at", sa.String, nullable=False),
)

outbox = sa.Table(
    "ledger_outbox",  # leaves about loads, until the ledger takes them over
    metadata,
    sa.Column("load_id", sa.ForeignKey("loads.id"), primary_key=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("body", sa.String, nullable=False),
)


def make_engine(path: Path) -> sa.Engine:
    """Return an engine for the file at `path`; connections are opened anew and never shared."""
    url = sa.URL.create("sqlite", database=str(path))
    engine = sa.create_engine(url, poolclass=NullPool, connect_args={"timeout": _BUSY_SECONDS})
    sa.event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # FULL: with NORMAL an acknowledged commit can be lost in a power cut.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open one write transaction; it begins at once, so what it reads stays true until it commits."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
