"""What is counted of staged rows: completeness, days, oddities, refunds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from claims.flags import RowFlag
from claims.table import ColumnType, Table


@dataclass(frozen=True)
class Refunds:
    """Refunds among staged settlements, in yuan: what the fund paid, and what of it was taken back."""

    rows: int
    paid: Decimal
    refunded: Decimal


@dataclass(frozen=True)
class Measures:
    """Counts over the rows of one table that were loaded."""

    rows: int
    filled: Mapping[str, int]
    days: Mapping[str, Mapping[str, int]]
    flags: Mapping[str, int]
    refunds: Refunds | None


def measure(table: Table, folder: Path) -> Measures:
    """Count over the staged Parquet files under `folder`."""
    paths = sorted(folder.rglob("*.parquet"))
    rows, values = filled(table, paths)
    if not rows:
        return Measures(0, {}, {}, {}, None)
    frame = pl.scan_parquet(paths, hive_partitioning=False)
    times = [c.name for c in table.columns if c.type == ColumnType.TIME and values[c.name]]
    # Only tables that grow day by day are expected to have every day.
    days = {name: _days(frame, name) for name in times} if table.month_of else {}
    refunds = _refunds(frame) if table.name == "settlements" else None
    return Measures(rows, values, days, _flags(frame), refunds)


def filled(table: Table, paths: Sequence[Path]) -> tuple[int, Mapping[str, int]]:
    """Count rows, and values per column, from the files' footers, without reading a row."""
    rows, empty = 0, dict.fromkeys(table.names, 0)
    for path in paths:
        footer = pq.read_metadata(path)
        rows += footer.num_rows
        for group in range(footer.num_row_groups):
            columns = footer.row_group(group)
            for at in range(columns.num_columns):
                column = columns.column(at)
                name = column.path_in_schema.split(".")[0]
                if name in empty and column.statistics is not None:
                    empty[name] += column.statistics.null_count or 0
    return rows, {name: rows - count for name, count in empty.items()}


def _days(frame: pl.LazyFrame, column: str) -> Mapping[str, int]:
    found = frame.group_by(pl.col(column).dt.date().alias("day")).len().collect(engine="streaming").drop_nulls()
    return {day.isoformat(): count for day, count in found.sort("day").iter_rows()}


def _flags(frame: pl.LazyFrame) -> Mapping[str, int]:
    found = frame.group_by("row_flags").len().collect(engine="streaming")
    counts = dict.fromkeys(RowFlag, 0)
    for bits, count in found.iter_rows():
        for flag in RowFlag(bits):
            counts[flag] += count
    return {str(flag.name).lower(): count for flag, count in counts.items() if count}


def _refunds(frame: pl.LazyFrame) -> Refunds:
    fund = pl.col("fund_pay_sumamt")
    negative = frame.select(
        rows=(pl.col("medfee_sumamt") < 0).sum(),
        paid=fund.filter(fund > 0).sum(),
        refunded=-fund.filter(fund < 0).sum(),
    ).collect(engine="streaming")
    rows, paid, refunded = negative.row(0)
    return Refunds(rows, paid, refunded)
