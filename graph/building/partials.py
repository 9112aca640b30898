"""Months that did not change are not summed again: their sums are kept as Parquet files.

A month's sums depend on its files (never changed once written), on the refunds that reach into it
from any month, and on the statements that make them. A folder `partials/<month>-<fingerprint>`
holds what these give; it is renamed into place when complete, so a folder that exists is whole.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from claims.durable import sync_folders
from claims.reader import Claims
from graph.building.visits import SUMS, VISIT, write_month

PARTIALS = "partials"
_UNFINISHED, _OLD = ".unfinished", ".old"
_NO_MONTH = "none"  # stands for all months where there are no settlements: its sums are empty
# Which months refunds reach into, and what they leave there.
_REFUNDS = """
    SELECT month, CAST(sum(hash(setl_id, refunded_roots)) AS VARCHAR) AS digest
    FROM settlements JOIN refunded_roots USING (setl_id) GROUP BY month
"""


def fingerprints(claims: Claims, db: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    """Return what identifies the sums of each month of `claims`."""
    refunds = dict(db.execute(_REFUNDS).fetchall())
    steps = repr((VISIT, SUMS))
    months = claims.months("settlements") or {_NO_MONTH: ()}
    return {
        month: _digest(steps, *(path.name for path in files), refunds.get(month, "")) for month, files in months.items()
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def folders_of(folder: Path, months: Mapping[str, str]) -> Mapping[str, Path]:
    """Return where the sums of each month are or belong."""
    return {month: folder / f"{month}-{fingerprint}" for month, fingerprint in months.items()}


def complete(db: duckdb.DuckDBPyConnection, folders: Mapping[str, Path]) -> Iterator[str]:
    """Sum the months that are missing; yield each before it is done."""
    for month, folder in folders.items():
        if not folder.exists():
            yield month
            unfinished = folder.with_name(_UNFINISHED)
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            write_month(db, month, unfinished)
            sync_folders([*unfinished.iterdir(), unfinished])
            unfinished.rename(folder)
            sync_folders([folder.parent])


def forget(folder: Path, used: Mapping[str, Path]) -> None:
    """Remove the sums that no month of this build uses."""
    keep = {path.name for path in used.values()}
    for path in folder.iterdir():
        if path.name not in keep:
            shutil.rmtree(folder / _OLD, ignore_errors=True)
            path.rename(folder / _OLD)  # so that a kill leaves no half of it under a month's name
            shutil.rmtree(folder / _OLD)
