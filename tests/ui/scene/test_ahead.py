"""Before anything is added: who would come, by name and masked, and who is left out stays out."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from graph.model import NodeRef
from graph.store import GraphReader, Subgraph
from tests.ui.scene.conftest import Send
from tests.ui.scene.town import HUB, town
from ui.scene.ahead import MOST_NAMED
from ui.scene.codec import read_scene, write_scene
from ui.scene.desk import SceneDesk
from ui.scene.facts import changed, gather
from ui.scene.looking import search
from ui.scene.model import MOST_ADDED
from ui.scene.payload import payload
from ui.scene.shelf import Shelf

H1 = "institution:H1"
VISITORS = [["VISITED.person.institution", "in"]]


@pytest.fixture
def hub(desk: SceneDesk, send: Send) -> SceneDesk:
    """A desk with the busy pharmacy alone."""
    desk.add([search(desk, H1)[0][1].ref])
    assert list(desk.scene.items) == [H1]
    return desk


def shown(desk: SceneDesk) -> dict[str, Any]:
    counts = payload(desk)["counts"]
    assert isinstance(counts, dict)
    return counts


def test_the_first_are_named_as_the_expansion_would_take_them(hub: SceneDesk, send: Send) -> None:
    send("counts", H1, kinds=VISITORS, order="weight")
    found = shown(hub)
    ids = [one["id"] for one in found["names"]]
    assert ids == [f"person:P{number}" for number in range(HUB - 1, HUB - 1 - MOST_NAMED, -1)]
    assert found["names"][0]["about"] == f"insured person · weight {HUB}"
    carried = round(100 * sum(range(HUB - MOST_ADDED + 1, HUB + 1)) / sum(range(1, HUB + 1)))
    assert found["budget"] == f"{HUB - MOST_ADDED} more; these 25 carry {carried} % of the weight."
    assert list(hub.scene.items) == [H1]
    send("expand", H1, kinds=VISITORS, order="weight")
    assert set(ids) < set(hub.scene.items)


def test_names_are_masked_like_everything_else(hub: SceneDesk, send: Send) -> None:
    send("counts", H1)
    names = [one["name"] for one in shown(hub)["names"]]
    assert len(names) == MOST_NAMED
    assert all("*" in name for name in names if name.startswith("王"))
    assert any(name.startswith("王") for name in names)


def test_who_is_unticked_stays_out_of_this_and_of_what_comes_after(hub: SceneDesk, send: Send) -> None:
    send("counts", H1, kinds=VISITORS, order="weight")
    left = [one["id"] for one in shown(hub)["names"]][:2]
    send("expand", H1, kinds=VISITORS, order="weight", without=left)
    assert hub.message.startswith(f"{HUB - MOST_ADDED - 2} more;")
    assert read_scene(write_scene(hub.scene)) == hub.scene
    send("more", H1)
    send("more", H1)
    assert len(hub.scene.items) == 1 + HUB - 2
    assert not set(left) & set(hub.scene.items)
    assert hub.message == "8 added; that is all of them."


def test_a_few_are_all_there_is(desk: SceneDesk, send: Send) -> None:
    desk.add([search(desk, "person:P05")[0][1].ref])
    send("counts", "person:P05")
    found = shown(desk)
    assert found["budget"] == "3 would be added; that is all of them."
    assert {one["name"] for one in found["names"]} >= {"C05"}
    assert "13800005678" not in str(found)


def test_other_nodes_are_known_by_asking_for_newcomers_only(hub: SceneDesk, send: Send) -> None:
    send("expand", H1, kinds=VISITORS)
    reader, facts = hub.context.reader, hub.facts
    known = sorted(facts.nodes)
    every = frozenset(map(str, town().nodes))
    for keys in (frozenset(known[1:9]), frozenset(known[:9]), frozenset(known[3:]) | {"person:P05", "card:C05"}, every):
        assert changed(reader, facts, keys) == gather(reader, sorted(keys))
    asked: list[NodeRef] = []

    class Listening:
        def subgraph(self, refs: Sequence[NodeRef], *, beside: Sequence[NodeRef]) -> Subgraph:
            asked.extend(refs)
            return reader.subgraph(refs, beside=beside)

    changed(cast("GraphReader", Listening()), facts, every)
    assert {str(ref) for ref in asked} == every - facts.nodes.keys()


def test_nodes_that_are_gone_stay_named(hub: SceneDesk) -> None:
    reader = hub.context.reader
    gone = gather(reader, [H1, "person:nobody"])
    for keys in ({"person:nobody"}, {H1, "person:nobody", "person:P05"}, {H1, "person:nobody", "person:noone"}):
        assert changed(reader, gone, frozenset(keys)) == gather(reader, sorted(keys))


def test_the_shelf_is_read_again_when_somebody_saved_or_removed(hub: SceneDesk) -> None:
    shelf, store = Shelf(), hub.store
    assert shelf.of(hub.context, store) == ()
    mine = hub.save("mine", shared=False, frozen=False)
    theirs = store.save("wang", "theirs", hub.scene, 1, shared=True)
    assert {one.id for one in shelf.of(hub.context, store)} == {mine.id, theirs.id}
    assert shelf.of(hub.context, store) is shelf.of(hub.context, store)
    store.forget(theirs.id, "wang")
    assert [one.id for one in shelf.of(hub.context, store)] == [mine.id]
