"""kill -9 at any step of a night: the next night goes on, and in the end everything is as if nothing had happened.

`RINGHOUND_KILL_CYCLES=500 pytest tests/jobs/test_run_kill.py` is the long soak.
"""

import json
import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.settings import settings_of
from cases.store import CaseStore
from claims.workspace import Workspace
from claims.writer import Writer
from graph.building import snapshots
from jobs import nights as nights_module
from jobs import run as run_module
from jobs.nights import DONE, RUNNING, STOPPED, Nights
from jobs.run import run
from tests.jobs.toy import EYES, county, deliver

CYCLES = int(os.environ.get("RINGHOUND_KILL_CYCLES", "33"))

pytestmark = pytest.mark.kill


def before(target: object, name: str, calls: int = 1) -> Callable[[], None]:
    """Arrange that the process dies when `target.name` is called for the `calls`-th time."""

    def arm() -> None:
        original, count = getattr(target, name), [0]

        def dying(*args: object, **kwargs: object) -> object:
            count[0] += 1
            if count[0] == calls:
                os._exit(9)
            return original(*args, **kwargs)

        setattr(target, name, dying)

    return arm


# Every gap between two steps of a night, and the moments inside that change something.
STEPS = {
    "as the night begins": before(Nights, "begin"),
    "before the load": before(run_module, "load"),
    "before a load is committed": before(Writer, "commit"),
    "after a load, before it is remembered": before(run_module, "write_whole"),
    "before the build": before(run_module, "build"),
    "before the graph is switched": before(snapshots, "put_in_force"),
    "before the detection": before(run_module, "detect"),
    "before a run's result is written": before(CaseStore, "finish"),
    "after the detection": before(CaseStore, "events_of"),
    "before the alerts": before(nights_module, "write_whole", 8),
    "as the night ends": before(run_module, "_ended"),
}


def run_dying(root: str, step: str) -> None:
    """Do a night that dies at a step."""
    STEPS[step]()
    run(Workspace(Path(root)), detectors=EYES)


def state(workspace: Workspace) -> list[tuple[object, ...]]:
    """What a workspace says of its rings, without the numbers of runs."""
    rings = CaseStore.open(settings_of(workspace).database).rings()
    return [(r.number, r.picture.kind, r.picture.score, r.picture.members, dict(r.picture.records)) for r in rings]


def alerts(workspace: Workspace) -> Counter[tuple[str, str]]:
    files = sorted(Nights.of(workspace).folder.glob("alerts-*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return Counter((line["run"], line["ring_id"], line["event"]) for line in lines)


@pytest.mark.parametrize("seed", [1])
def test_killed_at_every_step(tmp_path: Path, seed: int) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["jobs.run", "tests.jobs.toy"])
    workspace, inbox = county(tmp_path, (0, 1, 2))
    chance, days, died = random.Random(seed), 3, 0
    for cycle in range(CYCLES):
        step = list(STEPS)[cycle % len(STEPS)]
        if cycle and chance.random() < 0.3:  # the world does not wait for us
            deliver(inbox, (days,))
            days += 1
        child = context.Process(target=run_dying, args=(str(workspace.root), step))
        child.start()
        child.join()
        assert child.exitcode in (0, 9), step  # 0: nothing new, so the step was never reached
        died += child.exitcode == 9
        assert not child.exitcode or Nights.of(workspace).newest() is None or _running(workspace)
    assert died >= CYCLES // 2
    last = run(workspace, detectors=EYES)
    assert last.state == DONE
    assert all(night.state in (DONE, STOPPED) for night in Nights.of(workspace).all())
    fresh, _ = county(tmp_path / "fresh", tuple(range(days)))
    run(fresh, detectors=EYES)
    assert [row[1:] for row in state(workspace)] == [row[1:] for row in state(fresh)]
    assert max(alerts(workspace).values()) == 1
    assert sum(1 for _, _, event in alerts(workspace) if event == "born") == 1


def _running(workspace: Workspace) -> bool:
    """A killed night stands in the journal as running until the next one closes it."""
    newest = Nights.of(workspace).newest()
    return newest is not None and newest.state in (RUNNING, DONE)
