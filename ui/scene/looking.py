"""What is seen of a desk: the scene under its covers, and what a search finds."""

from claims.errors import NotFoundError
from graph.masking import resolve
from graph.model import NodeRef, NodeType
from graph.store import Node
from ui.scene.compare import marks_of, with_lost
from ui.scene.desk import SceneDesk
from ui.scene.facts import Facts
from ui.scene.model import Key
from ui.scene.view import Sight

MOST_HITS = 12


def sight_of(desk: SceneDesk, *, revealed: bool = True) -> Sight:
    """Everything a drawing or a table of the scene is made of: masked but for what was revealed here."""
    facts = _facts(desk)
    ids = desk.faces.ids({*facts.nodes, *desk.scene.items})
    marks = marks_of(desk.comparison, ids) if desk.comparison else {}
    faces = desk.faces.of(facts, revealed=revealed)
    bare = frozenset(desk.faces.revealed) if revealed else frozenset()
    return Sight(desk.scene, facts, faces, ids, _scores(desk, facts), desk.faces.edges(facts), marks, bare)


def bare_sight(desk: SceneDesk) -> Sight:
    """The same without any mask; only for who has given a reason."""
    facts = _facts(desk)
    ids = {key: key for key in {*facts.nodes, *desk.scene.items}}
    edges = {(edge.kind.name, str(edge.source), str(edge.target)): edge for edge in facts.edges if edge.attributes}
    marks = marks_of(desk.comparison, ids) if desk.comparison else {}
    return Sight(desk.scene, facts, facts.nodes, ids, _scores(desk, facts), edges, marks, ids)


def search(desk: SceneDesk, text: str) -> tuple[tuple[Key, Node], ...]:
    """Find nodes by number, name, initials, telephone tail or alias, with their faces."""
    reader = desk.context.reader
    named = _named(desk, text.strip())
    nodes = (named,) if named else reader.search(text, limit=MOST_HITS)
    found = Facts(reader.data_version, {str(node.ref): node for node in nodes}, ())
    faces = desk.faces.of(found)
    return tuple((key, faces[key]) for key in found.nodes)


def _facts(desk: SceneDesk) -> Facts:
    return desk.facts if desk.comparison is None else with_lost(desk.facts, desk.comparison)


def _scores(desk: SceneDesk, facts: Facts) -> dict[Key, float]:
    scores = desk.context.scores.of([node.ref for node in facts.nodes.values()])
    return {str(ref): score for ref, score in scores.items()}


def _named(desk: SceneDesk, text: str) -> Node | None:
    """Read `type:number` or an alias; None for what must be searched."""
    book = desk.faces.masks.aliases
    try:
        ref: NodeRef | None = resolve(NodeRef.parse(text), book)
    except ValueError:
        found = book.resolve(text)
        ref = NodeRef(NodeType(found[0]), found[1]) if found else None
    try:
        return desk.context.reader.node(ref) if ref else None
    except NotFoundError:
        return None
