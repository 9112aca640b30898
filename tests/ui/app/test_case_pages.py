"""The pages of cases: with, without, without the right; steps, decisions, files and answers behind them."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from cases.people import NoRightError as NotYoursError
from cases.work.answers import Answer, AnswerKind
from cases.work.model import BarredError, CaseError, Origin, Outcome, StaleError
from cases.work.stages import STEPS, Stage, StepName
from claims.aliases import Aliases
from claims.audit import ReasonError
from claims.errors import NotFoundError
from tests.ui.app.case_world import TO_FINAL, WHY, Bureau
from tests.ui.app.conftest import Visitor, context_of, said
from ui.auth.errors import NoRightError
from ui.service.cases_query import CaseQuery, Scope, View, from_url, to_url
from ui.service.house import House

Visit = Callable[[House, str], Visitor]


def html_of(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.main if getattr(element, "type", "") == "html")


def keys_of(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, app.exception
    return app


def test_the_list_without_cases_says_how_they_begin(bureau: Bureau, office: House, visit: Visit) -> None:
    app = visit(office, "wang").run("cases")
    assert "There is no open case." in said(app)
    assert "You have no open case." in said(visit(office, "wang").run("cases", scope="mine"))
    assert "No case was closed yet." in said(visit(office, "wang").run("cases", scope="closed"))


def test_the_board_shows_cards_and_a_preview(bureau: Bureau, office: House, visit: Visit) -> None:
    first, second = (bureau.opened(ring) for ring in bureau.rings()[:2])
    bureau.book.step(bureau.actor("wang"), second.id, StepName.PASS_ON, WHY)
    app = visit(office, "li").run("cases")
    text, html = said(app), html_of(app)
    assert "**first check** :gray-badge[1]" in text and "**second review** :gray-badge[1]" in text
    assert first.id[-6:] in html and second.id[-6:] in html and "d left" in text
    press(app, f"cases.look.{second.id}")
    assert app.query_params["case"] == second.id
    assert f"{second.id} ·" in said(app)


def test_an_overdue_case_is_red(bureau: Bureau, office: House, visit: Visit) -> None:
    then = datetime.now(UTC) - timedelta(days=9, hours=1)
    bureau.book.at(lambda: then).open_ring(bureau.actor("li"), bureau.rings()[0].id, WHY)
    assert ":red-badge[overdue by 7 d]" in said(visit(office, "wang").run("cases"))


def test_search_scope_and_stage_are_in_the_address(bureau: Bureau, office: House, visit: Visit) -> None:
    file, other = (bureau.opened(ring) for ring in bureau.rings()[:2])
    service = context_of(office, visit, "wang").case_work
    assert [f.id for f in service.listed(CaseQuery(text=file.bound[0])).files] == [file.id]
    assert service.listed(CaseQuery(scope=Scope.MINE)).files == ()
    listed = service.listed(from_url({"scope": "all", "stage": "first_check", "view": "x"}))
    assert {f.id for f in listed.files} == {file.id, other.id}
    query = CaseQuery(Scope.CLOSED, View.LIST, Stage.APPEAL, "17", file.id)
    assert from_url(to_url(query)) == query
    app = visit(office, "wang").run("cases", text=file.bound[0])
    assert file.id[-6:] in html_of(app) and other.id[-6:] not in html_of(app)


def test_two_people_never_take_the_same_case(bureau: Bureau, office: House, visit: Visit) -> None:
    files = {bureau.opened(ring).id for ring in bureau.rings()[:2]}
    taken = []
    for name in ("wang", "li"):
        app = press(visit(office, name).run("cases"), "cases.next")
        assert "is yours now" in said(app)
        taken.append(app.query_params["case"])
    assert set(taken) == files
    app = press(visit(office, "zhou").run("cases"), "cases.next")
    assert "Nothing waits for you" in said(app)


def test_a_tip_opens_a_case_by_hand(bureau: Bureau, office: House, visit: Visit) -> None:
    app = visit(office, "wang").run("cases")
    app.text_area(key="cases.new.source").set_value("某药店 13812345678 代刷医保卡")
    app.text_area(key="cases.new.reason").set_value(WHY)
    press(app, "cases.new.open")
    (file,) = bureau.book.list(bureau.actor("wang"))
    assert file.origin is Origin.TIP
    page = visit(office, "wang").run("case", case=file.id)
    assert "13812345678" not in said(page) + html_of(page)
    assert "No ring belongs to this case." in said(page)


def test_an_entity_is_kept_by_number_and_shown_by_alias(bureau: Bureau, office: House, visit: Visit) -> None:
    acts = context_of(office, visit, "wang").case_work.acts
    alias = Aliases(bureau.workspace.aliases).give([("phone", "13812345678")])["phone", "13812345678"]
    file = acts.open_by_hand(Origin.ENTITY, f"phone:{alias}", "", "", WHY)
    assert file.source == "phone:13812345678"
    app = visit(office, "wang").run("case", case=file.id)
    assert alias in said(app) and "13812345678" not in said(app) + html_of(app)
    with pytest.raises(NotFoundError):
        acts.open_by_hand(Origin.ENTITY, "nothing", "", "", WHY)


@pytest.mark.parametrize("name", ["wang", "chen", "li", "zhou", "sun"])
def test_exactly_the_steps_of_the_table_are_offered(bureau: Bureau, office: House, visit: Visit, name: str) -> None:
    """Every stage, one account each: buttons are what the state machine allows, else there is a sentence."""
    file = bureau.opened(bureau.rings()[0])
    for at in range(len(TO_FINAL) + 1):
        app = visit(office, name).run("case", case=file.id)
        offered = {key.removeprefix("case.step.") for key in keys_of(app) if key.startswith("case.step.")}
        allowed = bureau.book.steps(bureau.actor(name), file.id)
        assert offered == {step.value for step in allowed} - {"decide"}
        assert ("case.to_subjects" in keys_of(app)) == (StepName.DECIDE in allowed)
        if not allowed:
            assert "This step" in said(app) or "this step" in said(app) or "The next step is for" in said(app)
        if at < len(TO_FINAL):
            who, step = TO_FINAL[at]
            bureau.book.step(bureau.actor(who), file.id, step, WHY)
    assert len(STEPS) == 11


def test_a_step_needs_a_reason_and_moves_the_case(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.opened(bureau.rings()[0])
    app = press(visit(office, "wang").run("case", case=file.id), "case.step.pass_on")
    assert "A reason must have" in app.error[0].value
    assert bureau.book.get(bureau.actor("wang"), file.id).stage is Stage.FIRST_CHECK
    app.text_area(key=f"case.step.reason.{file.id}").set_value(WHY)
    press(app, "case.step.pass_on")
    assert "stands at second review" in app.success[0].value
    assert bureau.book.history(bureau.actor("wang"), file.id)[-1].reason == WHY


def test_who_comes_second_gets_a_sentence_and_the_fresh_state(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.opened(bureau.rings()[0])
    app = visit(office, "wang").run("case", case=file.id)
    bureau.book.step(bureau.actor("li"), file.id, StepName.PASS_ON, WHY)
    app.text_area(key=f"case.step.reason.{file.id}").set_value(WHY)
    press(app, "case.step.pass_on")
    told = app.warning[0].value.replace("\\", "")
    assert "Somebody changed" in told and "李强" in told and "pass on to second review" in told
    assert "second review" in said(app) and "case.step.pass_on" not in keys_of(app)
    with pytest.raises(StaleError):
        context_of(office, visit, "zhou").case_work.acts.assign(file.id, "chen", WHY, file.version)


def test_nobody_takes_the_final_review_of_own_work(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.before_final(bureau.rings()[0])
    app = visit(office, "li").run("case", case=file.id)
    assert "Nobody reviews own work" in said(app) and "case.to_subjects" not in keys_of(app)
    acts = context_of(office, visit, "li").case_work.acts
    people, records = bureau.book.subjects(bureau.actor("li"), file.id)
    conclusion = acts.conclusion(
        file.id, dict.fromkeys(people, Outcome.CLEARED), dict.fromkeys(records, Outcome.CLEARED)
    )
    with pytest.raises(BarredError):
        acts.decide(file.id, conclusion, WHY, file.version)
    assert "case.to_subjects" in keys_of(visit(office, "zhou").run("case", case=file.id))


def test_a_decision_says_something_about_everybody(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.before_final(bureau.rings()[0])
    app = visit(office, "zhou").run("case", case=file.id, part="subjects")
    assert "lack one" in said(app)
    app.text_area(key=f"case.decide.reason.{file.id}").set_value(WHY)
    press(app, "case.decide.do")
    assert "lack one" in app.error[0].value
    draft = f"case.draft.{file.id}.{file.version}"
    for kind in ("members", "records"):
        app.selectbox(key=f"{draft}.{kind}.outcome").set_value(Outcome.CONFIRMED)
        press(app, f"case.set.{kind}")
    assert "As a whole this comes to: confirmed." in said(app)
    press(app, "case.empty.records")
    assert "lack one" in said(app)
    press(app, "case.set.records")
    press(app, "case.decide.do")
    assert "is closed: confirmed" in app.success[0].value.replace("\\", "")
    assert bureau.book.get(bureau.actor("zhou"), file.id).outcome is Outcome.CONFIRMED
    assert "verdicts for later runs" in said(app)


def test_outcomes_that_do_not_agree_are_refused(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.before_final(bureau.rings()[0])
    acts = context_of(office, visit, "zhou").case_work.acts
    people, records = bureau.book.subjects(bureau.actor("zhou"), file.id)
    with pytest.raises(CaseError, match="without a record"):
        acts.conclusion(file.id, dict.fromkeys(people, Outcome.CONFIRMED), dict.fromkeys(records, Outcome.CLEARED))


def test_a_lead_assigns_to_who_can_move_it_on(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.opened(bureau.rings()[0])
    app = visit(office, "zhou").run("case", case=file.id)
    box = app.selectbox(key=f"case.assign.to.{file.id}")
    assert any("wang" in name for name in box.options) and not any("chen" in name for name in box.options)
    box.set_value("wang")
    app.text_area(key=f"case.assign.reason.{file.id}").set_value(WHY)
    press(app, "case.assign.do")
    assert bureau.book.get(bureau.actor("zhou"), file.id).owner == "wang"
    assert file.id in said(visit(office, "wang").run("desk"))


def test_merging_and_separating(bureau: Bureau, office: House, visit: Visit) -> None:
    one, other = (bureau.opened(ring) for ring in bureau.rings()[:2])
    app = visit(office, "zhou").run("case", case=one.id)
    app.selectbox(key=f"case.merge.into.{one.id}").set_value(other.id)
    app.text_area(key=f"case.merge.reason.{one.id}").set_value(WHY)
    press(app, "case.merge.do")
    press(app, f"case.here.case={other.id}")
    assert app.query_params["case"] == other.id
    assert f"case.here.case={one.id}" in keys_of(visit(office, "zhou").run("case", case=other.id))
    app = visit(office, "zhou").run("case", case=one.id)
    app.text_area(key=f"case.unmerge.reason.{one.id}").set_value(WHY)
    press(app, "case.unmerge.do")
    assert bureau.book.get(bureau.actor("zhou"), one.id).stage is Stage.FIRST_CHECK


def test_comments_mention_only_who_sees_the_case(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.opened(bureau.rings()[0])
    app = visit(office, "wang").run("case", case=file.id, part="talk")
    app.text_area(key=f"case.comment.{file.id}").set_value("@far look")
    press(app, "case.comment.do")
    assert "Nobody called far sees this case" in app.error[0].value
    app.text_area(key=f"case.comment.{file.id}").set_value("@chen please look <b>here</b>")
    press(app, "case.comment.do")
    assert [element.value for element in app.text] == ["@chen please look <b>here</b>"]
    assert context_of(office, visit, "chen").case_work.paper(file.id).watched
    press(app, "case.task.usual")
    assert "The usual tasks are there." in said(app)
    assert "Finish a task" in "".join(box.label for box in app.expander)


def test_files_are_checked_and_every_way_out_is_written_down(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.opened(bureau.rings()[0])
    work = context_of(office, visit, "wang").case_work
    with pytest.raises(CaseError):
        work.attach(file.id, "page.html", b"<html><script>x</script></html>", WHY)
    line = work.attach(file.id, "../../roster.txt", "值班".encode(), WHY)
    assert line.name == "roster.txt" and line.sha256 == hashlib.sha256("值班".encode()).hexdigest()
    app = visit(office, "wang").run("case", case=file.id, part="files")
    assert "roster.txt" in html_of(app)
    press(app, "case.file.out.do")
    assert "A reason must have" in app.error[0].value
    app.text_area(key=f"case.file.why.{file.id}").set_value(WHY)
    press(app, "case.file.out.do")
    assert "is ready below" in app.success[0].value
    assert bureau.book.history(bureau.actor("wang"), file.id)[-1].act == "take_out_file"
    with pytest.raises(NoRightError):
        context_of(office, visit, "sun").case_work.take_out(file.id, line.id, WHY)


def test_an_answer_is_entered_tried_and_judged_by_another(bureau: Bureau, office: House, visit: Visit) -> None:
    ring = next(r for r in bureau.rings() if r.picture.kind == "shared_card/hoarded_burst")
    file = bureau.opened(ring)
    for name, step in (("wang", StepName.PASS_ON), ("chen", StepName.UPHOLD)):
        bureau.book.step(bureau.actor(name), file.id, step, WHY)
    work = context_of(office, visit, "wang").case_work
    paper = work.attach(file.id, "records.txt", b"records", WHY)
    line = work.rings(file)[0].records[0]
    day = line.record.time.date()
    given = Answer(line.record.place, AnswerKind.MEDICAL_RECORD, "settlement", line.record.id, day, day, paper.id, "x")
    answer = work.hearing.enter(file.id, given, WHY)
    app = visit(office, "wang").run("case", case=file.id, part="hearing")
    assert "medical record" in html_of(app) and "1 records are touched" in html_of(app)
    assert "case.answer.accept" not in keys_of(app)
    asked = work.hearing.sheet(file.id, line.record.place, WHY)
    assert len(asked.records) > 0 and all("*" in record.person for record in asked.records)
    app = visit(office, "chen").run("case", case=file.id, part="hearing")
    app.text_area(key=f"case.answer.judged.{file.id}.{answer.id}").set_value(WHY)
    press(app, "case.answer.accept")
    assert "is accepted" in app.success[0].value
    (change,) = work.hearing.change(file.id)
    assert change.after.fund < change.before.fund
    assert "Before and after the accepted answers" in said(visit(office, "sun").run("case", case=file.id))


def test_names_are_masked_until_a_reason_is_given(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.opened(bureau.rings()[0])
    work = context_of(office, visit, "wang").case_work
    rings = work.rings(work.paper(file.id).file)
    assert all(paper.masked for paper in rings)
    with pytest.raises(ReasonError):
        work.reveal(rings, " ")
    app = visit(office, "wang").run("case", case=file.id, part="subjects")
    app.text_input(key="case.reveal.reason").set_value(WHY)
    press(app, "case.reveal.show")
    assert "case.mask" in keys_of(app)
    assert not work.rings(file, app.session_state["case.revealed"])[0].masked
    with pytest.raises(NoRightError):
        context_of(office, visit, "sun").case_work.reveal(rings, WHY)


def test_other_regions_and_other_roles_learn_nothing(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.opened(bureau.rings()[0])
    assert file.id not in said(visit(office, "far").run("cases", scope="all"))
    gone, never = (said(visit(office, "far").run("case", case=id_)) for id_ in (file.id, "C-2026-999999"))
    assert gone.replace(file.id, "?") == never.replace("C-2026-999999", "?")
    far = context_of(office, visit, "far").case_work
    assert far.of_ring(file.bound[0]) is None
    assert far.cards([file]) == ()
    with pytest.raises(NotFoundError):
        far.acts.take(file.id, WHY)
    with pytest.raises(NotFoundError):
        far.files(file.id)
    with pytest.raises(NotFoundError):
        far.attach(file.id, "a", b"a", WHY)
    for page in ("cases", "case"):
        assert "Your roles do not allow this." in said(visit(office, "zhao").run(page, case=file.id))


def test_an_auditor_looks_and_changes_nothing(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.opened(bureau.rings()[0])
    app = visit(office, "sun").run("case", case=file.id)
    assert not {key for key in keys_of(app) if key.startswith(("case.step", "case.take", "case.diary", "case.ring"))}
    work = context_of(office, visit, "sun").case_work
    with pytest.raises(NoRightError):
        work.acts.step(file.id, StepName.PASS_ON, WHY, file.version)
    with pytest.raises(NoRightError):
        work.acts.comment(file.id, "hello")
    with pytest.raises(NotYoursError):
        bureau.book.step(bureau.actor("sun"), file.id, StepName.PASS_ON, WHY)


def test_history_and_numbers(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.closed(bureau.rings()[0])
    html = html_of(visit(office, "sun").run("case", case=file.id, part="history"))
    assert "decide and close" in html and "outcome: confirmed" in html and WHY in html and "陈静" in html
    app = visit(office, "sun").run("cases", view="numbers")
    assert "1 decided" in html_of(app) and "100%" in html_of(app)
    assert "Your roles do not allow this." in said(visit(office, "wang").run("cases", view="numbers"))


def test_the_ring_opens_its_case_and_then_links_to_it(bureau: Bureau, office: House, visit: Visit) -> None:
    ring = bureau.rings()[0]
    app = visit(office, "li").run("ring", ring=ring.id)
    app.text_area(key=f"ring.case.reason.{ring.id}").set_value(WHY)
    press(app, "ring.case.open")
    (file,) = bureau.book.list(bureau.actor("li"))
    assert f"Case {file.id}" in said(app) and "ring.case.open" not in keys_of(app)
    assert "No case is chosen." in said(visit(office, "li").run("case"))
