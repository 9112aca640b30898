"""Databases that hold a ledger: a SQLite file, and a real PostgreSQL server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from claims.database import engine_of
from claims.ledger.schema import metadata
from claims.workspace import Workspace
from tests.loaders.postgres import postgres_server


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgres_server() as running:
        yield running.full_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    monkeypatch.delenv("RINGHOUND_LEDGER_KEY", raising=False)
    if request.param == "sqlite":
        return engine_of(tmp_path / "cases.db")
    monkeypatch.setenv("RINGHOUND_LEDGER_KEY", str(tmp_path / "ledger.key"))
    made = engine_of(request.getfixturevalue("server"))
    with made.begin() as connection:
        for table in metadata.tables.values():
            connection.execute(sa.schema.DropTable(table, if_exists=True))
    return made


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    for name in ("RINGHOUND_LEDGER_KEY", "RINGHOUND_DATABASE", "RINGHOUND_LEDGER_HASH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RINGHOUND_LANG", "en")
    return Workspace(tmp_path / "w")
