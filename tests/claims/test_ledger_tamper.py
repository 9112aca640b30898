"""Every change of what a ledger stores is found, and the message says where."""

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from claims.database import engine_of, reading
from claims.ledger import newest_head
from claims.ledger.heads import write_head
from claims.ledger.keys import id_of, make_key, public_of
from claims.ledger.log import hasher_of, key_claim
from claims.ledger.schema import heads, leaves
from claims.ledger.verify import verify
from tests.claims.ledgers import KEYS, Doctored, checked, fill, flips, report, rewrite


def test_guards_that_are_gone_are_missed(engine: sa.Engine) -> None:
    fill(engine, 1)
    with engine.begin() as connection:
        on = " ON ledger_heads" if engine.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER ledger_heads_keep{on}")
    assert [str(problem) for problem in checked(engine).problems] == [
        "The guard ledger_heads_keep that refuses changes of the ledger is gone."
    ]


@pytest.mark.parametrize("table", KEYS, ids=lambda table: table.name)
def test_every_byte_that_is_stored_matters(engine: sa.Engine, table: sa.Table) -> None:
    fill(engine, 2)
    with reading(engine) as connection:
        rows = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
    # The check is the same on PostgreSQL, only slower over the wire: every fifth change of one row there.
    rows, step = (rows, 1) if engine.dialect.name == "sqlite" else (rows[-1:], 5)
    tried = 0
    with Doctored(engine) as connection:
        guard_at_end = verify(connection).problems
        for row in rows:
            where = sa.and_(*(table.c[name] == row[name] for name in KEYS[table]))
            for name in rows[0]:
                for changed in list(flips(row[name]))[::step]:
                    connection.exec_driver_sql("SAVEPOINT before")
                    try:
                        connection.execute(sa.update(table).where(where).values({name: changed}))
                    except sa.exc.IntegrityError:  # the database itself refused: two rows with one key
                        connection.exec_driver_sql("ROLLBACK TO before")
                        continue
                    found = verify(connection).problems
                    connection.exec_driver_sql("ROLLBACK TO before")
                    tried += 1
                    assert len(found) > len(guard_at_end), (table.name, row, name, changed)
    assert tried > (200 if engine.dialect.name == "sqlite" else 20)


def test_bytes_that_are_no_text_are_told(engine: sa.Engine) -> None:
    if engine.dialect.name != "sqlite":  # PostgreSQL keeps no such text
        return
    fill(engine)
    with Doctored(engine) as connection:
        connection.exec_driver_sql("UPDATE ledger_leaves SET reason = CAST(x'ff41' AS TEXT) WHERE number = 4")
        assert any("cannot be read after entry 3" in text for text in report(connection))


@pytest.mark.parametrize("thorough", [False, True], ids=["plain", "hashes made to fit"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE ledger_leaves SET reason = 'other' WHERE number = 4", "4|5"),
        ("DELETE FROM ledger_leaves WHERE number = 4", "Among entries 4 to 4|missing"),
        ("DELETE FROM ledger_leaves WHERE number = 6", "cut off"),
        ("DELETE FROM ledger_leaves WHERE number >= 4", "cut off"),
        ("DELETE FROM ledger_heads WHERE size = 5", "heads of 5 to 5"),
        ("DELETE FROM ledger_heads WHERE size = 7", "Entries 6 to 6 are under no signed head"),
        ("DELETE FROM ledger_heads", "no signed head"),
        ("UPDATE ledger_leaves SET number = -1 WHERE number = 4", "missing|first entry|fit"),
        ("UPDATE ledger_leaves SET subject = 'R-9', body = '{\"n\":9}' WHERE number = 5", "5|6"),
    ],
)
def test_changes_are_found_and_placed(engine: sa.Engine, change: str, said: str, thorough: bool) -> None:
    fill(engine)
    with Doctored(engine) as connection:
        connection.exec_driver_sql(change)
        if thorough and "number = -1" not in change:
            rewrite(connection)
        texts = report(connection)
    assert texts
    assert any(word in text for text in texts for word in said.split("|")), texts


def test_inserted_and_swapped_entries_are_found(engine: sa.Engine) -> None:
    fill(engine)
    swap = (
        "UPDATE ledger_leaves SET number = 100 WHERE number = 3",
        "UPDATE ledger_leaves SET number = 3 WHERE number = 4",
        "UPDATE ledger_leaves SET number = 4 WHERE number = 100",
    )
    insert = (
        "UPDATE ledger_leaves SET number = 7 WHERE number = 6",
        "INSERT INTO ledger_leaves SELECT 6, at, kind, actor, 'R-77', reason, body, hash FROM ledger_leaves "
        "WHERE number = 5",
    )
    for change in (swap, insert):
        for thorough in (False, True):
            with Doctored(engine) as connection:
                for statement in change:
                    connection.exec_driver_sql(statement)
                if thorough:
                    rewrite(connection)
                assert report(connection), (change, thorough)


def test_a_forger_without_the_key_cannot_sign(engine: sa.Engine, tmp_path: Path) -> None:
    fill(engine)
    other = make_key(tmp_path / "forged.key")
    with Doctored(engine) as connection:
        connection.exec_driver_sql("UPDATE ledger_leaves SET reason = 'other' WHERE number = 4")
        rewrite(connection)
        connection.execute(sa.delete(heads))
        for size in range(2, 8):
            write_head(connection, hasher_of(connection), size, other)
        texts = report(connection)
    assert "The head of 5 entries is not signed by the key then in force." in texts


def test_a_forger_with_other_keys_is_given_away_by_a_witness(engine: sa.Engine, tmp_path: Path) -> None:
    fill(engine)
    with reading(engine) as connection:
        witnessed = newest_head(connection, 6)
    assert witnessed is not None
    other = make_key(tmp_path / "forged.key")
    with Doctored(engine) as connection:
        body = json.dumps({**key_claim(connection, public_of(other)), "signature": ""}, sort_keys=True)
        values = {"body": body.replace(": ", ":").replace(", ", ","), "subject": f"key:{id_of(public_of(other))}"}
        connection.execute(sa.update(leaves).where(leaves.c.kind == "key").values(values))
        rewrite(connection)
        connection.execute(sa.delete(heads))
        for size in range(2, 8):
            write_head(connection, hasher_of(connection), size, other)
        assert report(connection) == []  # all of it is made anew: only what lies outside can tell
        texts = report(connection, witnessed)
    assert "The witnessed head of 6 entries is not signed by a key of this ledger." in texts
    assert any("Among the first 6 entries something was changed" in text for text in texts)


def test_an_older_copy_is_caught_by_a_witnessed_head(tmp_path: Path) -> None:
    place = tmp_path / "cases.db"
    engine = engine_of(place)
    fill(engine, 2)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(place, tmp_path / "old.db")
    fill(engine, 2)
    with reading(engine) as connection:
        witnessed = newest_head(connection)
    assert witnessed is not None
    for file in tmp_path.glob("cases.db*"):
        file.unlink()
    shutil.copy(tmp_path / "old.db", place)
    assert checked(engine).problems == ()
    (problem,) = checked(engine, witnessed).problems
    assert str(problem).startswith("A witness saw 6 entries, but there are 4: an older copy was put back")
    fill(engine, 4)  # grown again past the witnessed size, it is another history
    assert any("something was changed since a witness saw" in str(p) for p in checked(engine, witnessed).problems)


def test_a_missing_table_is_told(engine: sa.Engine) -> None:
    assert checked(engine).problems == ()  # nothing was ever written
    fill(engine, 1)
    with reading(engine) as connection:
        witnessed = newest_head(connection)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE ledger_nodes")
    assert [str(problem) for problem in checked(engine).problems] == [
        "The table ledger_nodes of the ledger is missing."
    ]
    with engine.begin() as connection:
        for name in ("ledger_leaves", "ledger_heads"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
    assert witnessed is not None
    assert checked(engine, witnessed).problems
