"""Quarantined rows out to the sender, and back in: as they were, or corrected.

The export holds the row's own columns and, behind them, which entry it is and why. No cell of it is
ever a live formula: a text that begins like one gets an apostrophe before it, which reading takes
off again.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from claims.errors import LoadRefusedError
from claims.language import N_
from claims.tables import BY_NAME
from loaders.quarantine import Entry

ID, FILE, LINE_NUMBER, FIELD, REASON, SOURCE = META = ("_id", "_file", "_line", "_field", "_reason", "_source")
LIVE = ("=", "+", "-", "@", "\t", "\r", "'")
MARK = "'"
SHEET_ROWS = 1_048_575


def safe(text: str) -> str:
    """Return `text` so that no spreadsheet program takes it for a formula."""
    return MARK + text if text.startswith(LIVE) else text


def unsafe(text: str) -> str:
    """Return what `safe` was given."""
    return text[1:] if text.startswith(MARK) and text[1:].startswith(LIVE) else text


def export(path: Path, entries: Iterable[Entry]) -> int:
    """Write entries as CSV (all tables together) or XLSX (one sheet per table); return how many."""
    by_table: dict[str, list[Entry]] = {}
    for entry in entries:
        by_table.setdefault(entry.table, []).append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    match path.suffix.lower():
        case ".csv":
            _write_csv(path, by_table)
        case ".xlsx":
            _write_xlsx(path, by_table)
        case _:
            raise LoadRefusedError(N_("{path} is neither .csv nor .xlsx."), path=path)
    return sum(map(len, by_table.values()))


def _columns(entries: Sequence[Entry]) -> list[str]:
    """Columns any of the entries has, in the table's order; all of them where only raw lines are left."""
    named = {name for entry in entries if entry.row for name in entry.row}
    table = BY_NAME[entries[0].table]
    return [name for name in table.names if name in named or not named]


def _cells(entry: Entry) -> Mapping[str, str]:
    meta = (entry.id, entry.file, str(entry.line), entry.field or "", entry.sentence, entry.source or "")
    row = {name: value or "" for name, value in (entry.row or {}).items()}
    return {name: safe(text) for name, text in {**row, **dict(zip(META, meta, strict=True))}.items()}


def _write_csv(path: Path, by_table: Mapping[str, Sequence[Entry]]) -> None:
    columns = list(dict.fromkeys(name for entries in by_table.values() for name in _columns(entries)))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, [*columns, *META], restval="")
        writer.writeheader()
        writer.writerows(_cells(entry) for entries in by_table.values() for entry in entries)


def _write_xlsx(path: Path, by_table: Mapping[str, Sequence[Entry]]) -> None:
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        text = book.add_format({"num_format": "@"})
        for table, entries in by_table.items():
            if len(entries) > SHEET_ROWS:
                raise LoadRefusedError(N_("{table} has more rows than a sheet holds; export CSV."), table=table)
            sheet = book.add_worksheet(table)
            columns = [*_columns(entries), *META]
            sheet.set_column(0, len(columns) - 1, 18, text)
            sheet.write_row(0, 0, columns)
            for number, entry in enumerate(entries, 1):
                cells = _cells(entry)
                sheet.write_row(number, 0, [cells.get(name, "") for name in columns])


def corrected(entry: Entry, cells: Mapping[str, str | None]) -> Mapping[str, str | None]:
    """Return the row of an entry as a corrected export gives it."""
    names = [name for name in BY_NAME[entry.table].names if name in cells]
    return {name: unsafe(text) if (text := cells[name]) else None for name in names}


def parse_id(text: str) -> tuple[int, str, int] | None:
    """Read an entry's id: load, table, number."""
    load, _, rest = unsafe(text).partition("/")
    table, _, number = rest.rpartition("/")
    return (int(load), table, int(number)) if load.isdigit() and number.isdigit() and table in BY_NAME else None
