"""The commands of the nightly job and of the evaluation, from the command line."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from claims.errors import NotFoundError, RinghoundError
from claims.workspace import Workspace
from jobs import replay as replay_module
from jobs import run as run_module
from jobs import schedule as schedule_module
from tests.jobs.toy import EYES, RING, county
from ui.commands import chance, evaluate, replay, run, schedule


@pytest.fixture(autouse=True)
def toy_detectors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands look with the quick detector, and leave no handler behind."""
    for module, name in ((run_module, "run"), (replay_module, "replay")):
        monkeypatch.setitem(getattr(module, name).__kwdefaults__, "detectors", EYES)
    kept = logging.getLogger().handlers[:]
    level = logging.getLogger().level
    yield
    logging.getLogger().handlers[:] = kept
    logging.getLogger().setLevel(level)


def ringhound(*arguments: str) -> Result:
    app = typer.Typer()
    for module in (chance, evaluate, run, schedule, replay):
        module.register(app)
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    place, _ = county(tmp_path, (0, 1, 2))
    assert ringhound("run", "-w", str(place.root)).exit_code == 0
    return place


def truth(folder: Path, people: tuple[str, ...]) -> Path:
    members = [{"type": "person", "id": person} for person in people]
    path = folder / "truth.jsonl"
    line = {"ring_id": "t", "kind": "collusion/regulars", "members": members, "first_day": "2026-01-05"}
    path.write_text(json.dumps(line) + "\n")
    return path


def test_night_and_its_history_are_told(workspace: Workspace) -> None:
    again = ringhound("run", "-w", str(workspace.root))
    assert "Nothing had changed since run 1" in again.stdout
    listed = [
        json.loads(line) for line in ringhound("runs", "list", "--json", "-w", str(workspace.root)).stdout.splitlines()
    ]
    assert [one["night"]["rings"] for one in listed] == [1]
    shown = ringhound("runs", "show", "1", "-w", str(workspace.root)).stdout
    assert "born" in shown
    assert "12 rows read" in shown
    assert "done" in ringhound("runs", "list", "-w", str(workspace.root)).stdout
    assert (workspace.root / "nightly" / "status.html").exists()


def test_failed_night_still_has_a_status_page(tmp_path: Path) -> None:
    result = ringhound("run", "-w", str(tmp_path))
    assert isinstance(result.exception, RinghoundError)
    assert "failed" in (tmp_path / "nightly" / "status.html").read_text("utf-8")


def test_evaluation_in_words_and_as_json(workspace: Workspace, tmp_path: Path) -> None:
    path = truth(tmp_path, RING[1:])  # the first of the ring reported is nobody's recruit
    (tmp_path / "innocent.jsonl").write_text(
        json.dumps(
            {
                "group_id": "i",
                "kind": "couple",
                "members": [{"type": "person", "id": "P1"}, {"type": "person", "id": "P9"}],
            }
        )
    )
    told = ringhound("evaluate", str(path), "-w", str(workspace.root)).stdout
    assert "collusion/regulars" in told
    assert "couple" in told
    plain = json.loads(ringhound("evaluate", str(path), "--json", "-w", str(workspace.root)).stdout)
    assert plain["persons"]["rates"]["total"] == [1.0, 1.0]
    assert plain["persons"]["accused"] == {"couple": [1, 1]}
    assert plain["persons"]["delays"] == [2]
    assert plain["all"]["total"]["found"] == 1


def test_export_of_another_program_is_measured(tmp_path: Path) -> None:
    line = {"ring_id": "x", "kind": "collusion/y", "score": 0.9, "members": [{"type": "person", "id": p} for p in RING]}
    (tmp_path / "rings.jsonl").write_text(json.dumps(line) + "\n")
    result = ringhound("evaluate", str(truth(tmp_path, RING)), "--rings", str(tmp_path / "rings.jsonl"), "--json")
    assert json.loads(result.stdout)["persons"]["total"]["found"] == 1


def test_replay_tells_the_same_and_the_different(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    same = ringhound("replay", "1", "-w", str(workspace.root))
    assert "the same to the bit: 1 findings" in same.stdout
    monkeypatch.setitem(replay_module.replay.__kwdefaults__ or {}, "detectors", ())
    other = ringhound("replay", "1", "-w", str(workspace.root))
    assert isinstance(other.exception, replay.DifferentError)
    assert other.exception.exit_code == 10


def test_chance_counts_rotated_histories(workspace: Workspace) -> None:
    told = ringhound("chance", "1", "--rounds", "1", "--json", "-w", str(workspace.root))
    assert json.loads(told.stdout) == {"run": 1, "rounds": 1, "found": 0, "expected": 0.0}
    assert isinstance(ringhound("chance", "9", "-w", str(workspace.root)).exception, NotFoundError)


def test_schedule_runs_at_once_and_at_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(schedule_module.Nightly, "night", lambda self: done.append("night"))
    monkeypatch.setattr(schedule_module.Nightly, "run_forever", lambda self: done.append("forever"))
    assert ringhound("schedule", "--now", "--at", "03:15", "-w", str(tmp_path)).exit_code == 0
    assert done == ["night", "forever"]
    assert isinstance(ringhound("schedule", "--at", "3 o'clock", "-w", str(tmp_path)).exception, schedule.TimeError)
