"""The data standard's own format: one file per table, national or Chinese column names."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath

import polars as pl

from claims.errors import LoadRefusedError
from claims.language import N_, join_words
from claims.table import Table
from claims.tables import TABLES
from loaders.base import LINE, RawFile, RawTable, Source
from loaders.readers.containers import plain_name
from loaders.readers.names import normal
from loaders.source import scan

# After the table's name may come a separator and anything: settlements_20260101, fee_items-part1, 结算（2月）.
_REST = r"(?:[\s_\-.#(（0-9].*)?$"


class StandardFormat:
    """Files named after tables, in a folder, a zip or folders named after tables."""

    name = "standard"
    title = N_("data standard")

    def recognises(self, source: Source) -> bool:
        """Say whether any file is named after a table."""
        return any(table_named(file.name) for file in source.files)

    def read(self, source: Source) -> Iterator[RawTable]:
        """Yield one raw table per file that is named after a table."""
        for file in source.files:
            table = table_named(file.name)
            if table and not _is_side_sheet(file, table, source):
                yield read_table(file, table)


def table_named(name: str) -> Table | None:
    """Return the table a file is named after: by its folder, its own name, or its sheet."""
    book, _, sheet = plain_name(name).partition("#")
    path = PurePosixPath(book)
    for part in (path.stem, path.parent.name, sheet):
        for table, pattern in _patterns():
            if part and pattern.match(normal(part)):
                return table
    return None


@cache
def _patterns() -> tuple[tuple[Table, re.Pattern[str]], ...]:
    return tuple(
        (table, re.compile(f"(?:{re.escape(table.name)}|{re.escape(table.title)}){_REST}", re.IGNORECASE))
        for table in TABLES
    )


def read_table(file: RawFile, table: Table) -> RawTable:
    """Give the columns of `file` their canonical names; LoadRefusedError when a required one is missing."""
    if table.parquet_only and file.kind != "parquet":
        raise LoadRefusedError(
            N_("{file}: the table {table} is read from Parquet only."), file=file.name, table=table.name
        )
    columns = _columns(file, table)
    missing = [column.name for column in table.columns if column.required and column.name not in columns]
    if missing:
        raise LoadRefusedError(
            N_("{file} is not the table {table}: it has no column {columns}."),
            file=file.name,
            table=table.name,
            columns=join_words(missing),
        )
    unknown = tuple(name for name in file.header if name not in columns.values())
    rows = scan(file).select(*(pl.col(source).alias(name) for name, source in columns.items()), LINE)
    return RawTable(table, file, rows, unknown, tidy=file.tidy)


def _columns(file: RawFile, table: Table) -> Mapping[str, str]:
    """Map canonical names to the file's columns; a column there under both names is refused."""
    found: dict[str, str] = {}
    present = {name.lower(): name for name in file.header}
    for column in table.columns:
        names = [present[key] for key in dict.fromkeys((column.name, normal(column.title).lower())) if key in present]
        if len(names) > 1:
            raise LoadRefusedError(
                N_("{file}: the column {column} is there twice."), file=file.name, column=column.name
            )
        if names:
            found[column.name] = names[0]
    return found


def _is_side_sheet(file: RawFile, table: Table, source: Source) -> bool:
    """Say whether this sheet is an explanation beside the sheet that holds the table."""
    book, _, sheet = file.name.partition("#")
    if not sheet:
        return False
    sheets = [other for other in source.files if other.name.partition("#")[0] == book]
    named = [other for other in sheets if table_named(other.name.partition("#")[2]) == table]
    return file not in (named or sheets[:1])
