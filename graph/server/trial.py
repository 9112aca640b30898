"""Starting, stopping and asking after the trial server."""

from dataclasses import dataclass
from pathlib import Path

import neo4j
from neo4j.exceptions import AuthError, Neo4jError, ServiceUnavailable, SessionExpired

from claims.errors import StoreError
from claims.language import N_
from graph.server import process
from graph.server.fetch import VERSION, fetch, find_java
from graph.server.home import USER, ServerHome, Sizes

START_SECONDS = 120
FACTORY_PASSWORD = "neo4j"  # noqa: S105 - what every fresh server starts with; changed at once


@dataclass(frozen=True)
class Status:
    """What is known of a trial server."""

    running: bool
    pid: int | None
    url: str
    home: Path
    version: str


def status(home: ServerHome) -> Status:
    """Tell whether the server of this home runs, and where."""
    pid = process.running_pid(home)
    return Status(pid is not None, pid, home.url, home.root, VERSION)


def up(
    home: ServerHome,
    *,
    port: int | None = None,
    password: str | None = None,
    sizes: Sizes | None = None,
    cache: Path | None = None,
) -> Status:
    """Start the server (fetching it first if need be) and wait until it answers with our password."""
    running = process.running_pid(home) is not None  # perhaps an `up` was ended before it had set the password
    if not running:
        _start(home, port, sizes or Sizes(), cache)
    try:
        _wait_for_bolt(home)
        chosen = home.choose_password(password)
        set_password(home.url, chosen)
        home.keep_password(chosen)
    except StoreError:
        if not running:
            process.stop(home, wait=30)
        raise
    return status(home)


def _start(home: ServerHome, port: int | None, sizes: Sizes, cache: Path | None) -> None:
    java, jars = find_java(), fetch(cache)
    wanted = home.port if port is None else port
    chosen = process.free_port(wanted)
    if chosen is None:
        raise StoreError(N_("Port {port} is taken; choose another with --port."), port=wanted)
    home.write_configuration(chosen, sizes)
    process.spawn(java, jars, home, sizes.heap)


def down(home: ServerHome, wait: float = 60) -> bool:
    """Stop the server cleanly; False if it had to be ended hard."""
    return process.stop(home, wait)


def _wait_for_bolt(home: ServerHome) -> None:
    """Wait until the port answers; a server that ended meanwhile is told with its last words."""
    answered = process.until(lambda: process.running_pid(home) is None or _listens(home.url), START_SECONDS)
    if process.running_pid(home) is None:
        raise StoreError(
            N_("Neo4j ended while starting: {reason} (log: {log})"), reason=_last_words(home), log=home.log
        )
    if not answered:
        raise StoreError(
            N_("Neo4j did not answer within {seconds} s (log: {log})"), seconds=START_SECONDS, log=home.log
        )


def _listens(url: str) -> bool:
    with neo4j.GraphDatabase.driver(url, connection_timeout=2, max_transaction_retry_time=0) as driver:
        try:
            driver.verify_connectivity()
        except (ServiceUnavailable, SessionExpired):
            return False
        except Neo4jError:
            return True  # it speaks: only the password is missing
    return True


def _last_words(home: ServerHome) -> str:
    for log in (home.root / "logs" / "neo4j.log", home.log):
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        for line in reversed(lines):
            if "ERROR" in line or "Caused by" in line:
                return line.strip()[:300]
    return "?"


def set_password(url: str, password: str) -> None:
    """Make `password` the server's, through the `system` database, unless it is already."""
    if _accepts(url, password):
        return
    try:
        with (
            neo4j.GraphDatabase.driver(url, auth=(USER, FACTORY_PASSWORD)) as driver,
            driver.session(database="system") as session,
        ):
            session.run(
                "ALTER CURRENT USER SET PASSWORD FROM $old TO $new", old=FACTORY_PASSWORD, new=password
            ).consume()
    except AuthError as error:
        raise StoreError(N_("This server was set up with another password than the one given.")) from error
    except Neo4jError as error:
        raise StoreError(N_("Neo4j did not take the password: {reason}"), reason=error.message) from error


def _accepts(url: str, password: str) -> bool:
    with neo4j.GraphDatabase.driver(url, auth=(USER, password)) as driver:
        try:
            driver.verify_connectivity()
        except Neo4jError:
            return False
    return True
