"""kill -9 at any moment of a delivery: neither half a package nor, after the next call, a leaf without one."""

import hashlib
import multiprocessing
import pickle
import random
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.exports.package import book
from cases.exports.package.book import State
from cases.exports.package.deliver import settle
from cases.exports.package.verifier.main import verify
from cases.schema import reading
from cases.store import CaseStore
from claims.ledger import Kind, entries
from claims.ledger.schema import leaves
from tests.cases.package.conftest import contents, delivered, errand
from tests.kills import cycles_of

CYCLES = cycles_of("packages")

pytestmark = pytest.mark.kill


@pytest.fixture(scope="module")
def forker() -> Iterator[ForkServerContext]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.cases.package.conftest"])
    yield context


def ship(root: str, number: int, to_parent: Connection) -> None:
    """Deliver package `number`."""
    made = pickle.loads((Path(root) / "contents").read_bytes())
    engine = CaseStore.open(Path(root) / "cases.db").engine
    to_parent.send(None)
    delivered(engine, made, errand(Path(root) / "out", f"R-2026-000001-police-20261122-n{number:04}"))
    to_parent.send(number)


def cycle(forker: ForkServerContext, root: Path, number: int, delay: float | None) -> tuple[bool, float]:
    """Deliver, kill after `delay` seconds; whether it was acknowledged, and how long it took."""
    mine, theirs = forker.Pipe(duplex=False)
    child = forker.Process(target=ship, args=(str(root), number, theirs))
    child.start()
    theirs.close()
    mine.recv()
    began = time.monotonic()
    done = mine.poll(delay) and mine.recv() == number
    took = time.monotonic() - began
    child.kill()
    child.join()
    return bool(done), took


def check(engine: sa.Engine, out: Path) -> None:
    """Every leaf has its package in place or a withdrawal; every package its row and leaf; nothing else is there."""
    with reading(engine) as connection:
        rows = book.read(connection)
        exports = [entry.leaf.body for entry in entries(connection, leaves.c.kind == Kind.EXPORT.value)]
    assert {row.state for row in rows} <= {State.PLACED}
    assert sorted(str(body["manifest"]) for body in exports) == sorted(row.manifest for row in rows)
    expected = set()
    for row in rows:
        expected |= {row.errand.folder.name, row.errand.zip.name, row.errand.key_table.name}
        manifest = (row.errand.folder / "manifest.json").read_bytes()
        assert hashlib.sha256(manifest).hexdigest() == row.manifest
        assert (row.errand.folder / "ledger" / "export.json").exists()
    assert {path.name for path in out.iterdir()} == expected


def test_killed_at_random_moments(tmp_path: Path, forker: ForkServerContext) -> None:
    (tmp_path / "contents").write_bytes(pickle.dumps(contents("after_loss")))
    engine, chance = CaseStore.open(tmp_path / "cases.db").engine, random.Random(3)
    usual, killed, left = 0.0, 0, {State.PLACED: 0, None: 0}
    for number in range(CYCLES):
        done, took = cycle(forker, tmp_path, number, chance.uniform(0, 1.2 * usual) if number else None)
        usual = took if done else usual * 1.02
        killed += not done
        for one in settle(engine):
            left[one.state] += 1
        check(engine, tmp_path / "out")
        if number % 10 == 0:
            with reading(engine) as connection:
                newest = book.read(connection)[-1].errand.folder
            assert not verify(newest).failed
    assert killed >= CYCLES // 5, "most deliveries ended before they were killed"
    assert left[None] > 0, "no delivery was killed before it was entered"


def test_what_was_entered_is_finished_or_withdrawn(
    tmp_path: Path, address: str | Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cases.exports.package import deliver as module

    def stop(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("RINGHOUND_LEDGER_KEY", str(tmp_path / "ledger.key"))
    engine = CaseStore.open(address).engine
    place = module._place
    for name in ("finished", "gone"):
        monkeypatch.setattr(module, "_place", stop)
        with pytest.raises(KeyboardInterrupt):
            delivered(engine, contents("after_loss"), errand(tmp_path / "out", name))
        monkeypatch.setattr(module, "_place", place)
        waiting = errand(tmp_path / "out", name)
        assert not waiting.folder.exists()
        if name == "gone":
            (waiting.staging / "package" / "manifest.json").unlink()
        states = [one.state for one in settle(engine)]
        assert states == [State.PLACED if name == "finished" else State.WITHDRAWN]
        assert waiting.folder.exists() == (name == "finished")
        assert not waiting.staging.exists()
    assert not verify(tmp_path / "out" / "finished").failed
    with reading(engine) as connection:
        bodies = [entry.leaf.body for entry in entries(connection, leaves.c.kind == Kind.EXPORT.value)]
    assert bodies[-1]["withdrawn"] == bodies[-2]["manifest"]
    assert not settle(engine)
