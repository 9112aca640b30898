"""One writer at a time: a lock of the operating system, so that a killed process frees it."""

import contextlib
import fcntl
import getpass
import json
import os
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self

from claims.durable import store_errors
from claims.errors import BusyError
from claims.language import N_

_POLL_SECONDS = 0.05


@dataclass
class WriterLock:
    """The lock of a workspace, held from `acquire` to `release`; readers never take it.

    The file stays after release: removing it would let two processes lock two different files of
    one name. What stands in it only tells the others whom they wait for.
    """

    _stream: IO[str]

    @classmethod
    def acquire(cls, path: Path, wait: float = 0.0) -> Self:
        """Take the lock at `path`; BusyError with its holder when `wait` seconds did not free it."""
        with store_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = path.open("a+", encoding="utf-8")
        deadline = time.monotonic() + wait
        while not _try_lock(stream):
            if time.monotonic() >= deadline:
                error = _busy(stream)
                stream.close()
                raise error
            time.sleep(_POLL_SECONDS)
        _sign(stream)
        return cls(stream)

    def release(self) -> None:
        """Give the lock back."""
        self._stream.close()


def _try_lock(stream: IO[str]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(stream: IO[str]) -> None:
    """Write who holds the lock; where the disk is full, the lock holds without a name."""
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "user": _user(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with contextlib.suppress(OSError):
        stream.truncate(0)
        stream.write(json.dumps(holder))
        stream.flush()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())


def _busy(stream: IO[str]) -> BusyError:
    stream.seek(0)
    try:
        holder = json.loads(stream.read())
    except ValueError:  # taken this very moment and not signed yet
        return BusyError(N_("The workspace is being written by another process; try again later."))
    message = N_(
        "The workspace is being written by process {pid} of {user} on {host} since {since}; "
        "wait for it to end, or try again with a longer waiting time."
    )
    return BusyError(message, **{name: holder.get(name, "?") for name in ("pid", "user", "host", "since")})
