"""The ledger of a workspace: loads, settings, older entries, rotation, witnesses, the command."""

import json
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from claims.audit import Act, Audit
from claims.database import engine_of, reading, writing
from claims.errors import RinghoundError
from claims.ledger import Kind, LedgerError, append, entries, newest_head, public_keys
from claims.ledger.heads import Head
from claims.ledger.keeper import Keeper
from claims.ledger.keys import make_key
from claims.ledger.log import enter_key
from claims.ledger.witness import read_heads
from claims.workspace import Workspace
from tests.claims.ledgers import doctor, load

OLD_AUDIT = """
CREATE TABLE entries (id INTEGER PRIMARY KEY, at TEXT, user TEXT, act TEXT, subject TEXT, reason TEXT, details TEXT,
                      previous TEXT, hash TEXT);
INSERT INTO entries VALUES (1, '2026-01-02T03:04:05.000006+00:00', 'li', 'reveal', 'person:P1', '复核', '{}', '0', 'a');
INSERT INTO entries VALUES (2, '2026-01-03T03:04:05.000006+00:00', 'li', 'export', 'ring:R1', '', '{}', 'a', 'b');
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def everywhere(request: pytest.FixtureRequest, place: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The workspace with its ledger in a file, and on a server."""
    if request.param == "postgresql":
        server: str = request.getfixturevalue("server")
        made = engine_of(server)
        with made.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        monkeypatch.setenv("RINGHOUND_DATABASE", server.replace("+psycopg", ""))
        monkeypatch.setenv("RINGHOUND_LEDGER_KEY", str(place.root / "ledger.key"))
        place.root.mkdir(parents=True, exist_ok=True)
    return place


def kinds(place: Workspace) -> list[tuple[str, str]]:
    with Keeper(place).opened() as connection:
        return [(e.leaf.kind, e.leaf.subject) for e in entries(connection)][2:]


def problems(place: Workspace, *witnesses: Path, trusted: tuple[str, ...] = ()) -> list[str]:
    return [str(problem) for problem in Keeper(place).check(witnesses, trusted).problems]


def test_loads_are_taken_over_once(everywhere: Workspace) -> None:
    place = everywhere
    load(place, 1)
    Keeper(place).keep()
    load(place, 2)
    assert problems(place) == []  # the second one waits in the outbox
    Keeper(place).keep()
    Keeper(place).keep()
    assert kinds(place) == [("load", "1"), ("load", "2")]
    assert problems(place) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE loads SET note = 'other' WHERE id = 1", "Load 1 was changed in the catalog"),
        ("UPDATE files SET sha256 = 'ff' WHERE load_id = 2", "Load 2 was changed in the catalog"),
        ("DELETE FROM loads WHERE id = 2", "Load 2, which the ledger records, is not in the catalog."),
        ("INSERT INTO loads VALUES (3, 'a', 'b', 'note', '{}', NULL)", "Load 3 of the catalog is not in the ledger."),
    ],
)
def test_a_load_and_its_leaf_go_together(everywhere: Workspace, change: str, said: str) -> None:
    place = everywhere
    load(place, 1)
    load(place, 2)
    Keeper(place).keep()
    doctor(place.catalog, change)
    assert any(said in text for text in problems(place))


def test_a_catalog_from_before_the_ledger_is_entered(everywhere: Workspace) -> None:
    place = everywhere
    load(place, 1)
    doctor(place.catalog, "DROP TABLE ledger_outbox")
    Keeper(place).keep()
    assert kinds(place) == [("load", "1")]
    assert problems(place) == []


def test_entries_of_the_old_audit_file_come_over_once(place: Workspace) -> None:
    place.root.mkdir()
    with sqlite3.connect(place.old_audit) as database:
        database.executescript(OLD_AUDIT)
    database.close()
    Keeper(place).keep()
    Keeper(place).keep()
    assert kinds(place) == [("reveal", "person:P1"), ("export", "ring:R1"), ("file", "audit.db")]
    entry = Audit(place.audit).entries()[0]
    assert (entry.at, entry.user, entry.reason) == ("2026-01-02T03:04:05.000006+00:00", "li", "复核")
    assert json.loads(entry.details)["imported"] == 1


def test_changed_settings_are_noticed(everywhere: Workspace) -> None:
    place = everywhere
    Keeper(place).keep()
    place.settings.write_text("cases: {review_budget: 20}\n")
    Keeper(place).keep()
    Keeper(place).keep()
    place.settings.unlink()
    Keeper(place).keep()
    assert kinds(place) == [("setting", "ringhound.yaml")] * 2


def test_hash_and_drop_folder_are_settings(place: Workspace) -> None:
    place.root.mkdir()
    place.settings.write_text("ledger: {hash: sm3, drop: ../witness}\n")
    first = Keeper(place).keep()
    Audit(place.audit).append(Act.REVEAL, "person:P1", reason="复核")
    second = Keeper(place).keep()
    assert first is not None
    assert second is not None
    assert second.algorithm == "sm3"
    folder = place.root / "../witness"
    assert [head.size for head in read_heads([folder])] == [first.size, second.size]
    assert Keeper(place).check().witnesses == 2
    doctor(place.cases, "DELETE FROM ledger_leaves WHERE number >= 3", "DELETE FROM ledger_heads WHERE size > 3")
    assert any("A witness saw 4 entries, but there are 3" in text for text in problems(place))
    place.settings.write_text("ledger: {hsah: sm3}\n")
    with pytest.raises(LedgerError, match="hsah"):
        Keeper(place).keep()


def test_keys_change_hands(everywhere: Workspace, tmp_path: Path) -> None:
    place = everywhere
    Audit(place.audit).append(Act.REVEAL, "person:P1", reason="复核")
    before = place.ledger_key.read_bytes()
    head = Keeper(place).rotate(reason="yearly")
    assert place.ledger_key.read_bytes() != before
    assert stat.S_IMODE(place.ledger_key.stat().st_mode) == 0o600
    Audit(place.audit).append(Act.REVEAL, "person:P2", reason="复核")
    with Keeper(place).opened() as connection:
        old, new = public_keys(connection)
        assert (old.since, old.until, new.since, new.id) == (1, 3, 3, head.key)
    assert problems(place) == []
    place.ledger_key.write_bytes(before)  # the old key cannot sign any more, and is told
    assert any("is signed by key" in text for text in problems(place))
    with pytest.raises(RinghoundError, match="not the one in force"):
        Audit(place.audit).append(Act.REVEAL, "person:P3", reason="复核")


def test_a_rotation_killed_after_its_entry_is_finished(everywhere: Workspace) -> None:
    place = everywhere
    Audit(place.audit).append(Act.REVEAL, "person:P1", reason="复核")
    before = place.ledger_key.read_bytes()
    Keeper(place).rotate(reason="yearly")
    place.ledger_key.rename(place.ledger_key.with_name("ledger.key.new"))
    place.ledger_key.write_bytes(before)
    assert problems(place) == []
    Audit(place.audit).append(Act.REVEAL, "person:P2", reason="复核")
    assert not place.ledger_key.with_name("ledger.key.new").exists()
    assert problems(place) == []


def test_a_lost_key_stays_visible_unless_it_is_trusted(everywhere: Workspace) -> None:
    place = everywhere
    Audit(place.audit).append(Act.REVEAL, "person:P1", reason="复核")
    place.ledger_key.unlink()
    with pytest.raises(LedgerError):
        Keeper(place).rotate(reason="the disk broke")
    head = Keeper(place).rotate(reason="the disk broke", lost=True)
    assert problems(place) == [f"The key {head.key} of entry 3 was not signed by the key before it."]
    assert problems(place, trusted=(head.key,)) == []


def test_a_key_slipped_in_is_found(place: Workspace, tmp_path: Path) -> None:
    Audit(place.audit).append(Act.REVEAL, "person:P1", reason="复核")
    with writing(engine_of(place.cases)) as connection:
        enter_key(connection, make_key(tmp_path / "mine.key"), before=make_key(tmp_path / "other.key"))
    texts = problems(place)
    assert any("was not signed by the key before it" in text for text in texts)
    assert any("is signed by key" in text for text in texts)


def test_without_a_place_for_the_key_nothing_is_signed(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)  # as on a server: no folder beside it
    with engine.begin() as connection:
        append(connection, Kind.CASE, "case", actor="li", at=datetime(2026, 1, 1, tzinfo=UTC))
        assert newest_head(connection) is None
        monkeypatch.setenv("RINGHOUND_LEDGER_KEY", str(place.root / "signing.key"))
        append(connection, Kind.CASE, "case", actor="li")
        head = newest_head(connection)
        assert isinstance(head, Head)
        assert head.size == 4
        monkeypatch.delenv("RINGHOUND_LEDGER_KEY")
        with pytest.raises(LedgerError, match="RINGHOUND_LEDGER_KEY"):
            append(connection, Kind.CASE, "case", actor="li")
    engine.dispose()


def test_reading_takes_nothing_along(place: Workspace) -> None:
    load(place, 1)
    Keeper(place).keep()
    with reading(engine_of(place.cases)) as connection:
        size = newest_head(connection)
    assert problems(place) == []
    with reading(engine_of(place.cases)) as connection:
        assert newest_head(connection) == size
