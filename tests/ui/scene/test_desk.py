"""Events: once each whatever is repeated, kept over reloads, refused where they make no sense; masks and doors."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from claims.audit import Act, ReasonError
from claims.errors import NotFoundError
from graph.embedded.writer import write_store
from graph.model import NodeRef
from tests.graph.worlds import write_tables
from tests.ui.scene.conftest import Send
from tests.ui.scene.town import HOSTILE, town, visit
from ui.scene.desk import SceneDesk
from ui.scene.exports import EXPORTS, export
from ui.scene.looking import search, sight_of
from ui.scene.opening import Asked, open_desk
from ui.scene.payload import payload
from ui.scene.rows import rows_of
from ui.scene.store import SceneStore
from ui.scene.view import draw

CANVAS = Path(__file__).parents[3] / "ui" / "canvas" / "frontend"


def asset(name: str) -> str:
    return (CANVAS / name).read_text("utf-8")


@pytest.fixture
def opened(desk: SceneDesk, send: Send) -> SceneDesk:
    desk.add([NodeRef.parse("person:P00")])
    send("expand", "person:P00")
    return desk


def events(desk: SceneDesk, count: int) -> list[dict[str, object]]:
    ids = list(sight_of(desk).ids.values())
    ops = [{"op": "move", "to": {ids[0]: {"x": 500 + n, "y": n}}} for n in range(count)]
    return [{**op, "seq": desk.draft.state.ack + 1 + n, "draft": desk.draft.id} for n, op in enumerate(ops)]


@pytest.mark.parametrize("seed", range(6))
def test_events_that_come_again_or_shuffled_count_once(opened: SceneDesk, seed: int) -> None:
    rng = random.Random(seed)
    before, sent = len(opened.draft.state.done), events(opened, 30)
    outbox: list[dict[str, object]] = []
    while sent or outbox:
        outbox += [sent.pop(0) for _ in range(min(len(sent), rng.randrange(4)))]
        opened.apply(rng.sample(outbox, len(outbox)) if outbox else ())
        if rng.random() < 0.6:
            outbox = [one for one in outbox if int(str(one["seq"])) > opened.draft.state.ack]
    assert len(opened.draft.state.done) == before + 30


def test_events_of_another_draft_are_not_ours(opened: SceneDesk) -> None:
    state = opened.draft.state
    opened.apply([{"seq": 99, "op": "undo", "draft": "another"}])
    assert opened.draft.state == state


@pytest.mark.parametrize(
    "event",
    [
        {"op": "nonsense"},
        {},
        {"op": "move", "to": {"person:P00": {"x": "NaN"}}},
        {"op": "move", "to": {"person:P00": {"x": 1e99, "y": 0}}},
        {"op": "expand", "ids": ["person:P00"], "order": "alphabet"},
        {"op": "style", "colour": "<script>"},
        {"op": "window", "since": 5, "until": 5},
        {"op": "template", "name": "none"},
        {"op": "expand", "ids": ["person:P00"], "limit": "many"},
    ],
)
def test_what_cannot_be_read_changes_nothing_and_is_acknowledged(opened: SceneDesk, event: dict[str, object]) -> None:
    scene, ack = opened.scene, opened.draft.state.ack
    opened.apply([{"seq": ack + 1, "draft": opened.draft.id, **event}])
    assert opened.scene == scene
    assert opened.message == "That could not be done."
    assert opened.draft.state.ack == ack + 1


def test_a_draft_comes_back_whole_and_only_to_its_owner(opened: SceneDesk, send: Send) -> None:
    send("hide", "card:C00")
    send("undo")
    again = open_desk(opened.context, Asked(draft=opened.draft.id))
    assert again.draft.state == opened.draft.state
    other = replace_user(opened, "zhao")
    assert open_desk(other, Asked(draft=opened.draft.id)).scene.items == {}


def replace_user(desk: SceneDesk, user: str):  # type: ignore[no-untyped-def]
    return replace(visit(desk.context.workspace), user=user)


def test_a_second_tab_goes_on_with_a_copy(opened: SceneDesk, send: Send) -> None:
    second = open_desk(opened.context, Asked(draft=opened.draft.id))
    send("hide", "card:C00")
    first = opened.draft.id
    second.do("style", labels=True)
    assert second.draft.id != first
    assert "another tab" in second.message
    assert opened.store.draft(first, "li").state.scene.items["card:C00"].hidden


def test_shared_private_and_frozen_scenes(opened: SceneDesk, send: Send) -> None:
    private = opened.save("mine", shared=False, frozen=False)
    frozen = opened.save("for court", shared=True, frozen=True)
    colleague = replace_user(opened, "zhao")
    with pytest.raises(NotFoundError):
        open_desk(colleague, Asked(scene=private.id))
    desk = open_desk(colleague, Asked(scene=frozen.id))
    assert desk.frozen
    assert desk.scene == opened.scene
    desk.apply([{"seq": 1, "op": "hide", "ids": ["person:P00"], "draft": desk.draft.id}])
    assert desk.scene == opened.scene
    assert "frozen" in desk.message
    desk.copy()
    desk.apply([{"seq": 1, "op": "hide", "ids": ["person:P00"], "draft": desk.draft.id}])
    assert desk.scene.items["person:P00"].hidden
    assert opened.store.saved(frozen.id, "li").scene == opened.scene
    assert [one.title for one in opened.store.all_saved("zhao")] == ["for court"]
    assert not opened.store.forget(frozen.id, "zhao")
    assert opened.store.forget(frozen.id, "li")


def test_a_scene_is_compared_with_an_earlier_data_version(opened: SceneDesk, tmp_path: Path) -> None:
    frozen = opened.save("before", shared=False, frozen=True)
    write_store(write_tables(town(later=True), opened.context.workspace, version=2))
    later = SceneDesk(visit(opened.context.workspace), opened.store, opened.store.draft(opened.draft.id, "li"))
    assert later.facts.version == 2
    assert later.facts.gone == {"phone:13900001234"}
    for ask in (lambda: later.compare_with(1), lambda: later.compare_with_snapshot(frozen)):
        ask()
        assert later.comparison is not None
        assert later.comparison.nodes == {"phone:13900001234": "gone"}
        marks = {(kind, mark) for (kind, _a, _b), mark in later.comparison.edges.items()}
        assert ("HAS_PHONE.person.phone", "gone") in marks
        assert ("VISITED.person.institution", "changed") in marks
        assert ("CO_VISITED.person.person", "gone") in marks
        drawn = draw(sight_of(later))["nodes"]
        assert isinstance(drawn, list)
        assert [node["mark"] for node in drawn if node["type"] == "phone"] == ["gone"]


def test_nothing_personal_reaches_the_canvas_before_a_reason(opened: SceneDesk) -> None:
    text = repr(payload(opened))
    for secret in ("王小甲", "13900001234", "45010219600101000X"):
        assert secret not in text
    with pytest.raises(ReasonError):
        opened.faces.reveal(["person:P00"], "x", 1)
    opened.faces.reveal(["person:P00"], "tip-off 12/26", 1)
    shown = repr(payload(opened))
    assert "王小甲" in shown
    assert "13900001234" not in shown
    (entry,) = opened.context.audit.entries()
    assert (entry.act, entry.user, entry.reason) == (Act.REVEAL, "li", "tip-off 12/26")
    assert "王小甲" not in repr(payload(open_desk(opened.context, Asked(draft=opened.draft.id))))


def test_the_number_of_a_person_is_whole_only_after_a_reason(opened: SceneDesk) -> None:
    def numbers() -> set[str]:
        drawn = draw(sight_of(opened))["nodes"]
        assert isinstance(drawn, list)
        tips = {tip.rpartition("：")[2] for node in drawn if node["id"] == "person:P00" for tip in node["tip"]}
        (row,) = rows_of(sight_of(opened), ["person:P00"])
        return tips | {row.number, row.name}

    assert "***" in numbers()
    assert "P00" not in numbers()
    opened.faces.reveal(["person:P00"], "tip-off 12/26", 1)
    assert "P00" in numbers()
    assert "***" not in numbers()


@pytest.mark.parametrize("form", sorted(EXPORTS))
def test_every_export_is_masked_audited_and_repeatable(desk: SceneDesk, send: Send, form: str) -> None:
    desk.add([NodeRef.parse("person:P02"), NodeRef.parse("person:P03")])
    send("expand", "person:P03")
    send("expand", "person:P00")
    first, second = export(desk, form, asset), export(desk, form, asset)
    if form != "xlsx":
        assert first == second
        text = first.content.decode("utf-8", "replace")
        assert HOSTILE not in text
        assert "王小丙" not in text
    entries = desk.context.audit.entries()
    assert [(entry.act, entry.user) for entry in entries] == [(Act.EXPORT, "li")] * 2
    assert '"masked":true' in entries[0].details
    bare = export(desk, form, asset, reason="asked by the court")
    assert desk.context.audit.entries()[-1].reason == "asked by the court"
    if form in ("svg", "json", "html", "graphml"):
        assert "王小丙" in bare.content.decode()
        assert HOSTILE not in bare.content.decode() or form == "json"


def test_a_picture_is_granted_only_after_it_is_entered(opened: SceneDesk, send: Send) -> None:
    send("grant", what="png")
    assert opened.grant == {"seq": opened.draft.state.ack, "what": "png"}
    assert [entry.act for entry in opened.context.audit.entries()] == [Act.EXPORT]


@pytest.mark.parametrize(
    ("name", "keys", "expected"),
    [
        ("same_till", ["card:C00"], {"card:C01", "terminal:H1/01"}),
        ("sharing", ["person:P00"], {"person:P01", "phone:13900001234"}),
        ("flow", ["doctor:D0"], {"institution:H1"}),
        ("flow", ["institution:H1"], {"doctor:D0", "doctor:D1"}),
        ("paths", ["person:P00", "person:P01"], set()),
        ("common", ["person:P00", "person:P01"], {"institution:H1", "phone:13900001234"}),
    ],
)
def test_questions_find_what_they_ask_for(desk: SceneDesk, name: str, keys: list[str], expected: set[str]) -> None:
    desk.add([NodeRef.parse(key) for key in keys])
    desk.ask(name, keys)
    assert set(desk.scene.items) - set(keys) == expected


def test_search_and_links(desk: SceneDesk) -> None:
    assert [key for key, _face in search(desk, "1234")] == ["phone:13900001234"]
    assert search(desk, "C07")[0][0] == "card:C07"
    alias = sight_of(open_desk(desk.context, Asked(node="phone:13900001234"))).ids["phone:13900001234"]
    assert "1390000" not in alias
    assert open_desk(desk.context, Asked(node=alias)).scene.items.keys() >= {"phone:13900001234", "person:P01"}
    with pytest.raises(NotFoundError):
        open_desk(desk.context, Asked(node="person:nobody"))
    with pytest.raises(NotFoundError):
        open_desk(desk.context, Asked(scene="nothing"))
    with pytest.raises(NotFoundError):
        open_desk(desk.context, Asked(ring="R1"))


def test_tests_and_laws_are_drawn_as_what_they_are(desk: SceneDesk, send: Send) -> None:
    desk.add([NodeRef.parse(f"person:P0{n}") for n in range(4)])
    edges = draw(sight_of(desk))["edges"]
    assert isinstance(edges, list)
    styles = {edge["kind"]: (edge.get("style"), edge.get("tip", [""])[0]) for edge in edges}
    assert styles["CO_VISITED"] == ("inferred", "Basis：Result of a test, not a record")
    assert styles["RELATED"] == ("lawful", "Basis：Lawful relation in the register")


def test_the_file_is_the_owners_only(opened: SceneDesk) -> None:
    path = opened.context.workspace.root / "scenes.db"
    assert path.stat().st_mode & 0o077 == 0
    assert isinstance(SceneStore.open(opened.context.workspace), SceneStore)
