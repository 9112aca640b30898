"""The scene as the canvas is given it: plain values, ids that may be shown, words in the reader's language."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from claims.language import _
from graph.exports.looks import LOOKS
from graph.model import EDGE_TYPES, NodeType
from graph.store import Edge, Node
from graph.titles import edge_title, node_title
from ui.scene.faces import EdgeKey
from ui.scene.facts import Facts
from ui.scene.grouping import Group, groups_of
from ui.scene.measures import measure
from ui.scene.model import Key, Scene, Window
from ui.scene.wording import INFERRED, LAWFUL, edge_facts, label_of, node_facts, short

Plain = dict[str, object]
SMALLEST, LARGEST = 20.0, 56.0
RAMP = ("#fde7c7", "#fdbb63", "#f08a3c", "#c8541c", "#7f2704")  # told apart by brightness alone
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#332288", "#44AA99", "#999999")
TIP_LINES = 7
EPOCH, MILLISECOND = datetime(1970, 1, 1), timedelta(milliseconds=1)  # local times travel as if they were UTC


@dataclass(frozen=True)
class Sight:
    """All that a drawing is made of; `marks` are added, gone or changed, by key or edge id."""

    scene: Scene
    facts: Facts
    faces: Mapping[Key, Node]
    ids: Mapping[Key, str]
    scores: Mapping[Key, float] = field(default_factory=dict)
    edges: Mapping[EdgeKey, Edge] = field(default_factory=dict)  # masked, those that carry attributes
    marks: Mapping[str, str] = field(default_factory=dict)
    bare: Collection[Key] = ()  # shown without masks


def draw(sight: Sight) -> Plain:
    """Return nodes, edges, notes, legend and range of times."""
    groups = groups_of(sight.scene, sight.facts)
    inside = {key: group.id for group in groups for key in group.members}
    apart = [key for key in sight.scene.shown if key in sight.facts.nodes and key not in inside]
    nodes = [*_nodes(sight, apart), *map(_group_node, groups), *_more_nodes(sight, inside)]
    edges = [*_edges(sight, inside), *_more_edges(sight, inside)]
    return {
        "nodes": nodes,
        "edges": edges,
        "memos": [{"id": name, "text": one.text, "x": one.x, "y": one.y} for name, one in sight.scene.memos.items()],
        "legend": list(_legend(sight, apart)),
        "relations": list(_relations(sight)),
        "window": [_millis(one) for one in sight.scene.window],
        "labels": sight.scene.labels,
        "hidden": len(sight.scene.items) - len(sight.scene.shown),
        "gone": len(sight.facts.gone & set(sight.scene.items)),
    }


def in_window(edge: Edge, window: Window) -> bool:
    """Whether an edge is active in the window; facts of a register carry no time and always are."""
    since, until = window
    if edge.first is None or edge.last is None:
        return True
    return (since is None or edge.last >= since) and (until is None or edge.first < until)


def edge_id(edge: Edge, source: str, target: str) -> str:
    """Name of an edge outside, by the outside ids of its ends."""
    return f"{edge.kind.name}|{source}|{target}"


def _nodes(sight: Sight, keys: Iterable[Key]) -> Iterator[Plain]:
    colours, sizes = _colours(sight), _sizes(sight)
    for key in keys:
        item, face = sight.scene.items[key], sight.faces[key]
        bare = key in sight.bare
        label = label_of(face, bare=bare)
        node: Plain = {
            "id": sight.ids[key],
            "type": face.ref.type.value,
            "label": short(label),
            "x": item.x,
            "y": item.y,
            "colour": colours.get(key, "#9aa0a6"),
            "size": round(sizes.get(key, SMALLEST), 1),
            "tip": [f"{name}：{value}" for name, value in islice(node_facts(face, bare=bare), TIP_LINES)],
        }
        flags = {"pinned": item.pinned, "note": item.note, "placeholder": face.placeholder}
        flags |= {"score": sight.scores.get(key), "mark": sight.marks.get(key)}
        yield node | {name: value for name, value in flags.items() if value}


def _group_node(group: Group) -> Plain:
    size = min(LARGEST * 1.4, SMALLEST * 1.4 + len(group.members) ** 0.5 * 2)
    label = f"{_group_label(group)} ({len(group.members):,})"
    return {
        "id": group.id,
        "type": "group",
        "label": label,
        "x": group.x,
        "y": group.y,
        "colour": "#6e7781",
        "size": round(size, 1),
        "tip": [label],
    }


def _group_label(group: Group) -> str:
    if group.value in set(NodeType):
        return node_title(NodeType(group.value))
    if group.id.startswith("group:community:"):
        return _("Community {number}", number=group.value)
    return group.value


def _more_nodes(sight: Sight, inside: Mapping[Key, str]) -> Iterator[Plain]:
    for key, one in sight.scene.grown.items():
        if _visible(sight, key, inside):
            label = _("+{left} more", left=f"{one.left:,}")
            place = {"x": one.x, "y": one.y, "of": sight.ids[key]}
            yield {"id": f"more:{sight.ids[key]}", "type": "more", "label": label, "tip": [label], **place}


def _more_edges(sight: Sight, inside: Mapping[Key, str]) -> Iterator[Plain]:
    for key in sight.scene.grown:
        if _visible(sight, key, inside):
            shown = sight.ids[key]
            yield {"id": f"e:more:{shown}", "source": shown, "target": f"more:{shown}", "kind": "more"}


def _visible(sight: Sight, key: Key, inside: Mapping[Key, str]) -> bool:
    item = sight.scene.items.get(key)
    return item is not None and not item.hidden and key not in inside and key in sight.facts.nodes


def _edges(sight: Sight, inside: Mapping[Key, str]) -> Iterator[Plain]:
    summed: dict[tuple[str, str, str], Plain] = {}
    shown = set(sight.scene.shown)
    for edge in sight.facts.edges:
        source, target = str(edge.source), str(edge.target)
        if source not in shown or target not in shown or edge.kind.type in sight.scene.types_off:
            continue
        ends = inside.get(source), inside.get(target)
        if ends == (None, None):
            yield _edge(sight, edge, sight.ids[source], sight.ids[target])
        elif ends[0] != ends[1]:
            _sum(summed, ends[0] or sight.ids[source], ends[1] or sight.ids[target], edge)
    yield from summed.values()


def _edge(sight: Sight, edge: Edge, source: str, target: str) -> Plain:
    id_ = edge_id(edge, source, target)
    drawn = _line(id_, source, target, edge)
    if edge.kind.type in INFERRED or edge.attributes:
        drawn["tip"] = [f"{name}：{value}" for name, value in edge_facts(edge)]
    mark = sight.marks.get(id_)
    return drawn | ({"mark": mark} if mark else {})


def _line(id_: str, source: str, target: str, edge: Edge) -> Plain:
    line: Plain = {"id": id_, "source": source, "target": target, "kind": edge.kind.type}
    if edge.first or edge.fund:
        line |= {"count": edge.count, "fund": edge.fund, "first": _millis(edge.first), "last": _millis(edge.last)}
    style = "inferred" if edge.kind.type in INFERRED else "lawful" if edge.kind.type in LAWFUL else ""
    return line | ({"style": style} if style else {})


def _sum(summed: dict[tuple[str, str, str], Plain], source: str, target: str, edge: Edge) -> None:
    key = (edge.kind.type, source, target)
    line = _line("|".join(("sum", *key)), source, target, edge)
    old = summed.get(key)
    if old and "count" in line and "count" in old:
        line["count"] = int(str(old["count"])) + edge.count
        line["fund"] = int(str(old["fund"])) + edge.fund
        times = [one for one in (old["first"], line["first"]) if isinstance(one, int)]
        lasts = [one for one in (old["last"], line["last"]) if isinstance(one, int)]
        line |= {"first": min(times, default=None), "last": max(lasts, default=None)}
    summed[key] = line


def _colours(sight: Sight) -> Mapping[Key, str]:
    if sight.scene.colour_by == "score":
        return {key: _ramp(sight.scores.get(key, 0.0)) for key in sight.facts.nodes}
    if sight.scene.colour_by == "community":
        numbers = measure("community", sight.facts, frozenset(sight.scene.shown))
        return {key: PALETTE[(int(number) - 1) % len(PALETTE)] for key, number in numbers.items()}
    return {key: LOOKS[node.ref.type].colour for key, node in sight.facts.nodes.items()}


def _ramp(score: float) -> str:
    return RAMP[min(len(RAMP) - 1, int(score * len(RAMP)))]


def _sizes(sight: Sight) -> Mapping[Key, float]:
    by = sight.scene.size_by
    if by == "type":
        return {key: LOOKS[node.ref.type].size * 1.9 for key, node in sight.facts.nodes.items()}
    values = _values(by, sight)
    most = max(values.values(), default=0.0) or 1.0
    return {key: SMALLEST + (LARGEST - SMALLEST) * (max(0.0, value) / most) ** 0.5 for key, value in values.items()}


def _values(by: str, sight: Sight) -> Mapping[Key, float]:
    if by == "score":
        return {key: sight.scores.get(key, 0.0) for key in sight.facts.nodes}
    if by == "fund":
        sums = dict.fromkeys(sight.facts.nodes, 0.0)
        for edge in sight.facts.edges:
            for end in (edge.source, edge.target):
                sums[str(end)] += edge.fund
        return sums
    return measure(by, sight.facts, frozenset(sight.scene.shown))


def _legend(sight: Sight, apart: Iterable[Key]) -> Iterator[Plain]:
    counts: dict[NodeType, int] = {}
    for key in apart:
        type_ = sight.facts.nodes[key].ref.type
        counts[type_] = counts.get(type_, 0) + 1
    for type_ in (type_ for type_ in NodeType if type_ in counts):
        yield {"type": type_.value, "title": node_title(type_), "colour": LOOKS[type_].colour, "count": counts[type_]}


def _relations(sight: Sight) -> Iterator[Plain]:
    counts: dict[str, int] = {}
    for edge in sight.facts.edges:
        counts[edge.kind.type] = counts.get(edge.kind.type, 0) + 1
    for type_ in (type_ for type_ in EDGE_TYPES if type_ in counts):
        style = "inferred" if type_ in INFERRED else "lawful" if type_ in LAWFUL else ""
        on = type_ not in sight.scene.types_off
        yield {"type": type_, "title": edge_title(type_), "count": counts[type_], "on": on, "style": style}


def _millis(time: datetime | None) -> int | None:
    return (time - EPOCH) // MILLISECOND if time else None
