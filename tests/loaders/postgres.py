"""A real PostgreSQL server of our own for tests: own data folder, loopback only, stopped at the end."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from urllib.parse import quote

USER = "ringhound_test"
PASSWORD = "p@ss:w/rd-7f3a"  # signs that a careless URL would break on


@dataclass(frozen=True)
class Server:
    """Where the server listens and who may enter."""

    port: int
    user: str = USER
    password: str = PASSWORD
    database: str = "postgres"

    @property
    def url(self) -> str:
        """Address without the password, as a mapping names it."""
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{self.database}"

    @property
    def full_url(self) -> str:
        """Address with everything, for filling tables in tests."""
        return f"postgresql+psycopg://{self.user}:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{self.database}"


@contextmanager
def postgres_server() -> Iterator[Server]:
    """Run a server in a folder of its own until the block ends."""
    # not pytest's folder: the server's user could not enter it
    with TemporaryDirectory(prefix="ringhound-postgres-", ignore_cleanup_errors=True) as folder:
        data, secret = Path(folder) / "data", Path(folder) / "password"
        secret.write_text(PASSWORD)
        as_user = _become(Path(folder), secret)
        binaries = _binaries()
        _run([*as_user, str(binaries / "initdb"), "-D", str(data), "-U", USER, "-A", "scram-sha-256",
              "--pwfile", str(secret), "--encoding", "UTF8", "--locale", "C", "--no-sync"])  # fmt: skip
        port = _free_port()
        options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories='' -c fsync=off"
        control = [*as_user, str(binaries / "pg_ctl"), "-D", str(data), "-w"]
        _run([*control, "-l", str(Path(folder) / "log"), "-o", options, "start"])
        try:
            yield Server(port)
        finally:
            _run([*control, "-m", "immediate", "stop"])


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("no PostgreSQL server is installed (apt package: postgresql)")
    return found[-1].parent


def _become(*paths: Path) -> list[str]:
    """Return the prefix that runs a program as an ordinary user: the server refuses to be root."""
    if os.geteuid() != 0:
        return []
    for path in paths:
        shutil.chown(path, "postgres", "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def _run(command: list[str]) -> None:
    # into a file, not a pipe: the server inherits it and would keep a pipe open
    with TemporaryFile() as output:
        done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
        output.seek(0)
        if done.returncode:
            raise RuntimeError(output.read().decode(errors="replace"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
