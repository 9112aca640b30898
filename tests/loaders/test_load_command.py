"""`ringhound load` and `ringhound quarantine` as an operator types them."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from claims.audit import Audit
from claims.errors import LoadRefusedError, NotFoundError
from claims.workspace import Workspace
from tests.loaders.kit import many
from tests.scenarios import village, write_world
from ui.commands import load, quarantine


def run(*arguments: object) -> Result:
    app = typer.Typer()
    load.register(app)
    quarantine.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    world = village()
    world["settlements"] = many(world["settlements"][0], "setl_id", 100)
    world["settlements"][2]["med_type"] = "77"
    world["insured"] += [{**world["insured"][0], "psn_no": f"Q{n}"} for n in range(40)]
    world["insured"][5]["brdy"] = "1960.03.07"
    return write_world(tmp_path / "source", world)


def test_load_says_what_it_did(tmp_path: Path, source: Path) -> None:
    done = run("load", source, "--workspace", tmp_path / "w")
    assert done.exit_code == 0, done.output
    assert "checking settlements" in done.output
    assert "settlements: value outside the code list 1" in done.output
    assert "Data version 1 is in force." in done.output


def test_json_is_nothing_but_json(tmp_path: Path, source: Path) -> None:
    done = run("load", source, "--workspace", tmp_path / "w", "--json")
    assert json.loads(done.stdout)["version"] == 1


def test_refusals_and_missing_sources_are_errors_of_ours(tmp_path: Path, source: Path) -> None:
    refused = run("load", source, "--workspace", tmp_path / "w", "--max-bad", "0", "--encoding", "latin-1")
    assert isinstance(refused.exception, LoadRefusedError)
    assert refused.exception.exit_code == 3
    assert isinstance(run("load", tmp_path / "absent", "--workspace", tmp_path / "w").exception, NotFoundError)
    assert isinstance(run("load", "--workspace", tmp_path / "w").exception, NotFoundError)


def test_quarantine_from_list_to_retry(tmp_path: Path, source: Path) -> None:
    place = ("--workspace", tmp_path / "w")
    run("load", source, *place)
    listed = run("quarantine", "list", *place)
    assert "1/settlements/1" in listed.output
    assert "1960.03.07" not in listed.output  # personal values stay hidden
    only = run("quarantine", "list", "--table", "settlements", *place)
    assert "1/insured/1" not in only.output
    out = tmp_path / "out.csv"
    assert "2 rows written" in run("quarantine", "export", out, *place).output
    assert [entry.act for entry in Audit(Workspace(tmp_path / "w").audit).entries()] == ["export"]
    text = out.read_text("utf-8-sig").replace(",77,", ",11,")
    out.write_text(text, "utf-8-sig")
    assert "1 rows resolved, 1 stay in quarantine." in run("quarantine", "retry", out, *place).output
    assert "1/settlements/1" not in run("quarantine", "list", *place).output
    assert isinstance(run("quarantine", "list", "--table", "nothing", *place).exception, NotFoundError)


def test_an_empty_quarantine(tmp_path: Path) -> None:
    assert "empty" in run("quarantine", "list", "--workspace", tmp_path / "w").output
