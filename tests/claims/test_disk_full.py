"""A full disk: one clear sentence, nothing changed, and all well once there is room again."""

import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from claims.errors import StoreError
from claims.reader import Claims
from claims.workspace import Workspace
from claims.writer import Writer
from tests.claims.stages import item, load, settlement, stage

ROWS = [item(f"S{number}", str(serial)) for number in range(400) for serial in range(5)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own of 3 MB, where the system lets us mount one; else any folder.

    Without it the filler below has nothing to fill, so the tests limit the size of files instead:
    the other way in which a write can be refused half-way.
    """
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    yield folder
    if mounted.returncode == 0:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def no_space(folder: Path, left: int) -> Iterator[None]:
    """Leave `left` bytes in `folder`, or let no file grow beyond them where it is no disk of its own."""
    if folder.is_mount():
        filler = folder / "filler"
        free = shutil.disk_usage(folder).free
        filler.write_bytes(b"\0" * max(free - left, 0))
        try:
            yield
        finally:
            filler.unlink()
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left // 4, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("left", [0, 8_192, 40_960, 81_920, 122_880])
def test_disk_full_during_a_load(small_disk: Path, tmp_path: Path, left: int) -> None:
    workspace = Workspace(small_disk / "w")
    load(workspace, {"settlements": [settlement("S1")], "fee_items": ROWS[:10]})
    outside = stage(tmp_path / "staged", "fee_items", ROWS)
    with no_space(small_disk, left), pytest.raises(StoreError, match="nothing was changed") as told:
        _load_both(workspace, outside)
    assert str(told.value).startswith("No space is left for") or not small_disk.is_mount()
    assert Claims.open(workspace).version.id == 1
    with Claims.open(workspace).connect() as connection:
        assert connection.execute("SELECT count(*) FROM fee_items").fetchone() == (10,)
    after = _load_both(workspace, stage(tmp_path / "again", "fee_items", ROWS))
    assert after == 2
    with Claims.open(workspace).connect() as connection:
        assert connection.execute("SELECT count(*) FROM fee_items").fetchone() == (len(ROWS),)


def _load_both(workspace: Workspace, staged: Path) -> int | None:
    with Writer.open(workspace) as writer:
        writer.merge("settlements", stage(writer.staging / "s", "settlements", [settlement("S1", "2.00")]))
        writer.merge("fee_items", staged)
        (writer.quarantine_folder() / "fee_items.parquet").write_bytes(b"\0" * 60_000)
        version = writer.commit("", {"filler": "x" * 30_000})
    return version.id if version else None
