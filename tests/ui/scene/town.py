"""A small town: a pharmacy with a crowd, a till, a shared telephone; and the same place a month later."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from claims.aliases import Aliases
from claims.audit import Audit
from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.masking import Masks
from graph.model import NodeRef, NodeType
from graph.store import Visit as Settled
from tests.graph.worlds import GraphWorld
from ui.scene.ports import Visit

T0 = datetime(2026, 3, 2, 9, 0)
HOSTILE = "<img src=x onerror=alert(1)>"
HUB = 60


@dataclass(frozen=True)
class Suspects:
    """Scores by key."""

    scores: dict[str, float] = field(default_factory=dict)

    def of(self, refs: object) -> dict[NodeRef, float]:
        """See `Scores`."""
        return {NodeRef.parse(key): score for key, score in self.scores.items()}


def town(*, later: bool = False) -> GraphWorld:
    """A pharmacy with many customers, two cards swiped minutes apart, a shared telephone, two doctors."""
    world = GraphWorld()
    world.add_node(NodeType.INSTITUTION, "H1", "幸福药店", fixmedins_type="2", admdvs="450102")
    world.add_node(NodeType.TERMINAL, "H1/01", "H1/01")
    world.add_edge("LOCATED_AT.terminal.institution", "H1/01", "H1")
    world.add_node(NodeType.PHONE, "13900001234", "13900001234")
    for number in range(HUB):
        name, card = f"P{number:02d}", f"C{number:02d}"
        label = HOSTILE if number == 3 else f"王小{'甲乙丙丁戊'[number % 5]}"
        world.add_node(NodeType.PERSON, name, label, certno=f"45010219600101{number:03d}X", gend="1")
        world.add_node(NodeType.CARD, card, card)
        world.add_edge("HOLDS.person.card", name, card)
        time = T0 + timedelta(days=number // 2, minutes=3 * (number % 2))
        fund = 1000 * (number + 1)
        times = (time, time + timedelta(days=10))
        world.add_edge("VISITED.person.institution", name, "H1", 1 + number, fund, *times)
        world.add_edge("SWIPED_ON.card.terminal", card, "H1/01", 1, fund, time, time)
        settled = Settled(f"S{number:03d}", time, name, "H1", None, "H1/01", card, "41", fund)
        world.visits.append(settled)
        if number < 2:
            world.add_edge("HAS_PHONE.person.phone", name, "13900001234")
    world.add_node(NodeType.PHONE, "13800005678", "13800005678")
    world.add_edge("HAS_PHONE.person.phone", "P05", "13800005678")
    for number in range(2):
        world.add_node(NodeType.DOCTOR, f"D{number}", "赵医师")
        world.add_edge("FILLED_AT.doctor.institution", f"D{number}", "H1", 4 + number, 900, T0, T0 + timedelta(days=3))
    world.add_edge("CO_VISITED.person.person", "P00", "P01", 7, 0, T0, T0 + timedelta(days=9))
    world.add_edge("RELATED.person.person", "P02", "P03", rel_type="01")
    if later:
        del world.nodes[NodeRef(NodeType.PHONE, "13900001234")]
        for key in [key for key in world.edges if "13900001234" in key[2].id or key[0].type == "CO_VISITED"]:
            del world.edges[key]
        world.add_edge("VISITED.person.institution", "P00", "H1", 99, 5, T0, T0 + timedelta(days=10))
        world.add_edge("ACTED_FOR.person.person", "P00", "P04", 2, 5, T0, T0)
    world.visits.sort(key=lambda visit: (visit.time, visit.setl_id))
    return world


def visit(workspace: Workspace, user: str = "li", **scores: float) -> Visit:
    """A context."""
    masks = Masks(Aliases(workspace.aliases))
    suspects = Suspects({f"person:{key}": score for key, score in scores.items()})
    return Visit(EmbeddedStore.open(workspace), workspace, masks, Audit(workspace.audit), "en", user, suspects)
