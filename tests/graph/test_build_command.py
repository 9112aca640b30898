"""`ringhound graph build` and `status` say what was built, what is a placeholder, and what was left out."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from claims.errors import NotFoundError
from claims.workspace import Workspace
from tests.claims.stages import load, person, settlement
from ui.commands.graph import app


@pytest.fixture
def place(tmp_path: Path) -> Path:
    load(
        Workspace(tmp_path), {"insured": [person("P1", tel="0000000")], "settlements": [settlement("S1", psn_no="P9")]}
    )
    return tmp_path


def test_build_then_status(place: Path) -> None:
    built = CliRunner().invoke(app, ["build", "-w", str(place)], catch_exceptions=False)
    assert "The graph of data version 1 is in force: 3 nodes, 1 edges, 1 net settlements." in built.output
    assert "2 of them are named by claims but are in no register." in built.output
    assert "1 register values or claims gave no edge HAS_PHONE.person.phone" in built.output
    told = CliRunner().invoke(app, ["status", "-w", str(place)], catch_exceptions=False)
    assert "VISITED.person.institution" in told.output
    assert "insured person" in told.output


def test_full_builds_anew_and_an_unknown_version_is_refused(place: Path) -> None:
    for _ in range(2):
        CliRunner().invoke(app, ["build", "-w", str(place), "--full"], catch_exceptions=False)
    assert "1.1" in CliRunner().invoke(app, ["status", "-w", str(place)], catch_exceptions=False).output
    with pytest.raises(NotFoundError):
        CliRunner().invoke(app, ["build", "-w", str(place), "--version", "7"], catch_exceptions=False)


def test_status_before_the_first_build(place: Path) -> None:
    with pytest.raises(NotFoundError, match="no graph"):
        CliRunner().invoke(app, ["status", "-w", str(place)], catch_exceptions=False)
