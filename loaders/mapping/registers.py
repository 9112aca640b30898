"""Registers taken from claim headers: one row a key over the whole source, the newest.

Only keys and one number per row are compared, then the winning lines are read again, so memory grows
with the number of persons or institutions, never with the number of claims.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from claims.table import Table
from loaders.base import LINE
from loaders.mapping.fields import Fields, kept
from loaders.mapping.frames import MappedFile, stamp
from loaders.mapping.model import TableMap

ORDER = "__order"  # of one key's rows: rank, then time, then file and line, in one 128-bit number
TIME_DIGITS = 14  # of 20260105090000
POSITION = 1 << 62
LINES = 1 << 40  # in one file


@dataclass(frozen=True)
class Entry:
    """One derived table of one file."""

    file: MappedFile
    map: TableMap


def mapped_rows(file: MappedFile, entry: TableMap) -> pl.LazyFrame:
    """Return the rows of one table of one file with canonical names."""
    fields = Fields(entry, file.resolve).expressions()
    rows = file.frame(list(entry.columns()))
    conditions = [condition for _item, condition in kept(entry.where, file.resolve)]
    rows = rows.filter(*conditions) if conditions else rows
    return rows.select(pl.col(LINE), *fields.values())


def derived_rows(entries: Sequence[Entry]) -> Iterator[tuple[Entry, pl.LazyFrame]]:
    """Yield each derived table's rows with only the winning line of every key."""
    by_table: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_table[entry.map.table.name].append(entry)
    for group in by_table.values():
        winners = _winners(group)
        for number, entry in enumerate(group):
            lines = winners.filter(pl.col("file") == number).select(LINE)
            if not lines.is_empty():
                yield entry, mapped_rows(entry.file, entry.map).join(lines.lazy(), on=LINE, how="semi")


def _winners(group: Sequence[Entry]) -> pl.DataFrame:
    """Return (file number, line) of the winning row of every key."""
    candidates = [rows for number, entry in enumerate(group) if (rows := _candidates(number, entry)) is not None]
    if not candidates:
        return pl.DataFrame(schema={"file": pl.Int64, LINE: pl.Int64})
    best = pl.concat(candidates).group_by(list(group[0].map.table.key)).agg(pl.col(ORDER).max())
    position = (pl.col(ORDER) % pl.lit(POSITION, pl.Int128)).cast(pl.Int64)
    winners = best.select((position // LINES).alias("file"), (position % LINES).alias(LINE))
    return winners.collect(engine="streaming")


def _candidates(number: int, entry: Entry) -> pl.LazyFrame | None:
    """Return keys and order of the rows that hold every value the table must have, and one beyond the key."""
    fields = Fields(entry.map, entry.file.resolve).expressions()
    must = _filled_columns(entry.map.table)
    if not set(must) <= set(fields):
        return None
    rows = entry.file.frame(list(entry.map.columns()))
    filters = [condition for _item, condition in kept(entry.map.where, entry.file.resolve)]
    time = _digits(stamp(entry.file.file, entry.map.newest, entry.file.source)) + entry.map.rank * 10**TIME_DIGITS
    order = time.cast(pl.Int128) * POSITION + number * LINES + pl.col(LINE).cast(pl.Int128)
    rows = rows.filter(*filters) if filters else rows
    rows = rows.select(*fields.values(), order.alias(ORDER))
    filled = {name: (pl.col(name).str.strip_chars() != "").fill_null(False) for name in fields}
    beyond = [filled[name] for name in fields if _tells(entry.map, name)]
    rows = rows.filter(pl.all_horizontal(filled[name] for name in must), pl.any_horizontal(beyond))
    return rows.select(*entry.map.table.key, ORDER)


def _filled_columns(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.filled]


def _tells(entry: TableMap, field: str) -> bool:
    """Say whether a field can tell something the key does not: not the key, not a constant, not made of the key."""
    take = entry.fields[field]
    key_columns = {name for key in entry.table.key for name in entry.fields[key].all_columns()}
    return field not in entry.table.key and not key_columns.issuperset(take.all_columns())


def _digits(time: pl.Expr) -> pl.Expr:
    """Return a time as a number that orders like it: its digits, a day being its midnight."""
    for sign in "-/: T":
        time = time.str.replace_all(sign, "", literal=True)
    return time.str.slice(0, TIME_DIGITS).str.pad_end(TIME_DIGITS, "0").cast(pl.Int64, strict=False).fill_null(0)
