"""The server's process: started detached, known by its home folder, ended gently."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

from graph.server.home import ServerHome

MAIN_CLASS = "org.neo4j.server.CommunityEntryPoint"
JVM_OPTIONS = (
    "-XX:+UseG1GC",
    "-XX:-OmitStackTraceInFastThrow",
    "-Dfile.encoding=UTF-8",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)


def spawn(java: str, jars: Path, home: ServerHome, heap: str) -> int:
    """Start the server in a session of its own, so that closing the terminal does not end it."""
    command = [java, f"-Xms{heap}", f"-Xmx{heap}", *JVM_OPTIONS, "-cp", f"{jars}/*", MAIN_CLASS]
    options = ["--home-dir", str(home.root.resolve()), "--config-dir", str(home.configuration.resolve())]
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(home.log), write, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    pid = os.posix_spawn(java, [*command, *options], os.environ, file_actions=files, setsid=True)
    home.pid_file.write_text(f"{pid}\n")
    return pid


def running_pid(home: ServerHome) -> int | None:
    """Process id of the running server of this home, or None; a reused number is not taken for it."""
    try:
        pid = int(home.pid_file.read_text())
    except (FileNotFoundError, ValueError):
        return None
    try:
        return None if os.waitpid(pid, os.WNOHANG)[0] == pid else pid  # our own child: the kernel knows best
    except ChildProcessError:
        return pid if _is_server(pid, home) else None


def _is_server(pid: int, home: ServerHome) -> bool:
    try:
        said = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return os.fsencode(home.root.resolve()) in said and MAIN_CLASS.encode() in said


def stop(home: ServerHome, wait: float) -> bool:
    """Ask the server to end and wait; after `wait` seconds end it hard. True if it ended by itself."""
    pid = running_pid(home)
    if pid is None:
        return True
    os.kill(pid, signal.SIGTERM)
    gently = until(lambda: running_pid(home) is None, wait)
    if not gently:
        os.kill(pid, signal.SIGKILL)
        until(lambda: running_pid(home) is None, 10)
    home.pid_file.unlink(missing_ok=True)
    return gently


def until(condition: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
    """Wait until `condition` holds; False when `seconds` have passed first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def free_port(wanted: int) -> int | None:
    """Return `wanted` if nobody listens there (0: any free port), else None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return None
        return int(probe.getsockname()[1])
