"""A ring at a glance: a small drawing without names, counts by type, fund per week."""

from collections.abc import Mapping

import rustworkx as rx

from claims.language import N_
from graph.exports.looks import LOOKS
from graph.model import NodeType
from ui.service.rings import Preview

WIDTH, HEIGHT, EDGE = 300, 170, 14
TYPE_TITLES: Mapping[NodeType, str] = {
    NodeType.PERSON: N_("insured persons"),
    NodeType.CARD: N_("cards"),
    NodeType.DOCTOR: N_("doctors"),
    NodeType.INSTITUTION: N_("institutions"),
    NodeType.TERMINAL: N_("tills"),
    NodeType.PHONE: N_("telephones"),
    NodeType.ADDRESS: N_("addresses"),
    NodeType.ACCOUNT: N_("accounts"),
    NodeType.EMPLOYER: N_("employers"),
    NodeType.DRUG_BOX: N_("drug boxes"),
    NodeType.RING: N_("rings"),
}


def drawing(preview: Preview) -> str:
    """Return the ring's shape as SVG; it holds numbers and colours only, no text of the data."""
    places = _places(preview)
    lines = "".join(
        f'<line x1="{places[a][0]:.1f}" y1="{places[a][1]:.1f}" x2="{places[b][0]:.1f}" y2="{places[b][1]:.1f}"/>'
        for a, b in preview.ties
    )
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2.5 + 3 * min(1.0, dot.weight):.1f}" fill="{LOOKS[dot.type].colour}"/>'
        for dot, (x, y) in zip(preview.dots, places, strict=True)
    )
    frame = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-hidden="true"'
    strokes = '<g stroke="#8795a5" stroke-width="0.8" stroke-opacity="0.55">'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{strokes}{lines}</g>{dots}</svg>'


def _places(preview: Preview) -> list[tuple[float, float]]:
    graph: rx.PyGraph[int, None] = rx.PyGraph()
    graph.add_nodes_from(list(range(len(preview.dots))))
    graph.add_edges_from_no_data(list(preview.ties))
    found = rx.spring_layout(graph, seed=7, num_iter=80)
    spots = [found[number] for number in range(len(preview.dots))]
    return [(_fit(x, [s[0] for s in spots], WIDTH), _fit(y, [s[1] for s in spots], HEIGHT)) for x, y in spots]


def _fit(value: float, among: list[float], room: int) -> float:
    low, high = min(among), max(among)
    return EDGE + (value - low) / (high - low) * (room - 2 * EDGE) if high > low else room / 2
