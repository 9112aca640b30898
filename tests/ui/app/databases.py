"""The case database of the pages' accounts: a file, or a real PostgreSQL emptied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.loaders.postgres import Server, postgres_server

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


def running() -> Iterator[Server]:
    """The body of a fixture that keeps one server for its scope."""
    with postgres_server() as server:
        yield server


def emptied(server: Server) -> str:
    """The server's address, as people write it, with nothing in it."""
    engine = sa.create_engine(server.full_url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return server.full_url.replace("+psycopg", "")


def place_of(request: pytest.FixtureRequest, folder: Path) -> Path | str:
    """Where the accounts of a test are; the name of the file is that of the accounts before they moved."""
    if request.param == "sqlite":
        return folder / "accounts.db"
    server: Server = request.getfixturevalue("postgres")
    return emptied(server)
