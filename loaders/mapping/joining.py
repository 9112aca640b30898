"""A left join of files larger than memory: both sides are cut into shares by their key, then joined share by share.

polars holds one side of a join in memory as a hash table, several times the size of its file.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from claims.errors import StoreError
from claims.language import N_

SHARE = "__share"
ROW_GROUP = 32_768  # rows: whoever reads the result holds several groups in memory


JOIN_LOST = N_("A join gave {there} rows where {rows} were expected; nothing was changed. Run the load again.")


def join_by_shares(rows: pl.LazyFrame, side: pl.LazyFrame, on: list[str], shares: int, folder: Path) -> pl.LazyFrame:
    """Join `side` to `rows` and return the result, staged under `folder`. Lines keep numbers, not order."""
    columns = list(side.collect_schema())
    _cut(side, on, shares, folder / "side")
    _cut(rows, on, shares, folder / "rows")
    for number in range(shares):
        left = folder / "rows" / f"{SHARE}={number}"
        right = folder / "side" / f"{SHARE}={number}"
        if left.is_dir():
            _join(left, right, on, columns, folder / "joined" / f"{number}.parquet")
            shutil.rmtree(left)
    parts = sorted((folder / "joined").glob("*.parquet"))
    return pl.scan_parquet(parts) if parts else rows.join(side, on=on, how="left")


def _cut(frame: pl.LazyFrame, on: list[str], shares: int, folder: Path) -> None:
    share = (pl.struct(on).hash() % shares).alias(SHARE)
    target = pl.PartitionBy(folder, key=SHARE, include_key=False)
    frame.with_columns(share).sink_parquet(target, mkdir=True, compression="snappy", engine="streaming")


def _join(left: Path, right: Path, on: list[str], columns: list[str], target: Path) -> None:
    rows = _scan(left)
    beside = _scan(right) if right.is_dir() else pl.LazyFrame(schema=dict.fromkeys(columns, pl.String))
    joined = rows.join(beside, on=on, how="left")
    joined.sink_parquet(target, mkdir=True, compression="snappy", row_group_size=ROW_GROUP, engine="streaming")
    if (there := _count([target])) != (wanted := _count(left.glob("*.parquet"))):
        raise StoreError(JOIN_LOST, rows=wanted, there=there)  # keys of `side` are unique: a left join keeps the count


def _count(files: Iterable[Path]) -> int:
    return sum(pq.read_metadata(file).num_rows for file in files)


def _scan(folder: Path) -> pl.LazyFrame:
    return pl.scan_parquet(sorted(folder.glob("*.parquet")), hive_partitioning=False)
