"""Removing old data versions: never the newest, never one that something rests on, never a young one.

Order matters: a version is marked in the catalog first, so nobody opens it any more, and only
then do its files go. Whoever opened it before that may see them vanish; readers that need an old
version for long pin it. The log of a Delta table is never shortened, and load reports and
quarantined rows are kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from deltalake import DeltaTable

from claims import delta
from claims.catalog import Catalog, now
from claims.durable import store_errors
from claims.lock import WriterLock
from claims.recovery import recover
from claims.tables import TABLES
from claims.versions import DataVersion
from claims.workspace import Workspace

KEEP_DAYS = 30


@dataclass(frozen=True)
class Vacuumed:
    """What a vacuum removed (or, in a dry run, would): data versions, files and their bytes."""

    versions: tuple[int, ...]
    files: int
    size: int


def vacuum(
    workspace: Workspace,
    *,
    keep_days: float = KEEP_DAYS,
    dry_run: bool = False,
    wait: float = 0.0,
    at: datetime | None = None,
) -> Vacuumed:
    """Remove data versions older than `keep_days` that nothing pins; BusyError while a load runs.

    `at` is the moment ages are counted to (now). A vacuum that was killed is finished by the next.
    """
    with store_errors(workspace.root):
        catalog = Catalog.open(workspace.catalog)
        lock = WriterLock.acquire(workspace.lock, wait)
        try:
            recover(workspace, catalog)
            oldest = (at or now()) - timedelta(days=keep_days)
            gone = _unkept(catalog, oldest) if dry_run else catalog.forget(_unkept(catalog, oldest))
            kept = [version for version in catalog.versions() if not version.vacuumed_at and version.id not in gone]
            rubbish = [path for table in TABLES for path in _unused(workspace.table(table.name), table.name, kept)]
            size = sum(path.stat().st_size for path in rubbish)
            for path in () if dry_run else rubbish:
                path.unlink()
        finally:
            lock.release()
    return Vacuumed(tuple(sorted(gone)), len(rubbish), size)


def _unkept(catalog: Catalog, oldest: datetime) -> Collection[int]:
    """Return the versions that neither age, nor a pin, nor being the newest keeps."""
    versions = [version for version in catalog.versions() if not version.vacuumed_at]
    pinned = {pin.version for pin in catalog.pins()}
    return {v.id for v in versions[:-1] if v.created_at < oldest and v.id not in pinned}


def _unused(folder: Path, table: str, kept: Sequence[DataVersion]) -> list[Path]:
    """Return the data files of a table that none of the `kept` versions names.

    deltalake says which (`dry_run`); it does not delete them itself because it would write two
    entries into the log for it, and the log is to end where the newest data version does.
    """
    versions = sorted({version.tables[table] for version in kept if table in version.tables})
    if delta.head(folder) is None:
        return []
    names = DeltaTable(folder).vacuum(
        retention_hours=0, dry_run=True, enforce_retention_duration=False, full=True, keep_versions=versions
    )
    # It goes by the log, so it names what an earlier vacuum removed as well.
    return [path for name in names if (path := folder / name).exists()]
