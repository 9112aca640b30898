"""What the loader tests share: loading a world, reading back what is stored, a fingerprint of a workspace."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from claims.reader import Claims
from claims.tables import BY_NAME
from claims.workspace import Workspace
from loaders.load import load
from loaders.options import Options
from loaders.report import LoadReport, TableReport
from tests.scenarios import Row, World, write_world

NOW = datetime(2026, 6, 1, 12, 0, 0)


def load_world(tmp_path: Path, world: World, name: str = "source", **options: object) -> LoadReport:
    """Write a world as CSV and load it into the workspace under `tmp_path`."""
    folder = write_world(tmp_path / name, world)
    return load_path(tmp_path, folder, **options)


def load_path(tmp_path: Path, path: Path, **options: object) -> LoadReport:
    """Load a path into the workspace under `tmp_path`."""
    return load(workspace(tmp_path), path, Options(**{"now": NOW, **options}))


def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def stored(tmp_path: Path, table: str, version: int | None = None) -> pl.DataFrame:
    """Rows of a table as stored, by key."""
    files = Claims.open(workspace(tmp_path), version).files(table)
    frame = pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in files])
    return frame.sort(list(BY_NAME[table].key))


def of(report: LoadReport, table: str) -> TableReport:
    return next(found for found in report.tables if found.table == table)


def many(row: Mapping[str, str], key: str, count: int) -> list[Row]:
    """Copies of a row with keys of their own, so that a few bad rows stay under the limit."""
    return [{**row, key: f"{row[key]}-{number:04}"} for number in range(count)]


def fingerprint(folder: Path, leave_out: Sequence[str] = ("writer.lock", "-wal", "-shm", "-journal")) -> str:
    """Digest of all files of a folder, names and contents."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file() and not path.name.endswith(tuple(leave_out)):
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
