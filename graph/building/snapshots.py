"""Snapshots on disk: built aside, put in force by renaming, removed when newer ones stand.

A kill at any moment leaves the snapshot in force as it was; `.unfinished` and `.old` are rubbish that
the next build sweeps. One build at a time: an operating system's lock, free when its holder dies.
"""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from claims.durable import make_folder, sync_file, sync_folders
from claims.lock import WriterLock
from claims.workspace import Workspace
from graph.building.partials import PARTIALS
from graph.tables import CURRENT, FORMAT, Manifest, in_force, order_of, snapshots

_LOCK = "build.lock"
_UNFINISHED = ".unfinished"
_OLD = ".old"


@contextmanager
def building(workspace: Workspace, wait: float) -> Iterator[Path]:
    """Hold the graph folder for one build; yield a fresh folder. BusyError where another build runs."""
    make_folder(workspace.graph / PARTIALS)
    lock = WriterLock.acquire(workspace.graph / _LOCK, wait)
    try:
        _sweep(workspace.graph)
        folder = workspace.graph / _UNFINISHED
        folder.mkdir()
        yield folder
    finally:
        _sweep(workspace.graph)  # a full disk gets its room back
        lock.release()


def _sweep(folder: Path) -> None:
    for name in (_UNFINISHED, _OLD):
        shutil.rmtree(folder / name, ignore_errors=True)


def usable(workspace: Workspace, version: int) -> str | None:
    """Return the newest finished snapshot of a data version, in today's format, if there is one."""
    for name in reversed(snapshots(workspace)):
        if order_of(name)[0] == version:
            return name if Manifest.read(workspace.graph / name).format == FORMAT else None
    return None


def finish(workspace: Workspace, folder: Path, version: int) -> str:
    """Give a complete build its snapshot name, everything flushed first; return the name."""
    sync_folders([folder, *folder.rglob("*")])
    builds = [order_of(name)[1] for name in snapshots(workspace) if order_of(name)[0] == version]
    name = f"{version}.{max(builds) + 1}" if builds else str(version)
    folder.rename(workspace.graph / name)
    sync_folders([workspace.graph])
    return name


def put_in_force(workspace: Workspace, name: str) -> None:
    """Name the snapshot in `CURRENT` unless a newer one is in force already."""
    current = in_force(workspace)
    if current is not None and order_of(current) >= order_of(name):
        return
    new = workspace.graph / f"{CURRENT}.new"
    new.write_text(f"{name}\n", encoding="ascii")
    sync_file(new)
    new.rename(workspace.graph / CURRENT)
    sync_folders([workspace.graph])


def forget(workspace: Workspace, keep: int, pinned: Collection[int]) -> None:
    """Remove snapshots that have `keep` newer ones, except pinned versions and the one in force."""
    current = in_force(workspace)
    for name in snapshots(workspace)[: -max(keep, 1)]:
        if name != current and order_of(name)[0] not in pinned:
            (workspace.graph / name).rename(workspace.graph / _OLD)
            shutil.rmtree(workspace.graph / _OLD)
