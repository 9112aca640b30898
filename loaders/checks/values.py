"""Text → typed values: strictly the forms of the data standard, null for anything else."""

from datetime import datetime

import polars as pl

from claims.table import Column, ColumnType

PLACES = {ColumnType.AMOUNT: 2, ColumnType.PRICE: 6, ColumnType.QUANTITY: 4, ColumnType.NUMBER: 6}
PRECISION = 16
EARLIEST = datetime(1900, 1, 1)  # no one insured was born earlier, no record is older
_NO_TEXT = pl.Series([None], dtype=pl.String)
_NO_TIME = pl.Series([None], dtype=pl.Datetime("us"))

_CLOCK = "(?:[01][0-9]|2[0-3])"
_TIMES = (
    (rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} {_CLOCK}:[0-5][0-9]:[0-5][0-9]$", "%Y-%m-%d %H:%M:%S"),
    (rf"^[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}} {_CLOCK}:[0-5][0-9]:[0-5][0-9]$", "%Y/%m/%d %H:%M:%S"),
    (rf"^[0-9]{{8}}{_CLOCK}[0-5][0-9][0-5][0-9]$", "%Y%m%d%H%M%S"),
)
_DATES = (
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "%Y-%m-%d"),
    ("^[0-9]{4}/[0-9]{2}/[0-9]{2}$", "%Y/%m/%d"),
    ("^[0-9]{8}$", "%Y%m%d"),
)


def text_of(column: Column, tidy: bool) -> pl.Expr:
    """Return the column's text without white space around it (`tidy`: there is none); empty is null."""
    raw = pl.col(column.name)
    if column.type == ColumnType.VECTOR:
        return raw
    text = raw if tidy else raw.str.strip_chars()
    return pl.when(text != "").then(text)


def value_of(column: Column, text: pl.Expr) -> pl.Expr:
    """Return the typed value of `text`; null where it has not the type's form."""
    if column.type in PLACES:
        return _decimal(text, PLACES[column.type])
    match column.type:
        case ColumnType.INTEGER:
            whole = pl.when(text.str.contains(r"^-?[0-9]{1,9}(?:\.0*)?$")).then(text)
            return whole.cast(pl.Decimal(PRECISION, 0), strict=False).cast(pl.Int32)
        case ColumnType.TIME:
            return text.map_batches(parse_times, return_dtype=pl.Datetime("us"), is_elementwise=True)
        case ColumnType.DATE:
            times = text.map_batches(parse_times, return_dtype=pl.Datetime("us"), is_elementwise=True)
            return times.cast(pl.Date)
        case ColumnType.VECTOR:
            return text.cast(pl.List(pl.Float32), strict=False)
        case _:
            return text


def _decimal(text: pl.Expr, places: int) -> pl.Expr:
    """Read plain decimals: no thousands separator, no exponent, nothing lost beyond `places`."""
    form = rf"^-?(?:[0-9]{{1,{PRECISION - places}}}(?:\.[0-9]{{0,{places}}}0*)?|\.[0-9]{{1,{places}}}0*)$"
    return pl.when(text.str.contains(form)).then(text).cast(pl.Decimal(PRECISION, places), strict=False)


def parse_times(text: pl.Series) -> pl.Series:
    """Read a column of times; the rarer forms are tried only where the usual one left something."""
    times = _NO_TIME.new_from_index(0, len(text))
    for pattern, form in (*_TIMES, *_DATES):
        fits = text.str.contains(pattern)
        parsed = _parse(text if fits.all() else text.zip_with(fits, _NO_TEXT), form)
        if parsed.null_count() == text.null_count():
            return _since_1900(parsed)
        times = times.zip_with(times.is_not_null(), parsed)
    return _since_1900(times)


def _since_1900(times: pl.Series) -> pl.Series:
    late_enough = times >= EARLIEST
    return times if late_enough.all() else times.zip_with(late_enough, _NO_TIME)


def _parse(text: pl.Series, form: str) -> pl.Series:
    if "%H" in form:
        return text.str.to_datetime(form, strict=False, time_unit="us")
    return text.str.to_date(form, strict=False).cast(pl.Datetime("us"))
