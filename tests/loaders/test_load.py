"""Whole loads: what is stored, what is said, and what a second load changes."""

import gzip
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from claims.errors import BusyError, LoadRefusedError
from claims.reader import Claims
from claims.table import PARTITION
from claims.tables import BY_NAME
from claims.writer import Writer
from loaders.report import TableReport
from tests.loaders.kit import fingerprint, load_path, load_world, many, of, stored, workspace
from tests.scenarios import certno, fee_item, settlement, village, write_csv, write_world


def balanced(table: TableReport) -> bool:
    return table.read == table.loaded + table.superseded + table.unchanged + table.repeated + table.quarantined


def test_a_village_is_loaded_whole(tmp_path: Path) -> None:
    report = load_world(tmp_path, village())
    assert {table.table: table.loaded for table in report.tables} == {
        name: len(rows) for name, rows in village().items()
    }
    assert all(balanced(table) for table in report.tables)
    assert report.quarantined == 0
    assert report.version == 1
    rows = stored(tmp_path, "settlements")
    assert rows["setl_id"].to_list() == ["S1", "S2", "S3", "S4", "S5"]
    assert rows["fund_pay_sumamt"].to_list() == [Decimal(a) for a in ("80.00", "40.00", "0.00", "60.00", "-60.00")]
    assert rows["source_line"].to_list() == [2, 3, 4, 5, 6]
    assert set(Claims.open(workspace(tmp_path)).months("settlements")) == {"2026-01", "2026-02"}


@pytest.mark.parametrize("table", list(village()))
def test_stored_rows_have_exactly_the_declared_schema(tmp_path: Path, table: str) -> None:
    load_world(tmp_path, village())
    rows = stored(tmp_path, table).to_arrow().schema
    declared = BY_NAME[table].arrow_schema()
    assert rows.names == [name for name in declared.names if name != PARTITION]
    for name in rows.names:
        kind = str(rows.field(name).type).removeprefix("large_")
        assert kind.replace("string_view", "string") == str(declared.field(name).type), name


def test_chinese_headers_any_order_and_several_files(tmp_path: Path) -> None:
    table = BY_NAME["insured"]
    rows = [{**village()["insured"][0], "psn_no": f"P{n}"} for n in range(4)]
    titles = [{table.column(name).title: value for name, value in row.items()} for row in rows]
    write_csv(tmp_path / "source" / "insured_20260101.csv", rows[:1])
    write_csv(
        tmp_path / "source" / "insured-part2.csv", [dict(reversed(row.items())) for row in titles[1:2]], "gb18030"
    )
    write_csv(tmp_path / "source" / "参保人（3）.csv", [{f"　{k} ": v for k, v in row.items()} for row in titles[2:3]])
    mixed = {(table.column(k).title if n % 2 else k): v for n, (k, v) in enumerate(rows[3].items())}
    write_csv(tmp_path / "source" / "INSURED.csv", [mixed])
    report = load_path(tmp_path, tmp_path / "source")
    assert of(report, "insured").loaded == 4
    found = stored(tmp_path, "insured")
    assert found["psn_name"].unique().to_list() == ["王小明"]
    assert found["source_file"].n_unique() == 4


def test_parquet_in_a_folder_of_its_own(tmp_path: Path) -> None:
    rows = pl.DataFrame(many(village()["cards"][0], "card_no", 4))
    typed = rows.with_columns(pl.col("iss_date").str.to_date())
    folder = tmp_path / "source" / "cards"
    folder.mkdir(parents=True)
    typed[:2].write_parquet(folder / "part-0.parquet")
    typed[2:].write_parquet(folder / "part-1.parquet")
    report = load_path(tmp_path, tmp_path / "source")
    assert of(report, "cards").loaded == 4
    assert str(stored(tmp_path, "cards")["iss_date"][0]) == "2019-05-01"


def test_a_zip_with_gzip_inside_and_the_same_rows_plain(tmp_path: Path) -> None:
    world = {"cards": village()["cards"]}
    plain = write_world(tmp_path / "plain", world)
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr("cards.csv.gz", gzip.compress((plain / "cards.csv").read_bytes()))
    assert of(load_path(tmp_path, tmp_path / "data.zip"), "cards").loaded == 2
    again = load_path(tmp_path, plain)
    assert again.version is None
    assert again.files[0].taken_by == 1


def test_sending_the_same_again_changes_nothing(tmp_path: Path) -> None:
    load_world(tmp_path, village())
    before = fingerprint(workspace(tmp_path).tables)
    skipped = load_world(tmp_path, village())
    assert skipped.version is None
    assert {file.taken_by for file in skipped.files} == {1}
    forced = load_world(tmp_path, village(), again=True)
    assert forced.version is None
    assert {table.unchanged for table in forced.tables} == {len(rows) for rows in village().values()}
    assert fingerprint(workspace(tmp_path).tables) == before


def test_a_newer_row_supersedes_and_an_older_file_does_not_come_back(tmp_path: Path) -> None:
    world = {"settlements": village()["settlements"]}
    load_world(tmp_path, world, "monday")
    world["settlements"][0]["fund_pay_sumamt"] = "70.00"
    changed = load_world(tmp_path, world, "tuesday")
    table = of(changed, "settlements")
    assert (table.loaded, table.superseded, table.unchanged) == (0, 1, 4)
    assert load_path(tmp_path, tmp_path / "monday").version is None
    assert stored(tmp_path, "settlements")["fund_pay_sumamt"][0] == Decimal("70.00")
    assert stored(tmp_path, "settlements", version=1)["fund_pay_sumamt"][0] == Decimal("80.00")


def test_identical_rows_are_one_and_different_ones_with_one_key_none(tmp_path: Path) -> None:
    rows = many(village()["settlements"][0], "setl_id", 100)
    same, other = dict(rows[10]), {**rows[20], "term_id": "T9"}
    report = load_world(tmp_path, {"settlements": [*rows, same, other]})
    table = of(report, "settlements")
    assert (table.read, table.loaded, table.repeated, table.reasons) == (102, 99, 1, {"conflict": 2})
    assert rows[20]["setl_id"] not in stored(tmp_path, "settlements")["setl_id"]


def test_the_same_key_in_two_files_of_one_source(tmp_path: Path) -> None:
    rows = many(village()["settlements"][0], "setl_id", 100)
    write_csv(tmp_path / "source" / "settlements_1.csv", rows)
    write_csv(tmp_path / "source" / "settlements_2.csv", [rows[0], {**rows[1], "term_id": "T9"}])
    table = of(load_path(tmp_path, tmp_path / "source"), "settlements")
    assert (table.loaded, table.repeated, table.reasons) == (99, 1, {"conflict": 2})


@pytest.mark.parametrize(("bad", "refused"), [(1, False), (5, False), (6, True)])
def test_more_than_the_limit_of_bad_rows_refuses_the_load(tmp_path: Path, bad: int, refused: bool) -> None:
    rows = many(village()["settlements"][0], "setl_id", 100)
    for row in rows[:bad]:
        row["med_type"] = "99"
    if not refused:
        assert of(load_world(tmp_path, {"settlements": rows}), "settlements").quarantined == bad
        return
    load_world(tmp_path, village(), "first")
    before = fingerprint(workspace(tmp_path).root)
    with pytest.raises(LoadRefusedError, match=r"settlements: 6 of 100 rows.*settlements.csv, line 2: med_type"):
        load_world(tmp_path, {"settlements": rows})
    assert fingerprint(workspace(tmp_path).root) == before


def test_the_limit_is_a_parameter_and_one_bad_row_never_stops_a_load(tmp_path: Path) -> None:
    rows = many(village()["settlements"][0], "setl_id", 10)
    rows[0]["med_type"] = rows[1]["med_type"] = "99"
    assert load_world(tmp_path, {"settlements": rows}, max_bad=20.0).quarantined == 2
    rows = many(village()["cards"][0], "card_no", 2)
    rows[0]["psn_no"] = ""
    assert load_world(tmp_path, {"cards": rows}, "small").quarantined == 1


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "source" / "cards.csv", village()["cards"])
    path.write_text(path.read_text().splitlines()[0] + "\n")
    report = load_path(tmp_path, tmp_path / "source")
    assert (of(report, "cards").read, report.version) == (0, None)


def test_the_wrong_table_is_refused(tmp_path: Path) -> None:
    write_csv(tmp_path / "source" / "settlements.csv", village()["cards"])
    with pytest.raises(LoadRefusedError, match="is not the table settlements: it has no column setl_id"):
        load_path(tmp_path, tmp_path / "source")


def test_a_column_under_both_names_is_refused(tmp_path: Path) -> None:
    write_csv(tmp_path / "source" / "cards.csv", [{**village()["cards"][0], "卡号": "C9"}])
    with pytest.raises(LoadRefusedError, match="card_no is there twice"):
        load_path(tmp_path, tmp_path / "source")


def test_unknown_columns_and_files_are_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "source" / "cards.csv", [{**row, "colour": "red"} for row in village()["cards"]])
    write_csv(tmp_path / "source" / "lunch.csv", [{"dish": "noodles"}])
    report = load_path(tmp_path, tmp_path / "source")
    assert {file.name: (file.table, file.unknown) for file in report.files} == {
        "cards.csv": ("cards", ("colour",)),
        "lunch.csv": ("", ()),
    }


def test_nothing_that_is_a_table_is_refused(tmp_path: Path) -> None:
    write_csv(tmp_path / "source" / "lunch.csv", [{"dish": "noodles"}])
    with pytest.raises(LoadRefusedError, match="no file that is named after a table"):
        load_path(tmp_path, tmp_path / "source")


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ("1.23E+17", True),
        ("=1+1", True),
        ('="0012"', True),
        ("@SUM(A1)", True),
        ("+A1", True),
        ("+8613900000001", False),
        ("1E5", False),
        ("a=b", False),
        ("-", False),
    ],
)
def test_codes_spoiled_by_a_spreadsheet_refuse_the_load(tmp_path: Path, value: str, refused: bool) -> None:
    rows = [*village()["insured"], {**village()["insured"][0], "psn_no": "P9", "tel": value}]
    if not refused:
        assert of(load_world(tmp_path, {"insured": rows}), "insured").loaded == 4
        return
    with pytest.raises(LoadRefusedError, match=r"insured.csv, line 5: tel holds"):
        load_world(tmp_path, {"insured": rows})
    with Writer.open(workspace(tmp_path)) as writer:
        assert writer.base is None


def test_signs_in_text_and_trace_codes_are_no_formulas(tmp_path: Path) -> None:
    items = [fee_item("S1", "1", "1.00", trace="+A123BJC5D6E71G"), fee_item("S1", "2", "1.00", trace="=W1234")]
    items[0]["med_list_name"] = "=1+1"
    assert of(load_world(tmp_path, {"fee_items": items}), "fee_items").loaded == 2
    items = [fee_item("S2", "1", "1.00", trace='=HYPERLINK("x")')]
    with pytest.raises(LoadRefusedError, match="drug_trac_codg holds"):
        load_world(tmp_path, {"fee_items": items}, "live")


def test_somebody_else_holds_the_workspace(tmp_path: Path) -> None:
    with Writer.open(workspace(tmp_path)), pytest.raises(BusyError):
        load_world(tmp_path, village())


def test_future_is_measured_by_the_clock_given(tmp_path: Path) -> None:
    rows = [settlement("S1", "P1", "2026-01-05 09:00:00", fund="1.00", total="1.00")]
    report = load_world(tmp_path, {"settlements": rows}, now=datetime(2026, 1, 4))
    assert of(report, "settlements").reasons == {"future": 1}


def test_bytes_of_the_source_are_left_alone(tmp_path: Path) -> None:
    folder = write_world(tmp_path / "source", village() | {"insured": [village()["insured"][0] | {"certno": certno()}]})
    before = fingerprint(folder)
    load_path(tmp_path, folder)
    assert fingerprint(folder) == before
