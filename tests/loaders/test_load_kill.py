"""kill -9 at any moment of a load: what was acknowledged stays whole, the rest is absent, the next load works.

`RINGHOUND_KILL_CYCLES=5000 pytest tests/loaders/test_load_kill.py` is the long soak.
"""

import multiprocessing
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl
import pytest

from claims.catalog import Catalog
from claims.errors import NotFoundError, StoreError
from claims.reader import Claims
from claims.workspace import Workspace
from loaders.load import load
from loaders.options import Options
from loaders.quarantine import entries
from tests.scenarios import fee_item, settlement, write_world

NOW = datetime(2026, 6, 1)
CYCLES = int(os.environ.get("RINGHOUND_KILL_CYCLES", "60"))


@pytest.fixture(scope="module")
def forker() -> Iterator[multiprocessing.context.ForkServerContext]:
    """Children start in milliseconds, from a server that has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["loaders.load", "tests.scenarios"])
    yield context


def night(folder: Path, number: int) -> Path:
    """The extract of one night: a row that supersedes, rows that are new, and one row for the quarantine."""
    same = settlement("S0", "P1", "2026-01-05 09:00:00", fund=f"{number}.00", total=f"{number}.00")
    new = [
        settlement(f"S{number}-{n}", "P1", f"2026-0{n % 3 + 1}-05 09:00:00", fund="1.00", total="1.00")
        for n in range(60)
    ]
    bad = {**same, "setl_id": f"BAD{number}", "med_type": "99"}
    items = [fee_item(row["setl_id"], "1", "1.00") for row in new]
    return write_world(folder / str(number), {"settlements": [same, *new, bad], "fee_items": items})


def run_load(root: str, source: str, to_parent: Connection) -> None:
    to_parent.send(None)
    report = load(Workspace(Path(root)), Path(source), Options(now=NOW))
    to_parent.send(report.version)


def newest(workspace: Workspace) -> int:
    try:
        version = Catalog.open(workspace.catalog).newest()
    except NotFoundError:
        return 0
    return version.id if version else 0


def contents(workspace: Workspace, version: int) -> tuple[int, int, Decimal]:
    claims = Claims.open(workspace, version)
    settlements, items = (pl.read_parquet(claims.files(table)) for table in ("settlements", "fee_items"))
    return settlements.height, items.height, settlements["fund_pay_sumamt"].sum()


@pytest.mark.kill
def test_killed_at_random_moments(tmp_path: Path, forker: multiprocessing.context.ForkServerContext) -> None:
    workspace, chance = Workspace(tmp_path / "workspace"), random.Random(1)
    known: dict[int, tuple[int, int, Decimal]] = {}
    usual, killed = 0.0, 0
    for cycle in range(1, CYCLES + 1):
        unharmed = cycle == 1 or cycle % 20 == 0
        source = night(tmp_path / "nights", cycle)
        acknowledged, seconds = one(forker, workspace, source, None if unharmed else chance.uniform(0, 1.1 * usual))
        usual = seconds if unharmed else usual
        killed += acknowledged is None
        number = newest(workspace)
        assert number in (len(known), len(known) + 1)
        assert acknowledged is None or number == acknowledged
        if number > len(known):
            found = contents(workspace, number)
            assert found[:2] == (1 + 60 * number, 60 * number)
            known[number] = found
    assert killed > CYCLES // 4
    last = load(workspace, night(tmp_path / "nights", CYCLES + 1), Options(now=NOW))
    assert last.version == len(known) + 1
    for number, found in known.items():
        assert contents(workspace, number) == found
    assert len(list(entries(workspace))) == len(known) + 1  # one row each, of committed loads only
    assert list(workspace.staging.iterdir()) == []


def one(
    forker: multiprocessing.context.ForkServerContext, workspace: Workspace, source: Path, delay: float | None
) -> tuple[int | None, float]:
    """Run a load, kill it after `delay` seconds (None: let it end); return what it acknowledged, and when."""
    mine, theirs = forker.Pipe(duplex=False)
    child = forker.Process(target=run_load, args=(str(workspace.root), str(source), theirs))
    child.start()
    theirs.close()
    mine.recv()
    began = time.monotonic()
    try:
        if delay is not None:
            time.sleep(delay)
            child.kill()
        return mine.recv(), time.monotonic() - began
    except EOFError:
        return None, time.monotonic() - began
    finally:
        child.join()
        mine.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB of its own, where the system lets us mount one; else a file-size limit stands in."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    yield folder
    if done.returncode == 0:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("left", [40_000, 150_000, 300_000, 600_000, 900_000])
def test_a_full_disk_refuses_the_load_and_changes_nothing(small_disk: Path, tmp_path: Path, left: int) -> None:
    if not small_disk.is_mount():
        left = 0  # the loader writes nothing that could be limited; the store's own test stands for it
    workspace = Workspace(small_disk / "workspace")
    load(workspace, night(tmp_path, 1), Options(now=NOW))
    before = contents(workspace, 1)
    source = tmp_path / "big"
    rows = [
        settlement(f"B{n:06}", f"P{n * 7919 % 100_003}", "2026-02-05 09:00:00", fund="1.00", total="1.00")
        for n in range(40_000)
    ]
    write_world(source, {"settlements": rows})
    if small_disk.is_mount():
        filler = small_disk / "filler"
        filler.write_bytes(b"\0" * max(shutil.disk_usage(small_disk).free - left, 0))
        with pytest.raises(StoreError):
            load(workspace, source, Options(now=NOW))
        filler.unlink()
    assert newest(workspace) == 1
    assert contents(workspace, 1) == before
    assert load(workspace, night(tmp_path, 2), Options(now=NOW)).version == 2
