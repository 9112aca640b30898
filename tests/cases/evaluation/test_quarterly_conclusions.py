"""What people concluded, read from a real case database and a real workspace."""

from datetime import timedelta
from pathlib import Path

import pytest

from cases.decide import Ruling, decide
from cases.evaluation.evaluate import Ask, evaluate
from cases.evaluation.model import Mark
from cases.evaluation.quarter import Quarter
from cases.evaluation.reviewed import read_reviewed, stamp_of
from cases.evaluation.source import read_source
from cases.history import Verdict
from cases.model import Ring
from cases.work.model import Conclusion, Outcome
from claims.reader import Claims
from detectors.finding import Grade
from graph.model import NodeType
from tests.cases.making import FIRST, finding
from tests.cases.work.casework import CLARA, WHY, Bureau, everything
from tests.loaders.kit import load_world, workspace
from tests.scenarios import settlement, village

PEOPLE, DAYS = range(4), (0, 7, 14)


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Claims:
    """The village with the settlements of a ring at the pharmacy, and one more that an old verdict is about."""
    world = village()
    for who in PEOPLE:
        for day in DAYS:
            time = str(FIRST + timedelta(days=day, minutes=who))
            world["settlements"].append(
                settlement(f"S-{who}-{day:03}-H2", f"P{who}", time, "H2", med_type="41", fund="9.00", total="10.00")
            )
    said = {"verdict": "confirmed", "decided_at": "2026-02-20 09:00:00", "reason": "earlier inspection"}
    world["verdicts"] = [{"subject_type": "settlement", "subject_id": "S1"} | said]
    place = tmp_path_factory.mktemp("village")
    load_world(place, world)
    return Claims.open(workspace(place))


@pytest.fixture
def bureau(address: str | Path) -> Bureau:
    return Bureau.at(address)


def a_ring(bureau: Bureau, grade: Grade = Grade.PROBABLE) -> Ring:
    bureau.look(finding(PEOPLE, DAYS, where="H2", grade=grade))
    return bureau.store.rings()[0]


def marks(bureau: Bureau, claims: Claims, ring: Ring) -> set[Mark]:
    return {one.mark for one in read_reviewed(bureau.store, claims) if one.lead == ring.id}


def test_what_nobody_reviewed_is_open(bureau: Bureau, claims: Claims) -> None:
    assert marks(bureau, claims, a_ring(bureau)) == {Mark.OPEN}


@pytest.mark.parametrize(
    ("verdict", "mark"),
    [(Verdict.CONFIRMED, Mark.CONFIRMED), (Verdict.CLEARED, Mark.CLEARED), (Verdict.UNSURE, Mark.UNPROVEN),
     (Verdict.IN_REVIEW, Mark.OPEN)],
)  # fmt: skip
def test_decisions_about_a_ring_mark_its_records(bureau: Bureau, claims: Claims, verdict: Verdict, mark: Mark) -> None:
    ring, before = a_ring(bureau), stamp_of(bureau.store)
    decide(bureau.store, ring.id, Ruling(verdict, "li", WHY, bureau.clock()))
    assert marks(bureau, claims, ring) == {mark}
    assert stamp_of(bureau.store) != before


def test_contested_records_are_not_confirmed_with_the_whole(bureau: Bureau, claims: Claims) -> None:
    ring = a_ring(bureau, Grade.CONTESTED)
    decide(bureau.store, ring.id, Ruling(Verdict.CONFIRMED, "li", WHY, bureau.clock()))
    assert marks(bureau, claims, ring) == {Mark.UNPROVEN}


def test_an_institution_cleared_as_a_member_is_cleared(bureau: Bureau, claims: Claims) -> None:
    ring = a_ring(bureau)
    case = bureau.reviewed(ring.id)
    given = everything(ring, Outcome.CONFIRMED)
    members = {**given.members, (NodeType.INSTITUTION, "H2"): Outcome.CLEARED}
    bureau.book.decide(CLARA, case.id, Conclusion(Outcome.PARTLY, members, given.records), WHY)
    assert marks(bureau, claims, ring) == {Mark.CLEARED}


def test_records_are_concluded_on_one_by_one(bureau: Bureau, claims: Claims) -> None:
    ring = a_ring(bureau)
    case = bureau.reviewed(ring.id)
    records = dict.fromkeys(sorted(ring.picture.records), Outcome.CLEARED)
    records["S-0-000-H2"] = Outcome.CONFIRMED
    members = {member.key: Outcome.PARTLY for member in ring.picture.members}
    bureau.book.decide(CLARA, case.id, Conclusion(Outcome.PARTLY, members, records), WHY)
    found = {one.record.id: one.mark for one in read_reviewed(bureau.store, claims) if one.lead == ring.id}
    assert found.pop("S-0-000-H2") is Mark.CONFIRMED
    assert set(found.values()) == {Mark.CLEARED}


def test_an_open_case_has_concluded_on_nothing(bureau: Bureau, claims: Claims) -> None:
    ring = a_ring(bureau)
    bureau.reviewed(ring.id)
    assert marks(bureau, claims, ring) == {Mark.OPEN}


def test_verdicts_of_before_count_where_no_ring_speaks(bureau: Bureau, claims: Claims) -> None:
    source = read_source(claims, bureau.store)
    (one,) = source.marked
    assert (one.record.id, one.mark, one.lead) == ("S1", Mark.CONFIRMED, "verdict:P1")
    line = next(line for line in evaluate(source, Ask(Quarter(2026, 1))).lines if line.code == "H1")
    assert (line.observed, line.held_records) == (1, 1)


def test_counts_are_those_of_the_net_tables(bureau: Bureau, claims: Claims) -> None:
    """S4 was refunded; the ring's twelve settlements and S3 are the pharmacy's."""
    lines = {line.code: line for line in evaluate(read_source(claims, None), Ask()).lines}
    assert (lines["H1"].settlements, lines["H1"].persons, str(lines["H1"].fund)) == (2, 2, "120.00")
    assert (lines["H2"].settlements, str(lines["H2"].fund)) == (13, "108.00")
    assert lines["H1"].mix.chapters == {"IX": 1.0}
    assert lines["H1"].mix.ages == {"65-79": 1.0}  # born on 7 March 1960: 65 years in January
    assert lines["H1"].mix.care == {"11": 1.0}
