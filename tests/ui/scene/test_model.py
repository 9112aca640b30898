"""Undo and redo are exact whatever was done, and a history survives being written and read."""

import random
from dataclasses import replace

import pytest

from ui.scene.codec import read_change, read_scene, write_change, write_scene
from ui.scene.edits import EDITS
from ui.scene.model import Grown, Item, Scene, State, Step, record, redo, undo


def start() -> Scene:
    items = {f"person:P{n}": Item(n * 10.0, n * 5.0, parent="person:P0" if n else "") for n in range(12)}
    grown = {"person:P0": Grown(Step("person:P0", frozenset({("HOLDS.person.card", "out")})), 7, True, 1.0, 2.0)}
    return Scene(items=items, grown=grown)


def random_edit(rng: random.Random, scene: Scene) -> tuple[Scene, str]:
    keys = tuple(rng.sample(sorted(scene.items), min(len(scene.items), rng.randrange(4))))
    events = {
        "move": {"to": {key: {"x": rng.random() * 99, "y": rng.random() * 99} for key in keys}},
        "note": {"text": rng.choice(("", "see card", "«引号»"))},
        "memo": {"text": rng.choice(("", "ask Friday")), "memo": rng.choice("ab"), "x": 1, "y": 2},
        "types": {"off": ["HOLDS", "VISITED"][: rng.randrange(3)]},
        "style": {"colour": rng.choice(("type", "score")), "labels": rng.random() < 0.5},
        "group": {"by": rng.choice(("", "type", "place"))},
        "open_group": {"group": "group:type:person"},
        "pin": {"on": rng.random() < 0.5},
    }
    op = rng.choice(sorted(EDITS))
    edit, title = EDITS[op]
    return edit(scene, events.get(op, {}), keys), title


@pytest.mark.parametrize("seed", range(25))
def test_undo_goes_back_exactly_and_redo_forward(seed: int) -> None:
    rng = random.Random(seed)
    state = State(scene=start())
    seen = [state.scene]
    for _ in range(60):
        scene, title = random_edit(rng, state.scene)
        state = record(state, scene, title)
        if len(state.done) == len(seen):
            seen.append(state.scene)
    final = state
    for scene in reversed(seen):
        assert state.scene == scene
        state = undo(state)
    assert undo(state) == state
    for _ in seen:
        state = redo(state)
    assert state == final


@pytest.mark.parametrize("seed", range(10))
def test_a_history_is_the_same_after_writing_and_reading(seed: int) -> None:
    rng = random.Random(seed)
    state = State(scene=start())
    for _ in range(40):
        state = record(state, *random_edit(rng, state.scene))
    assert read_scene(write_scene(state.scene)) == state.scene
    assert tuple(read_change(write_change(change)) for change in state.done) == state.done


def test_what_changes_nothing_is_not_recorded() -> None:
    state = State(scene=start())
    assert record(state, replace(state.scene), "Hide") is state


def test_a_new_step_forgets_what_was_undone() -> None:
    state = record(State(scene=start()), replace(start(), labels=True), "Style")
    state = record(undo(state), replace(start(), group_by="type"), "Group")
    assert state.undone == ()
    assert redo(state) == state


def test_there_is_no_limit_to_undo() -> None:
    state = State(scene=start())
    for number in range(3000):
        items = {**state.scene.items, "person:P1": Item(float(number), 0.0)}
        state = record(state, replace(state.scene, items=items), "Move")
    for _ in range(3000):
        state = undo(state)
    assert state.scene == start()
