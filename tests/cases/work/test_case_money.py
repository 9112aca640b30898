"""Money ordered back and received, drafts of decisions, drawings of second readings; on both databases."""

from datetime import date

import pytest
import sqlalchemy as sa

from cases.people import NoRightError
from cases.schema import reading
from cases.work.board import Board
from cases.work.drafts import Draft, Drafts
from cases.work.drawings import Drawings, Pool
from cases.work.model import CaseError, Outcome
from cases.work.recoveries import Flow, Recoveries, standing_of
from cases.work.rereads import Rereads
from cases.work.stages import StepName
from cases.work.tables import case_drafts
from claims.errors import NotFoundError
from tests.cases.work.casework import ANNA, AUDIT, BEN, CLARA, DORA, ERIC, FAR, NOBODY, WHY, Bureau, everything

FIRST, SECOND = date(2026, 6, 3), date(2026, 7, 1)


def test_orders_and_receipts_add_up_by_case_and_month(bureau: Bureau) -> None:
    one, two = (bureau.closed(ring.id).id for ring in bureau.rings(2))
    money = Recoveries(bureau.book)
    money.enter(ANNA, one, Flow.ORDERED, "200.00", FIRST, WHY)
    money.enter(ANNA, one, Flow.RECEIVED, "120.50", SECOND, WHY)
    money.enter(ANNA, one, Flow.RECEIVED, "-20.50", SECOND, WHY)
    money.enter(DORA, two, Flow.RECEIVED, "5", SECOND, WHY)  # paid back before anybody ordered it
    sums = standing_of(money.entries(AUDIT, one))
    assert (str(sums.ordered), str(sums.received), str(sums.outstanding)) == ("200.00", "100.00", "100.00")
    assert [(case, str(s.outstanding)) for case, s in money.owing(DORA)] == [(one, "100.00")]
    months = money.months(CLARA)
    assert {m: (str(s.ordered), str(s.received)) for m, s in months.items()} == {
        "2026-06": ("200.00", "0.00"),
        "2026-07": ("0.00", "105.00"),
    }
    assert {m: str(sum_) for m, sum_ in Board(bureau.book).recoveries(CLARA).items()} == {"2026-07": "105.00"}
    event = bureau.book.history(ANNA, one)[-1]
    assert (event.act, event.details["flow"], event.details["amount"]) == ("recover", "received", "-20.50")


@pytest.mark.parametrize("amount", ["much", "0", "NaN", "Infinity", "1e13", "-0.01"])
def test_what_is_no_amount_is_refused(bureau: Bureau, amount: str) -> None:
    case = bureau.closed(bureau.rings(1)[0].id).id
    with pytest.raises(CaseError):
        Recoveries(bureau.book).enter(ANNA, case, Flow.RECEIVED, amount, SECOND, WHY)
    assert Recoveries(bureau.book).entries(ANNA, case) == ()


def test_money_of_tomorrow_or_of_others_is_refused(bureau: Bureau) -> None:
    case = bureau.closed(bureau.rings(1)[0].id).id
    money = Recoveries(bureau.book)
    with pytest.raises(CaseError):
        money.enter(ANNA, case, Flow.ORDERED, "1", date(2026, 7, 3), WHY)
    with pytest.raises(NotFoundError):
        money.enter(FAR, case, Flow.ORDERED, "1", SECOND, WHY)
    for actor in (AUDIT, NOBODY):
        with pytest.raises(NoRightError):
            money.enter(actor, case, Flow.ORDERED, "1", SECOND, WHY)
    assert money.months(FAR) == {} and list(money.owing(FAR)) == []
    with pytest.raises(NoRightError):
        money.months(ANNA)


def test_whoever_reads_again_does_not_see_what_was_ordered_back(bureau: Bureau) -> None:
    case = bureau.closed(bureau.rings(1)[0].id).id
    money, rereads = Recoveries(bureau.book), Rereads(bureau.book)
    money.enter(ANNA, case, Flow.ORDERED, "200", FIRST, WHY)
    rereads.draw(CLARA, 1, 1, WHY)
    got = rereads.take(ERIC, WHY)
    assert got is not None
    assert money.entries(ERIC, case) == () and list(money.owing(ERIC)) == []
    with pytest.raises(CaseError):
        money.enter(ERIC, case, Flow.RECEIVED, "1", SECOND, WHY)
    rereads.answer(ERIC, got.id, Outcome.CONFIRMED, WHY)
    assert len(money.entries(ERIC, case)) == 1 and len(money.owing(ERIC)) == 1


def test_a_draft_is_ones_own_and_goes_with_the_decision(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    case = bureau.reviewed(ring.id).id
    drafts = Drafts(bureau.book)
    members = {ring.picture.members[0].key: Outcome.PARTLY}
    records = dict.fromkeys(list(ring.picture.records)[:2], Outcome.CLEARED)
    drafts.keep(CLARA, case, Draft(members, records))
    drafts.keep(DORA, case, Draft({}, dict.fromkeys(records, Outcome.CONFIRMED)))
    drafts.keep(CLARA, case, Draft(members, records))
    assert drafts.read(CLARA, case) == Draft(members, records)
    assert drafts.read(DORA, case).members == {}
    for actor in (ANNA, BEN, AUDIT):
        assert drafts.read(actor, case) == Draft()
    with pytest.raises(NotFoundError):
        drafts.read(FAR, case)
    drafts.keep(DORA, case, Draft())
    assert drafts.read(DORA, case) == Draft()
    bureau.book.decide(CLARA, case, everything(bureau.store.ring(ring.id), Outcome.CLEARED), WHY)
    assert drafts.read(CLARA, case) == Draft()
    with reading(bureau.store.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(case_drafts)) == 0


def test_only_who_can_decide_now_keeps_a_draft(bureau: Bureau) -> None:
    first, later = bureau.rings(2)
    early = bureau.book.open_ring(ANNA, first.id, WHY).id
    case = bureau.reviewed(later.id).id
    drafts, draft = Drafts(bureau.book), Draft({}, {"x": Outcome.CLEARED})
    with pytest.raises(CaseError):
        drafts.keep(CLARA, early, draft)
    for actor in (ANNA, BEN):
        with pytest.raises(CaseError):
            drafts.keep(actor, case, draft)
    with pytest.raises(NoRightError):
        drafts.keep(AUDIT, case, draft)
    with pytest.raises(NotFoundError):
        drafts.keep(FAR, case, draft)
    bureau.book.step(CLARA, case, StepName.SEND_BACK, WHY)
    with pytest.raises(CaseError):
        drafts.keep(CLARA, case, draft)


def test_drawings_count_what_waits_is_read_and_answered(bureau: Bureau) -> None:
    cases = [bureau.closed(ring.id, Outcome.CLEARED).id for ring in bureau.rings(3)]
    rereads, drawings = Rereads(bureau.book), Drawings(bureau.book)
    assert rereads.sizes(CLARA) == {Pool.CLOSED: 3, Pool.SNOOZED: 0, Pool.EXPLAINED: 0}
    drawing = rereads.draw(CLARA, 3, 20260701, WHY)
    assert (rereads.waiting(ERIC), rereads.waiting(BEN), rereads.waiting(DORA)) == (3, 0, 3)
    done, begun = rereads.take(ERIC, WHY), rereads.take(ERIC, WHY)
    assert done is not None and begun is not None
    rereads.answer(ERIC, done.id, Outcome.CONFIRMED, WHY)
    assert [(r.id, r.second, r.first) for r in rereads.mine(ERIC)] == [
        (begun.id, None, None),
        (done.id, Outcome.CONFIRMED, Outcome.CLEARED),
    ]
    (found,) = drawings.all(AUDIT)
    assert (found.id, found.by, found.seed) == (drawing, "clara", 20260701)
    assert (found.drawn, found.taken, found.answered) == (3, 1, 1)
    assert drawings.all(DORA) == ()  # it was drawn from regions she does not see
    assert drawings.agreement(AUDIT, drawing).misses[Pool.CLOSED].found == 1
    assert len(cases) == 3
    for actor in (ANNA, NOBODY):
        with pytest.raises(NoRightError):
            drawings.all(actor)
