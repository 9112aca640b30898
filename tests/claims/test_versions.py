"""Data versions: how they differ, what keeps them, and what a vacuum may remove."""

import shutil
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from deltalake import DeltaTable

from claims import delta
from claims.catalog import Catalog
from claims.diff import KeyChange, diff
from claims.errors import NotFoundError
from claims.reader import Claims
from claims.tables import BY_NAME
from claims.vacuum import vacuum
from claims.workspace import Workspace
from tests.claims.stages import item, load, person, settlement, stage

LATER = datetime.now(UTC) + timedelta(days=400)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w x")


def history(workspace: Workspace, versions: int = 5) -> None:
    """Version N holds S0 with fund N and settlements S1…SN; every load rewrites a file."""
    for number in range(1, versions + 1):
        load(workspace, {"settlements": [settlement("S0", f"{number}.00"), settlement(f"S{number}", "1.00")]})


def sums(workspace: Workspace, version: int) -> tuple[int, Decimal]:
    with Claims.open(workspace, version).connect() as connection:
        row = connection.execute("SELECT count(*), sum(fund_pay_sumamt) FROM settlements").fetchone()
    assert row is not None
    return row


def assert_whole(workspace: Workspace, versions: Collection[int]) -> None:
    for version in versions:
        assert sums(workspace, version) == (version + 1, version * 2)


def test_diff_names_what_changed(workspace: Workspace) -> None:
    load(workspace, {"settlements": [settlement("S1"), settlement("S2"), settlement("S3")], "insured": [person("P1")]})
    load(workspace, {"settlements": [settlement("S2", "1.00", "60.00"), settlement("S4")]})
    [found] = diff(Claims.open(workspace, 1), Claims.open(workspace, 2))
    assert (found.table, found.added, found.removed, found.changed) == ("settlements", 1, 0, 1)
    assert found.sample == (
        KeyChange("added", ("S4",), ()),
        KeyChange("changed", ("S2",), ("fund_pay_sumamt", "cash_payamt")),
    )
    [back] = diff(Claims.open(workspace, 2), Claims.open(workspace, 1), sample=1)
    assert (back.added, back.removed, back.changed) == (0, 1, 1)
    assert len(back.sample) == 1


def test_diff_of_a_first_load_and_of_a_key_of_two_parts(workspace: Workspace) -> None:
    load(workspace, {"insured": [person("P1")]})
    load(workspace, {"fee_items": [item("S1", "1"), item("S1", "2")]})
    [found] = diff(Claims.open(workspace, 1), Claims.open(workspace, 2))
    assert (found.table, found.added) == ("fee_items", 2)
    assert found.sample[1].key == ("S1", "2")


def test_diff_of_rows_that_only_moved_file_is_empty(workspace: Workspace) -> None:
    load(workspace, {"insured": [person("P1"), person("P2", tel="1")]})
    load(workspace, {"insured": [person("P2", tel="2")]})
    load(workspace, {"insured": [person("P2", tel="1")]})
    assert diff(Claims.open(workspace, 1), Claims.open(workspace, 3)) == ()


def test_vacuum_keeps_the_newest_the_pinned_and_the_young(workspace: Workspace) -> None:
    history(workspace)
    catalog = Catalog.open(workspace.catalog)
    catalog.pin("run", "R1", 2)
    catalog.pin("ring", "A", 4)
    assert vacuum(workspace, keep_days=30).versions == ()
    done = vacuum(workspace, keep_days=30, at=LATER)
    assert done.versions == (1, 3)
    assert done.files > 0
    assert_whole(workspace, (2, 4, 5))
    for gone in (1, 3):
        with pytest.raises(NotFoundError, match=f"version {gone} was removed"):
            Claims.open(workspace, gone)
        with pytest.raises(NotFoundError, match="does not exist any more"):
            catalog.pin("run", "R2", gone)
    history(workspace, 5)  # the tables can be written on
    assert_whole(workspace, (2, 4))


def test_unpinned_versions_go_with_the_next_vacuum(workspace: Workspace) -> None:
    history(workspace)
    catalog = Catalog.open(workspace.catalog)
    for version in range(1, 6):
        catalog.pin("run", "R1", version)
        catalog.pin("run", "R1", version)
    assert len(catalog.pins()) == 5
    assert vacuum(workspace, keep_days=0, at=LATER).versions == ()
    catalog.unpin("run", "R1")
    assert vacuum(workspace, keep_days=0, at=LATER).versions == (1, 2, 3, 4)
    named = set(Claims.open(workspace).files("settlements"))
    assert {path.resolve() for path in workspace.tables.rglob("*.parquet")} == named
    assert_whole(workspace, [5])
    assert vacuum(workspace, keep_days=0, at=LATER).files == 0


def test_dry_run_says_the_same_and_removes_nothing(workspace: Workspace) -> None:
    history(workspace)
    before = sorted(workspace.root.rglob("*.parquet"))
    Catalog.open(workspace.catalog).pin("run", "R1", 3)
    said = vacuum(workspace, keep_days=0, at=LATER, dry_run=True)
    assert said.versions == (1, 2, 4)
    assert sorted(workspace.root.rglob("*.parquet")) == before
    assert_whole(workspace, range(1, 6))
    assert vacuum(workspace, keep_days=0, at=LATER) == said


def test_a_table_that_did_not_change_survives(workspace: Workspace) -> None:
    load(workspace, {"insured": [person("P1")]})
    history(workspace, 3)
    vacuum(workspace, keep_days=0, at=LATER)
    with Claims.open(workspace).connect() as connection:
        assert connection.execute("SELECT psn_no FROM insured").fetchall() == [("P1",)]


def test_old_versions_outlive_many_commits(tmp_path: Path) -> None:
    """deltalake would checkpoint after 100 commits and shorten its log; a pinned version must stay readable."""
    folder, table = tmp_path / "insured", BY_NAME["insured"]
    [source] = stage(tmp_path / "staged", "insured", [person("P1")]).glob("*.parquet")
    folder.mkdir()
    for number in range(1, 103):
        target = folder / delta.part_name(number)
        shutil.copy(source, target)
        assert delta.commit(folder, table, [delta.measure(target, "", table)], []) == number - 1
    log = folder / "_delta_log"
    assert len(list(log.glob("*.json"))) == 102
    assert list(log.glob("*.parquet")) == []
    assert len(delta.files_at(folder, table, 0)) == 1
    assert DeltaTable(folder).metadata().configuration["delta.enableExpiredLogCleanup"] == "false"


def test_a_pin_that_comes_while_a_vacuum_begins_is_kept(workspace: Workspace) -> None:
    history(workspace, 3)
    catalog = Catalog.open(workspace.catalog)
    catalog.pin("run", "R1", 1)  # after the vacuum made its list of 1 and 2
    assert catalog.forget([1, 2]) == {2}
    assert_whole(workspace, [1])
