"""How somebody or something named by the page may be shown: number and name under the masks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.masking import Masks, printed
from graph.model import NodeRef
from graph.store import Node
from ui.service.entity_ground import Ground


@dataclass(frozen=True)
class Face:
    """Number (an alias where the number is personal) and name as they may be shown and stand in an address."""

    ref: NodeRef
    label: str

    @property
    def name(self) -> str:
        """The name; the number where there is none."""
        return self.label or self.number

    @property
    def number(self) -> str:
        """The number as it is printed."""
        return printed(self.ref)


Faces = Mapping[NodeRef, Face]


def faces_of(ground: Ground, masks: Masks, refs: Iterable[NodeRef]) -> Faces:
    """Return the faces of several nodes by their real refs; who is in no graph keeps only a number."""
    wanted = sorted(set(refs))
    known = [ref for ref in wanted if _there(ground, ref)]
    nodes = dict(zip(known, ground.store.nodes(known), strict=True))
    every = [nodes.get(ref) or Node(ref) for ref in wanted]
    return {real: Face(node.ref, node.label) for real, node in zip(wanted, masks.nodes(every), strict=True)}


def _there(ground: Ground, ref: NodeRef) -> bool:
    ids = ground.snapshot.ids.get(ref.type)
    return ids is not None and ids.at(ref.id) is not None
