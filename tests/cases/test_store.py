"""The case database: what is written is read back, a run is whole or absent, decisions follow rings."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cases.codec import finding_json, finding_of, picture_json, picture_of
from cases.decide import LONGEST_SNOOZE, DecisionError, Ruling, decide
from cases.history import EventKind, Verdict
from cases.model import Status
from cases.refit import Refit
from cases.schema import metadata
from cases.score import HAND, Weights
from cases.settings import DATABASE_VARIABLE, SettingsError, settings_of
from cases.store import KEEP_RUNS, CaseStore, Saved
from claims.audit import ReasonError
from claims.errors import NotFoundError, StoreError
from claims.workspace import Workspace
from detectors.finding import Finding
from tests.cases.making import a_result, a_run, drawn, finding
from tests.loaders.postgres import Server, postgres_server

DAY = date(2026, 7, 1)
AT = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> CaseStore:
    return CaseStore.open(tmp_path / "cases.db")


def look(store: CaseStore, *findings: Finding, version: int = 1, trial: bool = False, day: date = DAY) -> Saved:
    return store.finish(store.begin(a_run(version, trial=trial)), a_result(*findings), day)


def test_findings_and_pictures_survive_json_exactly() -> None:
    found = finding(range(3), p_value=1.234567890123e-17, explains=1 / 3)
    assert finding_of(json.loads(json.dumps(finding_json(found)))) == found
    (picture,) = drawn(found)
    assert picture_of(json.loads(json.dumps(picture_json(picture)))) == picture


def test_what_a_run_found_is_read_back(store: CaseStore) -> None:
    found = finding(range(6)), finding([50], score=0.2)
    saved = look(store, *found)
    assert tuple(store.findings(saved.run.id).values()) == found
    assert list(store.findings(saved.run.id, [1])) == [1]
    assert store.rings() == saved.rings
    assert store.ring(saved.rings[0].id) == saved.rings[0]
    assert store.last_run() == store.run(saved.run.id) == saved.run
    assert store.history(saved.rings[0].id) == saved.events[:1]
    with pytest.raises(NotFoundError):
        store.ring("R-2026-999999")


def test_the_same_run_twice_changes_nothing(store: CaseStore) -> None:
    first = look(store, finding(range(6)))
    again = look(store, finding(range(6)))
    assert again.run == first.run
    assert again.rings == first.rings
    assert [run.id for run in store.runs()] == [first.run.id]
    assert [ring.status for ring in store.rings()] == [Status.NEW]


def test_a_snooze_that_ends_wakes_the_ring_even_where_nothing_is_new(store: CaseStore) -> None:
    ring = look(store, finding(range(6))).rings[0]
    decide(store, ring.id, Ruling(Verdict.SNOOZED, "anna", "known matter", AT, DAY + timedelta(days=9)))
    assert look(store, finding(range(6)), day=DAY + timedelta(days=9)).rings[0].status is Status.SNOOZED
    assert look(store, finding(range(6)), day=DAY + timedelta(days=10)).rings[0].status is Status.CHANGED


def test_a_trial_keeps_its_findings_and_touches_no_ring(store: CaseStore) -> None:
    before = look(store, finding(range(6)))
    trial = look(store, finding(range(60, 66)), trial=True)
    assert trial.rings[0].id.startswith("T-")
    assert len(store.findings(trial.run.id)) == 1
    assert store.rings() == before.rings
    assert store.last_run() == before.run


def test_a_decision_shows_at_once_follows_and_is_reopened(store: CaseStore) -> None:
    ring = look(store, finding(range(6))).rings[0]
    assert decide(store, ring.id, Ruling(Verdict.CONFIRMED, "anna", "checked", AT)).status is Status.CONFIRMED
    assert look(store, finding(range(7)), version=2).rings[0].status is Status.CONFIRMED
    assert look(store, finding(range(12)), version=3).rings[0].status is Status.CHANGED
    assert [decision.in_force for decision in store.decisions(ring.id)] == [False]
    assert look(store, finding(range(12)), version=4).rings[0].status is Status.OPEN
    assert EventKind.REOPENED in {event.kind for event in store.history(ring.id)}


def test_decisions_that_cannot_be_taken(store: CaseStore) -> None:
    ring = look(store, finding(range(6))).rings[0].id
    late = AT.date() + timedelta(days=LONGEST_SNOOZE + 1)
    for until in (None, AT.date(), late):
        with pytest.raises(DecisionError):
            decide(store, ring, Ruling(Verdict.SNOOZED, "anna", "known matter", AT, until))
    with pytest.raises(DecisionError):
        decide(store, ring, Ruling(Verdict.CLEARED, "anna", "checked", AT, late))
    with pytest.raises(ReasonError):
        decide(store, ring, Ruling(Verdict.CLEARED, "anna", "x", AT))
    assert store.decisions() == ()


def test_runs_left_by_a_kill_are_closed_by_the_next(store: CaseStore) -> None:
    store.begin(a_run())
    look(store, finding(range(6)))
    assert [run.state for run in store.runs()] == ["stopped", "finished"]


def test_old_findings_are_let_go_unless_a_ring_rests_on_them(store: CaseStore) -> None:
    asleep = look(store, finding(range(6)))
    for version in range(2, KEEP_RUNS + 4):
        last = look(store, finding(range(60, 66)), version=version)
    assert last.released  # these data versions may be vacuumed
    assert asleep.run.id not in last.released
    assert len(store.findings(asleep.run.id)) == 1
    assert store.findings(last.released[0]) == {}


def test_accepted_weights_are_in_force(store: CaseStore) -> None:
    assert store.weights() == HAND
    fitted = Weights(1, -0.25, dict(HAND.values))
    store.accept(Refit(fitted, 50, 50, 20, 0.5, 0.9), "anna")
    assert store.weights() == fitted


def test_migrations_and_declared_tables_agree(store: CaseStore) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    with CaseStore.open(path).engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer Ringhound"):
        CaseStore.open(path)
    assert path.read_bytes() == before


def test_sqlite_is_opened_to_survive_a_power_cut(store: CaseStore) -> None:
    with store.engine.connect() as connection:
        assert connection.scalar(sa.text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(sa.text("PRAGMA synchronous")) == 2


def test_settings_are_read_strictly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    workspace = Workspace(tmp_path)
    assert settings_of(workspace).database == workspace.cases
    workspace.settings.write_text("cases: {review_budget: 5, thresholds: {large: 5000}}", encoding="utf-8")
    found = settings_of(workspace)
    assert (found.review_budget, found.thresholds[0].least, found.thresholds[0].most) == (5, 5000, 5000)
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql://db.example/cases")
    assert settings_of(workspace).database == "postgresql://db.example/cases"
    for wrong in (
        "cases: {budget: 5}",
        "cases: {thresholds: {small: 1}}",
        "cases: {review_budget: 0}",
        "cases: [",
        "7",
    ):
        workspace.settings.write_text(wrong, encoding="utf-8")
        with pytest.raises(SettingsError):
            settings_of(workspace)


@pytest.fixture(scope="module")
def server() -> Server:
    with postgres_server() as running:
        yield running


@pytest.mark.postgres
def test_postgresql_keeps_the_same(server: Server) -> None:
    address = server.full_url.replace("+psycopg", "")
    store = CaseStore.open(address)
    saved = look(store, finding(range(6)))
    assert CaseStore.open(address).rings() == saved.rings
    assert decide(store, saved.rings[0].id, Ruling(Verdict.CONFIRMED, "anna", "checked", AT)).status is Status.CONFIRMED
    assert look(store, finding(range(12)), version=2).rings[0].status is Status.CHANGED
    with store.engine.connect() as connection:
        # The ledger makes its own tables beside those of the migrations.
        ours = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("ledger_")}
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), metadata) == []


@pytest.mark.postgres
def test_a_postgresql_that_does_not_answer_is_a_sentence_without_its_password() -> None:
    with pytest.raises(StoreError) as caught:
        CaseStore.open("postgresql://anna:s3cret@127.0.0.1:1/cases")
    assert "s3cret" not in str(caught.value)
