"""The one way rows get into the tables: a load is all there or not there.

Nothing a load does is visible before `commit`: merged files wait in its staging folder. The commit
moves them in, writes each table's Delta log, and last one row into the catalog, which is what
makes the data version exist. Every step is flushed before the next; a kill between any two leaves
the version before, and the next writer takes the rest back (`claims.recovery`).
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from claims import delta
from claims.catalog import Catalog, now
from claims.delta import StoredFile
from claims.duck import open_duckdb
from claims.durable import disk_full, is_full, make_folder, move, store_errors, sync_file, sync_folders
from claims.errors import StoreError
from claims.lock import WriterLock
from claims.merge import Merge, MergeCounts
from claims.recovery import recover
from claims.table import PARTITION
from claims.tables import BY_NAME
from claims.versions import DataVersion, Load, SourceFile
from claims.workspace import Workspace

MERGE_MEMORY = "700MB"
_PENDING = "pending"  # merged files, waiting for the commit
_QUARANTINE = "quarantine"


@dataclass(frozen=True)
class _Change:
    """The files of one table before this load and after it."""

    base: tuple[StoredFile, ...]
    files: tuple[StoredFile, ...]

    @property
    def added(self) -> list[StoredFile]:
        before = {file.path for file in self.base}
        return [file for file in self.files if file.path not in before]

    @property
    def removed(self) -> list[StoredFile]:
        after = {file.path for file in self.files}
        return [file for file in self.base if file.path not in after]


@dataclass
class Writer:
    """The workspace, held for one load. Use it in a `with` block; see `open`.

    Every method raises StoreError when the disk is full or fails; leaving the block without
    `commit` leaves everything as it was.
    """

    workspace: Workspace
    load_id: int
    base: DataVersion | None
    staging: Path
    _lock: WriterLock
    _catalog: Catalog
    _started: datetime = field(default_factory=now)
    _files: list[SourceFile] = field(default_factory=list)
    _changes: dict[str, _Change] = field(default_factory=dict)

    @classmethod
    def open(cls, workspace: Workspace, *, wait: float = 0.0) -> Self:
        """Take the workspace; BusyError, naming its holder, if it is not free within `wait` seconds."""
        lock = WriterLock.acquire(workspace.lock, wait)
        try:
            with store_errors(workspace.root):
                make_folder(workspace.tables)
                catalog = Catalog.create(workspace.catalog)
                recover(workspace, catalog)
                load_id = catalog.last_load() + 1
                staging = workspace.staging / str(load_id)
                staging.mkdir(parents=True)
                return cls(workspace, load_id, catalog.newest(), staging, lock, catalog)
        except BaseException:
            lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with suppress(StoreError), store_errors(self.workspace.root):
                # Also undoes a commit that broke off; where even that fails, the next writer does it.
                recover(self.workspace, self._catalog)
        finally:
            self._lock.release()
        if error is not None and not isinstance(error, StoreError) and is_full(error):
            raise disk_full(self.workspace.root, error) from error

    def known_file(self, sha256: str) -> int | None:
        """Return the load that took a file of exactly this content already, else None."""
        return self._catalog.load_of_file(sha256)

    def add_file(self, name: str, sha256: str, size: int) -> int:
        """Register a source file of this load; rows name it by the number returned."""
        number = self._catalog.last_file() + len(self._files) + 1
        self._files.append(SourceFile(number, self.load_id, name, sha256, size))
        return number

    def merge(self, table: str, staged: Path, *, derived: bool = False) -> MergeCounts:
        """Merge the Parquet files under the folder `staged` into `table`; they are moved away.

        `staged` holds `month=YYYY-MM/*.parquet` (flat for tables without months) with exactly the
        declared columns plus row flags and source; keys are unique among them. ValueError when
        the columns are others.
        """
        declared = BY_NAME[table]
        work = self.staging / _PENDING / table
        with store_errors(self.workspace.root):
            work.mkdir(parents=True, exist_ok=True)
            sent = [self._take(path, table, work) for path in sorted(staged.rglob("*.parquet"))]
            change = self._changes.get(table) or self._unchanged(table)
            spill = self.staging / "spill"
            with open_duckdb(memory_limit=MERGE_MEMORY, spill=spill) as connection:
                merge = Merge(connection, declared, work, self.load_id, derived)
                merged = merge.run(change.files, [file for file in sent if file.rows])
        self._changes[table] = _Change(change.base, merged.files)
        return merged.counts

    def _take(self, path: Path, table: str, work: Path) -> StoredFile:
        month = path.parent.name.removeprefix(f"{PARTITION}=") if BY_NAME[table].month_of else ""
        delta.measure(path, month, BY_NAME[table])  # refuse wrong columns before anything moves
        target = work / delta.part_name(self.load_id)
        move(path, target)
        return delta.measure(target, month, BY_NAME[table])

    def _unchanged(self, table: str) -> _Change:
        version = self.base.tables.get(table) if self.base else None
        folder = self.workspace.table(table)
        files = () if version is None else delta.files_at(folder, BY_NAME[table], version)
        return _Change(files, files)

    def quarantine_folder(self) -> Path:
        """Return the folder for rows that could not be used; it becomes real with the commit."""
        folder = self.staging / _QUARANTINE
        folder.mkdir(exist_ok=True)
        return folder

    def commit(self, note: str, report: Mapping[str, object]) -> DataVersion | None:
        """Make the load real; None when it changed no table (it is recorded all the same)."""
        changes = {name: change for name, change in self._changes.items() if change.added or change.removed}
        with store_errors(self.workspace.root):
            placed = {name: self._place(name, change) for name, change in changes.items()}
            versions = {
                name: delta.commit(self.workspace.table(name), BY_NAME[name], placed[name], change.removed)
                for name, change in changes.items()
            }
            self._place_quarantine()
            version = self._next_version(note, changes, versions) if changes else None
            load = Load(self.load_id, self._started, now(), note, report, version.id if version else None)
            self._catalog.record(load, self._files, version)
        self._changes.clear()
        return version

    def _place(self, table: str, change: _Change) -> Sequence[StoredFile]:
        """Move new files to where their partition lies and flush them."""
        folder = self.workspace.table(table)
        placed = []
        for file in change.added:
            home = folder / f"{PARTITION}={file.month}" if file.month else folder
            make_folder(home)
            sync_file(file.path)
            move(file.path, home / file.path.name)
            placed.append(replace(file, path=home / file.path.name))
        sync_folders(file.path.parent for file in placed)
        return placed

    def _place_quarantine(self) -> None:
        folder = self.staging / _QUARANTINE
        if not folder.is_dir() or not any(folder.iterdir()):
            return
        for path in folder.rglob("*"):
            sync_file(path)
        make_folder(self.workspace.quarantine)
        folder.rename(self.workspace.quarantine / str(self.load_id))
        sync_folders([self.workspace.quarantine])

    def _next_version(self, note: str, changes: Mapping[str, _Change], versions: Mapping[str, int]) -> DataVersion:
        tables = dict(self.base.tables if self.base else {}) | dict(versions)
        rows = dict(self.base.rows if self.base else {})
        rows |= {name: sum(file.rows for file in change.files) for name, change in changes.items()}
        return DataVersion(
            id=self.base.id + 1 if self.base else 1,
            created_at=now(),
            tables=MappingProxyType(tables),
            load_id=self.load_id,
            note=note,
            rows=MappingProxyType(rows),
        )
