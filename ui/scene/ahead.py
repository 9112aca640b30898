"""What an expansion would bring, shown before anything is added: counts by kind, and the first by name."""

from dataclasses import dataclass

from claims.language import _
from graph.store import GraphReader, Node
from ui.scene.expand import Candidate, Growth, KindCount, grow, preview
from ui.scene.facts import Facts
from ui.scene.growth import budget_sentence
from ui.scene.model import Key, Scene, Step
from ui.scene.ports import Scores

MOST_NAMED = 8


@dataclass(frozen=True)
class Ahead:
    """The answer to one question (`seq`): counts of all kinds, and what this step would add, the first with names."""

    key: Key
    seq: int
    counts: tuple[KindCount, ...]
    growth: Growth
    named: tuple[tuple[Candidate, Node], ...]


def look_ahead(reader: GraphReader, scores: Scores, scene: Scene, step: Step, facts: Facts, seq: int) -> Ahead:
    """Ask what a step would bring; the scene stays as it is."""
    growth = grow(reader, scores, step, frozenset(scene.items), facts)
    first = growth.taken[:MOST_NAMED]
    nodes = reader.nodes([one.ref for one in first]) if first else ()
    return Ahead(step.key, seq, preview(reader, step.key, facts), growth, tuple(zip(first, nodes, strict=True)))


def ahead_sentence(found: Ahead) -> str:
    """How many would be added, and how much they carry of what there is."""
    budget = found.growth.budget
    if not budget.taken or (budget.left and budget.share is not None):
        return budget_sentence(budget)
    if not budget.left:
        return _("{taken} would be added; that is all of them.", taken=budget.taken)
    left = f"{budget.left:,}" if budget.exact else _("about {left}", left=f"{budget.left:,}")
    return _("{taken} would be added; {left} more.", taken=budget.taken, left=left)
