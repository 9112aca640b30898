"""Counts first, never a flood, and the budget says what is left."""

import pytest

from tests.ui.scene.conftest import Send
from tests.ui.scene.town import HUB, visit
from ui.scene.desk import SceneDesk
from ui.scene.expand import grow, preview
from ui.scene.facts import gather
from ui.scene.looking import search, sight_of
from ui.scene.model import MOST_ADDED, Step
from ui.scene.view import draw


def place(desk: SceneDesk, key: str) -> None:
    desk.add([node.ref for _key, node in search(desk, key)][:1])


def test_a_super_node_is_counted_before_anything_is_added(desk: SceneDesk, send: Send) -> None:
    place(desk, "institution:H1")
    send("expand", "institution:H1", quick=True)
    assert len(desk.scene.items) == 1
    assert desk.counts is not None
    totals = {count.kind.name: count.total for count in desk.counts.counts}
    assert totals["VISITED.person.institution"] == HUB


def test_it_never_floods_and_says_how_many_more(desk: SceneDesk, send: Send) -> None:
    place(desk, "institution:H1")
    kinds = [["VISITED.person.institution", "in"]]
    send("expand", "institution:H1", kinds=kinds, order="weight", limit=500)
    assert len(desk.scene.items) == 1 + MOST_ADDED
    assert desk.scene.grown["institution:H1"].left == HUB - MOST_ADDED
    carried = round(100 * sum(range(HUB - MOST_ADDED + 1, HUB + 1)) / sum(range(1, HUB + 1)))
    assert desk.message == f"{HUB - MOST_ADDED} more; these 25 carry {carried} % of the weight."
    send("more", "institution:H1")
    send("more", "institution:H1")
    assert len(desk.scene.items) == 1 + HUB
    assert "institution:H1" not in desk.scene.grown
    assert desk.message == "10 added; that is all of them."


def test_nothing_else_moves(desk: SceneDesk, send: Send) -> None:
    place(desk, "person:P00")
    send("expand", "person:P00")
    before = dict(desk.scene.items)
    for key in sorted(before):
        send("expand", key, order="fund")
    assert [key for key, item in before.items() if desk.scene.items[key] != item] == []
    assert len(desk.scene.items) > len(before)


@pytest.mark.parametrize(
    ("order", "first"), [("suspicion", "person:P07"), ("weight", "person:P59"), ("fund", "person:P59")]
)
def test_the_order_decides_who_comes_first(desk: SceneDesk, order: str, first: str) -> None:
    context = visit(desk.context.workspace, P07=0.9, P08=0.1)
    step = Step("institution:H1", frozenset({("VISITED.person.institution", "in")}), order, limit=1)
    facts = gather(context.reader, ["institution:H1"])
    growth = grow(context.reader, context.scores, step, frozenset({"institution:H1"}), facts)
    assert [str(ref) for ref in growth.refs] == [first]
    if order == "suspicion":
        assert growth.budget.share == pytest.approx(0.9)
        assert growth.budget.enough == 1


def test_the_least_connected_come_first(desk: SceneDesk) -> None:
    facts = gather(desk.context.reader, ["institution:H1"])
    step = Step("institution:H1", frozenset({("VISITED.person.institution", "in")}), "least", limit=56)
    growth = grow(desk.context.reader, desk.context.scores, step, frozenset(), facts)
    connected = {"person:P00", "person:P01", "person:P02", "person:P03"}  # these have relations besides
    assert not connected & {str(ref) for ref in growth.refs}


def test_time_and_amount_narrow_an_expansion(desk: SceneDesk, send: Send) -> None:
    place(desk, "institution:H1")
    kinds = [["VISITED.person.institution", "in"]]
    send("expand", "institution:H1", kinds=kinds, min_yuan=580)
    assert sorted(desk.scene.items) == ["institution:H1", "person:P57", "person:P58", "person:P59"]
    assert not desk.scene.grown


def test_collapse_takes_back_what_an_expansion_brought(desk: SceneDesk, send: Send) -> None:
    place(desk, "person:P00")
    send("expand", "person:P00")
    send("pin", "card:C00")
    before = desk.scene
    send("collapse", "person:P00")
    assert sorted(desk.scene.items) == ["card:C00", "person:P00"]
    send("undo")
    assert desk.scene == before


def test_previews_know_what_is_in_the_scene(desk: SceneDesk) -> None:
    facts = gather(desk.context.reader, ["person:P00", "card:C00"])
    found = preview(desk.context.reader, "person:P00", facts)
    counts = {count.kind.name: (count.total, count.present) for count in found}
    assert counts["HOLDS.person.card"] == (1, 1)
    assert counts["VISITED.person.institution"] == (1, 0)


def test_thousands_are_drawn_as_groups(desk: SceneDesk, send: Send) -> None:
    desk.add([node.ref for n in range(HUB) for _key, node in search(desk, f"person:P{n:02d}")])
    send("group", by="type")
    drawn = draw(sight_of(desk))["nodes"]
    assert isinstance(drawn, list)
    assert [(node["type"], node["label"]) for node in drawn] == [("group", "insured person (60)")]
    send("open_group", group="group:type:person")
    assert len(draw(sight_of(desk))["nodes"]) == HUB  # type: ignore[arg-type]
