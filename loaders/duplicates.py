"""Rows with one key in one source: identical ones are one row, different ones are all unusable.

Keys are compared by hash first, so that only rows whose hash repeats are ever set side by side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from claims.table import META, Table
from loaders.base import LINE
from loaders.checks.judge import KEY, Judged

Hashes = npt.NDArray[np.uint64]
BUCKET_ROWS = 1_000_000  # rows with repeated keys compared at once


@dataclass(frozen=True)
class Resolved:
    """Rows with repeated keys, told apart: `kept` of the stored shape, `conflicts` with their raw columns."""

    kept: pl.DataFrame
    conflicts: pl.DataFrame
    repeated: int


def repeated_keys(judged: Sequence[Judged]) -> Hashes:
    """Return the hashes, sorted, that stand for more than one row of these raw tables."""
    columns = [part.frame.select(KEY).collect(engine="streaming").get_column(KEY).drop_nulls() for part in judged]
    hashes = np.concatenate([column.to_numpy() for column in columns])
    del columns
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def among(keys: pl.Series, hashes: Hashes) -> pl.Series:
    """Say which of `keys` are among the sorted `hashes`."""
    values = keys.fill_null(0).to_numpy()
    found = np.minimum(np.searchsorted(hashes, values), len(hashes) - 1)
    return pl.Series(hashes[found] == values) & keys.is_not_null()


def resolve(table: Table, suspects: Sequence[Path], *, keep_last: bool) -> Iterator[Resolved]:
    """Tell apart rows with repeated keys, in buckets of bounded size.

    With `keep_last` (rows taken from claim headers) the last of different rows is kept and
    counted as one with the others; otherwise all of them conflict.
    """
    rows = pl.scan_parquet(list(suspects))
    buckets = 1 + rows.select(pl.len()).collect().item() // BUCKET_ROWS
    for bucket in range(buckets):
        part = rows.filter(pl.col(KEY) % buckets == bucket).collect(engine="streaming")
        if part.height:
            yield _resolve(table, part.sort("source_file", LINE, maintain_order=True), keep_last)


def _resolve(table: Table, rows: pl.DataFrame, keep_last: bool) -> Resolved:
    stored = [*table.names, *META, *(["month"] if table.month_of else [])]
    distinct = rows.unique(table.names, keep="first", maintain_order=True)
    key = list(table.key)
    if keep_last:
        kept = rows.unique(key, keep="last", maintain_order=True)
        return Resolved(kept.select(stored), rows.clear(), rows.height - kept.height)
    clash = distinct.filter(pl.struct(key).is_duplicated()).select(key).unique()
    kept = distinct.join(clash, on=key, how="anti", maintain_order="left")
    conflicts = rows.join(clash, on=key, how="semi", maintain_order="left")
    return Resolved(kept.select(stored), conflicts, rows.height - kept.height - conflicts.height)
