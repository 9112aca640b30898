"""The pages about one thing: each type with something to show, nothing, and without the right."""

import re
from collections.abc import Callable

import pytest

from cases.model import Ring
from claims.audit import Audit
from claims.masking import mask_certificate
from claims.workspace import Workspace
from graph.model import NodeType
from tests.ui.app.conftest import Visitor, said
from tests.ui.app.test_entity_services import busy
from tests.ui.app.test_ring_page import html_of
from ui.pages.sheet import two_lines, whole
from ui.service.entity_ground import Ground, ground_of
from ui.service.house import House

Visit = Callable[[House, str], Visitor]
WORD = re.compile(r"\w+")


@pytest.fixture
def ground(county: Workspace) -> Ground:
    return ground_of(county)


def test_without_an_id_there_is_a_search_and_what_was_seen_lately(real: House, visit: Visit, ground: Ground) -> None:
    ref = busy(ground, NodeType.PERSON)
    app = visit(real, "wang").run("entity")
    assert "Nobody is chosen yet." in said(app)
    app.text_input(key="entity.search").set_value(ref.id).run()
    assert not app.exception
    name = ground.store.node(ref).label
    assert mask_certificate(ref.id) in said(app).replace("\\", "")
    assert name not in said(app)
    assert ref.id not in said(app)
    app.text_input(key="entity.search").set_value("no such thing").run()
    assert "Nothing that you may see matches" in said(app)


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        (NodeType.PERSON, ("By month", "Among its like", "Who paid")),
        (NodeType.CARD, ("Used by", "Others at the same till within ten minutes")),
        (NodeType.DOCTOR, ("Among its like", "insured person ·")),
        (NodeType.INSTITUTION, ("Main diagnoses by fund", "terminal ·")),
        (NodeType.TERMINAL, ("Bursts at this till", "Its busiest hours")),
    ],
)
def test_the_overview_of_each_type(
    real: House, visit: Visit, ground: Ground, type_: NodeType, words: tuple[str, ...]
) -> None:
    ref = busy(ground, type_)
    app = visit(real, "wang").run("entity", type=type_.value, id=ref.id)
    text = said(app)
    for word in (*words, "Rings it stands in"):
        assert word in text
    assert {"Settlements", "Fund"} <= {metric.label for metric in app.metric}
    assert not app.error
    for part in ("ties", "records"):
        app.segmented_control(key=f"entity.part.{type_}").set_value(part).run()
        assert not app.exception
        assert not app.error
    assert "settlements; the fund paid" in said(app)
    app.segmented_control(key="entity.view").set_value("refunds").run()
    assert "taken back" in said(app) or "take settlements back" in said(app)


@pytest.mark.parametrize("type_", [NodeType.PHONE, NodeType.ADDRESS, NodeType.ACCOUNT, NodeType.EMPLOYER])
def test_shared_values_show_whose_they_are(real: House, visit: Visit, ground: Ground, type_: NodeType) -> None:
    ref = ground.ref(type_, 1)
    app = visit(real, "wang").run("entity", type=type_.value, id=ref.id)
    assert "Strongest neighbours" in said(app)
    if type_ is not NodeType.EMPLOYER:  # the number of an employer tells nobody's home
        assert app.query_params["id"][0].startswith("~")
        assert ref.id not in said(app) + html_of(app)


def test_the_life_of_a_box(real: House, visit: Visit, ground: Ground) -> None:
    ref = ground.ref(NodeType.DRUG_BOX, 0)
    app = visit(real, "wang").run("entity", type="drug_box", id=ref.id)
    html = html_of(app)
    assert "settled with the fund" in html
    assert "what is odd, and what may explain it" in html
    app.segmented_control(key="entity.part.drug_box").set_value("ties").run()
    assert "dispensed" in html_of(app)


def test_no_unmasked_name_is_shown_before_a_reason(
    real: House, visit: Visit, ground: Ground, county: Workspace
) -> None:
    ref = busy(ground, NodeType.PERSON)
    node = ground.store.node(ref)
    app = visit(real, "wang").run("entity", type="person", id=ref.id)
    assert node.label not in said(app) + html_of(app)
    assert str(node.attributes["certno"]) not in said(app) + html_of(app)
    app.button(key="entity.reveal").click().run()
    assert "A reason must have" in said(app)
    app.text_input(key="entity.reason").input("interview on Tuesday")
    app.button(key="entity.reveal").click().run()
    assert node.label in html_of(app)
    assert str(node.attributes["certno"]) not in html_of(app)
    assert Audit(county.audit).entries(limit=10_000)[-1].subject == str(ref)
    app.button(key="entity.mask").click().run()
    assert node.label not in said(app) + html_of(app)


def test_no_number_of_a_person_is_printed_whole_before_a_reason(
    real: House, visit: Visit, ground: Ground, county: Workspace
) -> None:
    ref = busy(ground, NodeType.PERSON)
    app = visit(real, "wang").run("entity", type="person", id=ref.id)
    shown = mask_certificate(ref.id)
    assert shown in html_of(app)
    for part in ("overview", "ties", "records"):
        app.segmented_control(key="entity.part.person").set_value(part).run()
        assert ref.id not in said(app) + html_of(app), part
    fields = next(box for box in app.selectbox if str(box.key).startswith("entity.field."))
    fields.set_value("number")
    app.text_input(key="entity.reason").input("interview on Wednesday")
    app.button(key="entity.reveal").click().run()
    assert ref.id in html_of(app)
    assert Audit(county.audit).entries(limit=10_000)[-1].reason == "interview on Wednesday"


@pytest.mark.parametrize("type_", [NodeType.CARD, NodeType.DOCTOR, NodeType.INSTITUTION])
def test_tables_of_others_print_no_number_of_a_person_whole(
    real: House, visit: Visit, ground: Ground, type_: NodeType
) -> None:
    ids = ground.snapshot.ids[NodeType.PERSON]
    people = {ids[row] for row in range(len(ids))}
    app = visit(real, "wang").run("entity", type=type_.value, id=busy(ground, type_).id)
    for part in ("overview", "ties", "records"):
        app.segmented_control(key=f"entity.part.{type_}").set_value(part).run()
        assert not people & set(WORD.findall(said(app) + html_of(app))), part


def test_auditors_look_and_reveal_nothing(real: House, visit: Visit, ground: Ground) -> None:
    app = visit(real, "sun").run("entity", type="person", id=busy(ground, NodeType.PERSON).id)
    assert "Among its like" in said(app)
    assert not [button for button in app.button if button.key == "entity.reveal"]


@pytest.mark.parametrize(("type_", "id_"), [("person", "nobody"), ("nothing", "1"), ("ring", "R-2026-000001")])
def test_what_is_not_there_is_a_sentence_and_a_search(real: House, visit: Visit, type_: str, id_: str) -> None:
    app = visit(real, "wang").run("entity", type=type_, id=id_)
    assert "that you may see" in said(app)
    assert app.text_input(key="entity.search")


@pytest.mark.parametrize("name", ["zhao", "admin"])
def test_without_the_right_nothing_is_shown(real: House, visit: Visit, ground: Ground, name: str) -> None:
    app = visit(real, name).run("entity", type="person", id=busy(ground, NodeType.PERSON).id)
    assert "Your roles do not allow this." in said(app)
    assert html_of(app).count("<table") == 0


def test_before_the_first_graph_there_is_a_sentence(house: House, visit: Visit) -> None:
    assert "There is no graph" in said(visit(house, "wang").run("entity", type="person", id="1"))


def test_the_ring_page_leads_to_its_people(real: House, visit: Visit, burst: Ring) -> None:
    app = visit(real, "wang").run("ring", ring=burst.id)
    box = app.selectbox(key="ring.pick")
    assert box.options
    box.select_index(0).run()
    links = [element for element in app.main if getattr(element, "type", "") == "page_link"]
    assert any("type=person" in link.proto.query_string for link in links)


def test_shortened_numbers_stay_on_one_line_and_text_never_runs() -> None:
    kept = '<span class="rh-w">5108****123</span>'
    assert whole("5108****123") == kept
    assert two_lines("王*明", "5108****123 <b>") == f"王*明<br><small>{kept} &lt;b&gt;</small>"
    assert whole(whole("5108****123")) == kept
