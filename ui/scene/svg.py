"""The scene as SVG, drawn on the server from the stored places; every text is escaped."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import cos, pi, sin
from typing import Any

from claims.language import _

Thing = Mapping[str, Any]  # a node, edge or note as `draw` gives it
FONT = "Noto Sans CJK SC, Noto Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
EDGE = "#9aa2ac"
STYLES = {"inferred": ' stroke-dasharray="7 4"', "lawful": ' stroke-dasharray="2 3"'}
CORNERS = {"doctor": 6, "institution": 4, "phone": 8, "employer": 5, "ring": 7, "group": 6}  # regular polygons
FLAT = frozenset({"card", "terminal", "account", "drug_box", "more"})
MARGIN = 60.0


def svg(drawing: Thing, title: str, kinds: Mapping[str, str]) -> bytes:
    """Return the file; edges out of the window are left out as on the canvas."""
    nodes: Sequence[Thing] = drawing["nodes"]
    places = {node["id"]: node for node in nodes}
    seen = [edge for edge in drawing["edges"] if _inside(edge, drawing["window"])]
    left, top, wide, high = _frame([*nodes, *drawing["memos"]])
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.1f} {top:.1f} {wide:.1f} {high:.1f}" '
        f'width="{wide:.0f}" height="{high:.0f}" font-family="{FONT}" font-size="11">',
        f"<title>{_text(title)}</title>",
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="#ffffff"/>',
        *(_edge(edge, places, kinds, named=drawing["labels"]) for edge in seen),
        *(part for node in nodes for part in _node(node)),
        *(part for memo in drawing["memos"] for part in _memo(memo)),
        f'<text x="{left + 10:.1f}" y="{top + high - 10:.1f}" fill="#57606a">{_text(title)}</text>',
        "</svg>\n",
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def _inside(edge: Thing, window: Sequence[int | None]) -> bool:
    since, until = window
    if edge.get("first") is None or edge.get("last") is None:
        return True
    return (since is None or edge["last"] >= since) and (until is None or edge["first"] < until)


def _frame(things: Sequence[Thing]) -> tuple[float, float, float, float]:
    xs, ys = [thing["x"] for thing in things] or [0.0], [thing["y"] for thing in things] or [0.0]
    wide, high = max(xs) - min(xs) + 2 * MARGIN, max(ys) - min(ys) + 2 * MARGIN
    return min(xs) - MARGIN, min(ys) - MARGIN, max(wide, 360.0), max(high, 200.0)


def _edge(edge: Thing, places: Mapping[str, Thing], kinds: Mapping[str, str], *, named: bool) -> str:
    a, b = places[edge["source"]], places[edge["target"]]
    width = 1 + min(4.0, (edge.get("count") or 1) ** 0.5 / 4)
    line = (
        f'<line x1="{a["x"]:.1f}" y1="{a["y"]:.1f}" x2="{b["x"]:.1f}" y2="{b["y"]:.1f}" stroke="{EDGE}" '
        f'stroke-width="{width:.1f}"{STYLES.get(edge.get("style") or "", "")}/>'
    )
    if not named or edge["kind"] not in kinds:
        return line
    x, y = (a["x"] + b["x"]) / 2, (a["y"] + b["y"]) / 2
    name = _text(kinds[edge["kind"]])
    return f'{line}<text x="{x:.1f}" y="{y:.1f}" font-size="9" text-anchor="middle" fill="#57606a">{name}</text>'


def _node(node: Thing) -> Iterator[str]:
    x, y, half = node["x"], node["y"], float(node.get("size") or 18) / 2
    dashes = ' stroke-dasharray="3 2"' if node.get("placeholder") or node["type"] == "more" else ""
    paint = f'fill="{_text(str(node.get("colour") or "#ffffff"))}" stroke="#24292f" stroke-width="0.8"{dashes}'
    yield f"<g><title>{_text(chr(10).join(node['tip']))}</title>{_shape(node['type'], x, y, half, paint)}</g>"
    yield f'<text x="{x:.1f}" y="{y + half + 12:.1f}" text-anchor="middle" fill="#1f2328">{_text(node["label"])}</text>'
    if node.get("note"):
        note = _text(f"✎ {node['note']}")
        yield f'<text x="{x:.1f}" y="{y + half + 25:.1f}" text-anchor="middle" fill="#7d4e00">{note}</text>'


def _shape(type_: str, x: float, y: float, half: float, paint: str) -> str:
    if type_ in FLAT:
        return (
            f'<rect x="{x - half:.1f}" y="{y - half * 0.75:.1f}" width="{2 * half:.1f}" '
            f'height="{1.5 * half:.1f}" rx="3" {paint}/>'
        )
    if type_ in CORNERS:
        count = CORNERS[type_]
        turns = [2 * pi * n / count - pi / 2 for n in range(count)]
        points = " ".join(f"{x + half * cos(turn):.1f},{y + half * sin(turn):.1f}" for turn in turns)
        return f'<polygon points="{points}" {paint}/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half:.1f}" {paint}/>'


def _memo(memo: Thing) -> Iterator[str]:
    wide = 12 * max(len(line) for line in memo["text"].splitlines()) + 14
    x, y = memo["x"], memo["y"]
    yield f'<rect x="{x - wide / 2:.1f}" y="{y - 14:.1f}" width="{wide}" height="26" fill="#fff6cc" stroke="#d4b106"/>'
    yield f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{_text(memo["text"])}</text>'


def _text(text: str) -> str:
    """Escape, and drop what XML cannot hold."""
    kept = "".join(char if char in "\t\n" or " " <= char < "\ud800" or char > "\udfff" else "\ufffd" for char in text)
    return escape(kept.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"))


def heading(version: int, *, masked: bool) -> str:
    """What a file says of itself."""
    cover = _("personal data masked") if masked else _("contains unmasked personal data")
    return _("Relation graph, data version {version}, {cover}", version=version, cover=cover)
