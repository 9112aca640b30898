"""The command line as a whole: every command answers, known errors are one sentence and an exit code."""

import subprocess
import sys
from pathlib import Path

import pytest

from claims.errors import BusyError, LoadRefusedError, NotFoundError, RinghoundError, StoreError
from ui.cli import COMMANDS, make_app


def ringhound(*arguments: str, language: str = "en", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *arguments],
        env={
            "RINGHOUND_LANG": language,
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        },
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_lists_every_command() -> None:
    app = make_app()
    names = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    assert names - {None} | {c.callback.__name__ for c in app.registered_commands if not c.name and c.callback} == set(
        COMMANDS
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_named_first_is_enough_to_find_it(command: str) -> None:
    app = make_app([command])
    named = {entry.name or (entry.callback and entry.callback.__name__) for entry in app.registered_commands}
    assert command in named | {group.name for group in app.registered_groups}


@pytest.mark.parametrize(("language", "says"), [("en", "There are no claims in"), ("zh", "尚无")])
def test_a_known_error_is_one_sentence_in_the_users_language(language: str, says: str, tmp_path: Path) -> None:
    done = ringhound("data", "show", "--workspace", str(tmp_path / "none"), language=language)
    assert done.returncode == NotFoundError.exit_code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_refused_load_has_its_own_exit_code(tmp_path: Path) -> None:
    (tmp_path / "settlements.csv").write_bytes(b"PK\x03\x04 not a table")
    done = ringhound("load", str(tmp_path / "settlements.csv"), "--workspace", str(tmp_path / "w"))
    assert done.returncode == LoadRefusedError.exit_code
    assert "Traceback" not in done.stderr


def test_exit_codes_tell_errors_apart() -> None:
    codes = [kind.exit_code for kind in (RinghoundError, LoadRefusedError, BusyError, NotFoundError, StoreError)]
    assert len(set(codes)) == len(codes)
    assert 0 not in codes
    assert 2 not in codes  # what the option parser uses
