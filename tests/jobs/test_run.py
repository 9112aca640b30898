"""A night: what is new goes in, rings come out, and nothing is done twice."""

import json
import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cases.settings import SettingsError, settings_of
from cases.store import CaseStore
from claims.catalog import Catalog
from claims.errors import BusyError, NotFoundError
from claims.lock import WriterLock
from claims.workspace import Workspace
from detectors.snapshot import Snapshot
from jobs.detect import DetectorsFailedError
from jobs.nights import DONE, FAILED, RUNNING, STOPPED, Nights
from jobs.run import SourcesRefusedError, run
from jobs.sources import Source, deliveries, fingerprint, run_settings
from jobs.status import write_status
from tests.jobs.toy import EYES, Regulars, county, deliver


def test_first_night_finds_the_ring_and_alerts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    workspace, _ = county(tmp_path, (0, 1, 2))
    with caplog.at_level(logging.INFO, "jobs.run"):
        night = run(workspace, detectors=EYES)
    assert (night.state, night.rings, night.alerts, night.detected) == (DONE, 1, 1, True)
    assert sum(taken.rows for taken in night.taken) == 8 + 1 + 12
    assert set(night.seconds) == {"load", "build", "detect", "alert"}
    alerts = Nights.of(workspace).alerts(night.run or 0).read_text("utf-8").splitlines()
    assert json.loads(alerts[0])["event"] == "born"
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 4
    assert all("\n" not in line and "night=1 step=" in line for line in lines)


def test_second_night_without_news_does_nothing_again(tmp_path: Path) -> None:
    workspace, _ = county(tmp_path, (0, 1, 2))
    first = run(workspace, detectors=EYES)
    second = run(workspace, detectors=EYES)
    assert (second.unchanged, second.taken, second.detected, second.alerts) == (2, (), False, 0)
    assert (second.run, second.data_version) == (first.run, first.data_version)
    assert len(CaseStore.open(settings_of(workspace).database).runs()) == 1


def test_touched_delivery_is_read_and_changes_nothing(tmp_path: Path) -> None:
    workspace, inbox = county(tmp_path, (0, 1, 2))
    run(workspace, detectors=EYES)
    os.utime(inbox / "d000" / "settlements.csv", (1, 1))
    night = run(workspace, detectors=EYES)
    assert [taken.version for taken in night.taken] == [None]
    assert not night.detected


def test_new_delivery_grows_the_ring_under_its_id(tmp_path: Path) -> None:
    workspace, inbox = county(tmp_path, (0, 1, 2))
    run(workspace, detectors=EYES)
    store = CaseStore.open(settings_of(workspace).database)
    before = store.rings()[0]
    deliver(inbox, (3, 4))
    night = run(workspace, detectors=EYES)
    after = store.rings()[0]
    assert (night.unchanged, len(night.taken), night.detected) == (2, 1, True)
    assert after.id == before.id
    assert len(after.picture.records) == 20


def test_refused_delivery_does_not_stop_the_others(tmp_path: Path) -> None:
    workspace, inbox = county(tmp_path, (0, 1, 2))
    (inbox / "a-broken").mkdir()
    (inbox / "a-broken" / "settlements.csv").write_text("")
    with pytest.raises(SourcesRefusedError, match="a-broken") as caught:
        run(workspace, detectors=EYES)
    assert caught.value.exit_code == 8
    night = Nights.of(workspace).newest()
    assert night is not None
    assert (night.state, night.rings) == (FAILED, 1)
    assert [bool(taken.refused) for taken in night.taken] == [True, False, False]
    shutil.rmtree(inbox / "a-broken")
    assert run(workspace, detectors=EYES).state == DONE


def test_failing_detector_ends_the_night_with_its_name(tmp_path: Path) -> None:
    workspace, _ = county(tmp_path, (0, 1, 2))
    with pytest.raises(DetectorsFailedError, match="broken"):
        run(workspace, detectors=(*EYES, Broken(name="broken")))
    night = Nights.of(workspace).newest()
    assert night is not None
    assert (night.state, night.rings) == (FAILED, 1)


class Broken(Regulars):
    """Raises."""

    def detect(self, snapshot: Snapshot, /):  # type: ignore[no-untyped-def]
        """Raise."""
        raise ZeroDivisionError("secret")


def test_one_run_at_a_time(tmp_path: Path) -> None:
    workspace, _ = county(tmp_path, (0,))
    lock = WriterLock.acquire(Nights.of(workspace).lock)
    with pytest.raises(BusyError):
        run(workspace, detectors=EYES)
    lock.release()
    assert run(workspace, detectors=EYES).state == DONE


def test_night_that_was_killed_is_closed_by_the_next(tmp_path: Path) -> None:
    workspace, _ = county(tmp_path, (0, 1, 2))
    nights = Nights.of(workspace)
    killed = nights.begin()
    assert killed.state == RUNNING
    run(workspace, detectors=EYES)
    assert [night.state for night in nights.all()] == [STOPPED, DONE]


def test_pin_of_a_detection_that_was_killed_is_let_go(tmp_path: Path) -> None:
    workspace, inbox = county(tmp_path, (0, 1, 2))
    run(workspace, detectors=EYES)
    store = CaseStore.open(settings_of(workspace).database)
    last = store.last_run()
    assert last is not None
    killed = store.begin(replace(last, state="running", finished_at=None))
    Catalog.open(workspace.catalog).pin("run", str(killed.id), 1)
    deliver(inbox, (3,))
    run(workspace, detectors=EYES)  # begins a detection, which closes the killed one
    run(workspace, detectors=EYES)
    assert str(killed.id) not in {pin.ref for pin in Catalog.open(workspace.catalog).pins()}


def test_night_without_any_claims_says_so_and_is_kept_as_failed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with pytest.raises(NotFoundError, match="no claims"):
        run(workspace, detectors=EYES)
    assert [night.state for night in Nights.of(workspace).all()] == [FAILED]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("run: [1]", "run"),
        ("run: {soruces: []}", "soruces"),
        ("run: {sources: x}", "sources"),
        ("run: {sources: [{encoding: utf-8}]}", "sources"),
        ("run: {sources: [{path: a, colour: b}]}", "colour"),
        ("run: {wait: -1}", "wait"),
        ("run: {at: '25:00'}", "at"),
        ("run: {", "ringhound.yaml"),
    ],
)
def test_settings_that_do_not_read_are_named(tmp_path: Path, text: str, named: str) -> None:
    workspace = Workspace(tmp_path)
    workspace.settings.write_text(text)
    with pytest.raises(SettingsError, match=named):
        run_settings(workspace)


def test_time_of_day_reads_with_and_without_quotes(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    for text in ("run: {at: '02:30'}", "run: {at: 2:30}", ""):
        workspace.settings.write_text(text)
        assert str(run_settings(workspace).at) == "02:30:00"


def test_deliveries_are_found_once_each_and_fingerprints_see_change(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    deliver(tmp_path / "in", (0,), "a")
    deliver(tmp_path / "in", (1,), "b")
    found = deliveries(workspace, [Source("../in/*"), Source("../in/a"), Source("../in/none*")])
    assert [delivery.name.rsplit("/", 1)[1] for delivery in found] == ["a", "b"]
    mark = fingerprint(found[0])
    assert fingerprint(found[0]) == mark
    (tmp_path / "in" / "a" / "diagnoses.csv").write_text("x")
    assert fingerprint(found[0]) != mark
    with pytest.raises(NotFoundError):
        fingerprint(deliveries(workspace, [Source("../in/gone")])[0])


def test_status_page_tells_nights_in_both_languages(tmp_path: Path) -> None:
    workspace, _ = county(tmp_path, (0, 1, 2))
    assert "No run yet." in write_status(workspace).read_text("utf-8")
    run(workspace, detectors=EYES)
    page = write_status(workspace).read_text("utf-8")
    assert "rings above the line" in page
    assert 'class="done"' in page
    status = json.loads((Nights.of(workspace).folder / "status.json").read_text("utf-8"))
    assert status["last"]["rings"] == 1
