"""What one node or edge of the page looks like and says."""

from math import log2

from claims.tables import TABLES
from graph.exports.looks import LOOKS
from graph.model import NodeType
from graph.store import Edge, Node, Value
from graph.titles import EDGE_TITLES, NODE_TITLES, yuan

LONGEST_LABEL = 16
MARK = dict[str, object]

# The legend's pictures of vis-network's shapes, in a box of 20.
PATHS = {
    "dot": "M10 3a7 7 0 1 0 .01 0z",
    "square": "M4 4h12v12H4z",
    "triangle": "M10 3l7 13H3z",
    "triangleDown": "M10 17L3 4h14z",
    "diamond": "M10 2l8 8-8 8-8-8z",
    "hexagon": "M6 3h8l4 7-4 7H6l-4-7z",
    "star": "M10 2l2.4 5.4 5.8.6-4.4 3.9 1.3 5.8L10 14.7l-5.1 3 1.3-5.8L1.800 8l5.8-.6z",
}

_TITLES = {column.name: column.title for table in TABLES for column in table.columns}


def node_mark(node: Node, *, focus: bool) -> MARK:
    """Options of vis-network for a node; a placeholder is white with a dashed border."""
    look = LOOKS[node.ref.type]
    fill = "#ffffff" if node.placeholder else look.colour
    return {
        "label": _short(node.label or node.ref.id),
        "title": _lines(_node_facts(node)),
        "shape": look.shape,
        "size": look.size * (1.5 if focus else 1),
        "color": {
            "background": fill,
            "border": look.colour if node.placeholder else "#24292f",
            "highlight": {"background": fill, "border": "#000000"},
            "hover": {"background": fill, "border": "#000000"},
        },
        "borderWidthSelected": 4,
        "borderWidth": 4 if focus else 1.2,
        "shapeProperties": {"borderDashes": [4, 3] if node.placeholder else False},
        "mass": 3 if node.ref.type is NodeType.INSTITUTION else 1,
    }


def edge_mark(edge: Edge, *, beside: int) -> MARK:
    """Options of vis-network for an edge; facts of a register carry no measure and are thin.

    `beside` counts the edges already drawn between the same two nodes: each bends further.
    """
    bend = {"enabled": True, "type": "curvedCW", "roundness": round(0.15 * beside, 2)}
    measured = bool(edge.first or edge.fund)
    return {
        "label": f"{edge.count}次 ¥{yuan(edge.fund)}" if measured else "",
        "title": _lines(_edge_facts(edge)),
        "width": round(1 + 0.6 * log2(max(1, edge.count)), 2) if measured else 0.8,
        "dashes": edge.kind.validated,
        "smooth": bend if beside else False,
    }


def _node_facts(node: Node) -> list[tuple[str, Value]]:
    zh, en = NODE_TITLES[node.ref.type]
    facts: list[tuple[str, Value]] = [("类型 type", f"{zh} {en}"), ("编号 id", node.ref.id), ("名称 label", node.label)]
    if node.placeholder:
        facts.append(("登记 register", "无 none"))
    return facts + [(_TITLES.get(name, name), node.attributes[name]) for name in sorted(node.attributes)]


def _edge_facts(edge: Edge) -> list[tuple[str, Value]]:
    zh, en = EDGE_TITLES[edge.kind.type]
    facts: list[tuple[str, Value]] = [
        ("关系 relation", f"{zh} {en}"),
        ("从 from", edge.source.id),
        ("到 to", edge.target.id),
    ]
    if edge.first or edge.fund:
        facts += [
            ("次数 count", edge.count),
            ("基金支付 fund", f"¥{yuan(edge.fund)}"),
            ("首次 first", edge.first),
            ("末次 last", edge.last),
        ]
    return facts + [(_TITLES.get(name, name), edge.attributes[name]) for name in sorted(edge.attributes)]


def _lines(facts: list[tuple[str, Value]]) -> str:
    """One fact a line; a value cannot pretend to be another line."""
    return "\n".join(f"{name}：{' '.join(str(value).split())}" for name, value in facts if value not in (None, ""))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"
