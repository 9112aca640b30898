"""kill -9 at any moment of decisions and uploads: each act is whole or absent, the ledger agrees."""

import hashlib
import multiprocessing
import random
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.history import Verdict
from cases.work.files import CaseFiles
from cases.work.model import Outcome
from cases.work.stages import Stage, StepName
from cases.work.tables import case_events, case_files, case_outcomes, case_rings, case_verdicts
from claims.ledger import entries
from claims.ledger.rows import marks_in
from claims.ledger.verify import verify
from tests.cases.work.casework import ANNA, BEN, CLARA, WHY, Bureau, everything
from tests.kills import cycles_of

CYCLES = cycles_of("decisions and uploads")
RINGS = 40
NEXT = {
    Stage.FIRST_CHECK: (ANNA, StepName.PASS_ON),
    Stage.SECOND_REVIEW: (BEN, StepName.PROPOSE_CLEARING),
}

pytestmark = pytest.mark.kill


def work(path: str, folder: str, seed: int, to_parent: Connection) -> None:
    """Open, attach, review, decide and open again until killed; every case goes on where it stands."""
    bureau, chance = Bureau.at(Path(path)), random.Random(seed)
    files = CaseFiles(bureau.book, Path(folder))
    rings = list(bureau.store.rings())
    to_parent.send(None)
    while True:
        ring = chance.choice(rings)
        file = bureau.book.open_ring(ANNA, ring.id, WHY)
        to_parent.send(None)
        content = f"{seed} {chance.random()}\n".encode() * chance.randint(1, 20_000)
        files.add(ANNA, file.id, "note.txt", content, WHY)
        to_parent.send(None)
        while file.stage in NEXT:
            actor, step = NEXT[file.stage]
            file = bureau.book.step(actor, file.id, step, WHY)
            to_parent.send(None)
        bureau.book.decide(CLARA, file.id, everything(ring, Outcome.CLEARED), WHY)
        to_parent.send(None)


def check(bureau: Bureau, folder: Path) -> Counter[str]:
    """Look whether every act is whole; returns how often each was done."""
    with bureau.store.engine.connect() as connection:
        leaves = {entry.index: entry.leaf for entry in entries(connection)}
        events = connection.execute(sa.select(case_events).order_by(case_events.c.id)).all()
        rows = connection.execute(sa.select(case_files.c.case_id, case_files.c.sha256, case_files.c.size)).all()
        outcomes = Counter(connection.scalars(sa.select(case_outcomes.c.case_id)))
        verdicts = Counter(connection.scalars(sa.select(case_verdicts.c.case_id)))
        assert verify(connection).problems == ()
        active = Counter(connection.scalars(sa.select(case_rings.c.case_id).where(case_rings.c.active)))
    assert sorted(leaves) == list(range(len(leaves)))
    assert {str(said["row"]) for leaf in leaves.values() for said in marks_in(leaf.body)} >= set(active)
    for event in events:
        leaf = leaves[event.leaf]
        assert (leaf.subject, leaf.actor, leaf.body["act"]) == (event.case_id, event.actor, event.act)
    acts = Counter(event.act for event in events)
    assert acts["file"] == len(rows)
    for row in rows:
        content = (folder / row.sha256).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (row.size, row.sha256)
    statuses = {ring.id: ring for ring in bureau.store.rings()}
    for file in bureau.book.list(CLARA, closed=True):
        ring = statuses[file.source]
        parts = 1 + len(ring.picture.members) + len(ring.picture.records)
        done = file.stage is Stage.CLOSED
        assert (outcomes[file.id], verdicts[file.id]) == ((parts, parts) if done else (0, 0))
        assert active[file.id] == (0 if done else 1)
    last = {decision.ring: decision.verdict for decision in bureau.store.decisions() if decision.in_force}
    openly = {file.source for file in bureau.book.list(CLARA)}
    assert {ring for ring, verdict in last.items() if verdict is Verdict.IN_REVIEW} == openly
    return acts


def test_killed_during_decisions_and_uploads(tmp_path: Path) -> None:
    path, folder, chance = tmp_path / "cases.db", tmp_path / "case_files", random.Random(3)
    bureau = Bureau.at(path)
    bureau.rings(RINGS)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.cases.work.test_case_kill"])
    for seed in range(CYCLES):
        mine, theirs = context.Pipe(duplex=False)
        child = context.Process(target=work, args=(str(path), str(folder), seed, theirs))
        child.start()
        theirs.close()
        for _act in range(1 + seed % 7):  # let it get on, and then die at any moment of the next act
            mine.recv()
        began = time.monotonic()
        mine.recv()
        time.sleep(chance.uniform(0.0, 1.2) * (time.monotonic() - began))
        assert child.is_alive()
        child.kill()
        child.join()
        if seed % 10 == 9:
            acts = check(bureau, folder)
    assert acts["decide"] >= CYCLES // 10
    assert acts["file"] >= CYCLES // 10
    files = CaseFiles(bureau.book, folder)
    case = bureau.book.open_ring(ANNA, bureau.store.rings()[0].id, WHY).id
    files.add(ANNA, case, "last.txt", b"the last one\n", WHY)
    kept = {path.name for path in folder.iterdir() if not path.name.startswith(".draft-")}
    with bureau.store.engine.connect() as connection:
        assert kept == set(connection.scalars(sa.select(case_files.c.sha256)))
