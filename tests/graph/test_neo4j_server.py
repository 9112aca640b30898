"""The trial server: its configuration, its password, its start and its end, and what can hinder them."""

import os
import socket
import stat
from pathlib import Path

import pytest

from claims.errors import StoreError
from graph.neo4j_store.connection import Target, connected
from graph.server import fetch, process, trial
from graph.server.home import ServerHome, Sizes


def program(folder: Path, name: str, text: str) -> Path:
    """Make an executable script."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.neo4j
def test_a_servers_life(tmp_path: Path) -> None:
    home = ServerHome(tmp_path / "home")
    assert not trial.status(home).running
    started = trial.up(home, port=0, sizes=Sizes("256m", "32m"))
    try:
        assert trial.status(home).running
        assert trial.up(home, port=1) == started  # it runs: nothing is asked of the port
        password = home.password_file.read_text().strip()
        assert stat.S_IMODE(home.password_file.stat().st_mode) == 0o600
        with pytest.raises(StoreError, match="another password"):
            trial.up(home, password="not-the-one")
        assert home.password_file.read_text().strip() == password
        with connected(Target(home.url, password)) as connection:
            listening = connection.read("CALL dbms.listConfig('server.bolt.listen_address') YIELD value RETURN value")
            assert listening[0]["value"].startswith("127.0.0.1:")
        assert trial.down(home)
        assert not trial.status(home).running
    finally:
        process.stop(home, wait=0)


def test_the_server_keeps_to_this_machine_and_to_itself(tmp_path: Path) -> None:
    home = ServerHome(tmp_path)
    home.write_configuration(7999, Sizes("300m", "50m"))
    lines = (home.configuration / "neo4j.conf").read_text().splitlines()
    assert {
        "server.bolt.listen_address=127.0.0.1:7999",
        "server.http.enabled=false",
        "server.https.enabled=false",
        "dbms.usage_report.enabled=false",
        "dbms.security.auth_enabled=true",
        "server.memory.heap.max_size=300m",
    } <= set(lines)
    assert home.url == "bolt://127.0.0.1:7999"


def test_the_password_is_given_kept_or_made(tmp_path: Path) -> None:
    home = ServerHome(tmp_path / "home")
    made = home.choose_password(None)
    assert len(made) >= 20
    assert home.choose_password("given-one") == "given-one"
    assert home.choose_password(None) == made  # what is given counts once the server has taken it
    home.keep_password("given-one")
    assert home.choose_password(None) == "given-one"
    assert stat.S_IMODE(home.password_file.stat().st_mode) == 0o600


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        cache = tmp_path / "cache"
        (cache / "lib").mkdir(parents=True)
        with pytest.raises(StoreError, match=f"Port {port} is taken"):
            trial.up(ServerHome(tmp_path / "home"), port=port, cache=cache)
    assert not (tmp_path / "home").exists()


def test_a_server_that_ends_at_once_is_told_with_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = program(
        tmp_path / "bin",
        "java",
        'case "$1" in -version) echo \'version "17.0.1"\' >&2;; *) echo "ERROR no heap";; esac',
    )
    monkeypatch.setenv("PATH", f"{java.parent}:{os.environ['PATH']}")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    cache = tmp_path / "cache"
    (cache / "lib").mkdir(parents=True)
    home = ServerHome(tmp_path / "home")
    with pytest.raises(StoreError, match=r"ended while starting: ERROR no heap .*server\.log"):
        trial.up(home, port=0, cache=cache)
    assert not trial.status(home).running


def test_no_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(StoreError, match="No Java was found"):
        fetch.find_java()


@pytest.mark.parametrize(
    ("said", "version"), [('openjdk version "1.8.0_402"', "1"), ('version "11.0.2"', "11"), ("?", "?")]
)
def test_a_java_of_the_wrong_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, version: str) -> None:
    java = program(tmp_path / "bin", "java", f"echo '{said}' >&2")
    monkeypatch.setenv("JAVA_HOME", str(java.parent.parent))
    with pytest.raises(StoreError) as caught:
        fetch.find_java()
    assert f"is Java {version}; Neo4j 5.26 needs Java 17 or 21" in str(caught.value)


def test_no_maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match=r"Maven \(mvn\) is not on the PATH"):
        fetch.fetch(tmp_path / "cache")


def test_a_failed_fetch_leaves_nothing_that_looks_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maven = program(tmp_path / "bin", "mvn", 'echo "[ERROR] Could not transfer: Network is unreachable"; exit 1')
    monkeypatch.setenv("PATH", f"{maven.parent}:{os.environ['PATH']}")
    with pytest.raises(StoreError, match=r"needs a network the first time.*Network is unreachable"):
        fetch.fetch(tmp_path / "cache")
    assert fetch.jars(tmp_path / "cache") is None
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_was_fetched_is_used_without_maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    asked = 'for a in "$@"; do case $a in -DoutputDirectory=*) mkdir -p ${a#*=}; touch ${a#*=}/x.jar;; esac; done'
    maven = program(tmp_path / "bin", "mvn", asked)
    monkeypatch.setenv("PATH", f"{maven.parent}:{os.environ['PATH']}")
    assert [path.name for path in fetch.fetch(cache).iterdir()] == ["x.jar"]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert fetch.fetch(cache) == cache / "lib"


def test_the_cache_is_where_the_system_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert fetch.cache_folder() == tmp_path / "ringhound" / f"neo4j-{fetch.VERSION}"


def test_a_reused_process_number_is_not_taken_for_the_server(tmp_path: Path) -> None:
    home = ServerHome(tmp_path)
    for text in (f"{os.getpid()}\n", "999999999\n", "no number\n", ""):
        home.pid_file.write_text(text)
        assert process.running_pid(home) is None
