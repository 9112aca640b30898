"""The schema goes forward and back on a database with content; what runs found and people decided survives."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

import cases.migrations
from cases.schema import metadata, revision, writing
from cases.store import CaseStore
from cases.work.model import Outcome
from cases.work.tables import case_events
from tests.cases.work.casework import ANNA, WHY, Bureau


def move(engine: sa.Engine, to: str, *, back: bool = False) -> None:
    """Bring a database to a schema, forward or back."""
    config = Config()
    config.set_main_option("script_location", str(Path(cases.migrations.__file__).parent))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        (command.downgrade if back else command.upgrade)(config, to)


def content(engine: sa.Engine, *tables: str) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM {name}"))), key=repr)
            for name in tables
        }


def test_forward_and_back_keep_what_was_there(bureau: Bureau) -> None:
    decided, working = bureau.rings(2)
    bureau.closed(decided.id, Outcome.CLEARED)
    bureau.book.open_ring(ANNA, working.id, WHY)
    engine, older = bureau.store.engine, ("runs", "rings", "ring_members", "ring_events", "decisions", "ledger_leaves")
    before = content(engine, *older)
    move(engine, "0001", back=True)
    with engine.connect() as connection:
        assert revision(connection) == "0001"
        assert not [name for name in sa.inspect(connection).get_table_names() if name.startswith("case")]
    assert content(engine, *older) == before
    store = CaseStore.open(address_of(engine))
    assert content(engine, *older) == before
    with store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(case_events)) == 0
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert [change for change in differences if "ledger" not in repr(change)] == []
    again = Bureau(store, bureau.clock)
    assert again.book.open_ring(ANNA, working.id, WHY).bound == (working.id,)


def address_of(engine: sa.Engine) -> str | Path:
    if engine.dialect.name == "sqlite":
        return Path(str(engine.url.database))
    return engine.url.render_as_string(hide_password=False).replace("+psycopg", "")


def test_a_database_of_before_gains_cases(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    move(bureau.store.engine, "0001", back=True)
    with pytest.raises(sa.exc.DBAPIError), bureau.store.engine.connect() as connection:
        connection.execute(sa.text("SELECT * FROM cases"))
    move(bureau.store.engine, "head")
    assert bureau.book.open_ring(ANNA, ring.id, WHY).open
