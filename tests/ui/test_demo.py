"""The end of the demonstration: accounts once, a free port, and a server that never outlives the command."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from claims.errors import BusyError
from claims.workspace import Workspace
from ui.auth.accounts import Accounts
from ui.auth.passwords import matches
from ui.auth.roles import Role
from ui.cli import make_app
from ui.commands import demo_pages
from ui.commands.ui import accounts_of

ROOT = Path(__file__).resolve().parents[2]
PAGES = "from pathlib import Path; import sys; from claims.workspace import Workspace; from ui.commands.demo_pages import open_pages; open_pages(Workspace(Path(sys.argv[1])))"  # noqa: E501


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    monkeypatch.setenv("RINGHOUND_LANG", "en")
    monkeypatch.setenv("RINGHOUND_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(demo_pages, "serve", lambda **_: None)
    with accounts_of(tmp_path) as found:
        yield found


def test_an_account_for_each_role_is_printed_once(
    book: Accounts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo_pages.open_pages(Workspace(tmp_path))
    first = capsys.readouterr().out
    printed = {line.split()[0]: line.split()[1] for line in first.splitlines() if line.split()[:1] and "-" in line}
    for role in Role:
        account = book.get(role.value)
        assert account.roles == {role} and account.everywhere and not account.must_change
        assert matches(printed[role.value], book.password_of(role.value))
    book.engine.dispose()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert not [word for word in printed.values() if word.encode() in kept]
    demo_pages.open_pages(Workspace(tmp_path))
    second = capsys.readouterr().out
    assert not [word for word in printed.values() if word in second]
    assert "ringhound users password NAME" in second


def test_a_port_that_is_taken_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert demo_pages.free_port(port) > port
        monkeypatch.setattr(demo_pages, "PORTS", 1)
        with pytest.raises(BusyError):
            demo_pages.free_port(port)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_ends_the_server_and_says_nothing_odd(tmp_path: Path, stop: signal.Signals) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "RINGHOUND_LANG": "en", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", PAGES, str(tmp_path)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("The pages are at"):
            break
    address = lines[-1].split()[4]
    _wait(address)
    process.send_signal(stop)
    rest, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert "Traceback" not in rest
    with pytest.raises(OSError):
        urllib.request.urlopen(f"{address}/_stcore/health", timeout=2)


def test_make_passes_the_pages_unless_told_not_to() -> None:
    def said(*arguments: str) -> str:
        command = ["make", "--dry-run", "--always-make", "demo", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "ringhound demo demo --pages" in said()
    assert "--pages" not in said("NO_UI=1")


def test_without_the_option_the_command_ends_by_itself() -> None:
    assert "--pages" in CliRunner().invoke(make_app(["demo"]), ["demo", "--help"], env={"COLUMNS": "200"}).output


def _wait(address: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)
