"""Judging raw rows: typed values beside the raw text, and the first reason a row cannot be used.

The frame keeps the raw columns (for the quarantine) and gains, for every declared column that is
there, its trimmed text under `TEXT + name` and its typed value under `VALUE + name`.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from claims.flags import RowFlag
from claims.table import PARTITION, UNKNOWN_MONTH, Column, ColumnType, Table
from loaders.base import LINE, RawTable
from loaders.checks import reasons
from loaders.checks.oddities import flags
from loaders.checks.values import PLACES, text_of, value_of

TEXT, VALUE = "text:", "value:"
BAD, KEY = "_bad", "_key"
_NUMBER = "_number"
_NOTHING = pl.lit(None, pl.String)
REASON, FIELD, GIVEN, MORE = "reason", "field", "value", "more"

STORED_TYPES: Mapping[ColumnType, pl.DataType] = {
    ColumnType.CODE: pl.String(),
    ColumnType.TEXT: pl.String(),
    ColumnType.AMOUNT: pl.Decimal(16, 2),
    ColumnType.PRICE: pl.Decimal(16, 6),
    ColumnType.QUANTITY: pl.Decimal(16, 4),
    ColumnType.NUMBER: pl.Decimal(16, 6),
    ColumnType.INTEGER: pl.Int32(),
    ColumnType.DATE: pl.Date(),
    ColumnType.TIME: pl.Datetime("us"),
    ColumnType.VECTOR: pl.List(pl.Float32()),
}


@dataclass(frozen=True)
class Problem:
    """One way a row can be unusable: when, why, in which field, with which value (`more` fills the sentence)."""

    when: pl.Expr
    code: str
    field: str
    value: pl.Expr
    more: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """Rows of one raw table with typed values, `BAD` and `KEY`, the hash of their key."""

    table: Table
    frame: pl.LazyFrame
    present: tuple[Column, ...]
    problems: tuple[Problem, ...]
    derived: bool

    def reasons(self, bad: pl.LazyFrame) -> pl.LazyFrame:
        """Turn unusable rows of `frame` into raw columns, LINE, and REASON, FIELD, GIVEN, MORE of the first problem."""
        numbered = list(enumerate(self.problems))
        first = pl.coalesce([pl.when(p.when).then(pl.lit(n, pl.Int32)) for n, p in numbered])
        given = pl.coalesce([pl.when(pl.col(_NUMBER) == n).then(p.value) for n, p in numbered])
        return bad.with_columns(first.alias(_NUMBER)).select(
            *(raw_text(column).alias(column.name) for column in self.present),
            LINE,
            _named({n: p.code for n, p in numbered}).alias(REASON),
            _named({n: p.field for n, p in numbered}).alias(FIELD),
            given.alias(GIVEN),
            _named({n: json.dumps(dict(p.more)) for n, p in numbered}).alias(MORE),
        )

    def stored(self, file_id: int) -> list[pl.Expr]:
        """Expressions of the stored row in the table's order: declared columns, META, the partition."""
        here = {column.name for column in self.present}
        columns = [
            (pl.col(VALUE + c.name) if c.name in here else pl.lit(None, STORED_TYPES[c.type])).alias(c.name)
            for c in self.table.columns
        ]
        odd = flags(self.table, {name: pl.col(VALUE + name) for name in here})
        meta = [
            (odd | pl.lit(RowFlag.DERIVED.value if self.derived else 0, pl.Int64)).alias("row_flags"),
            pl.lit(file_id, pl.Int32).alias("source_file"),
            pl.col(LINE).cast(pl.Int64).alias("source_line"),
        ]
        return [*columns, *meta, *self._month()]

    def _month(self) -> list[pl.Expr]:
        if self.table.month_of is None:
            return []
        if all(column.name != self.table.month_of for column in self.present):
            return [pl.lit(UNKNOWN_MONTH).alias(PARTITION)]
        month = pl.col(VALUE + self.table.month_of).dt.strftime("%Y-%m")
        return [month.fill_null(UNKNOWN_MONTH).alias(PARTITION)]


def judge(raw: RawTable, now: datetime) -> Judged:
    """Type and judge the rows of `raw`; times after `now` are in the future."""
    table = raw.table
    names = set(raw.rows.collect_schema().names())
    present = tuple(column for column in table.columns if column.name in names)
    frame = raw.rows.with_columns(text_of(c, raw.tidy).alias(TEXT + c.name) for c in present)
    texts = {c.name: pl.col(TEXT + c.name) for c in present}
    problems = tuple(_problems(table, present, texts, now))
    frame = frame.with_columns(value_of(c, texts[c.name]).alias(VALUE + c.name) for c in present)
    frame = frame.with_columns(
        pl.any_horizontal([p.when for p in problems]).fill_null(False).alias(BAD),
        key_hash(table).alias(KEY),
    )
    return Judged(table, frame, present, problems, raw.derived)


def raw_text(column: Column) -> pl.Expr:
    """The column as it came, as text."""
    if column.type == ColumnType.VECTOR:
        return pl.col(column.name).cast(pl.List(pl.String)).list.join(" ")
    return pl.col(column.name)


def key_hash(table: Table) -> pl.Expr:
    """Hash of the typed key; null where a part of it is missing (such a row is unusable anyway)."""
    parts = [pl.col(VALUE + name) for name in table.key]
    return pl.when(pl.all_horizontal(part.is_not_null() for part in parts)).then(pl.struct(parts).hash())


def _problems(
    table: Table, present: tuple[Column, ...], texts: Mapping[str, pl.Expr], now: datetime
) -> Iterator[Problem]:
    for column in present:
        yield from _of_column(column, texts[column.name], now)
    for begin, end in table.spans:
        if begin in texts and end in texts:
            earlier = pl.col(VALUE + end) < pl.col(VALUE + begin)
            yield Problem(earlier, reasons.END_BEFORE_BEGIN, end, texts[end], {"begin": begin})
    for group in table.one_of:
        held = [pl.col(VALUE + name).is_not_null() for name in group if name in texts]
        none = ~pl.any_horizontal(held) if held else pl.lit(True)
        yield Problem(none, reasons.ONE_OF, ", ".join(group), _NOTHING)


def _of_column(column: Column, text: pl.Expr, now: datetime) -> Iterator[Problem]:
    value = pl.col(VALUE + column.name)
    if column.filled:
        yield Problem(text.is_null(), reasons.MISSING, column.name, _NOTHING)
    unreadable = text.is_not_null() & value.is_null()
    if column.type in PLACES:
        places = {"places": PLACES[column.type]}
        yield Problem(unreadable, reasons.NOT_AN_AMOUNT, column.name, text, places)
    elif column.type == ColumnType.INTEGER:
        yield Problem(unreadable, reasons.NOT_AN_INTEGER, column.name, text)
    elif column.type in (ColumnType.TIME, ColumnType.DATE):
        code = reasons.NOT_A_TIME if column.type == ColumnType.TIME else reasons.NOT_A_DATE
        yield Problem(unreadable, code, column.name, text)
        if not column.future:
            latest = pl.lit(now if column.type == ColumnType.TIME else now.date())
            yield Problem(value > latest, reasons.FUTURE, column.name, text)
    elif column.type == ColumnType.VECTOR:
        odd = value.list.eval(~pl.element().is_finite().fill_null(False)).list.any() | (value.list.len() == 0)
        yield Problem(unreadable | odd, reasons.NOT_A_VECTOR, column.name, _NOTHING)
    elif column.codes:
        yield Problem(~value.is_in(list(column.codes)), reasons.NOT_IN_LIST, column.name, text)


def _named(names: Mapping[int, str]) -> pl.Expr:
    return pl.col(_NUMBER).replace_strict(names, return_dtype=pl.String)
