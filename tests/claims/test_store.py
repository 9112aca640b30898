"""Writing and reading the tables: what is new, what supersedes, what is never seen half."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from claims.catalog import Catalog
from claims.errors import NotFoundError, StoreError
from claims.flags import RowFlag
from claims.merge import MergeCounts
from claims.reader import Claims
from claims.tables import BY_NAME, TABLES
from claims.workspace import Workspace
from claims.writer import Writer
from tests.claims.stages import item, load, person, settlement, stage


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "工作 区[1]")


def rows(workspace: Workspace, query: str, version: int | None = None) -> list[tuple[object, ...]]:
    with Claims.open(workspace, version).connect() as connection:
        return connection.execute(query).fetchall()


def merge(workspace: Workspace, table: str, values: list[dict[str, object]], *, derived: bool = False) -> MergeCounts:
    with Writer.open(workspace) as writer:
        counts = writer.merge(table, stage(writer.staging / "s", table, values), derived=derived)
        writer.commit("", {})
    return counts


def test_first_load_makes_version_one(workspace: Workspace) -> None:
    version = load(workspace, {"settlements": [settlement("S1"), settlement("S2")], "insured": [person("P1")]})
    assert version is not None
    assert (version.id, version.rows) == (1, {"settlements": 2, "insured": 1})
    assert Claims.open(workspace).version == version
    assert rows(workspace, "SELECT setl_id, month, source_line FROM settlements ORDER BY 1") == [
        ("S1", "2026-01", 2),
        ("S2", "2026-01", 3),
    ]


def test_nothing_loaded_is_said(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="no claims in"):
        Claims.open(workspace)
    with Writer.open(workspace) as writer:
        assert writer.commit("empty", {}) is None
    with pytest.raises(NotFoundError, match="no claims in"):
        Claims.open(workspace)
    load(workspace, {"insured": [person("P1")]})
    with pytest.raises(NotFoundError, match="no data version 9"):
        Claims.open(workspace, 9)


def test_sending_again_changes_nothing(workspace: Workspace) -> None:
    world = {"settlements": [settlement("S1"), settlement("S2")], "fee_items": [item("S1", "1"), item("S1", "2")]}
    first = load(workspace, world)
    assert load(workspace, world) is None
    assert Claims.open(workspace).version == first
    assert Catalog.open(workspace.catalog).last_load() == 2


def test_newer_row_supersedes_and_older_stays_reachable(workspace: Workspace) -> None:
    load(workspace, {"settlements": [settlement("S1", "10.00"), settlement("S2", "20.00")]})
    load(workspace, {"settlements": [settlement("S2", "25.00"), settlement("S3", "30.00")]})
    query = "SELECT setl_id, fund_pay_sumamt FROM settlements ORDER BY 1"
    assert rows(workspace, query, 1) == [("S1", Decimal("10.00")), ("S2", Decimal("20.00"))]
    assert rows(workspace, query) == [("S1", Decimal("10.00")), ("S2", Decimal("25.00")), ("S3", Decimal("30.00"))]


def test_a_key_may_move_to_another_month(workspace: Workspace) -> None:
    load(workspace, {"settlements": [settlement("S1"), settlement("S2")]})
    moved = settlement("S1", setl_time=datetime(2026, 2, 1))
    assert merge(workspace, "settlements", [moved]) == MergeCounts(0, 1, 0)
    assert rows(workspace, "SELECT setl_id, month FROM settlements ORDER BY 1") == [
        ("S1", "2026-02"),
        ("S2", "2026-01"),
    ]
    assert set(Claims.open(workspace).months("settlements")) == {"2026-01", "2026-02"}


def test_new_files_are_moved_not_rewritten(workspace: Workspace) -> None:
    with Writer.open(workspace) as writer:
        staged = stage(writer.staging / "s", "settlements", [settlement("S1")])
        [source] = staged.rglob("*.parquet")
        inode = source.stat().st_ino
        writer.merge("settlements", staged)
        writer.commit("", {})
    [stored] = Claims.open(workspace).files("settlements")
    assert stored.stat().st_ino == inode


def test_only_files_with_superseded_rows_are_rewritten(workspace: Workspace) -> None:
    february = settlement("S2", setl_time=datetime(2026, 2, 1))
    load(workspace, {"settlements": [settlement("S1"), settlement("S3"), february]})
    before = set(Claims.open(workspace).files("settlements"))
    load(workspace, {"settlements": [settlement("S1", "1.00")]})
    kept = before & set(Claims.open(workspace).files("settlements"))
    assert {path.parent.name for path in kept} == {"month=2026-02"}


def test_provenance_of_an_unchanged_row_stays(workspace: Workspace) -> None:
    load(workspace, {"insured": [person("P1")]})
    again = dict(person("P1"), source_file=7, source_line=99)
    assert merge(workspace, "insured", [again]) == MergeCounts(0, 0, 1)
    assert rows(workspace, "SELECT source_file, source_line FROM insured") == [(1, 2)]


def test_null_and_empty_are_different_values(workspace: Workspace) -> None:
    load(workspace, {"insured": [person("P1", tel=None), person("P2", tel="1")]})
    assert merge(workspace, "insured", [dict(person("P1", tel="1")), dict(person("P2", tel=None))]).superseded == 2


def test_later_merge_of_one_load_wins(workspace: Workspace) -> None:
    with Writer.open(workspace) as writer:
        writer.merge("insured", stage(writer.staging / "a", "insured", [person("P1", tel="1"), person("P2", tel="1")]))
        counts = writer.merge("insured", stage(writer.staging / "b", "insured", [person("P1", tel="2")]))
        writer.commit("", {})
    assert counts == MergeCounts(0, 1, 0)
    assert rows(workspace, "SELECT psn_no, tel FROM insured ORDER BY 1") == [("P1", "2"), ("P2", "1")]


def test_derived_rows_yield_to_the_register(workspace: Workspace) -> None:
    flag = {"row_flags": int(RowFlag.DERIVED)}
    load(workspace, {"insured": [person("P1", tel="register")]})
    derived = [dict(person("P1", tel="claim"), **flag), dict(person("P2", tel="claim"), **flag)]
    assert merge(workspace, "insured", derived, derived=True) == MergeCounts(1, 0, 1)
    newer = [dict(person("P2", tel="later claim"), **flag)]
    assert merge(workspace, "insured", newer, derived=True) == MergeCounts(0, 1, 0)
    # The register's row replaces the derived one even when it says the same.
    assert merge(workspace, "insured", [dict(person("P2", tel="later claim"))]) == MergeCounts(0, 1, 0)
    assert rows(workspace, "SELECT psn_no, tel, row_flags FROM insured ORDER BY 1") == [
        ("P1", "register", 0),
        ("P2", "later claim", 0),
    ]


def test_leaving_without_commit_changes_nothing(workspace: Workspace) -> None:
    load(workspace, {"insured": [person("P1")]})
    with Writer.open(workspace) as writer:
        writer.merge("insured", stage(writer.staging / "s", "insured", [person("P2")]))
        writer.quarantine_folder().joinpath("x.parquet").write_bytes(b"x")
    assert rows(workspace, "SELECT psn_no FROM insured") == [("P1",)]
    assert list(workspace.staging.iterdir()) == []
    assert not workspace.quarantine.exists()


def test_quarantine_becomes_real_with_the_commit(workspace: Workspace) -> None:
    with Writer.open(workspace) as writer:
        writer.quarantine_folder().joinpath("insured.parquet").write_bytes(b"x")
        assert not workspace.quarantine.exists()
        writer.commit("", {})
    assert (workspace.quarantine / "1" / "insured.parquet").read_bytes() == b"x"


def test_catalog_knows_files_and_reports(workspace: Workspace) -> None:
    with Writer.open(workspace) as writer:
        number = writer.add_file("一月.csv", "abc", 5)
        assert writer.add_file("二月.csv", "def", 6) == number + 1
        assert writer.known_file("abc") is None
        writer.merge("insured", stage(writer.staging / "s", "insured", [person("P1")]))
        writer.commit("夜间", {"read": 1})
    with Writer.open(workspace) as writer:
        assert writer.known_file("abc") == 1
        assert writer.load_id == 2
    catalog = Catalog.open(workspace.catalog)
    assert [file.name for file in catalog.files(1)] == ["一月.csv", "二月.csv"]
    assert catalog.file(number).sha256 == "abc"
    assert (catalog.load(1).note, catalog.load(1).report, catalog.load(1).version) == ("夜间", {"read": 1}, 1)
    with pytest.raises(NotFoundError):
        catalog.load(2)
    with pytest.raises(NotFoundError):
        catalog.file(99)


def test_absent_tables_are_empty_views_of_the_right_types(workspace: Workspace) -> None:
    load(workspace, {"insured": [person("P1")]})
    with Claims.open(workspace).connect() as connection:
        for table in TABLES:
            types = dict(connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {table.name})").fetchall())
            assert tuple(types) == tuple(table.arrow_schema().names)
        described = connection.execute("DESCRIBE settlements").fetchall()
        assert ("medfee_sumamt", "DECIMAL(16,2)") in [row[:2] for row in described]
        assert connection.execute("SELECT count(*) FROM net_fee_items").fetchone() == (0,)


def test_views_have_one_shape_loaded_or_not(tmp_path: Path) -> None:
    loaded, empty = Workspace(tmp_path / "a"), Workspace(tmp_path / "b")
    load(loaded, {"settlements": [settlement("S1")], "fee_items": [item("S1", "1")]})
    load(empty, {"insured": [person("P1")]})
    for view in ("settlements", "fee_items", "net_settlements", "net_fee_items"):
        assert rows(loaded, f"DESCRIBE {view}") == rows(empty, f"DESCRIBE {view}")


def test_vectors_are_kept(workspace: Workspace) -> None:
    template = {"psn_no": "P1", "method": "face", "template": [0.5, 1.5]}
    load(workspace, {"bio_templates": [template]})
    assert load(workspace, {"bio_templates": [template]}) is None
    load(workspace, {"bio_templates": [template | {"template": [0.5, 2.5]}]})
    assert rows(workspace, "SELECT template FROM bio_templates") == [([0.5, 2.5],)]


def test_any_delta_reader_reads_the_tables(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    load(workspace, {"fee_items": [item("S1", "1"), item("S1", "2", fee_ocur_time=None)]})
    load(workspace, {"fee_items": [item("S1", "1", "2")]})
    folder = workspace.table("fee_items")
    found = DeltaTable(folder).to_pyarrow_table()
    assert found.schema.names == BY_NAME["fee_items"].arrow_schema().names
    assert sorted(found["cnt"].to_pylist()) == [Decimal("1.0000"), Decimal("2.0000")]
    assert pl.scan_delta(str(folder)).filter(pl.col("month") == "unknown").collect().height == 1
    assert pl.scan_delta(str(folder), version=0).collect()["cnt"].sum() == Decimal(2)


def test_wrong_columns_are_refused_before_anything_moves(workspace: Workspace) -> None:
    with Writer.open(workspace) as writer:
        staged = stage(writer.staging / "s", "insured", [person("P1")])
        with pytest.raises(ValueError, match="staged rows of cards"):
            writer.merge("cards", staged)
        assert len(list(staged.rglob("*.parquet"))) == 1


def test_a_missing_log_is_named_not_papered_over(workspace: Workspace) -> None:
    load(workspace, {"insured": [person("P1")]})
    load(workspace, {"insured": [person("P2")]})
    (workspace.table("insured") / "_delta_log" / f"{1:020}.json").unlink()
    with pytest.raises(StoreError, match="lacks version 1"):
        Writer.open(workspace)
    with pytest.raises(StoreError):
        Claims.open(workspace).files("insured")


def test_cursors_of_a_connection_see_the_views(workspace: Workspace) -> None:
    load(workspace, {"settlements": [settlement("S1")]})
    with Claims.open(workspace).connect(threads=1, memory_limit="100MB") as connection:
        cursor: duckdb.DuckDBPyConnection = connection.cursor()
        assert cursor.execute("SELECT count(*) FROM net_settlements").fetchone() == (1,)
        assert cursor.execute("SELECT count(*) FROM flagged").fetchone() == (0,)
