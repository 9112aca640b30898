"""Cases: one per ring, the stages and whose they are, conclusions, merging, dates; on both databases."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cases.decide import DecisionError, Ruling, decide
from cases.history import Verdict
from cases.model import Status
from cases.people import NoRightError
from cases.schema import writing
from cases.work.model import BarredError, CaseError, Conclusion, Origin, Outcome, StaleError
from cases.work.stages import Part, Stage, StepName
from cases.work.tables import case_rings, case_verdicts
from claims.audit import ReasonError
from claims.errors import NotFoundError
from claims.ledger import entries
from tests.cases.making import finding
from tests.cases.work.casework import (
    ANNA,
    AUDIT,
    BEN,
    CLARA,
    DORA,
    ERIC,
    FAR,
    NOBODY,
    THERE,
    WHY,
    Bureau,
    everything,
)


def test_a_ring_has_one_open_case_which_later_findings_join(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    first = bureau.book.open_ring(ANNA, ring.id, WHY)
    again = bureau.book.open_ring(BEN, ring.id, WHY)
    assert (again.id, again.priority) == (first.id, first.priority + 1)
    assert bureau.store.ring(ring.id).status is Status.IN_REVIEW
    other = bureau.book.open_by_hand(ANNA, Origin.TIP, "letter of a neighbour", WHY, region="451202")
    with pytest.raises(sa.exc.IntegrityError), writing(bureau.store.engine) as connection:
        values = {"case_id": other.id, "ring_id": ring.id, "active": True, "came_from": ""}
        connection.execute(sa.insert(case_rings).values(values))


def test_what_a_later_run_finds_joins_and_raises_the_priority(bureau: Bureau) -> None:
    ring = bureau.look(finding(range(6))).rings[0]
    case = bureau.book.open_ring(ANNA, ring.id, WHY)
    bureau.look(finding(range(7)), version=2)
    assert bureau.book.get(ANNA, case.id).priority == case.priority + 1
    assert [event.act for event in bureau.book.history(ANNA, case.id)] == ["open", "join"]


def test_cases_follow_rings_that_become_one(bureau: Bureau) -> None:
    small, large = finding(range(4)), finding(range(20, 28), detector="shared_card")
    rings = {ring.picture.people: ring.id for ring in bureau.look(small, large).rings}
    cases = {people: bureau.book.open_ring(ANNA, ring, WHY).id for people, ring in rings.items()}
    bureau.look(finding([*range(4), *range(20, 28)]), version=2)
    assert bureau.store.ring(rings[4]).merged_into == rings[8]
    gone, heir = bureau.book.get(ANNA, cases[4]), bureau.book.get(ANNA, cases[8])
    assert (gone.stage, gone.merged_into) == (Stage.MERGED, heir.id)
    assert heir.taken_in == (gone.id,)


def test_a_case_moves_to_the_heir_of_its_ring(bureau: Bureau) -> None:
    small, large = finding(range(4)), finding(range(20, 28), detector="shared_card")
    rings = {ring.picture.people: ring.id for ring in bureau.look(small, large).rings}
    case = bureau.book.open_ring(ANNA, rings[4], WHY)
    bureau.look(finding([*range(4), *range(20, 28)]), version=2)
    assert bureau.book.get(ANNA, case.id).bound == (rings[8],)


def test_the_whole_way_ends_in_verdicts_for_everybody(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    file = bureau.closed(ring.id)
    assert (file.stage, file.outcome, file.due) == (Stage.CLOSED, Outcome.CONFIRMED, None)
    assert bureau.store.ring(ring.id).status is Status.CONFIRMED
    with bureau.store.engine.connect() as connection:
        rows = connection.execute(sa.select(case_verdicts.c.subject_type, case_verdicts.c.verdict)).all()
        kinds = [entry.leaf.kind for entry in entries(connection)]
    assert {row.verdict for row in rows} == {"confirmed"}
    assert len(rows) == 1 + len(ring.picture.members) + len(ring.picture.records)
    assert {"case", "review", "ring_decision"} <= set(kinds)
    parts = bureau.book.parts(ANNA, file.id)
    assert parts == {"anna": {Part.PREPARED}, "ben": {Part.SECOND}, "clara": {Part.FINAL}}


def test_a_partly_confirmed_ring_leaves_its_cleared_member_cleared(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    case = bureau.reviewed(ring.id)
    members = {m.key: Outcome.CLEARED if m.id == "P3" else Outcome.CONFIRMED for m in ring.picture.members}
    records = {r: Outcome.CLEARED if r.startswith("S-3-") else Outcome.CONFIRMED for r in ring.picture.records}
    for whole in (Outcome.CONFIRMED, Outcome.CLEARED, Outcome.NOT_ENOUGH):
        with pytest.raises(CaseError, match="does not agree"):
            bureau.book.decide(CLARA, case.id, Conclusion(whole, members, records), WHY)
    bureau.book.decide(CLARA, case.id, Conclusion(Outcome.PARTLY, members, records), WHY)
    with bureau.store.engine.connect() as connection:
        query = sa.select(case_verdicts.c.subject_id).where(case_verdicts.c.verdict == "cleared")
        assert set(connection.scalars(query)) == {"P3", *(r for r in records if r.startswith("S-3-"))}


def test_conclusions_that_cannot_be(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    case = bureau.reviewed(ring.id)
    good = everything(ring, Outcome.CONFIRMED)
    few = dict(list(good.members.items())[1:])
    cleared = dict.fromkeys(good.records, Outcome.CLEARED)
    for bad in (
        Conclusion(Outcome.CONFIRMED, few, good.records),
        Conclusion(Outcome.CONFIRMED, good.members, {**good.records, "S-none": Outcome.CONFIRMED}),
        Conclusion(Outcome.PARTLY, good.members, cleared),  # somebody confirmed on no record
        Conclusion(Outcome.PARTLY, good.members, dict.fromkeys(good.records, Outcome.PARTLY)),
    ):
        with pytest.raises(CaseError):
            bureau.book.decide(CLARA, case.id, bad, WHY)
    assert bureau.book.get(CLARA, case.id).stage is Stage.FINAL_REVIEW


def test_nobody_reviews_own_work_and_the_reviewers_differ(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    case = bureau.book.open_ring(DORA, ring.id, WHY).id
    bureau.book.step(DORA, case, StepName.PASS_ON, WHY)
    with pytest.raises(BarredError):
        bureau.book.step(DORA, case, StepName.UPHOLD, WHY)
    bureau.book.step(CLARA, case, StepName.PROPOSE_CLEARING, WHY)
    for actor in (CLARA, DORA):
        with pytest.raises(BarredError):
            bureau.book.decide(actor, case, everything(ring, Outcome.CLEARED), WHY)
    with pytest.raises(NoRightError):
        bureau.book.decide(ERIC, case, everything(ring, Outcome.CLEARED), WHY)
    refused = [event for event in bureau.book.history(CLARA, case) if event.refused]
    assert [event.actor for event in refused] == ["dora", "clara", "dora", "eric"]
    with bureau.store.engine.connect() as connection:
        leaves = [entry.leaf for entry in entries(connection)]
    assert [leaf.actor for leaf in leaves if "refused" in leaf.body] == ["dora", "clara", "dora", "eric"]


def test_reasons_and_stale_views_are_checked(bureau: Bureau) -> None:
    case = bureau.book.open_ring(ANNA, bureau.rings(1)[0].id, WHY)
    with pytest.raises(ReasonError):
        bureau.book.step(ANNA, case.id, StepName.PASS_ON, "x")
    bureau.book.note_date(ANNA, case.id, bureau.clock().date() + timedelta(days=3), WHY)
    with pytest.raises(StaleError):
        bureau.book.step(ANNA, case.id, StepName.PASS_ON, WHY, seen=case.version)


def test_merging_and_separating_keep_both_histories(bureau: Bureau) -> None:
    one, other = (bureau.book.open_ring(ANNA, ring.id, WHY) for ring in bureau.rings(2))
    bureau.book.step(ANNA, one.id, StepName.PASS_ON, WHY)
    merged = bureau.book.merge(BEN, one.id, other.id, WHY)
    assert set(merged.bound) == {*one.bound, *other.bound}
    with pytest.raises(CaseError):
        bureau.book.step(BEN, one.id, StepName.UPHOLD, WHY)
    back = bureau.book.unmerge(BEN, one.id, WHY)
    assert (back.stage, back.bound) == (Stage.SECOND_REVIEW, one.bound)
    assert bureau.book.get(ANNA, other.id).bound == other.bound
    acts = [event.act for event in bureau.book.history(ANNA, one.id) if not event.refused]
    assert acts == ["open", "pass_on", "merge", "unmerge"]
    assert [e.act for e in bureau.book.history(ANNA, other.id)] == ["open", "take_in", "let_go"]


def test_limits_pass_and_dates_open_again(bureau: Bureau) -> None:
    one, other = bureau.rings(2)
    case = bureau.book.open_ring(ANNA, one.id, WHY)
    bureau.clock.pass_days(2.9)
    assert bureau.book.tick() == ()
    bureau.clock.pass_days(0.2)
    assert bureau.book.tick() == (case.id,)
    late = bureau.book.get(ANNA, case.id)
    assert (late.escalated, late.priority) == (True, case.priority + 1)
    assert bureau.book.tick() == ()
    closed = bureau.closed(other.id, Outcome.NOT_ENOUGH)
    bureau.book.note_date(CLARA, closed.id, bureau.clock().date() + timedelta(days=30), WHY)
    bureau.clock.pass_days(31)
    bureau.book.tick()
    assert bureau.book.get(ANNA, closed.id).stage is Stage.SECOND_REVIEW


def test_only_the_owner_of_a_reviewed_case_puts_it_aside(bureau: Bureau) -> None:
    ring, fresh = bureau.rings(2)
    until = bureau.clock().date() + timedelta(days=30)
    new = bureau.book.open_ring(ANNA, fresh.id, WHY)
    bureau.book.take(ANNA, new.id, WHY)
    with pytest.raises(CaseError, match="reviewed"):
        bureau.book.snooze(ANNA, new.id, until, WHY)
    case = bureau.reviewed(ring.id)
    with pytest.raises(NoRightError):
        bureau.book.snooze(CLARA, case.id, until, WHY)
    bureau.book.take(CLARA, case.id, WHY)
    with pytest.raises(CaseError, match="180"):
        bureau.book.snooze(CLARA, case.id, bureau.clock().date() + timedelta(days=181), WHY)
    bureau.book.snooze(CLARA, case.id, until, WHY)
    assert bureau.store.ring(ring.id).status is Status.SNOOZED
    bureau.clock.pass_days(32)
    assert case.id in bureau.book.tick()
    assert bureau.book.get(CLARA, case.id).snoozed_until is None
    assert bureau.store.ring(ring.id).status is Status.IN_REVIEW


def test_regions_do_not_leak(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    case = bureau.book.open_ring(ANNA, ring.id, WHY)
    assert bureau.book.list(FAR) == bureau.book.find(FAR, case.id) == ()
    said = []
    for id_ in (case.id, "C-2026-999999"):
        for act in (
            lambda id_: bureau.book.get(FAR, id_),
            lambda id_: bureau.book.step(FAR, id_, StepName.PASS_ON, WHY),
            lambda id_: bureau.book.history(FAR, id_),
            lambda id_: bureau.book.take(FAR, id_, WHY),
        ):
            with pytest.raises(NotFoundError) as caught:
                act(id_)
            said.append(str(caught.value).replace(id_, ""))
    assert len(set(said)) == 1
    with pytest.raises(NotFoundError):
        bureau.book.open_ring(FAR, ring.id, WHY)
    for id_ in (case.id, "C-2026-999999"):
        with pytest.raises(NoRightError):
            bureau.book.get(NOBODY, id_)
    with pytest.raises(NoRightError):
        bureau.book.step(AUDIT, case.id, StepName.PASS_ON, WHY)
    with pytest.raises(NotFoundError):
        bureau.book.open_by_hand(ANNA, Origin.TIP, "letter", WHY, region=THERE)


def test_a_ring_in_a_case_is_decided_there(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    bureau.book.open_ring(ANNA, ring.id, WHY)
    with pytest.raises(DecisionError, match="C-2026"):
        decide(bureau.store, ring.id, Ruling(Verdict.CLEARED, "anna", WHY, bureau.clock()))


def test_assigning_looks_at_role_region_and_own_work(bureau: Bureau) -> None:
    case = bureau.book.open_ring(ANNA, bureau.rings(1)[0].id, WHY)
    bureau.book.step(ANNA, case.id, StepName.PASS_ON, WHY)
    for wrong in (ANNA, FAR, AUDIT):
        with pytest.raises(CaseError):
            bureau.book.assign(CLARA, case.id, wrong, WHY)
    assert bureau.book.assign(CLARA, case.id, BEN, WHY).owner == "ben"
    with pytest.raises(CaseError):
        bureau.book.take(ERIC, case.id, WHY)
