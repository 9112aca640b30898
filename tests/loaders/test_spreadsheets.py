"""XLSX and typed Parquet: what a program has already spoiled is refused, everything else becomes text."""

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from claims.errors import LoadRefusedError
from loaders.base import RawFile
from loaders.report import note_text
from loaders.source import prepare, scan
from tests.loaders.kit import load_path, load_world, many, of, stored
from tests.scenarios import village

Cell = str | int | float | date | None


def workbook(
    path: Path, rows: list[list[Cell]], sheet: str = "Sheet1", formulas: dict[tuple[int, int], str] | None = None
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(path)
    day, time = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    page = book.add_worksheet(sheet)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(at, column, cell, time if isinstance(cell, datetime) else day)
            elif isinstance(cell, str):
                page.write_string(at, column, cell)
            elif cell is not None:
                page.write(at, column, cell)
    for (at, column), formula in (formulas or {}).items():
        page.write_formula(at, column, formula, value=1)
    book.close()
    return path


def read(path: Path, scratch: Path) -> tuple[RawFile, list[tuple[object, ...]]]:
    file = prepare(path, scratch).files[0]
    return file, scan(file).collect().rows()


def test_cells_become_text_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["setl_id", "setl_time", "medfee_sumamt", "brdy", "bed_cnt"],
        ["001", datetime(2026, 1, 5, 9, 0, 1), 100.5, date(1960, 3, 7), 40],
        [None, None, None, None, None],
        ["002", "2026-01-05", 0.1 + 0.2, "19600307", "40"],
    ]
    file, found = read(workbook(tmp_path / "t.xlsx", rows), tmp_path / "s")
    assert found == [
        ("001", "2026-01-05 09:00:01", "100.5", "1960-03-07", "40", 2),
        ("002", "2026-01-05", "0.3", "19600307", "40", 4),
    ]
    assert file.notes == ()


def test_whole_numbers_in_code_columns_are_taken_with_a_note(tmp_path: Path) -> None:
    file, found = read(workbook(tmp_path / "t.xlsx", [["setl_id", "tel"], ["S1", 13900000001]]), tmp_path / "s")
    assert found == [("S1", "13900000001", 2)]
    assert [note_text(note) for note in file.notes] == [
        "t.xlsx: the column tel holds numbers instead of text; leading zeros may be lost."
    ]


@pytest.mark.parametrize(("number", "refused"), [(10**15 - 1, False), (10**15, True), (450102196003071234, True)])
def test_numbers_that_lost_digits_are_refused(tmp_path: Path, number: int, refused: bool) -> None:
    path = workbook(tmp_path / "t.xlsx", [["setl_id"], ["S1"], [number]])
    if not refused:
        assert read(path, tmp_path / "s")[1][1][0] == str(number)
        return
    with pytest.raises(LoadRefusedError, match=r"row 3: the number in the column setl_id has lost digits"):
        read(path, tmp_path / "s")


def test_formulas_are_refused_in_codes_and_taken_in_amounts(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["setl_id", "medfee_sumamt"], ["S1", 1]]
    _, found = read(workbook(tmp_path / "fine.xlsx", rows, formulas={(1, 1): "=1*1"}), tmp_path / "a")
    assert found == [("S1", "1", 2)]
    with pytest.raises(LoadRefusedError, match="row 2: a formula in the column setl_id"):
        read(workbook(tmp_path / "live.xlsx", rows, formulas={(1, 0): '="S"&1'}), tmp_path / "b")


def test_a_value_outside_the_named_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadRefusedError, match="row 2: a value right of the last named column"):
        read(workbook(tmp_path / "t.xlsx", [["setl_id"], ["S1", "x"]]), tmp_path / "s")


def test_a_workbook_is_loaded_and_its_side_sheet_named(tmp_path: Path) -> None:
    path = tmp_path / "source" / "cards.xlsx"
    path.parent.mkdir()
    book = xlsxwriter.Workbook(path)
    for title, rows in (("说明", [["a note"], ["x"]]), ("卡", [list(village()["cards"][0]), ["C1", "P1", "03", ""]])):
        page = book.add_worksheet(title)
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    book.close()
    report = load_path(tmp_path, tmp_path / "source")
    assert of(report, "cards").loaded == 1
    assert {file.name: file.table for file in report.files} == {"cards.xlsx#说明": "", "cards.xlsx#卡": "cards"}


def test_typed_parquet_reads_as_text_would(tmp_path: Path) -> None:
    rows = pl.DataFrame(many(village()["settlements"][0], "setl_id", 3))
    load_world(tmp_path, {"settlements": rows.to_dicts()})
    typed = rows.with_columns(
        pl.col("setl_time", "begntime").str.to_datetime("%Y-%m-%d %H:%M:%S"),
        pl.col("medfee_sumamt").cast(pl.Decimal(16, 2)),
        pl.col("fund_pay_sumamt").cast(pl.Float64),
    )
    folder = tmp_path / "typed"
    folder.mkdir()
    typed.write_parquet(folder / "settlements.parquet")
    assert of(load_path(tmp_path, folder), "settlements").unchanged == 3


def test_templates_are_vectors(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    vectors = [[0.5, 1.0], [0.25, None], [], None, [0.0, float("nan")], *([[1.0, 2.0]] * 96)]
    pl.DataFrame(
        {"psn_no": [f"P{n}" for n in range(len(vectors))], "method": "face", "template": vectors},
        schema={"psn_no": pl.String, "method": pl.String, "template": pl.List(pl.Float64)},
    ).write_parquet(folder / "bio_templates.parquet")
    table = of(load_path(tmp_path, folder), "bio_templates")
    assert (table.loaded, table.reasons) == (97, {"not_a_vector": 3, "missing": 1})
    assert stored(tmp_path, "bio_templates")["template"][0].to_list() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("frame", "match"),
    [
        (
            pl.DataFrame({"setl_time": [datetime(2026, 1, 1)]}).with_columns(
                pl.col("setl_time").dt.replace_time_zone("UTC")
            ),
            "zone",
        ),
        (pl.DataFrame({"setl_id": [b"x"]}), "of the type"),
        (pl.DataFrame({"setl_id": [{"a": 1}]}), "of the type"),
    ],
)
def test_parquet_types_no_table_holds_are_refused(tmp_path: Path, frame: pl.DataFrame, match: str) -> None:
    frame.write_parquet(tmp_path / "settlements.parquet")
    with pytest.raises(LoadRefusedError, match=match):
        prepare(tmp_path / "settlements.parquet", tmp_path / "s")


@pytest.mark.parametrize(("value", "refused"), [(450102.0, False), (4.5e17, True), (1.5, True)])
def test_floats_in_a_code_column_of_parquet(tmp_path: Path, value: float, refused: bool) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    frame = pl.DataFrame(many(village()["cards"][0], "card_no", 2)).with_columns(psn_no=pl.lit(value))
    frame.write_parquet(folder / "cards.parquet")
    if not refused:
        load_path(tmp_path, folder)
        assert stored(tmp_path, "cards")["psn_no"][0] == "450102"
        return
    with pytest.raises(LoadRefusedError, match="psn_no"):
        load_path(tmp_path, folder)
