"""Making files survive a power cut, and telling people when the disk would not take them."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
from deltalake.exceptions import DeltaError
from sqlalchemy.exc import OperationalError

from claims.errors import StoreError
from claims.language import N_

# What a failing disk raises; a mistake of ours (a query that does not bind) stays a traceback.
_FAILURES = (
    OSError,
    OperationalError,
    DeltaError,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.FatalException,
)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ROOM = 1 << 18  # bytes
# How the libraries below us word a full disk; they do not keep the number of the system's error.
_FULL_WORDS = ("no space left", "os error 28", "disk is full", "file too large", "quota exceeded", "out of disk space")


@contextlib.contextmanager
def store_errors(place: Path) -> Iterator[None]:
    """Turn what the disk and the engines raise about files under `place` into StoreError."""
    try:
        yield
    except _FAILURES as error:
        if is_full(error) or _has_no_room(place):
            raise disk_full(place, error) from error
        message = N_("{place} could not be read or written ({reason}); nothing was changed.")
        raise StoreError(message, place=place, reason=_reason(error)) from error


def is_full(error: BaseException) -> bool:
    """Say whether `error`, whichever library raised it, means that the disk is full."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    text = str(error).lower()
    return any(words in text for words in _FULL_WORDS)


def _has_no_room(place: Path) -> bool:
    """Say whether next to nothing is left: SQLite words a full disk as an I/O error at times."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(place if place.exists() else place.parent).free < _NO_ROOM
    return False


def disk_full(place: Path, error: BaseException) -> StoreError:
    """Return the sentence for a full disk."""
    message = N_("No space is left for {place}; nothing was changed. Free some space and try again. ({reason})")
    return StoreError(message, place=place, reason=_reason(error))


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def sync_file(path: Path) -> None:
    """Flush the content of one file to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folders(folders: Iterable[Path]) -> None:
    """Flush the entries of folders (a new file's name lives in its folder)."""
    for folder in sorted(set(folders)):
        sync_file(folder)


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents so that all their names survive a power cut."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    sync_folders(path.parent for path in missing)


def move(source: Path, target: Path) -> None:
    """Move one file; a rename where both lie on one file system."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copyfile(source, target)
        source.unlink()
