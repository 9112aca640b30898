"""Opening a database of the house: a SQLite file, or PostgreSQL by URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from claims.catalog_schema import make_engine
from claims.catalog_schema import writing as writing_sqlite
from claims.durable import store_errors
from claims.errors import StoreError
from claims.language import N_

_ADVISORY_LOCK = 7_264_001  # any number, the same for all: one writer of cases at a time


def engine_of(address: str | Path) -> sa.Engine:
    """Return an engine for a SQLite file or a database URL."""
    if isinstance(address, Path):
        return make_engine(address)
    try:
        url = sa.make_url(address)
    except sa.exc.ArgumentError as error:
        raise StoreError(N_("The address of the case database does not read; expected postgresql://…")) from error
    if url.get_backend_name() == "sqlite" and url.database:
        return make_engine(Path(url.database))
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return sa.create_engine(url, poolclass=NullPool)


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One write transaction; writers come one after another, so what it reads stays true until it commits."""
    with _told(engine):
        if engine.dialect.name == "sqlite":
            with writing_sqlite(engine) as connection:
                yield connection
        else:
            with engine.begin() as connection:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
                yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One read transaction."""
    with _told(engine), engine.connect() as connection:
        yield connection


@contextmanager
def _told(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database raises into a sentence without its password."""
    if engine.dialect.name == "sqlite":
        with store_errors(Path(str(engine.url.database))):
            yield
        return
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        reason = (str(error.orig).splitlines() or [type(error).__name__])[0]
        message = N_("{place} could not be read or written ({reason}); nothing was changed.")
        raise StoreError(message, place=engine.url.render_as_string(hide_password=True), reason=reason) from error
