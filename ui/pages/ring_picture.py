"""A ring at a glance: a small drawing without names, counts by type, fund per week."""

from collections.abc import Mapping

from claims.language import N_
from graph.exports.looks import LOOKS
from graph.model import NodeType
from ui.scene.place import Spot, arrange
from ui.service.rings import Preview

WIDTH, HEIGHT, EDGE = 300, 170, 14
LARGEST = 0.6  # few dots do not fill the frame: they stay near each other
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


def _places(preview: Preview) -> list[Spot]:
    """Parts of the ring beside each other, the drawing as large as its frame holds and nothing stretched."""
    if not preview.dots:
        return []
    names = [f"{number:06d}" for number in range(len(preview.dots))]
    spots = arrange(names, ((names[a], names[b]) for a, b in preview.ties))
    xs, ys = [spots[name][0] for name in names], [spots[name][1] for name in names]
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    scale = min(_scale(xs, WIDTH), _scale(ys, HEIGHT), LARGEST)
    return [
        (WIDTH / 2 + scale * (x - middle[0]), HEIGHT / 2 + scale * (y - middle[1])) for x, y in zip(xs, ys, strict=True)
    ]


def _scale(values: list[float], room: int) -> float:
    wide = max(values) - min(values)
    return (room - 2 * EDGE) / wide if wide else LARGEST
