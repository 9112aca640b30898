"""Every page: with a result, without one, without the right, and when something breaks under it."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from claims.errors import StoreError
from claims.workspace import Workspace
from tests.ui.app.conftest import Visitor, open_page, said
from tests.ui.app.world import NOW
from ui.auth.journal import recent
from ui.auth.roles import Action, Role
from ui.service.house import House
from ui.service.ring_query import Group, RingQuery
from ui.service.ring_table import RingTable

Visit = Callable[[House, str], Visitor]


def test_the_desk_shows_what_waits(full: House, visit: Visit) -> None:
    text = said(visit(full, "wang").run())
    for words in ("Good day, 王敏", "This is your first visit", "Mine and due", "Last night", "Detection run 2",
                  "143 rings, 12 new, 31 changed", "No. 3 ·", "overdue since", "平安县药房聚集刷卡"):  # fmt: skip
        assert words in text


def test_the_desk_knows_the_last_visit(full: House, visit: Visit) -> None:
    first = visit(full, "wang")
    first.run()
    first.gate.leave()
    text = said(visit(full, "wang").run())
    assert "Last visit: " in text
    assert "New and changed since your last visit" in text


def test_the_desk_without_anything_says_what_to_do(house: House, visit: Visit) -> None:
    text = said(visit(house, "wang").run())
    for words in ("No ring is assigned to you.", "Nothing was loaded yet.", "ringhound load", "ringhound detect"):
        assert words in text


def test_the_desk_of_an_administrator_is_empty(full: House, visit: Visit) -> None:
    text = said(visit(full, "admin").run())
    assert "Your roles show nothing here." in text
    assert "万元" not in text
    assert "CN¥" not in text


def test_the_operator_sees_the_night_but_no_ring(full: House, visit: Visit) -> None:
    text = said(visit(full, "zhao").run())
    assert "Detection run 2" in text
    assert "No. 3 ·" not in text


@pytest.mark.parametrize(
    ("page", "name"),
    [("rings", "zhao"), ("rings", "admin"), ("runs", "admin"), ("accounts", "wang"), ("accounts", "sun")],
)
def test_a_page_without_the_right_is_refused_and_written_down(full: House, visit: Visit, page: str, name: str) -> None:
    app = visit(full, name).run(page)
    assert "Your roles do not allow this." in said(app)
    assert not app.dataframe
    newest = recent(full.engine, 1)[0]
    assert (newest.actor, newest.act) == (name, "denied")


def test_rings_are_ranked_and_counted(full: House, visit: Visit) -> None:
    app = visit(full, "wang").run("rings")
    total = full.rings.page(RingQuery(regions=frozenset("*"))).total
    assert f"{total} rings" in said(app)
    scores = list(app.dataframe[0].value["score"])
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 25


def test_the_address_filters_and_is_kept(full: House, visit: Visit) -> None:
    app = visit(full, "wang").run("rings", families="collusion", ranking="money", score="0.6", fund="100000")
    rows = app.dataframe[0].value
    assert set(rows["kind"].str.startswith("collusion")) == {True}
    assert list(rows["fund"]) == sorted(rows["fund"], reverse=True)
    assert min(rows["score"]) >= 0.6
    assert app.query_params["families"] == "collusion"
    assert "suspicion ≥ 0.6" in said(app)


def test_a_filter_goes_into_the_address_and_back_to_page_one(full: House, visit: Visit) -> None:
    app = visit(full, "wang").run("rings", page="3")
    assert app.pagination[0].value == 3
    app.selectbox(key="rings.ranking").select("money").run()
    assert app.query_params["ranking"] == "money"
    assert "page" not in app.query_params


def test_explained_rings_stand_apart(full: House, visit: Visit) -> None:
    app = visit(full, "wang").run("rings", group="explained")
    explained = full.rings.page(RingQuery(group=Group.EXPLAINED, regions=frozenset("*"))).total
    assert f"{explained} rings" in said(app)


def test_nonsense_in_the_address_filters_nothing(full: House, visit: Visit) -> None:
    app = visit(full, "wang").run("rings", page="-7", score="x", group="<b>", size="9999", changed_since="yesterday")
    assert len(app.dataframe[0].value) == 25


def test_a_page_beyond_the_end_is_the_last(full: House, visit: Visit) -> None:
    app = visit(full, "wang").run("rings", page="4000")
    assert 0 < len(app.dataframe[0].value) <= 25


def test_no_ring_and_no_match_say_so(house: House, full: House, visit: Visit) -> None:
    assert "There is no ring to look at." in said(visit(house, "wang").run("rings"))
    assert "No ring fits these filters." in said(visit(full, "wang").run("rings", text="nowhere"))


def test_only_leads_assign(full: House, visit: Visit) -> None:
    labels = [button.label for button in visit(full, "wang").run("rings").button]
    assert "Assign" not in labels


def test_regions_limit_what_is_seen(full: House, visit: Visit) -> None:
    full.accounts.set_rights("wang", {Role.INVESTIGATOR}, {"450221"}, by="test")
    app = visit(full, "wang").run("rings")
    mine = full.rings.page(RingQuery(regions=frozenset({"450221"}))).total
    assert f"{mine} rings" in said(app)
    assert mine < full.rings.page(RingQuery(regions=frozenset("*"))).total


def test_a_ring_gone_under_ones_feet_is_a_sentence(full: House, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RingTable, "preview", lambda *_: None)
    text = said(visit(full, "wang").run("rings"))
    assert "There is no ring" in text
    assert "merged or removed" in text


@pytest.mark.parametrize("error", [StoreError("The store is away."), RuntimeError("secret inside")])
def test_a_broken_store_is_a_sentence(
    full: House, visit: Visit, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(RingTable, "page", fail)
    app = visit(full, "wang").run("rings")
    assert app.error
    assert "secret" not in said(app)
    assert "Traceback" not in said(app)


@pytest.mark.parametrize("part", ["load", "complete", "days", "history"])
def test_runs_without_any_load(house: House, visit: Visit, part: str) -> None:
    text = said(visit(house, "wang").run("runs", part=part))
    assert "Nothing was loaded yet." in text or "No detection run yet." in text


def test_run_history_and_its_estimate(full: House, visit: Visit) -> None:
    app = visit(full, "wang").run("runs", part="history")
    assert [(metric.label, metric.value) for metric in app.metric][-1] == ("Expected false alarms", "2.4")
    assert list(app.dataframe[0].value["rings"]) == [143, 131]


def test_detectors_are_listed(full: House, visit: Visit) -> None:
    app = visit(full, "wang").run("runs", part="detectors")
    assert any("Card at two places at once" in expander.label for expander in app.expander)


def test_an_empty_quarantine_says_so(house: House, visit: Visit) -> None:
    assert "The quarantine is empty." in said(visit(house, "zhao").run("runs", part="quarantine"))


def test_the_quarantine_is_not_for_investigators(house: House, visit: Visit) -> None:
    app = visit(house, "wang").run("runs", part="quarantine")
    assert "Quarantine" not in app.segmented_control(key="runs.part").options


def test_accounts_are_listed_and_added(house: House, visit: Visit) -> None:
    app = visit(house, "admin").run("accounts")
    assert list(app.dataframe[0].value["account"]) == ["admin", "li", "sun", "wang", "zhao"]
    fields = {field.label: field for field in app.text_input}
    fields["Account (small letters and digits)"].input("chen")
    fields["Name"].input("陈")
    app.multiselect(key="accounts.new.roles").select("reviewer")
    next(button for button in app.button if button.label == "Add").click().run()
    assert not app.exception
    assert house.accounts.get("chen").roles == {Role.REVIEWER}
    assert house.accounts.get("chen").must_change
    shown = app.code[0].value
    assert house.sign_in.enter("chen", shown, "127.0.0.1")
    assert not app.run().code, "a one-time password is shown once"


def test_a_refused_change_is_a_sentence(house: House, visit: Visit) -> None:
    app = visit(house, "admin").run("accounts")
    app.selectbox(key="accounts.name").select("admin").run()
    app.button(key="accounts.disable").click().run()
    assert "last administrator" in said(app)
    assert house.accounts.get("admin").disabled_at is None


def test_the_language_switch_keeps_the_state(full: House, visit: Visit) -> None:
    app = visit(full, "wang").run("rings", families="collusion", page="2")
    before = list(app.dataframe[0].value["number"])
    app.segmented_control(key="app.language.control").set_value("zh_CN").run()
    assert not app.exception
    assert list(app.dataframe[0].value["number"]) == before
    assert app.query_params["families"] == "collusion"
    assert app.pagination[0].value == 2
    assert full.accounts.get("wang").language == "zh_CN"


def test_a_disabled_user_is_out_at_the_next_click_in_every_tab(full: House, visit: Visit) -> None:
    visitor = visit(full, "wang")
    tabs = [visitor.run("rings"), visitor.run("desk")]
    full.accounts.set_disabled("wang", True, by="test")
    for tab in tabs:
        tab.run()
        assert "This account is disabled." in said(tab)
        assert not tab.dataframe
        assert not tab.sidebar.button


def test_a_taken_role_acts_at_the_next_click(full: House, visit: Visit) -> None:
    app = visit(full, "wang").run("rings")
    full.accounts.set_rights("wang", {Role.OPERATOR}, {"*"}, by="test")
    app.run()
    assert "Your roles do not allow this." in said(app)


def test_signing_out_ends_the_other_tab(full: House, visit: Visit) -> None:
    visitor = visit(full, "wang")
    one, other = visitor.run("desk"), visitor.run("rings")
    one.button(key="app.leave").click().run()
    assert "You were signed out." in said(one)
    assert "You were signed out." in said(other.run())


def test_nobody_signed_in_sees_nothing(full: House, visit: Visit) -> None:
    visitor = visit(full, "wang")
    app: AppTest = visitor.run("desk")
    visitor.token = "made up"
    assert "You are not signed in." in said(open_page(app, "rings"))


def test_a_password_that_is_due_comes_first(workspace: Workspace, house: House, visit: Visit) -> None:
    house.accounts.set_password("wang", "four brown owls hoot", by="test", must_change=True)
    app = visit(house, "wang").run("desk")
    assert "Choose a password of your own" in said(app)
    assert not app.sidebar.button


def test_broken_accounts_are_a_sentence(workspace: Workspace, house: House, visit: Visit) -> None:
    app = visit(house, "wang").run("desk")
    house.engine.dispose()
    for file in Path(workspace.root).glob("cases.db*"):
        file.unlink()
    shutil.copy(__file__, workspace.cases)
    app.run()
    assert not app.exception
    assert app.error


def test_times_are_local(full: House, visit: Visit) -> None:
    assert f"{datetime(2026, 11, 20, NOW.hour - 2, NOW.minute):%H:%M}" in said(visit(full, "zhao").run())


def test_every_action_of_a_place_has_a_right(full: House) -> None:
    from ui.auth.roles import ACTION_TITLES, RIGHTS

    assert set(RIGHTS) == set(Action) == set(ACTION_TITLES)
