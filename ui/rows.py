"""Rows of a table on their way to a person: read in order of the key, masked, written in three forms."""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from claims.duck import listed, quoted
from claims.errors import NotFoundError
from claims.language import N_, join_words
from claims.masking import is_certificate, mask_certificate, mask_value
from claims.reader import Claims
from claims.table import Table

NET_VIEWS = {"settlements": "net_settlements", "fee_items": "net_fee_items"}
_WIDEST = 100_000  # columns: what a table would need if the terminal were no limit
_WORD = re.compile(r"\w+")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class RowFormat(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True)
class Rows:
    """Rows as they may be shown; an empty value is None."""

    columns: tuple[str, ...]
    values: Sequence[tuple[object, ...]]


def read_rows(claims: Claims, table: Table, limit: int, *, net: bool, masked: bool) -> Rows:
    """Read the first rows of `table` in order of its key; NotFoundError when it has no net view."""
    if net and table.name not in NET_VIEWS:
        raise NotFoundError(
            N_("{table} has no net view; {views} have one."), table=table.name, views=join_words(NET_VIEWS)
        )
    view = quoted(NET_VIEWS[table.name] if net else table.name)
    with claims.connect() as connection:
        query = f"SELECT * FROM {view} ORDER BY {listed(table.key)} LIMIT $limit"  # noqa: S608 - declared names
        cursor = connection.execute(query, {"limit": limit})
        columns = tuple(column[0] for column in cursor.description or ())
        rows = cursor.fetchall()
    if masked:
        rows = [tuple(mask_value(table.name, *pair) for pair in zip(columns, row, strict=True)) for row in rows]
    return Rows(columns, rows)


def write_rows(console: Console, rows: Rows, form: RowFormat) -> None:
    """Write rows to the console; columns that are empty throughout are left out of a table."""
    if form is RowFormat.CSV:
        writer = csv.writer(console.file, lineterminator="\n")
        writer.writerow(rows.columns)
        writer.writerows([_cell(value) for value in row] for row in rows.values)
    elif form is RowFormat.JSONL:
        for row in rows.values:
            record = dict(zip(rows.columns, (_plain(value) for value in row), strict=True))
            console.file.write(json.dumps(record, ensure_ascii=False) + "\n")
    else:
        filled = [
            number for number, _ in enumerate(rows.columns) if any(row[number] is not None for row in rows.values)
        ]
        grid = _grid(rows, filled)
        wide = console.options.update(width=_WIDEST)
        if console.measure(grid, options=wide).maximum <= console.width:
            console.print(grid)
        else:
            _write_blocks(console, rows, filled)


def mask_keys(text: str) -> str:
    """Mask identity numbers in keys: some regions use them as a person's number."""
    return _WORD.sub(lambda word: mask_certificate(word[0]) if is_certificate(word[0]) else word[0], text)


def _grid(rows: Rows, filled: Sequence[int]) -> Grid:
    grid = Grid(show_edge=False)
    for number in filled:
        grid.add_column(rows.columns[number], no_wrap=True)
    for row in rows.values:
        grid.add_row(*(escape(_text(row[number])) for number in filled))
    return grid


def _write_blocks(console: Console, rows: Rows, filled: Sequence[int]) -> None:
    """Write each row as a block of lines, where the columns do not fit side by side."""
    width = max((len(rows.columns[number]) for number in filled), default=0)
    for row in rows.values:
        for number in filled:
            if row[number] is not None:
                console.print(f"{rows.columns[number]:<{width}}  {_text(row[number])}", markup=False, soft_wrap=True)
        console.print()


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _cell(value: object) -> str:
    """Spell a CSV cell; text that a spreadsheet program would run as a formula gets an apostrophe."""
    text = _text(value)
    return "'" + text if isinstance(value, str) and text.startswith(_FORMULA_STARTS) else text


def _plain(value: object) -> object:
    """Turn what JSON does not know (decimals, times) into text."""
    if value is None or isinstance(value, str | int | float | bool | list):
        return value
    return str(value)
