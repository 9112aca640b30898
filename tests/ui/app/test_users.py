"""`ringhound users`: the first account comes from the command line, in a file and on a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from claims.errors import RinghoundError
from claims.workspace import DATABASE_VARIABLE, Workspace
from tests.loaders.postgres import Server
from tests.ui.app.databases import BOTH, place_of, running
from ui.auth.accounts import Accounts
from ui.auth.roles import Role
from ui.auth.schema import open_engine
from ui.commands.ui import command_line, register


def run(workspace: Path, *arguments: str) -> str:
    app = typer.Typer()
    register(app)
    done = CliRunner().invoke(app, [*arguments, "-w", str(workspace)], env={"COLUMNS": "200"})
    if isinstance(done.exception, RinghoundError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    yield from running()


@pytest.fixture(params=BOTH)
def book(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    """The accounts of a workspace, where its commands look for them."""
    monkeypatch.setenv("RINGHOUND_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("RINGHOUND_LEDGER_KEY", str(tmp_path / "ledger.key"))
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    place = place_of(request, tmp_path)
    if isinstance(place, str):
        monkeypatch.setenv(DATABASE_VARIABLE, place)
    found = Accounts(open_engine(place if isinstance(place, str) else Workspace(tmp_path).cases))
    yield found
    found.engine.dispose()


def test_the_first_account(book: Accounts, tmp_path: Path) -> None:
    output = run(tmp_path, "users", "add", "wang", "--role", "lead", "--role", "auditor", "--region", "4501")
    account = book.get("wang")
    assert account.roles == {Role.LEAD, Role.AUDITOR}
    assert account.regions == {"4501"}
    assert account.must_change
    assert "One-time password of wang: " in output


def test_a_password_from_a_file_is_not_printed(book: Accounts, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("seven quiet herons wade\n")
    output = run(tmp_path, "users", "add", "wang", "--password-file", str(tmp_path / "secret"))
    assert "herons" not in output
    assert book.password_of("wang")


def test_disable_role_password_list(book: Accounts, tmp_path: Path) -> None:
    run(tmp_path, "users", "add", "wang", "--role", "lead")
    run(tmp_path, "users", "disable", "wang")
    assert book.get("wang").disabled_at
    assert "disabled" in run(tmp_path, "users", "list")
    run(tmp_path, "users", "disable", "wang", "--undo")
    assert book.get("wang").disabled_at is None
    run(tmp_path, "users", "role", "wang", "--role", "operator")
    assert book.get("wang").roles == {Role.OPERATOR}
    kept = book.password_of("wang")
    run(tmp_path, "users", "password", "wang")
    assert book.password_of("wang") != kept


def test_errors_are_sentences(book: Accounts, tmp_path: Path) -> None:
    for arguments in (("disable", "nobody"), ("add", "No Name"), ("add", "wang", "--region", "x")):
        with pytest.raises(RinghoundError):
            run(tmp_path, "users", *arguments)


def test_the_server_listens_on_this_machine_and_tells_nobody() -> None:
    line = command_line("127.0.0.1", 8501, ("localhost",))
    assert "--server.address=127.0.0.1" in line
    assert "--browser.gatherUsageStats=false" in line
    assert "--server.allowedHosts=localhost" in line
