"""A database as a source, on a real PostgreSQL and on SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from claims.errors import LoadRefusedError, RinghoundError
from loaders.base import RawTable
from loaders.given import open_mapped
from tests.loaders.extracts import notes_of, rows_of
from tests.loaders.postgres import PASSWORD, Server

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS his;
DROP TABLE IF EXISTS his.visit;
CREATE SEQUENCE IF NOT EXISTS his.counter;
CREATE TABLE his.visit (
    no text PRIMARY KEY, person text, place text, kind integer, opened timestamp, settled timestamptz,
    total numeric(12, 2), fund numeric(12, 2), refunded boolean, day date, score double precision);
INSERT INTO his.visit VALUES
    ('001', 'P1', 'H1', 1, '2026-01-05 09:00:00', '2026-01-05 01:30:00+00', 100.50, 80, false, '2026-01-05', 0.1),
    ('002', '病人2', 'H1', 2, '2026-01-06 09:00:00', '2026-01-06 09:30:00+08', 50, 40.00, true, NULL, 1e16);
"""
QUERY = """
SELECT no AS setl_id, 'M' || no AS mdtrt_id, person AS psn_no, place AS fixmedins_code, kind::text AS med_type,
       opened AS begntime, settled AS setl_time, total AS medfee_sumamt, fund AS fund_pay_sumamt,
       refunded AS refd_setl_flag, ' :remark' AS remark
FROM his.visit ORDER BY no;
"""


@pytest.fixture
def database(postgres: Server) -> Iterator[Server]:
    engine = create_engine(postgres.full_url)
    with engine.begin() as connection:
        connection.execute(text(SCHEMA.replace(":", r"\:")))
    yield postgres
    engine.dispose()


def write_mapping(folder: Path, url: str, queries: str, password: str = "password_env: CLAIMS_PASSWORD") -> Path:
    path = folder / "database.yaml"
    path.write_text(f"source: sql\nname: county\nurl: {url}\n{password}\nqueries:\n{queries}", encoding="utf-8")
    return path


def query(sql: str, table: str = "settlements", rest: str = "") -> str:
    body = "\n".join("      " + line for line in sql.strip().splitlines())
    return f"  - table: {table}\n    query: |\n{body}\n{rest}"


def read(mapping: Path, scratch: Path) -> list[RawTable]:
    source, form = open_mapped(mapping, None, scratch)
    return list(form.read(source))


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMS_PASSWORD", PASSWORD)


@pytest.mark.postgres
def test_query_results_become_text_of_the_standard(database: Server, tmp_path: Path) -> None:
    tables = read(write_mapping(tmp_path, database.url, query(QUERY)), tmp_path / "scratch")
    first, second = rows_of(tables, "settlements")
    assert first["setl_id"] == "001"
    assert first["begntime"] == "2026-01-05 09:00:00"
    assert first["setl_time"] == "2026-01-05 09:30:00"  # a time with a zone, in China's time
    assert (first["medfee_sumamt"], first["fund_pay_sumamt"]) == ("100.50", "80.00")
    assert (first["refd_setl_flag"], second["refd_setl_flag"]) == ("0", "1")
    assert second["psn_no"] == "病人2"
    assert tables[0].unknown == ("remark",)


@pytest.mark.postgres
def test_columns_of_a_query_may_be_mapped_like_a_files(database: Server, tmp_path: Path) -> None:
    fields = """    fields:
      setl_id: no
      mdtrt_id: {concat: [place, no], separator: '-'}
      psn_no: person
      fixmedins_code: place
      med_type: {column: kind, values: {'1': '11', '2': '21'}}
      begntime: opened
      setl_time: settled
      medfee_sumamt: total
      fund_pay_sumamt: fund
    where: {refunded: {not: ['1']}}
    ignore: [day, score]
"""
    mapping = write_mapping(tmp_path, database.url, query("SELECT * FROM his.visit ORDER BY no", rest=fields))
    tables = read(mapping, tmp_path / "scratch")
    rows = rows_of(tables, "settlements")
    assert [(row["mdtrt_id"], row["med_type"]) for row in rows] == [("H1-001", "11")]
    assert tables[0].unknown == ()
    assert "1 rows of query1/settlements were left out: refunded is 1." in notes_of(tables)


@pytest.mark.postgres
def test_many_rows_are_streamed_in_order(database: Server, tmp_path: Path) -> None:
    sql = "SELECT 'S' || i AS setl_id, 'I10' AS diag_code, i AS diag_srt_no FROM generate_series(1, 45001) AS i"
    tables = read(write_mapping(tmp_path, database.url, query(sql, "diagnoses")), tmp_path / "scratch")
    rows = rows_of(tables, "diagnoses")
    assert len(rows) == 45001
    assert rows[-1] == {"setl_id": "S45001", "diag_code": "I10", "diag_srt_no": "45001"}


@pytest.mark.postgres
def test_a_query_cannot_change_the_database(database: Server, tmp_path: Path) -> None:
    for number, sql in enumerate(("nextval('his.counter')::text", "pg_catalog.setval('his.counter', 9)::text")):
        asked = query(f"SELECT {sql} AS setl_id, 'I10' AS diag_code", "diagnoses")
        with pytest.raises(LoadRefusedError, match="read-only transaction"):
            read(write_mapping(tmp_path, database.url, asked), tmp_path / str(number))
    deleting = "WITH gone AS (DELETE FROM his.visit RETURNING no) SELECT no AS setl_id, 'I10' AS diag_code FROM gone"
    with pytest.raises(LoadRefusedError, match="refused"):
        read(write_mapping(tmp_path, database.url, query(deleting, "diagnoses")), tmp_path / "deleting")
    tables = read(write_mapping(tmp_path, database.url, query(QUERY)), tmp_path / "again")
    assert len(rows_of(tables, "settlements")) == 2


@pytest.mark.postgres
@pytest.mark.parametrize("wrong", ["password", "query", "port"])
def test_errors_are_one_sentence_without_the_password(
    database: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    secret = "wrong-secret-1" if wrong == "password" else PASSWORD
    monkeypatch.setenv("CLAIMS_PASSWORD", secret)
    url = database.url.replace(f":{database.port}/", ":1/") if wrong == "port" else database.url
    sql = "SELECT nothing FROM his.visit" if wrong == "query" else QUERY
    with pytest.raises(LoadRefusedError) as caught:
        read(write_mapping(tmp_path, url, query(sql)), tmp_path / "scratch")
    assert secret not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert database.user in str(caught.value)


@pytest.mark.postgres
def test_the_password_may_stand_in_a_file_only_its_owner_reads(database: Server, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    mapping = write_mapping(tmp_path, database.url, query(QUERY), "password_file: secret")
    assert len(rows_of(read(mapping, tmp_path / "scratch"), "settlements")) == 2
    secret.chmod(0o644)
    with pytest.raises(LoadRefusedError, match="only its owner"):
        read(mapping, tmp_path / "scratch2")


@pytest.mark.postgres
def test_the_drivers_own_password_file_is_used(
    database: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passfile = tmp_path / "pgpass"
    passfile.write_text(f"127.0.0.1:{database.port}:*:{database.user}:{PASSWORD.replace(':', chr(92) + ':')}\n")
    passfile.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passfile))
    mapping = write_mapping(tmp_path, database.url, query(QUERY), "title: county")
    assert len(rows_of(read(mapping, tmp_path / "scratch"), "settlements")) == 2


@pytest.mark.parametrize("url", ["postgresql://u:geheim1@h/db", "postgresql://u@h/db?password=geheim1"])
def test_a_password_in_the_url_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(LoadRefusedError, match="must not hold a password") as caught:
        read(write_mapping(tmp_path, url, query(QUERY)), tmp_path / "scratch")
    assert "geheim1" not in str(caught.value)
    assert "line 3" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("not a url", "not the address of a database"),
        ("nosuch://u@h/db", "No driver for nosuch"),
        ("sqlite:///missing.db", "There is no database file"),
    ],
)
def test_addresses_that_lead_nowhere(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(RinghoundError, match=said):
        read(write_mapping(tmp_path, url, query(QUERY)), tmp_path / "scratch")
    assert not Path("missing.db").exists()


def test_an_unset_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAIMS_PASSWORD")
    with pytest.raises(LoadRefusedError, match="CLAIMS_PASSWORD"):
        read(write_mapping(tmp_path, "postgresql://u@127.0.0.1:1/db", query(QUERY)), tmp_path / "scratch")


def test_sqlite_is_read_and_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "local.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE d (s TEXT, c TEXT); INSERT INTO d VALUES ('S1', 'I10')")
    sql = query("SELECT s AS setl_id, c AS diag_code FROM d", "diagnoses")
    mapping = write_mapping(tmp_path, f"sqlite:///{path}", sql, "title: local")
    assert rows_of(read(mapping, tmp_path / "scratch"), "diagnoses") == [{"setl_id": "S1", "diag_code": "I10"}]
    sql = query("DELETE FROM d RETURNING s, c", "diagnoses")
    with pytest.raises(LoadRefusedError, match="readonly"):
        read(write_mapping(tmp_path, f"sqlite:///{path}", sql, "title: local"), tmp_path / "scratch2")


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "local.db"
    path.touch()
    sql = query("SELECT 1 AS setl_id, 2 AS setl_id", "diagnoses")
    mapping = write_mapping(tmp_path, f"sqlite:///{path}", sql, "title: local")
    with pytest.raises(LoadRefusedError, match="setl_id is there twice"):
        read(mapping, tmp_path / "scratch")


def test_a_folder_beside_a_database_is_refused(tmp_path: Path) -> None:
    mapping = write_mapping(tmp_path, "sqlite:///x.db", query(QUERY))
    with pytest.raises(LoadRefusedError, match="takes no folder"):
        open_mapped(mapping, tmp_path, tmp_path / "scratch")
