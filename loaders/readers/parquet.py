"""Parquet files: checked by their footer, their columns turned into text without loss."""

import hashlib
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from claims.errors import LoadRefusedError
from claims.language import N_
from loaders.base import RawFile
from loaders.readers.delimited import header_names
from loaders.readers.limits import LIMITS, MAX_COLUMNS, Limits
from loaders.readers.names import normal
from loaders.readers.titles import CODES

EXACT = 1e15  # a float of 64 bits keeps 15 decimal digits


def read_parquet(name: str, path: Path, limits: Limits = LIMITS) -> RawFile:
    """Check the file's footer and schema; LoadRefusedError when it is damaged or cannot be text."""
    try:
        metadata = pq.ParquetFile(path).metadata
        schema = pl.read_parquet_schema(path)
    except (pa.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        raise damaged(name, error) from error
    if metadata.num_rows > limits.parquet_rows or len(schema) > MAX_COLUMNS:
        raise LoadRefusedError(
            N_("{file} claims {rows} rows in {columns} columns, more than is read."),
            file=name,
            rows=metadata.num_rows,
            columns=len(schema),
        )
    for column, kind in schema.items():
        _check_type(name, column, kind)
    for column, kind in schema.items():
        if kind.is_float() and normal(column) in CODES:
            _check_floats(name, path, column)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    header = header_names(name, list(schema))
    size = path.stat().st_size
    return RawFile(name, path, digest, size, header, kind="parquet", first_line=1, rows=metadata.num_rows)


def damaged(name: str, error: BaseException) -> LoadRefusedError:
    """Say that a file cannot be read to its end."""
    first = next(iter(str(error).splitlines()), type(error).__name__)
    return LoadRefusedError(N_("{file} is damaged or cut short: {reason}"), file=name, reason=first[:200])


def _check_type(name: str, column: str, kind: pl.DataType) -> None:
    if isinstance(kind, pl.Datetime) and kind.time_zone is not None:
        raise LoadRefusedError(
            N_("{file}: the column {column} has a time zone; times are local, without a zone."),
            file=name,
            column=column,
        )
    if kind in (pl.Struct, pl.Binary, pl.Object, pl.Duration, pl.Time):
        raise LoadRefusedError(
            N_("{file}: the column {column} is of the type {type}, which no table holds."),
            file=name,
            column=column,
            type=str(kind),
        )


def _check_floats(name: str, path: Path, column: str) -> None:
    """Refuse codes that were stored as fractions, or as numbers too long for a float."""
    value = pl.col(column)
    spoiled = (value.abs() >= EXACT) | (value % 1 != 0)
    try:
        found = pl.scan_parquet(path).filter(spoiled).select(column).head(1).collect(engine="streaming")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise damaged(name, error) from error
    if found.height:
        raise LoadRefusedError(
            N_("{file}: the column {column} holds {value}, a number that has lost digits; such codes must be text."),
            file=name,
            column=column,
            value=found.item(),
        )


def as_text(column: str, kind: pl.DataType) -> pl.Expr:
    """Turn a column into text: whole floats lose their `.0`, times are cut to the second, lists stay."""
    value = pl.col(column)
    if isinstance(kind, pl.Datetime):
        return value.dt.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(kind, pl.Date):
        return value.dt.strftime("%Y-%m-%d")
    if isinstance(kind, pl.List | pl.Array):
        return value
    if kind.is_float():
        return value.cast(pl.String).str.replace(r"^(-?\d+)\.0$", "$1")
    if kind == pl.Boolean:
        return pl.when(value).then(pl.lit("1")).when(value.not_()).then(pl.lit("0"))
    return value.cast(pl.String)
