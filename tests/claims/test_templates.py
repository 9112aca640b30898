"""Empty templates hold exactly the declared columns, and nothing a spreadsheet program would spoil."""

import csv
import re
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from claims.tables import BY_NAME, TABLES
from claims.templates import TemplateFormat, write_templates

SHEETS = [table for table in TABLES if not table.parquet_only]


@pytest.mark.parametrize("chinese", [True, False])
def test_every_table_has_a_workbook_with_its_headers(tmp_path: Path, chinese: bool) -> None:
    write_templates(tmp_path, TemplateFormat.XLSX, chinese=chinese)
    for table in SHEETS:
        workbook = openpyxl.load_workbook(tmp_path / f"{table.name}.xlsx")
        rows, columns = workbook.worksheets
        assert [cell.value for cell in rows[1]] == [c.title if chinese else c.name for c in table.columns]
        assert rows.title == table.name
        assert [row[0].value for row in columns.iter_rows(min_row=2)] == list(table.names)
        workbook.close()


def test_code_columns_are_text_and_offer_their_values(tmp_path: Path) -> None:
    write_templates(tmp_path, TemplateFormat.XLSX, chinese=False)
    workbook = openpyxl.load_workbook(tmp_path / "insured.xlsx")
    sheet = workbook.worksheets[0]
    assert _cell_format(sheet, 4) == "@"  # certno
    assert _cell_format(sheet, 6) == "yyyy-mm-dd"  # brdy
    [sex] = [rule for rule in sheet.data_validations.dataValidation if "E2" in str(rule.sqref)]
    assert sex.formula1 == '"1,2"'
    workbook.close()


@pytest.mark.parametrize(("chinese", "meaning"), [(True, "参保登记的姓名"), (False, "name as enrolled")])
def test_columns_are_explained_in_the_language_of_the_headers(tmp_path: Path, chinese: bool, meaning: str) -> None:
    write_templates(tmp_path, TemplateFormat.XLSX, chinese=chinese)
    write_templates(tmp_path, TemplateFormat.CSV, chinese=chinese)
    workbook = openpyxl.load_workbook(tmp_path / "insured.xlsx")
    assert workbook.worksheets[1]["F3"].value == meaning
    workbook.close()
    assert meaning in (tmp_path / "columns.md").read_text(encoding="utf-8")


def test_no_english_is_left_in_a_chinese_explanation(tmp_path: Path) -> None:
    write_templates(tmp_path, TemplateFormat.XLSX, chinese=True)
    workbook = openpyxl.load_workbook(tmp_path / "settlements.xlsx")
    for row in workbook.worksheets[1].iter_rows(min_row=1, values_only=True):
        assert all(re.search("[\u4e00-\u9fff]", str(text)) for text in row[2:6] if text), row
    workbook.close()


def _cell_format(sheet: Worksheet, column: int) -> str:
    [found] = [group for group in sheet.column_dimensions.values() if group.min <= column <= group.max]
    return found.number_format


def test_titles_of_a_table_are_all_different() -> None:
    for table in TABLES:
        assert len({column.title for column in table.columns}) == len(table.columns), table.name


def test_csv_opens_in_spreadsheet_programs(tmp_path: Path) -> None:
    write_templates(tmp_path, TemplateFormat.CSV, chinese=True)
    path = tmp_path / "settlements.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [[column.title for column in BY_NAME["settlements"].columns]]
    assert "`fund_pay_sumamt`" in (tmp_path / "columns.md").read_text(encoding="utf-8")


def test_what_only_parquet_holds_is_parquet(tmp_path: Path) -> None:
    written = write_templates(tmp_path, TemplateFormat.XLSX, chinese=True)
    assert tmp_path / "bio_templates.parquet" in written
    assert pq.read_schema(tmp_path / "bio_templates.parquet").names == list(BY_NAME["bio_templates"].names)
