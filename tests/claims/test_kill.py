"""kill -9 at any moment of a load: every acknowledged version stays whole, and the next load works.

`RINGHOUND_KILL_CYCLES=5000 pytest tests/claims/test_kill.py` is the long soak.
"""

import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl
import pytest

from claims import delta, recovery
from claims.catalog import Catalog
from claims.errors import NotFoundError
from claims.reader import Claims
from claims.versions import DataVersion
from claims.workspace import Workspace
from claims.writer import Writer
from tests.claims.stages import item, settlement, stage

SEEDS = (1, 2)
CYCLES = int(os.environ.get("RINGHOUND_KILL_CYCLES", "100")) // len(SEEDS)
OVERTIME = 1.2  # kills fall anywhere from the start of a load to this many times its usual length

PATIENCE = 1.05  # by this much longer after a load that was killed

pytestmark = pytest.mark.kill


@dataclass
class Truth:
    """What the parent knows to be acknowledged: version → rows and sums of both tables."""

    versions: dict[int, tuple[int, Decimal, Decimal]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def forker() -> Iterator[multiprocessing.context.ForkServerContext]:
    """Children start in milliseconds, from a server that has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["claims.reader", "claims.writer", "tests.claims.stages"])
    yield context


def run_load(root: str, number: int, to_parent: Connection) -> None:
    """Load `number`: five settlements of which one supersedes, and their items; then say so."""
    workspace = Workspace(Path(root))
    rows = [settlement("S0", f"{number}.00"), *(settlement(f"S{number}-{n}", "1.00") for n in range(4))]
    items = [item("S0", "1", str(number)), *(item(f"S{number}-{n}", "1") for n in range(4))]
    to_parent.send(None)
    with Writer.open(workspace) as writer:
        writer.quarantine_folder().joinpath("settlements.parquet").write_bytes(b"rows")
        writer.merge("settlements", stage(writer.staging / "a", "settlements", rows))
        writer.merge("fee_items", stage(writer.staging / "b", "fee_items", items))
        version = writer.commit("killed or not", {"number": number})
    assert version is not None
    to_parent.send(version.id)


def contents(workspace: Workspace, version: int) -> tuple[int, Decimal, Decimal]:
    """Rows and sums of a version, read without the engine so that many cycles stay cheap."""
    claims = Claims.open(workspace, version)
    settlements, items = pl.read_parquet(claims.files("settlements")), pl.read_parquet(claims.files("fee_items"))
    assert settlements.height == claims.version.rows["settlements"]
    assert items.height == claims.version.rows["fee_items"]
    return settlements.height, settlements["fund_pay_sumamt"].sum(), items["cnt"].sum()


def newest_version(workspace: Workspace) -> DataVersion | None:
    try:
        return Catalog.open(workspace.catalog).newest()
    except NotFoundError:  # killed before there was a catalog
        return None


def check(workspace: Workspace, truth: Truth, acknowledged: int | None) -> None:
    """Everything acknowledged is there; a version that was not acknowledged is whole or absent."""
    newest = newest_version(workspace)
    known = max(truth.versions, default=0)
    number = newest.id if newest else 0
    assert number in (known, known + 1), "a version was lost, or two came at once"
    assert acknowledged is None or number == acknowledged, "acknowledged, but not there"
    for version in {number, *random.Random(number).sample(sorted(truth.versions), min(2, len(truth.versions)))} - {0}:
        found = contents(workspace, version)
        assert truth.versions.setdefault(version, found) == found
        assert found[0] == 1 + 4 * version  # one settlement is superseded by every load, four are new


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_random_moments(tmp_path: Path, forker: multiprocessing.context.ForkServerContext, seed: int) -> None:
    workspace, chance, truth = Workspace(tmp_path), random.Random(seed), Truth()
    killed, usual = 0, 0.0
    for cycle in range(1, CYCLES + 1):
        delay = None if cycle == 1 else chance.uniform(0, OVERTIME * usual)
        acknowledged, seconds = _cycle(forker, workspace, cycle, delay)
        # A busy machine makes loads slower: follow it, or no load would ever reach its end.
        usual = seconds if acknowledged else usual * PATIENCE
        killed += acknowledged is None
        check(workspace, truth, acknowledged)
    assert killed >= CYCLES // 5, "most loads ended before they were killed"
    assert len(truth.versions) >= CYCLES // 10, "hardly any load reached its end"
    _settle(workspace, truth)


def _cycle(
    forker: multiprocessing.context.ForkServerContext, workspace: Workspace, number: int, delay: float | None
) -> tuple[int | None, float]:
    """Run a load, kill it after `delay` seconds (None: let it end); return what it acknowledged, and when."""
    mine, theirs = forker.Pipe(duplex=False)
    child = forker.Process(target=run_load, args=(str(workspace.root), number, theirs))
    child.start()
    theirs.close()
    mine.recv()
    began = time.monotonic()
    try:
        if delay is not None and not mine.poll(delay):
            child.kill()
        acknowledged: int = mine.recv()
        return acknowledged, time.monotonic() - began
    except EOFError:
        return None, time.monotonic() - began
    finally:
        child.join()
        mine.close()


def _settle(workspace: Workspace, truth: Truth) -> None:
    """One load that nobody kills: nothing of the killed ones is left, and every version is whole."""
    with Writer.open(workspace) as writer:
        rows = [settlement("LAST", "1.00"), *(settlement(f"LAST-{n}", "1.00") for n in range(3))]
        writer.merge("settlements", stage(writer.staging / "a", "settlements", rows))
        version = writer.commit("", {})
    assert version is not None
    for number, expected in truth.versions.items():
        assert contents(workspace, number) == expected
    named = {path for number in [*truth.versions, version.id] for path in _files(workspace, number)}
    assert {path.resolve() for path in workspace.tables.rglob("*.parquet")} == named
    assert list(workspace.staging.iterdir()) == []
    loads = Catalog.open(workspace.catalog).last_load()
    assert {int(folder.name) for folder in workspace.quarantine.iterdir()} <= set(range(1, loads + 1))


def _files(workspace: Workspace, version: int) -> set[Path]:
    claims = Claims.open(workspace, version)
    return {path for table in claims.version.tables for path in claims.files(table)}


def die() -> None:
    os._exit(9)


def before(target: object, name: str, calls: int = 1) -> Callable[[], None]:
    """Arrange that the process dies when `target.name` is called for the `calls`-th time."""

    def arm() -> None:
        original, count = getattr(target, name), [0]

        def dying(*args: object, **kwargs: object) -> object:
            count[0] += 1
            if count[0] == calls:
                die()
            return original(*args, **kwargs)

        setattr(target, name, dying)

    return arm


# Every gap between two steps of a commit, and of the recovery after it.
STEPS = {
    "before the files move in": before(Writer, "_place"),
    "between the tables' files": before(Writer, "_place", 2),
    "before the first log entry": before(delta, "commit"),
    "between two log entries": before(delta, "commit", 2),
    "before quarantine": before(Writer, "_place_quarantine"),
    "before the catalog": before(Catalog, "record"),
    "after the catalog": before(recovery, "_sweep", 1),
}


def run_dying(root: str, step: str, number: int) -> None:
    STEPS[step]()
    mine, theirs = multiprocessing.Pipe(duplex=False)
    run_load(root, number, theirs)
    mine.close()


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_two_steps(tmp_path: Path, forker: multiprocessing.context.ForkServerContext, step: str) -> None:
    workspace = Workspace(tmp_path)
    for attempt, number in enumerate((1, 2, 3)):
        child = forker.Process(target=run_dying, args=(str(tmp_path), step, number))
        child.start()
        child.join()
        assert child.exitcode == 9
        newest = Catalog.open(workspace.catalog).newest()
        committed = newest.id if newest else 0
        assert committed == (attempt * 2 + 1 if step == "after the catalog" else attempt)
        with Writer.open(workspace) as writer:
            assert writer.load_id == (newest.load_id or 0) + 1 if newest else writer.load_id == 1
            writer.merge("settlements", stage(writer.staging / "a", "settlements", [settlement(f"A{number}")]))
            assert writer.commit("", {}) is not None
        after = Claims.open(workspace)
        named = {path for v in range(1, after.version.id + 1) for path in _files(workspace, v)}
        assert {path.resolve() for path in workspace.tables.rglob("*.parquet")} == named


def test_killed_while_recovering(tmp_path: Path, forker: multiprocessing.context.ForkServerContext) -> None:
    workspace = Workspace(tmp_path)
    for arm in ("between two log entries", "after the catalog"):  # the second dies in the sweep of the first
        child = forker.Process(target=run_dying, args=(str(tmp_path), arm, 1))
        child.start()
        child.join()
        assert child.exitcode == 9
    with Writer.open(workspace) as writer:
        assert (writer.base, writer.load_id) == (None, 1)
    assert list(workspace.tables.rglob("*.parquet")) == []
