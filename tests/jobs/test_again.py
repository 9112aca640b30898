"""Looking again: replays to the bit, the time machine, and nights that add up to a full run."""

import random
import signal
import threading
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from cases.history import Note
from cases.settings import settings_of
from cases.store import CaseStore
from claims.catalog import Catalog
from claims.errors import NotFoundError, RinghoundError
from claims.language import N_
from claims.workspace import Workspace
from detectors.finding import say
from jobs import replay as replay_module
from jobs.nights import Nights
from jobs.replay import OtherCodeError, replay
from jobs.run import run
from jobs.schedule import Nightly
from jobs.when import halve, when
from tests.jobs.toy import EYES, Regulars, county, day_of, deliver


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace after two nights: a ring of four, first with nine days and then with two more."""
    workspace, inbox = county(tmp_path_factory.mktemp("nights"), range(9))
    run(workspace, detectors=EYES)
    deliver(inbox, (9, 10))
    run(workspace, detectors=EYES)
    return workspace


def test_both_runs_come_out_the_same_to_the_bit(two_nights: Workspace) -> None:
    for number in (1, 2):
        found = replay(two_nights, number, detectors=EYES)
        assert found.same
        assert found.findings == 1
    assert not {pin.kind for pin in Catalog.open(two_nights.catalog).pins()} & {"replay"}


def test_other_findings_are_named(two_nights: Workspace) -> None:
    changed = replay(two_nights, 2, detectors=(Regulars(version="2"),))
    assert (len(changed.changed), changed.added, changed.gone) == (1, (), ())
    gone = replay(two_nights, 2, detectors=(Regulars(days=99),))
    assert (len(gone.gone), gone.same) == (1, False)


def test_other_code_is_refused_unless_asked_for(two_nights: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "code_version", lambda: "other")
    with pytest.raises(OtherCodeError, match="other") as caught:
        replay(two_nights, 1, detectors=EYES)
    assert caught.value.exit_code == 9
    found = replay(two_nights, 1, anyway=True, detectors=EYES)
    assert found.same
    assert not found.same_code


def test_unknown_run_is_named(two_nights: Workspace) -> None:
    with pytest.raises(NotFoundError, match="7"):
        replay(two_nights, 7, detectors=EYES)


def test_ring_could_be_seen_on_the_third_day(two_nights: Workspace) -> None:
    ring = CaseStore.open(settings_of(two_nights).database).rings()[0]
    found = when(two_nights, ring.id, detectors=EYES)
    assert found.day == day_of(2)  # three days make a regular
    assert (found.first_record, found.last_record) == (day_of(0), day_of(10))
    assert found.settlements_since == 4 * 8
    assert found.fund_since == 4 * 8 * 40
    assert len(found.looks) <= 6
    assert [look.seen for look in found.looks] == sorted(look.seen for look in found.looks)


def test_ring_that_is_not_seen_has_no_day(two_nights: Workspace) -> None:
    ring = CaseStore.open(settings_of(two_nights).database).rings()[0]
    with pytest.raises(NotFoundError, match=ring.id):
        when(two_nights, ring.id, detectors=(Regulars(days=50),))


@pytest.mark.parametrize("seed", range(10))
def test_halving_finds_the_first_day(seed: int) -> None:
    chance = random.Random(seed)
    low = date(2026, 1, 1)
    high = low + timedelta(days=chance.randint(0, 200))
    first = low + timedelta(days=chance.randint(0, (high - low).days))
    asked: list[date] = []

    def seen(day: date) -> bool:
        asked.append(day)
        return day >= first

    assert halve(low, high, seen) == first
    assert len(asked) <= 8


def test_nights_add_up_to_a_full_run(two_nights: Workspace, tmp_path: Path) -> None:
    whole, _ = county(tmp_path, range(11))
    run(whole, detectors=EYES)
    rings = [CaseStore.open(settings_of(place).database).rings()[0].picture for place in (two_nights, whole)]
    for field in ("kind", "score", "members", "records", "exposure", "keys", "first_seen", "last_seen", "features"):
        assert getattr(rings[0], field) == getattr(rings[1], field), field


class NightFailedError(RinghoundError):
    """A night that fails."""


def test_schedule_survives_a_failing_night_and_stops_when_told(tmp_path: Path) -> None:
    nights: list[int] = []

    def fail(workspace: Workspace) -> None:
        nights.append(1)
        raise NightFailedError(N_("No run yet."))

    nightly = Nightly(Workspace(tmp_path), time(2, 30), fail)
    nightly.night()
    assert nights == [1]
    assert nightly.next_run is None
    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    threading.Timer(0.3, nightly.stop).start()
    try:
        nightly.run_forever()
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), handlers, strict=True):
            signal.signal(number, handler)
    page = (Nights.of(Workspace(tmp_path)).folder / "status.html").read_text("utf-8")
    tomorrow = datetime.now() + timedelta(days=1)
    assert any(f"{day:%Y-%m-%d}T02:30" in page for day in (datetime.now(), tomorrow))


def test_carried_findings_are_named(two_nights: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    store = CaseStore.open(settings_of(two_nights).database)
    noted = replace(store.run(2), notes=(Note("regulars", say("failed"), failure=True),))
    monkeypatch.setattr(CaseStore, "run", lambda self, number: noted)
    assert replay(two_nights, 2, detectors=EYES).carried == ("regulars",)
