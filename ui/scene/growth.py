"""Changes of a scene that bring nodes: opening, expanding, templates; what stands is never moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from claims.language import N_, _
from graph.model import NodeRef
from graph.store import GraphReader
from ui.scene.edits import Event
from ui.scene.expand import ORDERS, Budget, grow
from ui.scene.facts import Facts
from ui.scene.model import MOST_ADDED, Grown, Item, Key, Scene, Step
from ui.scene.place import arrange, beside
from ui.scene.ports import Scores
from ui.scene.templates import BY_TEMPLATE

MOST_OPENED = 5_000  # members of one starting point; more are cut and said


@dataclass(frozen=True)
class Outcome:
    """A scene, what the step is called in the history, and what the person is told."""

    scene: Scene
    title: str
    message: str = ""


def start(scene: Scene, refs: Sequence[NodeRef], facts: Facts) -> Outcome:
    """Put nodes on the canvas: laid out whole on an empty one, beside the rest otherwise."""
    fresh = [str(ref) for ref in refs if str(ref) not in scene.items][:MOST_OPENED]
    if not scene.items:
        pairs = ((str(edge.source), str(edge.target)) for edge in facts.edges)
        spots = arrange(fresh, pairs)
        items = {key: Item(*spots[key]) for key in fresh}
    else:
        taken = _taken(scene)
        right = max(x for x, _y in taken), sum(y for _x, y in taken) / len(taken)
        items = {key: Item(*spot) for key, spot in zip(fresh, beside(right, taken, len(fresh)), strict=True)}
    left = len(refs) - len(fresh)
    message = _("{left} of the nodes were left out.", left=left) if len(refs) > MOST_OPENED else ""
    return Outcome(replace(scene, items={**scene.items, **items}), N_("Add"), message)


def expand(reader: GraphReader, scores: Scores, scene: Scene, step: Step, facts: Facts) -> Outcome:
    """Add the best neighbours beside their parent, and a node that says how many there are left."""
    if step.key not in scene.items:
        return Outcome(scene, N_("Expand"))
    growth = grow(reader, scores, step, frozenset(scene.items), facts)
    grown = _added(scene, step.key, [str(ref) for ref in growth.refs], step, growth.budget)
    return Outcome(grown, N_("Expand"), budget_sentence(growth.budget))


def more(reader: GraphReader, scores: Scores, scene: Scene, key: Key, facts: Facts) -> Outcome:
    """The next of what an expansion left out."""
    step = scene.grown[key].step if key in scene.grown else Step(key)
    return expand(reader, scores, scene, step, facts)


def ask(reader: GraphReader, scene: Scene, name: str, keys: Sequence[Key]) -> Outcome:
    """Put a template's question to nodes and add what it finds."""
    template = BY_TEMPLATE[name]
    refs = [NodeRef.parse(key) for key in keys]
    if not template.fits(refs):
        return Outcome(scene, template.title, _("This question does not fit what is selected."))
    found = template.ask(reader, refs, scene.window)
    fresh = {ref: parent for ref, parent in found.beside.items() if str(ref) not in scene.items}
    grown = scene
    for ref, parent in fresh.items():
        grown = _beside(grown, parent if parent in grown.items else str(refs[0]), [str(ref)])
    return Outcome(grown, template.title, _found_sentence(len(fresh), len(found.beside), found.left))


def lay_out(scene: Scene, facts: Facts) -> Outcome:
    """Lay the shown nodes out anew around the pinned ones, which stay."""
    free = [key for key in scene.shown if not scene.items[key].pinned]
    pairs = ((str(edge.source), str(edge.target)) for edge in facts.edges)
    spots = arrange(scene.shown, pairs)
    items = {key: replace(scene.items[key], x=spots[key][0], y=spots[key][1]) for key in free}
    laid = replace(scene, items={**scene.items, **items})
    return Outcome(replace(laid, grown=_replaced(laid)), N_("Lay out"))


def step_of(event: Event, key: Key, scene: Scene) -> Step:
    """Read what an expansion asks for; ValueError for an order there is not."""
    order = str(event.get("order") or "suspicion")
    if order not in ORDERS:
        raise ValueError(order)
    kinds = frozenset((str(name), str(direction)) for name, direction in event.get("kinds") or ())
    since, until = scene.window if event.get("windowed") else (None, None)
    limit = max(1, min(int(event.get("limit") or MOST_ADDED), MOST_ADDED))
    funds = _fen(event.get("min_yuan")), _fen(event.get("max_yuan"))
    return Step(key, kinds, order, limit, since, until, *funds, frozenset(event.get("without") or ()))


def budget_sentence(budget: Budget) -> str:
    """What was left out, and how much what was taken carries."""
    if not budget.taken:
        return _("No further neighbours.") if not budget.left else _("{left} more.", left=budget.left)
    if not budget.left:
        return _("{taken} added; that is all of them.", taken=budget.taken)
    left = f"{budget.left:,}" if budget.exact else _("about {left}", left=f"{budget.left:,}")
    if budget.share is None:
        return _("{taken} added; {left} more.", taken=budget.taken, left=left)
    return _(
        "{left} more; these {taken} carry {share} % of the {measure}.",
        left=left,
        taken=budget.taken,
        share=round(100 * budget.share),
        measure=_(ORDERS[budget.measure]),
    )


def _added(scene: Scene, parent: Key, keys: Sequence[Key], step: Step, budget: Budget) -> Scene:
    wanted = len(keys) + (1 if budget.left and parent not in scene.grown else 0)
    anchor = scene.items[parent]
    spots = beside((anchor.x, anchor.y), _taken(scene), wanted)
    items = {key: Item(*spot, parent=parent) for key, spot in zip(keys, spots, strict=False)}
    grown = {key: one for key, one in scene.grown.items() if key != parent}
    if budget.left > 0:
        old = scene.grown.get(parent)
        x, y = (old.x, old.y) if old else spots[-1]
        grown[parent] = Grown(step, budget.left, budget.exact, x, y)
    return replace(scene, items={**scene.items, **items}, grown=grown)


def _beside(scene: Scene, parent: Key, keys: Sequence[Key]) -> Scene:
    anchor = scene.items[parent]
    spots = beside((anchor.x, anchor.y), _taken(scene), len(keys))
    items = {key: Item(*spot, parent=parent) for key, spot in zip(keys, spots, strict=True)}
    return replace(scene, items={**scene.items, **items})


def _taken(scene: Scene) -> list[tuple[float, float]]:
    """Every place that is taken; hidden nodes keep theirs, as they may come back."""
    places: Iterable[Item | Grown] = (*scene.items.values(), *scene.grown.values())
    return [(one.x, one.y) for one in places]


def _replaced(scene: Scene) -> Mapping[Key, Grown]:
    """Places of the "+N more" nodes after everything else moved."""
    taken = [(item.x, item.y) for item in scene.items.values()]
    moved: dict[Key, Grown] = {}
    for key, one in scene.grown.items():
        (spot,) = beside((scene.items[key].x, scene.items[key].y), taken, 1)
        taken.append(spot)
        moved[key] = replace(one, x=spot[0], y=spot[1])
    return moved


def _found_sentence(fresh: int, found: int, left: int) -> str:
    if not found:
        return _("Nothing was found.")
    if left:
        return _("{fresh} added, {known} were there; {left} more.", fresh=fresh, known=found - fresh, left=left)
    return _("{fresh} added, {known} were there.", fresh=fresh, known=found - fresh)


def _fen(yuan: object) -> int | None:
    return None if yuan in (None, "") else round(float(str(yuan)) * 100)
