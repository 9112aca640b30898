"""Empty files in the data standard's own shape, for whoever has to fill them in."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from claims.dictionary import TYPE_TEXTS, code_texts, necessity, section
from claims.durable import store_errors
from claims.language import _, speaking, translate
from claims.table import ARROW_TYPES, Column, ColumnType, Table
from claims.tables import TABLES

# Cells of code columns are text, so that a spreadsheet program neither drops a leading zero nor
# writes 1.23E+17; the others are shown the way the standard writes them.
_CELL_FORMATS: Mapping[ColumnType, str] = MappingProxyType(
    {
        ColumnType.AMOUNT: "0.00",
        ColumnType.PRICE: "0.######",
        ColumnType.QUANTITY: "0.####",
        ColumnType.NUMBER: "0.######",
        ColumnType.INTEGER: "0",
        ColumnType.DATE: "yyyy-mm-dd",
        ColumnType.TIME: "yyyy-mm-dd hh:mm:ss",
    }
)
_LAST_ROW = 1_048_575
_LIST_LIMIT = 255  # characters of a drop-down list, Excel's own limit


class TemplateFormat(StrEnum):
    """What a template is written as."""

    XLSX = "xlsx"
    CSV = "csv"


def write_templates(folder: Path, form: TemplateFormat, *, chinese: bool) -> tuple[Path, ...]:
    """Write one empty template per table into `folder`; headers are Chinese titles or national names.

    XLSX files hold a second sheet that explains every column; beside CSV files lies `columns.md`. Both
    speak the language of the headers.
    Tables that are read from Parquet only get an empty Parquet file. StoreError when the disk fails.
    """
    with store_errors(folder), speaking("zh_CN" if chinese else "en"):
        folder.mkdir(parents=True, exist_ok=True)
        written = [_write(folder, table, form, chinese=chinese) for table in TABLES]
        if form is TemplateFormat.CSV:
            explanation = folder / "columns.md"
            explanation.write_text("\n".join(section(table) for table in TABLES), encoding="utf-8")
            written.append(explanation)
    return tuple(written)


def _write(folder: Path, table: Table, form: TemplateFormat, *, chinese: bool) -> Path:
    if table.parquet_only:
        path = folder / f"{table.name}.parquet"
        fields = [(column.name, ARROW_TYPES[column.type]) for column in table.columns]
        pq.write_table(pa.schema(fields).empty_table(), path)
        return path
    headers = [column.title if chinese else column.name for column in table.columns]
    path = folder / f"{table.name}.{form}"
    if form is TemplateFormat.CSV:
        # With the mark, spreadsheet programs read the file as UTF-8.
        path.write_text(",".join(headers) + "\r\n", encoding="utf-8-sig", newline="")
        return path
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {kind: workbook.add_format({"num_format": _CELL_FORMATS.get(kind, "@")}) for kind in ColumnType}
        _write_rows_sheet(workbook.add_worksheet(table.name), table, headers, bold, formats)
        _write_columns_sheet(workbook.add_worksheet(_("columns")), table, bold)
    return path


def _write_rows_sheet(
    sheet: Worksheet, table: Table, headers: Sequence[str], bold: Format, formats: Mapping[ColumnType, Format]
) -> None:
    for number, (column, header) in enumerate(zip(table.columns, headers, strict=True)):
        sheet.set_column(number, number, 22 if column.type is ColumnType.TIME else 16, formats[column.type])
        sheet.write_string(0, number, header, bold)
        codes = list(column.codes or ())
        if codes and len(",".join(codes)) <= _LIST_LIMIT:
            sheet.data_validation(1, number, _LAST_ROW, number, {"validate": "list", "source": codes})
    sheet.freeze_panes(1, 0)


def _write_columns_sheet(sheet: Worksheet, table: Table, bold: Format) -> None:
    titles = (_("column"), _("title"), _("type"), _("unit"), _("required"), _("meaning"), _("allowed values"))
    for number, title in enumerate(titles):
        sheet.write_string(0, number, title, bold)
        sheet.set_column(number, number, 40 if number >= len(titles) - 2 else 18)
    for row, column in enumerate(table.columns, start=1):
        for number, text in enumerate(_explained(column)):
            sheet.write_string(row, number, text)


def _explained(column: Column) -> tuple[str, ...]:
    codes = "\n".join(f"{code} {text}" for code, text in code_texts(column))
    unit = translate(column.unit) if column.unit else ""
    kind, meaning = translate(TYPE_TEXTS[column.type]), translate(column.meaning)
    return (column.name, column.title, kind, unit, necessity(column), meaning, codes)
