"""kill -9 between acts and their leaves: decisions and reveals are in the ledger, or nowhere."""

import multiprocessing
import random
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from cases.decide import Ruling, decide
from cases.history import Verdict
from cases.store import CaseStore
from claims.audit import Act, Audit
from claims.ledger import Kind, entries
from claims.ledger.schema import leaves
from claims.ledger.verify import verify
from tests.cases.making import a_result, a_run, finding
from tests.cases.test_store import DAY
from tests.kills import CYCLES as CYCLES_OF_ALL
from tests.kills import PROMISED, cycles_of

CYCLES = cycles_of("decisions and reveals")
LAST = 2.0  # seconds a child works, were it not killed
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)

pytestmark = pytest.mark.kill


@pytest.fixture(scope="module")
def forker() -> Iterator[ForkServerContext]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cases.store", "tests.cases.test_store", "claims.audit"])
    yield context


def work(path: str, turn: int, to_parent: Connection) -> None:
    """Decide and reveal by turns, telling the parent of each act that was acknowledged."""
    place = Path(path)
    store, audit = CaseStore.open(place), Audit(place)
    (ring, *_) = store.rings()
    to_parent.send("ready")
    until = time.monotonic() + LAST
    number = 0
    while time.monotonic() < until:
        reason = f"turn {turn} act {number}"
        decide(store, ring.id, Ruling(Verdict.CONFIRMED if number % 2 else Verdict.CLEARED, "anna", reason, AT))
        to_parent.send(("ring_decision", reason))
        audit.append(Act.REVEAL, "person:P1", reason=reason)
        to_parent.send(("reveal", reason))
        number += 1


def told(mine: Connection) -> list[tuple[str, str]]:
    """What the child acknowledged before it died."""
    said: list[tuple[str, str]] = []
    try:
        while mine.poll():
            said.append(mine.recv())
    except EOFError:
        pass
    return said


def check(path: Path, acknowledged: set[tuple[str, str]]) -> int:
    """The ledger is whole, decisions and leaves agree, and what was acknowledged is there."""
    store = CaseStore.open(path)
    with store.engine.connect() as connection:
        assert [str(problem) for problem in verify(connection).problems] == []
        kinds = leaves.c.kind.in_([Kind.RING_DECISION.value, Kind.REVEAL.value])
        written = {(e.leaf.kind, e.leaf.reason) for e in entries(connection, kinds)}
    assert acknowledged <= written
    assert {d.reason for d in store.decisions()} == {reason for kind, reason in written if kind == "ring_decision"}
    assert sum(d.in_force for d in store.decisions()) <= 1
    return len(written)


def test_killed_between_act_and_leaf(tmp_path: Path, forker: ForkServerContext) -> None:
    path, chance, acknowledged = tmp_path / "cases.db", random.Random(1), set[tuple[str, str]]()
    store = CaseStore.open(path)
    store.finish(store.begin(a_run(1)), a_result(finding(range(6))), DAY)
    usual = 0.0
    for cycles in range(CYCLES):
        mine, theirs = forker.Pipe(duplex=False)
        child = forker.Process(target=work, args=(str(path), cycles, theirs))
        child.start()
        theirs.close()
        assert mine.recv() == "ready"
        began = time.monotonic()
        if mine.poll(chance.uniform(0, 2 * usual) if cycles else None):  # the first act tells how long one takes
            acknowledged.add(mine.recv())
            usual = usual or time.monotonic() - began
            time.sleep(chance.uniform(0, usual))
        child.kill()
        child.join()
        acknowledged.update(told(mine))
        if cycles % 10 == 9:  # the check walks the whole ledger
            check(path, acknowledged)
    written = check(path, acknowledged)
    assert written > CYCLES // 4, "hardly any act reached its end"


def test_the_promised_number_of_kills() -> None:
    assert sum(CYCLES_OF_ALL[what] for what in CYCLES_OF_ALL if what != "runs") >= PROMISED
    assert f"{PROMISED} times" in (Path(__file__).parents[2] / "docs" / "ledger.md").read_text("utf-8")


def test_a_leaf_that_fails_takes_its_decision_along(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    store = CaseStore.open(path)
    saved = store.finish(store.begin(a_run(1)), a_result(finding(range(6))), DAY)
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON ledger_heads BEGIN SELECT RAISE(ABORT, 'no room for a head'); END"
        )
    database.close()
    with pytest.raises(Exception, match="no room for a head"):
        decide(store, saved.rings[0].id, Ruling(Verdict.CLEARED, "anna", "checked", AT))
    assert store.decisions() == ()
    assert store.ring(saved.rings[0].id).status == saved.rings[0].status
