"""Pages of second readings, recovery, drafts, the question sheet as a document, and what masks leave."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import docx
import pytest
from streamlit.testing.v1 import AppTest

from cases.model import Ring, Status
from cases.names import Names
from cases.work.drafts import Drafts
from cases.work.model import Outcome
from cases.work.recoveries import Flow, Recoveries
from cases.work.rereads import Rereads
from cases.work.stages import StepName
from claims.audit import Audit
from claims.language import speaking, translate
from claims.reader import Claims
from detectors import DETECTORS
from graph.model import NodeType
from tests.ui.app.case_world import WHY, Bureau
from tests.ui.app.conftest import Visitor, context_of, said
from tests.ui.app.test_case_pages import html_of, keys_of, press
from ui.auth.errors import NoRightError
from ui.service.entity import EntityService
from ui.service.house import House

Visit = Callable[[House, str], Visitor]


def people_of(bureau: Bureau, ring: Ring) -> dict[str, str]:
    """Numbers and names of the insured persons of a ring."""
    keys = [member.key for member in ring.picture.members if member.type is NodeType.PERSON]
    names = Names(bureau.workspace, Claims.open(bureau.workspace).version.id).of(keys)
    return {key[1]: names[key] for key in keys}


def tables_of(app: AppTest) -> str:
    return "\n".join(frame.value.to_csv() for frame in app.dataframe)


def test_a_sample_is_drawn_read_blind_and_compared(bureau: Bureau, office: House, visit: Visit) -> None:
    ring = next(r for r in bureau.rings() if r.picture.kind == "shared_card/hoarded_burst")
    case = bureau.closed(ring, Outcome.CLEARED).id
    app = visit(office, "zhou").run("cases", view="rereads")  # she decided it: she draws, and does not read
    assert "Draw at random" in said(app) and app.button(key="rereads.take").disabled
    app.number_input(key="rereads.each").set_value(1)
    press(app, "rereads.draw.do")
    assert "A reason must have" in app.error[0].value
    app.text_area(key="rereads.reason").set_value(WHY)
    press(app, "rereads.draw.do")
    assert "Drawing 1 is made" in app.success[0].value
    assert "No reading of this drawing was answered yet." in said(app)

    app = press(visit(office, "wu").run("cases", view="rereads"), "rereads.take")
    number = app.query_params["reading"]
    shown = said(app) + html_of(app) + tables_of(app)
    assert f"Reading {number}" in shown and ring.picture.statement.en.split(",")[0][:12] in shown
    for telling in (case, ring.id, "cleared", "explained", "closed"):
        assert telling not in shown.replace(said_of_form(app), ""), telling
    page = said(visit(office, "wu").run("ring", ring=ring.id))
    assert "You are reading this ring again" in page and "cleared" not in page and WHY not in page
    stands = context_of(office, visit, "wu").entities
    member = next(member for member in ring.picture.members if member.type is NodeType.PERSON)
    assert told(stands, member.id, ring.id) is Status.IN_REVIEW
    press(app, "reading.do")
    assert "Say which outcome you come to" in app.error[0].value
    app.radio(key=f"reading.outcome.{number}").set_value(Outcome.CONFIRMED)
    app.text_area(key=f"reading.reason.{number}").set_value(WHY)
    press(app, "reading.do")
    assert "You: confirmed. First outcome: cleared. They differ." in app.success[0].value.replace("\\", "")
    assert "reading" not in app.query_params and case in html_of(app)
    assert app.metric[0].value == "0 / 1"
    event = bureau.book.history(bureau.actor("wu"), case)[-1]
    assert (event.act, event.actor, event.reason) == ("reread", "wu", WHY)
    assert "no open reading" in said(visit(office, "wu").run("cases", view="rereads", reading=number))
    page = said(visit(office, "wu").run("ring", ring=ring.id))
    assert "You are reading this ring again" not in page and "cleared" in page
    assert told(stands, member.id, ring.id) is Status.CLEARED


def told(entities: EntityService, person: str, ring: str) -> Status:
    """How a ring is told to stand on the page of a person in it."""
    found = entities.stands(entities.open("person", person)).stands
    return next(stand.status for stand in found if stand.row.id == ring)


def said_of_form(app: AppTest) -> str:
    """The sentence that names what stays hidden."""
    return next(str(box.proto.body) for box in app.main if "stay hidden until" in getattr(box.proto, "body", ""))


def test_second_readings_show_each_role_its_part(bureau: Bureau, office: House, visit: Visit) -> None:
    bureau.closed(bureau.rings()[0])
    parts = {"sun": (True, False), "chen": (False, True), "zhou": (True, True)}
    for name, (draws, reads) in parts.items():
        app = visit(office, name).run("cases", view="rereads")
        assert ("Draw at random" in said(app), "Your readings" in said(app)) == (draws, reads), name
        assert "What second readings say" in said(app)
    app = visit(office, "wang").run("cases", view="rereads")
    assert "Your roles do not allow this" in said(app) and "Your readings" not in said(app)
    service = context_of(office, visit, "wang").case_work.rereads
    for ask in (service.sizes, service.waiting, service.mine, service.drawings):
        with pytest.raises(NoRightError):
            ask()
    far = context_of(office, visit, "far").case_work.rereads
    assert far.draw(5, 1, WHY) and far.waiting() == 0 and far.take(WHY) is None


def test_money_is_ordered_received_and_counted(bureau: Bureau, office: House, visit: Visit) -> None:
    case = bureau.closed(bureau.rings()[0]).id
    app = visit(office, "wang").run("case", case=case, part="money")
    assert "No money was ordered back or received yet." in said(app)
    press(app, "case.money.do")
    assert "Enter an amount and a day" in app.error[0].value
    for flow, amount in ((Flow.ORDERED, 1200.5), (Flow.RECEIVED, 200.5)):
        app.segmented_control(key=f"case.money.{case}.flow").set_value(flow)
        app.number_input(key=f"case.money.{case}.amount").set_value(amount)
        app.date_input(key=f"case.money.{case}.day").set_value(date(2026, 1, 5))
        app.text_area(key=f"case.money.{case}.reason").set_value("康仁堂，追回通知 3 号")
        press(app, "case.money.do")
        assert "The entry is kept" in app.success[0].value
    assert [metric.value for metric in app.metric][:3] == ["CN¥1,200.50", "CN¥200.50", "CN¥1,000.00"]
    assert "康仁堂" in html_of(app)
    event = bureau.book.history(bureau.actor("wang"), case)[-1]
    assert (event.act, event.details["amount"]) == ("recover", "200.50")
    board = visit(office, "zhou").run("cases", view="numbers")
    assert "CN¥1,200.50" in html_of(board) and "Still to come: CN¥1,000.00, of 1 cases." in said(board)
    assert "Enter money" not in said(visit(office, "sun").run("case", case=case, part="money"))
    with pytest.raises(NoRightError):
        context_of(office, visit, "sun").case_work.money.enter(case, Flow.ORDERED, "1", date(2026, 1, 5), WHY)


def test_money_stays_hidden_from_a_second_reader(bureau: Bureau, office: House, visit: Visit) -> None:
    case = bureau.closed(bureau.rings()[0]).id
    day = datetime.now(UTC).date()
    Recoveries(bureau.book).enter(bureau.actor("wang"), case, Flow.ORDERED, "77.00", day, WHY)
    Rereads(bureau.book).draw(bureau.actor("zhou"), 1, 1, WHY)
    assert Rereads(bureau.book).take(bureau.actor("wu"), WHY)
    app = visit(office, "wu").run("case", case=case, part="money")
    assert "Not shown to you yet." in said(app) and not app.metric
    assert "Refer…" not in said(app)


def test_a_draft_outlives_the_session_and_is_nobody_elses(bureau: Bureau, office: House, visit: Visit) -> None:
    file = bureau.before_final(bureau.rings()[0])
    draft = f"case.draft.{file.id}.{file.version}"
    app = visit(office, "zhou").run("case", case=file.id, part="subjects")
    app.selectbox(key=f"{draft}.members.outcome").set_value(Outcome.CLEARED)
    press(app, "case.set.members")
    members, _records = bureau.book.subjects(bureau.actor("zhou"), file.id)
    assert Drafts(bureau.book).read(bureau.actor("zhou"), file.id).members == dict.fromkeys(members, Outcome.CLEARED)
    count = len(members)
    again = visit(office, "zhou").run("case", case=file.id, part="subjects")
    assert f"Members ({count} of {count} have an outcome)" in said(again)
    other = visit(office, "wu").run("case", case=file.id, part="subjects")
    assert f"Members (0 of {count} have an outcome)" in said(other)
    bureau.book.note_date(
        bureau.actor("zhou"), file.id, date.today() + timedelta(days=30), WHY
    )  # the case changes: the draft stays
    again = visit(office, "zhou").run("case", case=file.id, part="subjects")
    assert f"Members ({count} of {count} have an outcome)" in said(again)
    version = bureau.book.get(bureau.actor("zhou"), file.id).version
    press(again, "case.empty.members")
    assert Drafts(bureau.book).read(bureau.actor("zhou"), file.id).members == {}
    assert version > file.version


def test_the_question_sheet_leaves_as_a_document_without_names(bureau: Bureau, office: House, visit: Visit) -> None:
    ring = next(r for r in bureau.rings() if r.picture.kind == "shared_card/hoarded_burst")
    file = bureau.opened(ring)
    for name, step in (("wang", StepName.PASS_ON), ("chen", StepName.UPHOLD)):
        bureau.book.step(bureau.actor(name), file.id, step, WHY)
    app = visit(office, "wang").run("case", case=file.id, part="hearing")
    box = app.selectbox(key=f"case.sheet.place.{file.id}")
    assert len(box.options) > 1 and box.value is None
    app.text_area(key=f"case.sheet.reason.{file.id}").set_value(WHY)
    press(app, "case.sheet.do")
    assert "Choose the institution" in app.error[0].value and "case.sheet.docx" not in keys_of(app)
    place = context_of(office, visit, "wang").case_work.rings(file)[0].records[0].record.place
    app.selectbox(key=f"case.sheet.place.{file.id}").set_value(place)
    app.text_area(key=f"case.sheet.reason.{file.id}").set_value(WHY)
    press(app, "case.sheet.do")
    press(app, "case.sheet.docx")
    assert "is ready below" in app.success[0].value and app.get("download_button")
    entry = Audit(bureau.workspace.audit).entries()[-1]
    assert (entry.act, entry.subject, entry.user, entry.reason) == ("export", file.id, "wang", WHY)
    name, content = context_of(office, visit, "wang").case_work.hearing.document(file.id, place, WHY)
    assert name.endswith(".docx") and place in name
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(p.text for p in document.paragraphs), *cells])
    lines = {
        line.record.id: line.record.place for line in context_of(office, visit, "wang").case_work.rings(file)[0].records
    }
    own = {id_ for id_, where in lines.items() if where == place}
    assert own and own <= set(cells) and not [id_ for id_ in lines.keys() - own if id_ in text]
    people = people_of(bureau, ring)
    assert people and not [who for number, name in people.items() for who in (number, name) if who in text]
    assert "参保人01" in text and "终端" in cells and "{{" not in text
    with pytest.raises(NoRightError):
        context_of(office, visit, "sun").case_work.hearing.document(file.id, place, WHY)


def test_numbers_beside_masked_names_are_short_until_a_reason(bureau: Bureau, office: House, visit: Visit) -> None:
    ring = next(r for r in bureau.rings() if r.picture.kind == "shared_card/hoarded_burst")
    file = bureau.opened(ring)
    people = people_of(bureau, ring)
    app = visit(office, "wang").run("case", case=file.id, part="subjects")
    shown = tables_of(app)
    assert not [number for number in people if number in shown]
    assert all(f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}" in shown for number in people)
    assert len(set(app.dataframe[0].value["name"])) == len(app.dataframe[0].value)
    app.text_input(key="case.reveal.reason").set_value(WHY)
    press(app, "case.reveal.show")
    assert all(number in tables_of(app) for number in people)


def test_detectors_are_called_by_their_titles(bureau: Bureau, office: House, visit: Visit) -> None:
    ring = bureau.rings()[0]
    file = bureau.closed(ring)
    titles = {detector.name: detector.title for detector in DETECTORS}
    facts = html_of(visit(office, "wang").run("case", case=file.id))
    numbers = html_of(visit(office, "zhou").run("cases", view="numbers"))
    with speaking("en"):
        for name in ring.picture.detectors:
            assert translate(titles[name]) in facts and translate(titles[name]) in numbers
