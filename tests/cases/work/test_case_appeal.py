"""Hearing an institution on a loaded county, and verdicts that reach the next run as data."""

import math
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cases.excuse import without
from cases.model import Standing, Status
from cases.people import Actor, NoRightError, Role
from cases.store import CaseStore
from cases.work.answers import Answer, AnswerKind, AnswerState
from cases.work.appeals import Appeals
from cases.work.book import CaseBook
from cases.work.files import CaseFiles
from cases.work.model import CaseError, CaseFile, Conclusion, Outcome
from cases.work.opened import open_book
from cases.work.question_sheet import question_sheet
from cases.work.records import region_of
from cases.work.stages import StepName
from claims.errors import NotFoundError
from claims.reader import Claims
from claims.workspace import Workspace
from detectors.finding import Grade
from detectors.snapshot import Snapshot
from graph.model import NodeType
from jobs.detect import detect
from jobs.facts import confirmed_before, excused_before
from jobs.verdicts import pour
from tests.cases.counties import Says, county
from tests.cases.making import finding, record
from tests.cases.work.casework import WHY

ALL = frozenset({"*"})
ANNA = Actor("anna", frozenset({Role.INVESTIGATOR}), ALL)
BEN = Actor("ben", frozenset({Role.REVIEWER}), ALL)
CLARA = Actor("clara", frozenset({Role.LEAD}), ALL)
SPAN = (date(2026, 1, 1), date(2026, 3, 31))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = county(tmp_path_factory.mktemp("county"))
    detect(place, detectors=[Says()])
    return place.root


@pytest.fixture
def place(tmp_path: Path, loaded: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(loaded, tmp_path / "workspace")))


def heard(place: Workspace) -> tuple[CaseBook, CaseFile, int]:
    """A case of the county's ring under verification, with a file attached."""
    book = open_book(place)
    ring = CaseStore.open(place.cases).rings()[0]
    case = book.open_ring(ANNA, ring.id, WHY)
    for actor, step in ((ANNA, StepName.PASS_ON), (BEN, StepName.UPHOLD), (ANNA, StepName.ANSWERED)):
        case = book.step(actor, case.id, step, WHY)
    line = CaseFiles.of(book, place).add(ANNA, case.id, "answer.txt", "代购协议".encode(), WHY)
    return book, case, line.id


def proxy(person: str, file: int) -> Answer:
    return Answer("H2", AnswerKind.PROXY_AGREEMENT, "person", person, *SPAN, file, "代购协议")


def test_without_weighs_what_is_left() -> None:
    found = finding(range(6))
    (half,) = without([found], {record(who, day): Grade.LAWFUL for who in range(3) for day in (0, 7, 14)})
    assert half.score / (1 - half.score) == pytest.approx(0.5 * found.score / (1 - found.score))
    (none,) = without([found], dict.fromkeys(found.records))
    assert (none.score, none.records) == (0.0, {})
    assert without([found], {"S-elsewhere": None}) == [found]
    sure = replace(found, records=dict.fromkeys(found.records, Grade.CONTESTED))
    assert without([sure], {next(iter(sure.records)): Grade.CONTESTED}) == [sure]  # never a higher grade


def test_an_accepted_answer_scores_the_ring_anew(place: Workspace) -> None:
    book, case, file = heard(place)
    appeals = Appeals(book, place)
    first = appeals.enter(ANNA, case.id, proxy("P1", file), WHY)
    (plain,) = appeals.rescore(ANNA, case.id)
    assert plain.before == plain.after  # what is only stated changes nothing
    (tried,) = appeals.rescore(ANNA, case.id, [first.id])
    with pytest.raises(NoRightError):
        appeals.judge(ANNA, case.id, first.id, accept=True, reason=WHY)
    (done,) = appeals.judge(BEN, case.id, first.id, accept=True, reason=WHY)
    assert done == tried
    assert done.after.score < done.before.score
    assert done.after.fund < done.before.fund
    assert done.after.lawful == done.before.fund - done.after.fund + done.before.lawful
    assert done.touched == ("R01", "R11", "R21", "R31", "R41", "S3")  # all of P1's, and nobody else's
    event = book.history(ANNA, case.id)[-1]
    assert event.details["cleared"] == list(done.touched)
    assert [float(score) for score in event.details["score"][done.ring]] == [
        pytest.approx(done.before.score, abs=1e-6),
        pytest.approx(done.after.score, abs=1e-6),
    ]
    with pytest.raises(NotFoundError):
        appeals.judge(BEN, case.id, first.id, accept=False, reason=WHY)
    book.step(ANNA, case.id, StepName.VERIFIED, WHY)
    members, records = book.subjects(ANNA, case.id)
    people, facts = dict.fromkeys(members, Outcome.CONFIRMED), dict.fromkeys(records, Outcome.CONFIRMED)
    with pytest.raises(CaseError, match="explains 6"):
        book.decide(CLARA, case.id, Conclusion(Outcome.CONFIRMED, people, facts), WHY)
    facts |= dict.fromkeys(done.touched, Outcome.CLEARED)
    book.decide(CLARA, case.id, Conclusion(Outcome.PARTLY, people, facts), WHY)


def test_answers_that_are_none(place: Workspace) -> None:
    book, case, file = heard(place)
    appeals, good = Appeals(book, place), proxy("P1", file)
    for bad in (
        replace(good, subject_type="doctor"),
        replace(good, ends=date(2025, 1, 1)),
        replace(good, begins=date(2999, 1, 1), ends=date(2999, 1, 2)),
    ):
        with pytest.raises(CaseError):
            appeals.enter(ANNA, case.id, bad, WHY)
    with pytest.raises(NotFoundError):
        appeals.enter(ANNA, case.id, replace(good, file=file + 1), WHY)
    other = appeals.enter(ANNA, case.id, replace(good, institution="H1"), WHY)
    (nothing,) = appeals.judge(BEN, case.id, other.id, accept=True, reason=WHY)
    assert nothing.after == nothing.before  # it explains its own records only
    refused = appeals.enter(ANNA, case.id, good, WHY)
    appeals.judge(BEN, case.id, refused.id, accept=False, reason=WHY)
    assert [answer.state for answer in appeals.answers(ANNA, case.id)] == [AnswerState.ACCEPTED, AnswerState.REFUSED]


def test_the_sheet_shows_an_institution_only_its_own(place: Workspace) -> None:
    book, case, _file = heard(place)
    appeals = Appeals(book, place)
    sheet = question_sheet(appeals, ANNA, case.id, "H2", WHY)
    ring = CaseStore.open(place.cases).ring(case.bound[0])
    assert {asked.id for asked in sheet.records} <= set(ring.picture.records)
    assert len(sheet.questions) == 3
    assert case.due is not None
    assert sheet.due == case.due.date()
    with pytest.raises(CaseError):
        question_sheet(appeals, ANNA, case.id, "H9", WHY)
    assert book.history(ANNA, case.id)[-1].act == "question_sheet"


def test_nobody_is_asked_about_what_is_known_to_be_lawful(place: Workspace) -> None:
    book, case, file = heard(place)
    appeals = Appeals(book, place)
    first = question_sheet(appeals, ANNA, case.id, "H2", WHY)
    (done,) = appeals.judge(
        BEN, case.id, appeals.enter(ANNA, case.id, proxy("P1", file), WHY).id, accept=True, reason=WHY
    )
    pour(place, book.engine)
    detect(place, detectors=[Says()])
    sheet = question_sheet(appeals, ANNA, case.id, "H2", WHY)
    assert {r.id for r in first.records} - {r.id for r in sheet.records} == set(done.touched)
    assert sheet.grounds[0].records == len(sheet.records)
    assert sheet.grounds[0].fund == sum(r.fund for r in sheet.records)


def test_others_are_pseudonyms_on_the_sheet() -> None:
    from cases.work.question_sheet import _mixed, _pseudonyms

    keys = [(NodeType.PERSON, f"P{number}") for number in range(8)] + [(NodeType.INSTITUTION, "H7")]
    one, other = (_pseudonyms(_mixed(keys, salt)) for salt in ("C-1|H1", "C-1|H2"))
    assert len({statement.en for statement in one.values()}) == len(keys)
    assert not any(key[1] in statement.zh for key, statement in one.items())
    assert {key: s.en for key, s in one.items()} != {key: s.en for key, s in other.items()}


def test_verdicts_reach_the_next_run_as_data(place: Workspace) -> None:
    book, case, _file = heard(place)
    ring = CaseStore.open(place.cases).ring(case.bound[0])
    book.step(ANNA, case.id, StepName.VERIFIED, WHY)
    members, records = book.subjects(ANNA, case.id)
    innocent = {r for r in records if r.startswith("R") and r.endswith("1")}
    people = {key: Outcome.CLEARED if key == (NodeType.PERSON, "P1") else Outcome.CONFIRMED for key in members}
    facts = {r: Outcome.CLEARED if r in innocent else Outcome.CONFIRMED for r in records}
    book.decide(CLARA, case.id, Conclusion(Outcome.PARTLY, people, facts), WHY)
    before = Claims.open(place).version.id
    assert pour(place, book.engine) == 1 + len(members) + len(records)
    assert pour(place, book.engine) == 0
    claims = Claims.open(place)
    assert claims.version.id == before + 1
    snapshot = Snapshot.open(claims)
    assert set(excused_before(snapshot)) == innocent
    confirmed = confirmed_before(snapshot)
    assert (NodeType.PERSON, "P1") not in confirmed
    assert (NodeType.PERSON, "P2") in confirmed
    again = detect(place, detectors=[Says()]).saved.rings[0]
    assert (again.id, again.status) == (ring.id, Status.CONFIRMED)
    assert {again.picture.records[r] for r in innocent} == {Grade.LAWFUL}
    strength = again.picture.features["strength"]
    assert strength == pytest.approx(ring.picture.features["strength"] + math.log(1 - len(innocent) / len(records)))


def test_a_ring_whose_records_are_all_lawful_is_explained(place: Workspace) -> None:
    book, case, _file = heard(place)
    book.step(ANNA, case.id, StepName.VERIFIED, WHY)
    members, records = book.subjects(ANNA, case.id)
    cleared = Conclusion(
        Outcome.CLEARED, dict.fromkeys(members, Outcome.CLEARED), dict.fromkeys(records, Outcome.CLEARED)
    )
    book.decide(CLARA, case.id, cleared, WHY)
    pour(place, book.engine)
    again = detect(place, detectors=[Says()]).saved.rings[0]
    assert again.picture.standing is Standing.EXPLAINED
    assert again.status is Status.CLEARED


def test_the_region_of_a_ring_is_that_of_its_place(place: Workspace) -> None:
    ring = CaseStore.open(place.cases).rings()[0]
    with Claims.open(place).connect() as connection:
        row = connection.execute("SELECT admdvs FROM institutions WHERE fixmedins_code = 'H2'").fetchone()
    assert row is not None
    assert region_of(place, ring) == (row[0] or "")
