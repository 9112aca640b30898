"""The ledger in a database: appended to, proved, guarded."""

import json
import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from claims.database import engine_of, reading, writing
from claims.errors import NotFoundError
from claims.ledger import Kind, LedgerError, append, heads_of, prove, prove_growth, public_keys, size_of
from claims.ledger.leaves import entry
from claims.ledger.log import ensure, hasher_of
from claims.ledger.proofs import consistent
from claims.ledger.verify import Report
from tests.claims.ledgers import KEYS, checked, fill


def test_leaves_heads_and_key(engine: sa.Engine, tmp_path: Path) -> None:
    fill(engine, 3)
    with reading(engine) as connection:
        first, key = entry(connection, 0).leaf, public_keys(connection)[0]
        assert (first.kind, first.body["algorithm"], key.since, key.until) == ("ledger", "sha256", 1, None)
        assert size_of(connection) == 5
        assert [head.size for head in heads_of(connection)] == [2, 3, 4, 5]
        assert entry(connection, 2).leaf.as_json() == {
            "actor": "li", "at": entry(connection, 2).leaf.at, "kind": "reveal", "reason": "复核", "subject": "R-0",
            "body": {"n": 0, "x": ["环", None]},
        }  # fmt: skip
        assert all(key.signed(head.content(), head.signature) for head in heads_of(connection))
    assert (tmp_path / "ledger.key").stat().st_mode & 0o777 == 0o600
    assert checked(engine) == Report(5, 4, 0, (), True)


def test_an_entry_is_there_when_its_act_is(engine: sa.Engine) -> None:
    fill(engine, 1)
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        append(connection, Kind.CASE, "case", actor="li")
        raise ZeroDivisionError
    with reading(engine) as connection:
        assert size_of(connection) == 3
    assert checked(engine).problems == ()


def test_proofs_hold_and_lead_to_signed_heads(engine: sa.Engine) -> None:
    fill(engine, 9)
    with reading(engine) as connection:
        key, all_heads = public_keys(connection)[0], list(heads_of(connection))
        for index in range(11):
            proof = prove(connection, index)
            assert proof.holds()
            assert json.loads(json.dumps(proof.as_json()))["head"]["size"] == 11
            assert key.signed(proof.head.content(), proof.head.signature)
        assert prove(connection, 4, 6).holds()
        with pytest.raises(NotFoundError):
            prove(connection, 6, 6)
        with pytest.raises(NotFoundError):
            prove(connection, 11)
        hasher, last = hasher_of(connection), all_heads[-1]
        for head in all_heads:
            path = [bytes.fromhex(step) for step in prove_growth(connection, head.size, last.size)]
            roots = bytes.fromhex(head.root), bytes.fromhex(last.root)
            assert consistent(hasher, head.size, last.size, path, *roots)


def test_sm3_by_configuration(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGHOUND_LEDGER_HASH", "sm3")
    fill(engine, 6)
    with reading(engine) as connection:
        assert prove(connection, 3).head.algorithm == "sm3"
        assert prove(connection, 3).holds()
    assert checked(engine).problems == ()


@pytest.mark.parametrize("table", KEYS, ids=lambda table: table.name)
def test_the_database_refuses_changes(engine: sa.Engine, table: sa.Table) -> None:
    fill(engine)
    column = "hash" if "hash" in table.c else "root"
    again = sa.insert(table).from_select(list(table.c.keys()), sa.select(table).limit(1))
    statements: list[sa.Executable] = [sa.update(table).values({column: "00"}), sa.delete(table), again]
    if engine.dialect.name == "sqlite":
        statements[2] = again.prefix_with("OR REPLACE")
    for statement in statements:
        with pytest.raises(sa.exc.DatabaseError), engine.begin() as connection:
            connection.execute(statement)
    if engine.dialect.name == "postgresql":
        with pytest.raises(sa.exc.DatabaseError), engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {table.name} CASCADE")
    assert checked(engine).problems == ()


def test_no_act_without_the_key(engine: sa.Engine, tmp_path: Path) -> None:
    fill(engine, 1)
    key = tmp_path / "ledger.key"
    key.rename(tmp_path / "away")
    with pytest.raises(LedgerError, match=r"ledger\.key"), writing(engine) as connection:
        append(connection, Kind.CASE, "case", actor="li")
    assert not key.exists()  # none is made in its place
    key.write_text("something else")
    with pytest.raises(LedgerError), writing(engine) as connection:
        append(connection, Kind.CASE, "case", actor="li")


def test_odd_texts_are_kept_readable(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        append(connection, Kind.CASE, "a\udcffb\0c", actor="'; DROP", body={"k\0": ["\udcfe", "\0"]})
    with reading(engine) as connection:
        assert entry(connection, 2).leaf.subject == "a?b\N{REPLACEMENT CHARACTER}c"
    assert checked(engine).problems == ()


def test_rows_that_were_there_before_are_adopted(tmp_path: Path) -> None:
    engine = engine_of(tmp_path / "cases.db")
    with writing(engine) as connection:
        connection.exec_driver_sql(
            'CREATE TABLE weights (version INTEGER, bias REAL, "values" TEXT, report TEXT, accepted_by TEXT, '
            "accepted_at TEXT)"
        )
        connection.exec_driver_sql("INSERT INTO weights VALUES (1, 0.25, '{}', '{}', 'li', '2026')")
        ensure(connection)
    assert checked(engine).problems == ()
    for change, said in (
        ("UPDATE weights SET bias = 0.5", "Row 1 of weights was changed"),
        ("INSERT INTO weights VALUES (2, 0.25, '{}', '{}', 'li', '2026')", "Row 2 of weights is not in the ledger"),
        ("DELETE FROM weights WHERE version = 1", "Row 1 of weights, which the ledger records, was removed"),
    ):
        with writing(engine) as connection:
            connection.exec_driver_sql(change)
        assert any(said in str(problem) for problem in checked(engine).problems), change


@pytest.mark.parametrize("seed", range(3))
def test_random_bursts_keep_the_tree(engine: sa.Engine, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(6):
        with writing(engine) as connection:
            for _ in range(chance.randint(1, 7)):
                append(connection, Kind.CASE, str(chance.random()), actor="li")
    assert checked(engine).problems == ()
