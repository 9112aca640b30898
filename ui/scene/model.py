"""A scene and its history.

A scene says what is drawn where; it holds business keys and never what the graph says of them. Every
change is kept as the difference between two scenes, so undo and redo are exact by construction and
have no limit. Events carry numbers: one that was applied before changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

MOST_DRAWN = 2_000
MOST_ADDED = 25  # one expansion never brings more

Key: TypeAlias = str  # "type:business key", as `NodeRef` spells it
Window: TypeAlias = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class Item:
    """One node on the canvas; `parent` is the node whose expansion brought it."""

    x: float
    y: float
    pinned: bool = False
    hidden: bool = False
    note: str = ""
    parent: Key = ""


@dataclass(frozen=True)
class Step:
    """What an expansion asks for. `kinds` are (edge kind name, direction); empty means all. `without` are left out."""

    key: Key
    kinds: frozenset[tuple[str, str]] = frozenset()
    order: str = "suspicion"
    limit: int = MOST_ADDED
    since: datetime | None = None
    until: datetime | None = None
    min_fund: int | None = None
    max_fund: int | None = None
    without: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Grown:
    """What an expansion left out, and where the node that says so stands."""

    step: Step
    left: int
    exact: bool
    x: float
    y: float


@dataclass(frozen=True)
class Memo:
    """A note that stands on the canvas by itself."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Scene:
    """Everything a colleague must be given to see the same picture."""

    items: Mapping[Key, Item] = field(default_factory=lambda: MappingProxyType({}))
    grown: Mapping[Key, Grown] = field(default_factory=lambda: MappingProxyType({}))
    memos: Mapping[str, Memo] = field(default_factory=lambda: MappingProxyType({}))
    types_off: frozenset[str] = frozenset()  # edge types that are not drawn
    colour_by: str = "type"
    size_by: str = "type"
    labels: bool = False
    group_by: str = ""
    opened: frozenset[str] = frozenset()  # groups that were opened again
    window: Window = (None, None)

    @property
    def shown(self) -> tuple[Key, ...]:
        """Keys of the nodes that are not hidden."""
        return tuple(key for key, item in self.items.items() if not item.hidden)


MAPPINGS = ("items", "grown", "memos")
VALUES = tuple(part.name for part in fields(Scene) if part.name not in MAPPINGS)


@dataclass(frozen=True)
class Part:
    """One value before and after; `key` is empty for the scene's own fields, None means absent."""

    name: str
    key: str
    before: object
    after: object


@dataclass(frozen=True)
class Change:
    """One reversible step of the history; `title` is a key of the catalogue."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class State:
    """A scene, how it came about, and the number of the last event applied to it."""

    scene: Scene = field(default_factory=Scene)
    done: tuple[Change, ...] = ()
    undone: tuple[Change, ...] = ()
    ack: int = 0


def difference(before: Scene, after: Scene, title: str) -> Change:
    """Return what leads from one scene to the other and back."""
    parts = [
        Part(name, "", getattr(before, name), getattr(after, name))
        for name in VALUES
        if getattr(before, name) != getattr(after, name)
    ]
    for name in MAPPINGS:
        old, new = getattr(before, name), getattr(after, name)
        if old is not new:
            keys = [*old, *(key for key in new if key not in old)]
            parts += [Part(name, key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]
    return Change(title, tuple(parts))


def forward(scene: Scene, change: Change) -> Scene:
    """Apply a change."""
    return _patched(scene, [(part.name, part.key, part.after) for part in change.parts])


def backward(scene: Scene, change: Change) -> Scene:
    """Take a change back."""
    return _patched(scene, [(part.name, part.key, part.before) for part in change.parts])


def record(state: State, scene: Scene, title: str) -> State:
    """Make `scene` the present one; what was undone before is forgotten. Nothing changed: nothing recorded."""
    change = difference(state.scene, scene, title)
    if not change.parts:
        return state
    return replace(state, scene=scene, done=(*state.done, change), undone=())


def undo(state: State) -> State:
    """Take the last change back; at the beginning nothing happens."""
    if not state.done:
        return state
    change = state.done[-1]
    return replace(state, scene=backward(state.scene, change), done=state.done[:-1], undone=(*state.undone, change))


def redo(state: State) -> State:
    """Apply again what was taken back last."""
    if not state.undone:
        return state
    change = state.undone[-1]
    return replace(state, scene=forward(state.scene, change), done=(*state.done, change), undone=state.undone[:-1])


def _patched(scene: Scene, values: list[tuple[str, str, object]]) -> Scene:
    changed: dict[str, object] = {}
    for name, key, value in values:
        if name in VALUES:
            changed[name] = value
            continue
        held = changed.setdefault(name, dict(getattr(scene, name)))
        assert isinstance(held, dict)  # noqa: S101 - mappings are copied one line above
        if value is None:
            held.pop(key, None)
        else:
            held[key] = value
    return replace(scene, **changed)  # type: ignore[arg-type]
