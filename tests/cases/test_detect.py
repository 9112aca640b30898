"""`jobs.detect`: all detectors, one run at a time, the version kept, failures loud and contained."""

import shutil
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cases.model import Status
from cases.settings import settings_of
from cases.store import CaseStore
from claims.catalog import Catalog
from claims.errors import BusyError, NotFoundError
from claims.workspace import Workspace
from detectors.contract import Need
from detectors.snapshot import Snapshot
from graph.model import NodeType
from jobs.detect import DetectorsFailedError, RunResult, code_version, detect
from tests.cases.counties import Fails, Says, county
from tests.loaders.kit import load_world


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return county(tmp_path_factory.mktemp("county")).root


@pytest.fixture
def workspace(tmp_path: Path, loaded: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(loaded, tmp_path / "workspace")))


def store_of(workspace: Workspace) -> CaseStore:
    return CaseStore.open(settings_of(workspace).database)


def pins(workspace: Workspace) -> list[tuple[str, int]]:
    return [(pin.ref, pin.version) for pin in Catalog.open(workspace.catalog).pins() if pin.kind == "run"]


def test_a_run_finds_draws_keeps_and_pins(workspace: Workspace) -> None:
    steps: list[tuple[str, str]] = []
    result = detect(workspace, detectors=[Says()], progress=lambda step, what, _d, _t: steps.append((step, what)))
    (ring,) = result.saved.rings
    assert {m.id for m in ring.picture.members if m.type is NodeType.PERSON} == {"P1", "P2", "P3"}
    assert (ring.picture.exposure.claims, str(ring.picture.exposure.fund)) == (16, "13500.00")
    assert [step for step, _what in steps] == ["snapshot", "detect", "gather", "done"]
    assert pins(workspace) == [("1", 1)]
    run = store_of(workspace).last_run()
    assert run == result.run
    assert (run.code_version, run.state, run.parameters["crowd"]["score"]) == (code_version(), "finished", "0.8")


def test_looking_twice_is_one_run(workspace: Workspace) -> None:
    first, again = (detect(workspace, detectors=[Says()]) for _time in range(2))
    assert again.run == first.run
    assert [ring.status for ring in again.saved.rings] == [Status.NEW]
    assert pins(workspace) == [("1", 1)]


def test_what_is_missing_is_off_and_what_is_weaker_is_said(workspace: Workspace) -> None:
    blind = replace(Says(), name="blind", needs=(Need("bio_checks", ("result",)),))
    weaker = replace(Says(), needs=(Need("stock_moves", ("drug_trac_codg",), vital=False),))
    result = detect(workspace, detectors=[blind, weaker])
    assert len(result.findings) == 1
    assert {note.about: note.words.en for note in result.run.notes} == {
        "blind": "off: bio_checks (result) missing",
        "crowd": "sees less: stock_moves (drug_trac_codg) missing",
    }
    result.check()


def test_a_failing_detector_costs_nobody_else_and_ends_loudly(workspace: Workspace) -> None:
    result = detect(workspace, detectors=[Fails(), Says()])
    assert len(result.saved.rings) == 1
    assert result.run.state == "failed"
    (note,) = result.run.notes
    assert "RuntimeError at counties.py:" in note.words.en
    assert "45010219600307123X" not in note.words.zh + note.words.en
    with pytest.raises(DetectorsFailedError, match="broken"):
        result.check()


def test_what_it_found_last_time_is_carried_over(workspace: Workspace) -> None:
    broken = False
    detector = Fails(when=lambda: broken)
    first = detect(workspace, detectors=[detector])
    broken = True
    second = detect(workspace, detectors=[detector])
    assert [(r.id, r.status) for r in second.saved.rings] == [(first.saved.rings[0].id, Status.OPEN)]
    assert "1 findings of the last run are carried over" in second.run.notes[0].words.en


def test_trials_touch_no_ring(workspace: Workspace) -> None:
    detect(workspace, detectors=[Says()])
    before = store_of(workspace).rings()
    for trial in (
        detect(workspace, until=date(2026, 3, 3), detectors=[Says()]),
        detect(workspace, only=["crowd"], detectors=[Says()]),
    ):
        assert trial.run.trial
        assert trial.saved.rings[0].id == before[0].id  # it is told which ring that is
    assert store_of(workspace).rings() == before
    assert trial.run.id == 3


def test_unknown_names_and_versions_are_told(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nobody"):
        detect(workspace, only=["nobody"], detectors=[Says()])
    with pytest.raises(NotFoundError):
        detect(workspace, version=9, detectors=[Says()])
    with pytest.raises(NotFoundError):
        detect(Workspace(tmp_path / "empty"), detectors=[Says()])
    assert not (tmp_path / "empty" / "cases.db").exists()


def test_two_runs_at_once_are_one_and_a_busy_sentence(workspace: Workspace) -> None:
    begun, go = threading.Event(), threading.Event()
    results: list[RunResult] = []

    def hold() -> bool:
        begun.set()
        return not go.wait(30)

    first = threading.Thread(target=lambda: results.append(detect(workspace, detectors=[Fails(when=hold)])))
    first.start()
    assert begun.wait(30)
    with pytest.raises(BusyError):
        detect(workspace, detectors=[Says()])
    go.set()
    first.join()
    assert [run.state for run in store_of(workspace).runs()] == ["finished"]


def test_an_interrupted_run_leaves_no_result_and_no_pin(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> Snapshot:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        detect(workspace, detectors=[Fails(when=interrupted)])
    store = store_of(workspace)
    assert ([run.state for run in store.runs()], store.rings(), pins(workspace)) == (["stopped"], (), [])
    assert detect(workspace, detectors=[Says()]).run.state == "finished"


def test_earlier_conclusions_count(workspace: Workspace, tmp_path: Path) -> None:
    plain = detect(workspace, detectors=[Says()]).saved.rings[0].picture
    verdict = {
        "subject_type": "person",
        "subject_id": "P1",
        "verdict": "confirmed",
        "decided_at": "2026-01-01 00:00:00",
    }
    load_world(tmp_path, {"verdicts": [verdict]}, "verdicts")
    known = detect(workspace, detectors=[Says()]).saved.rings[0].picture
    assert (plain.features["confirmed"], known.features["confirmed"]) == (0.0, 0.5)
    assert known.score > plain.score
