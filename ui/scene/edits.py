"""Changes of a scene that ask nothing of the graph: pure functions from scene to scene."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from claims.language import N_
from graph.model import EDGE_TYPES
from ui.scene.grouping import GROUPINGS
from ui.scene.measures import MEASURES
from ui.scene.model import Item, Key, Memo, Scene

Event: TypeAlias = Mapping[str, Any]  # as it came from the browser: every value is checked where it is used
Edit: TypeAlias = Callable[[Scene, Event, tuple[Key, ...]], Scene]

LONGEST_NOTE = 400
FARTHEST = 1e6
COLOURS: Mapping[str, str] = {"type": N_("node type"), "score": N_("suspicion"), "community": MEASURES["community"]}
SIZES: Mapping[str, str] = {
    "type": N_("node type"),
    "score": N_("suspicion"),
    "fund": N_("money"),
    "degree": MEASURES["degree"],
    "betweenness": MEASURES["betweenness"],
}


def hide(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Hide nodes; they keep their places."""
    return _each(scene, keys, lambda item: replace(item, hidden=True))


def show_all(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Show what was hidden."""
    return _each(scene, scene.items, lambda item: replace(item, hidden=False))


def keep_only(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Hide everything else."""
    others = [key for key in scene.items if key not in keys]
    return hide(scene, event, tuple(others)) if keys else scene


def pin(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Pin nodes, or let them go: a pinned node is not collapsed, grouped or laid out anew."""
    return _each(scene, keys, lambda item: replace(item, pinned=bool(event.get("on", True))))


def remove(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Take nodes off the canvas."""
    return without(scene, keys)


def collapse(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Take back what the expansions of these nodes brought, and what came from that; pinned and noted nodes stay."""
    gone: set[Key] = set()
    edge = set(keys)
    while edge:
        children = {
            key
            for key, item in scene.items.items()
            if item.parent in edge and key not in gone and key not in keys and not item.pinned and not item.note
        }
        gone |= children
        edge = children
    collapsed = without(scene, gone)
    return replace(collapsed, grown={key: one for key, one in collapsed.grown.items() if key not in keys})


def move(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Put nodes where they were dragged."""
    spots = {key: (number(spot["x"]), number(spot["y"])) for key, spot in event["to"].items() if key in scene.items}
    return _each(scene, spots, lambda item, key: replace(item, x=spots[key][0], y=spots[key][1]), keyed=True)


def note(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Write a note on nodes; an empty one removes it."""
    text = str(event.get("text", "")).strip()[:LONGEST_NOTE]
    return _each(scene, keys, lambda item: replace(item, note=text))


def memo(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Write a note on the canvas; an empty one removes it."""
    text = str(event.get("text", "")).strip()[:LONGEST_NOTE]
    name = str(event.get("memo") or f"m{len(scene.memos) + 1}-{event.get('seq', 0)}")
    others = {key: one for key, one in scene.memos.items() if key != name}
    if not text:
        return replace(scene, memos=others)
    old = scene.memos.get(name)
    x, y = number(event.get("x", old.x if old else 0)), number(event.get("y", old.y if old else 0))
    return replace(scene, memos={**others, name: Memo(text, x, y)})


def types(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Leave edge types out of the drawing."""
    return replace(scene, types_off=frozenset(map(str, event["off"])) & frozenset(EDGE_TYPES))


def style(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """What colour and size tell, and whether edges carry their names."""
    colour, size = str(event.get("colour", scene.colour_by)), str(event.get("size", scene.size_by))
    if colour not in COLOURS or size not in SIZES:
        raise ValueError(colour, size)
    return replace(scene, colour_by=colour, size_by=size, labels=bool(event.get("labels", scene.labels)))


def group(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Draw nodes as groups by a property; an empty one draws them apart again."""
    by = str(event.get("by", ""))
    if by and by not in GROUPINGS:
        raise ValueError(by)
    return replace(scene, group_by=by, opened=frozenset())


def open_group(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Draw the members of one group apart."""
    return replace(scene, opened=scene.opened | {str(event["group"])})


def window(scene: Scene, event: Event, keys: tuple[Key, ...]) -> Scene:
    """Filter by time: milliseconds of local times, or nothing."""
    since, until = (_moment(event.get(name)) for name in ("since", "until"))
    if since and until and since >= until:
        raise ValueError(since, until)
    return replace(scene, window=(since, until))


def without(scene: Scene, keys: Iterable[Key]) -> Scene:
    """The scene without some nodes and what they had grown."""
    gone = set(keys)
    return replace(
        scene,
        items={key: item for key, item in scene.items.items() if key not in gone},
        grown={key: one for key, one in scene.grown.items() if key not in gone},
    )


def number(value: object) -> float:
    """Read a coordinate; ValueError for what cannot be one."""
    if not isinstance(value, int | float) or not abs(value) <= FARTHEST:
        raise ValueError(value)
    return round(float(value), 1)


def _moment(value: object) -> datetime | None:
    """Local times without a zone travel as if they were UTC."""
    return None if value is None else datetime.fromtimestamp(float(str(value)) / 1000, UTC).replace(tzinfo=None)


def _each(scene: Scene, keys: Iterable[Key], changed: Callable[..., Item], *, keyed: bool = False) -> Scene:
    items = dict(scene.items)
    for key in keys:
        if key in items:
            items[key] = changed(items[key], key) if keyed else changed(items[key])
    return replace(scene, items=items)


EDITS: Mapping[str, tuple[Edit, str]] = {
    "hide": (hide, N_("Hide")),
    "show_all": (show_all, N_("Show all")),
    "keep_only": (keep_only, N_("Keep only the selected")),
    "pin": (pin, N_("Pin")),
    "remove": (remove, N_("Remove")),
    "collapse": (collapse, N_("Collapse")),
    "move": (move, N_("Move")),
    "note": (note, N_("Note")),
    "memo": (memo, N_("Note on the canvas")),
    "types": (types, N_("Choose relations")),
    "style": (style, N_("Style")),
    "group": (group, N_("Group")),
    "open_group": (open_group, N_("Open the group")),
}
