"""`ringhound explore --store bolt://…` answers from a real Neo4j server as it does from the embedded store."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from claims.workspace import Workspace
from graph.build import build
from graph.push import push
from loaders.load import load
from tests.graph.neo4j_server import PASSWORD, empty_database
from tests.scenarios import village, write_world
from ui.cli import make_app

pytestmark = pytest.mark.neo4j


def explore(workspace: Path, *options: str, password: str = PASSWORD) -> tuple[int, str]:
    arguments = ["explore", "card:C1", "--workspace", str(workspace), *options]
    environment = {"RINGHOUND_NEO4J_PASSWORD": password, "RINGHOUND_LANG": "en", "COLUMNS": "160"}
    done = CliRunner().invoke(make_app(["explore"]), arguments, env=environment)
    return done.exit_code, done.output


def test_both_stores_tell_the_same_of_a_card(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    load(workspace, write_world(tmp_path / "source", village()))
    build(workspace)
    with empty_database() as connection:
        url = connection.target.url
        push(workspace, connection.target)
        code, from_server = explore(workspace.root, "--store", url)
        assert code == 0, from_server
        assert (code, from_server) == explore(workspace.root)
        assert "2026-01-05 09:03" in from_server  # the settlements behind the edges


def test_an_unknown_store_is_refused(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    load(workspace, write_world(tmp_path / "source", village()))
    build(workspace)
    with empty_database() as connection:
        assert explore(workspace.root, "--store", connection.target.url)[0] != 0  # nothing was pushed
        assert explore(workspace.root, "--store", connection.target.url, password="wrong")[0] != 0
