"""All that the canvas is handed in one run."""

from claims.language import _
from graph.titles import edge_title, node_title
from ui.scene.ahead import Ahead, ahead_sentence
from ui.scene.desk import SceneDesk
from ui.scene.expand import ORDERS, Candidate
from ui.scene.facts import Facts
from ui.scene.looking import sight_of
from ui.scene.model import MOST_ADDED
from ui.scene.templates import TEMPLATES
from ui.scene.view import Plain, draw
from ui.scene.wording import label_of, short
from ui.scene.words import kinds, words

ARROWS = {"out": "→", "in": "←"}


def payload(desk: SceneDesk, *, height: int | None = None) -> Plain:
    """Return the drawing with the desk's answers, the words, and the number of the last event applied.

    Of a given height it is part of a page: the legend, which would cover half of it, waits for its button.
    """
    sight = sight_of(desk)
    state = desk.draft.state
    return {
        **packed(draw(sight)),
        "draft": desk.draft.id,
        "ack": state.ack,
        "undo": bool(state.done) and not desk.frozen,
        "redo": bool(state.undone) and not desk.frozen,
        "message": desk.message,
        "counts": _counts(desk),
        "grant": desk.grant or None,
        "refit": desk.refit,
        "readOnly": desk.frozen,
        "height": height,
        "compact": height is not None,
        "templates": [
            {"name": one.name, "title": _(one.title), "types": sorted(one.types), "least": one.least}
            for one in TEMPLATES
        ],
        "t": words(),
        "kinds": kinds(),
    }


def packed(drawing: Plain) -> Plain:
    """Spell edges as rows with numbers of nodes: a dense scene has ten edges to a node, sent at every change."""
    nodes, edges = drawing["nodes"], drawing["edges"]
    assert isinstance(nodes, list) and isinstance(edges, list)  # noqa: S101 - made by `draw`
    numbers = {node["id"]: number for number, node in enumerate(nodes)}
    rows = [[edge["kind"], numbers[edge["source"]], numbers[edge["target"]], *_measures(edge)] for edge in edges]
    return {**drawing, "edges": rows}


def _measures(edge: Plain) -> list[object]:
    """What follows the ends; the empty tail is left out."""
    row = [edge.get(name) for name in ("count", "fund", "first", "last", "style", "mark", "tip")]
    while row and row[-1] is None:
        row.pop()
    return row


def _counts(desk: SceneDesk) -> Plain | None:
    if desk.counts is None:
        return None
    key, sight = desk.counts.key, sight_of(desk)
    rows = [
        {
            "kind": [count.kind.name, count.direction.value],
            "title": f"{ARROWS[count.direction.value]} {edge_title(count.kind.type)} · {node_title(count.other)}",
            "total": count.total,
            "present": count.present,
        }
        for count in desk.counts.counts
    ]
    return {
        "id": sight.ids[key],
        "seq": desk.counts.seq,
        "title": _("Neighbours of {name}", name=short(label_of(sight.faces[key], bare=key in sight.bare))),
        "rows": rows,
        "orders": [[name, _(text)] for name, text in ORDERS.items()],
        "most": MOST_ADDED,
        "names": _names(desk, desk.counts),
        "budget": ahead_sentence(desk.counts),
    }


def _names(desk: SceneDesk, ahead: Ahead) -> list[Plain]:
    """The first who would be added: masked like everything else, with what they are ranked by."""
    nodes = {str(node.ref): node for _candidate, node in ahead.named}
    faces, ids = desk.faces.of(Facts(desk.facts.version, nodes, ())), desk.faces.ids(nodes)
    return [
        {
            "id": ids[key],
            "name": short(label_of(faces[key], bare=key in desk.faces.revealed)),
            "about": _about(candidate),
        }
        for (candidate, _node), key in zip(ahead.named, nodes, strict=True)
    ]


def _about(candidate: Candidate) -> str:
    parts = [node_title(candidate.ref.type), f"{_('weight')} {candidate.count:,}"]
    if candidate.score:
        parts.append(f"{_('suspicion')} {candidate.score:.2f}")
    return " · ".join(parts)
