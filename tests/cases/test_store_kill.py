"""kill -9 at any moment of writing a run: what was acknowledged stays, nothing is half written."""

import multiprocessing
import random
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from cases.store import CaseStore
from tests.cases.making import a_result, a_run, finding
from tests.cases.test_store import DAY
from tests.kills import cycles_of

CYCLES = cycles_of("runs")

pytestmark = pytest.mark.kill


@pytest.fixture(scope="module")
def forker() -> Iterator[ForkServerContext]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cases.store", "tests.cases.test_store"])
    yield context


def write(path: str, version: int, to_parent: Connection) -> None:
    """Write run `version`: 8 + `version` rings of six, each one settlement richer than the night before."""
    found = [finding(range(10 * n, 10 * n + 6), range(version + 1)) for n in range(8 + version)]
    result = a_result(*found)
    to_parent.send(None)
    store = CaseStore.open(Path(path))
    saved = store.finish(store.begin(a_run(version)), result, DAY)
    to_parent.send(saved.run.id)


def cycle(forker: ForkServerContext, path: Path, version: int, delay: float | None) -> tuple[int | None, float]:
    """Write a run, kill it after `delay` seconds; returns what it acknowledged, and when."""
    mine, theirs = forker.Pipe(duplex=False)
    child = forker.Process(target=write, args=(str(path), version, theirs))
    child.start()
    theirs.close()
    mine.recv()
    began = time.monotonic()
    acknowledged = None
    if mine.poll(delay):
        acknowledged = mine.recv()
    took = time.monotonic() - began
    child.kill()
    child.join()
    return acknowledged, took


def check(path: Path, version: int, acknowledged: int | None) -> bool:
    """The last run is whole: this one if it was acknowledged, else this one or the one before."""
    store = CaseStore.open(path)
    last = store.last_run()
    if last is None:
        assert acknowledged is None
        return False
    assert acknowledged in (None, last.id)
    rings = store.rings()
    assert len(store.findings(last.id)) == last.counts["findings"] == 8 + last.data_version
    assert len(rings) == 8 + last.data_version
    assert {ring.run for ring in rings} == {last.id}
    assert all(len(ring.picture.records) == 6 * (last.data_version + 1) for ring in rings)
    assert all(store.history(ring.id) for ring in rings[:3])
    return last.data_version == version


def test_killed_at_random_moments(tmp_path: Path, forker: ForkServerContext) -> None:
    path, chance = tmp_path / "cases.db", random.Random(1)
    version, usual, killed = 1, 0.0, 0
    for turn in range(CYCLES):
        acknowledged, took = cycle(forker, path, version, chance.uniform(0, 1.2 * usual) if turn else None)
        usual = took if acknowledged else usual * 1.05
        killed += acknowledged is None
        version += check(path, version, acknowledged)
    assert killed >= CYCLES // 5, "most runs ended before they were killed"
    assert version > CYCLES // 10, "hardly any run reached its end"
