"""From a `Take` to the polars expression that fills a field."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from claims.table import ColumnType, Table
from loaders.mapping.model import Filter, How, TableMap, Take

UNIT_SEPARATOR = "\x1f"  # stands between the parts of a computed key: no source has it in a value
TIME_FORMATS = {ColumnType.DATE: "%Y-%m-%d", ColumnType.TIME: "%Y-%m-%d %H:%M:%S"}
PLAIN_TIME = 19  # bytes of 2026-01-05 09:00:00
Resolve = Callable[[str], str | None]


@dataclass(frozen=True)
class Fields:
    """Expressions for the fields of one table.

    `resolve` turns a column name of the mapping into the name in the frame, or None where an
    optional column is absent; a field that would need it is then not filled.
    """

    map: TableMap
    resolve: Resolve

    def expressions(self) -> dict[str, pl.Expr]:
        """Return an expression by field, for all fields that can be filled."""
        found = {name: self._field(name) for name in self.map.fields}
        return {name: expr.alias(name) for name, expr in found.items() if expr is not None}

    def _field(self, name: str) -> pl.Expr | None:
        take = self.map.fields.get(name)
        return None if take is None else self._take(take, self.map.table, name)

    def _take(self, take: Take, table: Table, name: str) -> pl.Expr | None:
        value = self._raw(take, table, name)
        if value is None:
            return None
        if take.values or take.prefixes:
            value = _replaced(value, take)
        if take.date_format:
            value = _dated(value, take.date_format, table.column(name).type)
        elif table.column(name).type in TIME_FORMATS:
            value = _to_the_second(value)
        return self._conditions(take, value)

    def _raw(self, take: Take, table: Table, name: str) -> pl.Expr | None:
        if take.how is How.CONSTANT:
            return pl.lit(take.text or None, dtype=pl.String)
        if take.how is How.FIRST:
            parts = [expr for part in take.parts if (expr := self._take(part, table, name)) is not None]
            return pl.coalesce(_filled(part) for part in parts) if parts else None
        columns = [self.resolve(column) for column in take.columns]
        present = [pl.col(column) for column in columns if column is not None]
        if len(present) < len(columns):
            return None
        if take.how is How.CONCAT:
            return pl.concat_str([_filled(column) for column in present], separator=take.text)
        return _numbered(_hashed(present)) if take.how is How.HASH else present[0]

    def _conditions(self, take: Take, value: pl.Expr) -> pl.Expr | None:
        for condition in (take.when, take.flip_sign_when):
            if condition is not None:
                other = self._field(condition[0])
                if other is None:
                    return None
                hit = _stripped(other).is_in(condition[1])
                rest = value if condition is take.flip_sign_when else pl.lit(None, dtype=pl.String)
                value = pl.when(hit).then(value if condition is take.when else _flipped(value)).otherwise(rest)
        if take.later_than is None:
            return value
        other = self._field(take.later_than)
        return None if other is None else pl.when(_day(value) > _day(other)).then(value)


def kept(filters: tuple[Filter, ...], resolve: Resolve) -> list[tuple[Filter, pl.Expr]]:
    """Return for each filter on a present column the expression that is true for rows that stay."""
    found = []
    for item in filters:
        column = resolve(item.column)
        if column is not None:
            hit = _stripped(pl.col(column)).fill_null("").is_in(item.values)
            found.append((item, hit if item.keep else ~hit))
    return found


def _stripped(value: pl.Expr) -> pl.Expr:
    return value.str.strip_chars()


def _filled(value: pl.Expr) -> pl.Expr:
    """Empty text counts as no value."""
    return pl.when(_stripped(value) != "").then(value)


def _replaced(value: pl.Expr, take: Take) -> pl.Expr:
    """Replace whole texts, then beginnings (the longest that fits); what neither names stays or is emptied."""
    key = _stripped(value)
    result = pl.lit(None, dtype=pl.String) if take.only_values else value
    for prefix, text in sorted(take.prefixes.items(), key=lambda item: len(item[0])):
        result = pl.when(key.str.starts_with(prefix)).then(pl.lit(text or None, dtype=pl.String)).otherwise(result)
    for text in dict.fromkeys(take.values.values()):
        # not replace_strict: the streaming engine would hold the whole column for it
        hit = key.is_in([value for value, code in take.values.items() if code == text])
        result = pl.when(hit).then(pl.lit(text or None, dtype=pl.String)).otherwise(result)
    return result


def _flipped(value: pl.Expr) -> pl.Expr:
    """Turn the sign of a number that stays text."""
    number = _stripped(value)
    return (
        pl.when(number.str.starts_with("-"))
        .then(number.str.strip_prefix("-"))
        .when(number.str.contains(r"[1-9]"))
        .then(pl.concat_str(pl.lit("-"), number.str.strip_prefix("+")))
        .otherwise(number)
    )


def _dated(value: pl.Expr, text: str, type_: ColumnType) -> pl.Expr:
    """Rewrite dates of the given format; what does not fit it stays, for the checks to refuse."""
    parsed = _stripped(value).str.strptime(pl.Datetime("us"), text, strict=False)
    return pl.coalesce(parsed.dt.strftime(TIME_FORMATS.get(type_, TIME_FORMATS[ColumnType.TIME])), value)


def _to_the_second(value: pl.Expr) -> pl.Expr:
    """Drop what databases add to a time: the T of ISO 8601 and fractions of a second."""
    return value.map_batches(_plain_times, return_dtype=pl.String, is_elementwise=True)


def _plain_times(texts: pl.Series) -> pl.Series:
    longest = texts.str.len_bytes().max()
    if (isinstance(longest, int) and longest > PLAIN_TIME) or texts.str.contains("T", literal=True).any():
        return texts.str.replace(r"^(\s*\S{10})[T ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?\s*$", "$1 $2")
    return texts


def _day(value: pl.Expr) -> pl.Expr:
    """Return the year, month and day of a time, comparable as text whatever stands between them."""
    joined = _stripped(value).str.replace_all("-", "", literal=True).str.replace_all("/", "", literal=True)
    return joined.str.slice(0, 8)


def _hashed(columns: list[pl.Expr]) -> pl.Expr:
    """Return a key of the content: 32 hexadecimal digits, the same on every machine and version."""
    joined = pl.concat_str([_stripped(column).fill_null("") for column in columns], separator=UNIT_SEPARATOR)
    return joined.map_batches(_digests, return_dtype=pl.String, is_elementwise=True)


def _digests(texts: pl.Series) -> pl.Series:
    digests = [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in texts]
    return pl.Series(texts.name, digests, dtype=pl.String)


def _numbered(key: pl.Expr) -> pl.Expr:
    """Tell apart rows of one content: the second gets -2. Sent again, the file gives the same keys."""
    number = pl.int_range(1, pl.len() + 1).over(key)
    return pl.when(number > 1).then(pl.concat_str(key, number.cast(pl.String), separator="-")).otherwise(key)
