"""The same suite on SQLite and on a real PostgreSQL; every test has a case database of its own, nothing in it."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.store import CaseStore
from tests.loaders.postgres import Server, postgres_server

_TEMPLATE = "cases_template"  # migrated once; the tests get copies


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with postgres_server() as running:
        new_database(running, _TEMPLATE, "template1")
        CaseStore.open(address_of(running, _TEMPLATE)).engine.dispose()
        yield running


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    path = tmp_path_factory.mktemp("cases") / "cases.db"
    CaseStore.open(path).engine.dispose()
    return path


def new_database(server: Server, name: str, template: str) -> None:
    """Make a database."""
    engine = sa.create_engine(server.full_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()


def address_of(server: Server, name: str) -> str:
    """Address of a database, as people write it."""
    return server.full_url.replace("+psycopg", "").rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path, empty_file: Path) -> str | Path:
    """Where the case database of a test is."""
    if request.param == "sqlite":
        return Path(shutil.copy(empty_file, tmp_path / "cases.db"))
    server, name = request.getfixturevalue("postgres"), f"cases_{uuid.uuid4().hex[:12]}"
    new_database(server, name, _TEMPLATE)
    return address_of(server, name)
