"""Many nodes as few: groups by type, by a property, or by community; opened one at a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from claims.language import N_
from graph.model import NodeType
from graph.store import Node
from ui.scene.facts import Facts
from ui.scene.measures import measure
from ui.scene.model import MOST_DRAWN, Key, Scene

SMALLEST = 3  # fewer are drawn as they are

GROUPINGS: Mapping[str, str] = {
    "type": N_("node type"),
    "community": N_("community in the scene"),
    "place": N_("administrative division"),
    "kind": N_("kind of person or institution"),
}


@dataclass(frozen=True)
class Group:
    """Nodes drawn as one, in the middle of where they stand."""

    id: str
    value: str
    members: tuple[Key, ...]
    x: float
    y: float


def grouping_of(scene: Scene) -> str:
    """The grouping in force: what was chosen, or communities where more would be drawn than anybody can see."""
    return scene.group_by or ("community" if len(scene.shown) > MOST_DRAWN else "")


def groups_of(scene: Scene, facts: Facts) -> tuple[Group, ...]:
    """Groups that are drawn as one node; communities too many for one canvas give way to types."""
    by = grouping_of(scene)
    if not by:
        return ()
    groups = _groups(scene, facts, by)
    if scene.group_by or _drawn(scene, groups) <= MOST_DRAWN:
        return groups
    return _groups(scene, facts, "type")


def _drawn(scene: Scene, groups: Iterable[Group]) -> int:
    return len(scene.shown) - sum(len(group.members) - 1 for group in groups)


def _groups(scene: Scene, facts: Facts, by: str) -> tuple[Group, ...]:
    value = _valued(by, facts, frozenset(scene.shown))
    members: dict[str, list[Key]] = {}
    for key in scene.shown:
        if key in facts.nodes and not scene.items[key].pinned and (found := value(key)):
            members.setdefault(found, []).append(key)
    made = (_group(scene, f"group:{by}:{name}", name, keys) for name, keys in sorted(members.items()))
    return tuple(group for group in made if len(group.members) >= SMALLEST and group.id not in scene.opened)


def _group(scene: Scene, id_: str, value: str, keys: list[Key]) -> Group:
    spots = [(scene.items[key].x, scene.items[key].y) for key in keys]
    x, y = (sum(spot[axis] for spot in spots) / len(spots) for axis in (0, 1))
    return Group(id_, value, tuple(keys), round(x, 1), round(y, 1))


def _valued(by: str, facts: Facts, shown: frozenset[Key]) -> Callable[[Key], str]:
    if by == "community":
        communities = measure("community", facts, shown)
        return lambda key: str(int(communities.get(key, 0)))
    read = _PROPERTIES[by]
    return lambda key: read(facts.nodes[key])


def _place(node: Node) -> str:
    return str(node.attributes.get("insu_admdvs") or node.attributes.get("admdvs") or "")


def _kind(node: Node) -> str:
    names = {NodeType.PERSON: "psn_type", NodeType.INSTITUTION: "fixmedins_type", NodeType.DOCTOR: "prac_type"}
    value = node.attributes.get(names.get(node.ref.type, "")) or ""
    return f"{node.ref.type}/{value}" if value else ""


_PROPERTIES: Mapping[str, Callable[[Node], str]] = {
    "type": lambda node: node.ref.type.value,
    "place": _place,
    "kind": _kind,
}
