"""The page of a ring over rings that were really detected, and every way it can have nothing to show."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cases.model import Ring
from cases.store import CaseStore
from claims.audit import Audit
from claims.errors import NotFoundError
from claims.masking import mask_certificate
from claims.workspace import Workspace
from graph.model import NodeType
from tests.ui.app.conftest import Visitor, context_of, paper_of, said
from ui.pages.ring_money import picture
from ui.service.house import House
from ui.service.ring_sheet import Gone
from ui.service.ring_story import chosen

Visit = Callable[[House, str], Visitor]


def html_of(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.main if getattr(element, "type", "") == "html")


def test_the_page_says_who_what_why(real: House, visit: Visit, burst: Ring) -> None:
    app = visit(real, "wang").run("ring", ring=burst.id)
    text = said(app)
    assert burst.id in text
    assert "the fund paid" in text
    assert "Could it be chance?" in text
    assert "Innocent explanations tried" in text
    assert {metric.label for metric in app.metric} >= {"Fund", "People", "Settlements", "Suspicion"}
    assert not app.error
    assert not app.warning
    html = html_of(app)
    assert burst.picture.statement.en in html.replace("&#39;", "'")
    assert "rh-money" in html


def test_choosing_a_member_shows_only_its_records(real: House, visit: Visit, burst: Ring) -> None:
    paper = paper_of(real, visit, burst)
    app = visit(real, "wang").run("ring", ring=burst.id)
    key = paper.story.lanes[0].key
    box = app.multiselect(key=f"ring.members.{burst.id}")
    box.set_value([key]).run()
    assert not app.exception
    own = len(chosen(paper.records, [key]))
    assert f"{own} of {len(paper.records)} records" in said(app)


def test_the_page_reveals_with_a_reason_only(real: House, visit: Visit, county: Workspace, burst: Ring) -> None:
    app = visit(real, "wang").run("ring", ring=burst.id)
    app.button(key="ring.reveal").click().run()
    assert app.error
    app.text_input(key="ring.reason").input("interview on Tuesday")
    app.button(key="ring.reveal").click().run()
    assert not app.error
    assert Audit(county.audit).entries()[-1].reason == "interview on Tuesday"
    app.button(key="ring.mask").click().run()
    assert app.button(key="ring.reveal")


def test_no_number_of_a_person_is_printed_whole_before_a_reason(
    real: House, visit: Visit, store: CaseStore, burst: Ring
) -> None:
    twins = next(ring for ring in store.rings() if ring.picture.kind.startswith("identity_reuse/"))
    for ring in (burst, twins):
        people = {line.record.person for line in paper_of(real, visit, ring).records}
        people |= {member.id for member in ring.picture.members if member.type is NodeType.PERSON}
        app = visit(real, "wang").run("ring", ring=ring.id)
        shown = said(app) + html_of(app) + str(app.multiselect(key=f"ring.members.{ring.id}").options)
        assert not people & set(re.findall(r"\w+", shown))
        assert {mask_certificate(one) for one in people} & set(re.findall(r"[\w*]+", shown))
    app.text_input(key="ring.reason").input("interview on Thursday")
    app.button(key="ring.reveal").click().run()
    assert people & set(re.findall(r"\w+", html_of(app)))
    app.button(key="ring.mask").click().run()


def test_a_lead_goes_from_the_ring_to_its_referral(real: House, visit: Visit, burst: Ring) -> None:
    def links(name: str) -> list[str]:
        app = visit(real, name).run("ring", ring=burst.id)
        return [element.proto.query_string for element in app.main if getattr(element, "label", "") == "Refer…"]

    assert links("li") == [f"ring={burst.id}"]
    assert links("wang") == [], "who may not send referrals is not led there"


def test_titles_of_the_law_end_where_the_axis_ends(real: House, visit: Visit, burst: Ring) -> None:
    html = str(picture(paper_of(real, visit, burst).ring.picture.exposure))
    ends = re.findall(r'<b class="(\w*)" style="left:([0-9.]+)%;width:([0-9.]+)%', html)
    assert ends[-1][0] == "end"
    assert [kind for kind, left, width in ends if float(left) + float(width) / 2 < 82] == [""] * (len(ends) - 1)


def test_a_merged_ring_leads_to_its_heir(real: House, visit: Visit, burst: Ring, merged: Ring) -> None:
    assert isinstance(context_of(real, visit, "wang").sheets.paper(merged.id), Gone)
    text = said(visit(real, "wang").run("ring", ring=merged.id))
    assert f"{merged.id} went into another ring" in text
    assert f"No. {burst.number}" in text


@pytest.mark.parametrize("asked", ["R-1999-000001", "<script>"])
def test_a_ring_that_is_not_there_is_a_sentence(real: House, visit: Visit, asked: str) -> None:
    app = visit(real, "wang").run("ring", ring=asked)
    assert app.info
    assert "There is no ring" in said(app)
    assert "All rings" in said(app)


def test_no_ring_chosen_is_a_sentence(real: House, visit: Visit) -> None:
    assert "No ring is chosen." in said(visit(real, "wang").run("ring"))


def test_nothing_detected_is_a_sentence(house: House, visit: Visit) -> None:
    app = visit(house, "wang").run("ring", ring="R-2026-000001")
    assert "There are no rings in" in said(app)
    with pytest.raises(NotFoundError):
        context_of(house, visit, "wang").suspicion.members("R-2026-000001")


@pytest.mark.parametrize("name", ["zhao", "admin"])
def test_no_right_is_a_sentence(real: House, visit: Visit, burst: Ring, name: str) -> None:
    app = visit(real, name).run("ring", ring=burst.id)
    assert "Your roles do not allow this." in said(app)
    assert burst.picture.statement.en not in html_of(app)


def test_a_missing_graph_costs_only_the_graph(real: House, visit: Visit, county: Workspace, burst: Ring) -> None:
    away = Path(county.root) / "graph.away"
    county.graph.rename(away)
    try:
        app = visit(real, "wang").run("ring", ring=burst.id)
        assert "ringhound graph build" in said(app)
        assert "Timeline" in said(app)
    finally:
        away.rename(county.graph)


def test_the_desk_and_the_list_show_the_rings(real: House, visit: Visit, burst: Ring) -> None:
    assert "first found" in said(visit(real, "wang").run("rings", text=str(burst.number)))
    assert f"{datetime.now():%Y}" in said(visit(real, "wang").run("desk"))
