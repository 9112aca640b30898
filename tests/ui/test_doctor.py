"""`ringhound doctor`: each state from both sides, on real files."""

import os
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from claims.audit import Act, Audit
from claims.catalog import Catalog
from claims.language import LOCALE_DIR, set_language
from claims.lock import WriterLock
from claims.versions import DataVersion, Load
from claims.workspace import Workspace
from tests.graph.worlds import GraphWorld, write_tables
from ui import health
from ui.commands import doctor
from ui.health import State

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w")


def load(workspace: Workspace, number: int, at: datetime = NOW) -> None:
    """Record data version `number` as a load does."""
    workspace.root.mkdir(exist_ok=True)
    version = DataVersion(number, at, {"insured": 0}, number, "", {"insured": 1234})
    Catalog.create(workspace.catalog).record(Load(number, at, at, "", {}, number), (), version)


def run(workspace: Workspace) -> Result:
    app = typer.Typer()
    doctor.register(app)
    return CliRunner().invoke(app, ["--workspace", str(workspace.root)], env={"COLUMNS": "200"})


def test_a_fresh_machine_is_fit_to_work(workspace: Workspace) -> None:
    result = run(workspace)
    assert result.exit_code == 0, result.output
    for words in ("duckdb 2.", "Package names", "Disk", "Memory", "nothing is loaded", "Nothing needs attention"):
        assert words in result.output
    assert not workspace.root.exists(), "looking makes nothing"


def test_a_loaded_workspace_without_a_graph_needs_attention(workspace: Workspace) -> None:
    load(workspace, 3)
    result = run(workspace)
    assert result.exit_code == 1
    assert "data version 3 of 2026-06-01 12:00 UTC, 1,234 rows" in result.output
    assert "no graph is built yet of data version 3" in result.output


def test_a_graph_is_current_or_stale(workspace: Workspace) -> None:
    load(workspace, 3)
    write_tables(GraphWorld(), workspace, version=3)
    assert health.graph(workspace).state is State.OK
    load(workspace, 4)
    check = health.graph(workspace)
    assert check.state is State.ATTENTION
    assert "of data version 3, the data of 4" in check.text


def test_the_writer_is_named_and_not_disturbed(workspace: Workspace) -> None:
    locks = Path("/proc/locks")
    assert health.writer(workspace, locks).text == "nobody is writing"
    lock = WriterLock.acquire(workspace.lock)
    check = health.writer(workspace, locks)
    lock.release()
    assert check.state is State.NOTE
    assert f"process {os.getpid()} of " in check.text
    assert health.writer(workspace, locks).text == "nobody is writing"


def test_a_broken_ledger_needs_attention(workspace: Workspace) -> None:
    audit = Audit(workspace.audit)
    audit.append(Act.REVEAL, "person:P1", reason="a reason")
    assert health.audit(workspace).state is State.OK
    database = sqlite3.connect(workspace.cases)
    database.execute("DROP TRIGGER ledger_leaves_keep")
    database.execute("UPDATE ledger_leaves SET reason = 'another' WHERE number = 2")
    database.commit()
    database.close()
    check = health.audit(workspace)
    assert check.state is State.ATTENTION
    assert "Entry 2 (reveal person:P1, " in check.text


def test_a_foreign_package_of_our_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "other_graphs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-graphs\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("graph\n")
    home = Path(health.__file__).parent.parent
    assert [check.state for check in health.package_names(home)] == [State.OK]
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    (check,) = health.package_names(home)
    assert check.state is State.ATTENTION
    assert "graph also belongs to other-graphs" in check.text


def test_packages_imported_from_elsewhere_are_told(tmp_path: Path) -> None:
    found = list(health.package_names(tmp_path))
    assert len(found) == len(health.OUR_PACKAGES)
    assert {check.state for check in found} == {State.ATTENTION}


@pytest.mark.parametrize(("kilobytes", "state"), [(1024**2, State.ATTENTION), (8 * 1024**2, State.OK)])
def test_little_memory_needs_attention(tmp_path: Path, kilobytes: int, state: State) -> None:
    (tmp_path / "meminfo").write_text(f"MemTotal: 1 kB\nMemAvailable:   {kilobytes} kB\n")
    assert health.memory(tmp_path / "meminfo").state is state
    assert health.memory(tmp_path / "nothing").state is State.NOTE


def test_little_disk_needs_attention(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.disk(workspace).state is State.OK
    monkeypatch.setattr(health, "LEAST_DISK", 1 << 62)
    assert health.disk(workspace).state is State.ATTENTION


def test_a_clock_behind_the_data_needs_attention(workspace: Workspace) -> None:
    load(workspace, 1)
    assert health.clock(workspace, NOW - timedelta(minutes=1)).state is State.ATTENTION
    assert health.clock(workspace, NOW + timedelta(minutes=1)).state is not State.ATTENTION


def test_a_missing_catalogue_needs_attention(tmp_path: Path) -> None:
    assert health.catalogue(tmp_path).state is State.ATTENTION
    assert health.catalogue(LOCALE_DIR).state is State.OK


def test_a_catalog_that_is_none_needs_attention(workspace: Workspace) -> None:
    workspace.root.mkdir()
    workspace.catalog.write_bytes(b"not a database " * 400)
    result = run(workspace)
    assert result.exit_code == 1
    assert "cannot be read" in result.output


def test_it_speaks_chinese(workspace: Workspace) -> None:
    set_language("zh_CN")
    assert run(workspace).exit_code == 0
