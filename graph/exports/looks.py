"""How node types are drawn: colours people with any colour vision tell apart, and a shape each.

Colours are Okabe and Ito's palette and three of Tol's; no two types share both colour and shape.
"""

from dataclasses import dataclass

from graph.model import NodeType


@dataclass(frozen=True)
class Look:
    """Fill colour (#rrggbb), vis-network shape, and size in pixels."""

    colour: str
    shape: str
    size: int

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue from 0 to 255."""
        return int(self.colour[1:3], 16), int(self.colour[3:5], 16), int(self.colour[5:7], 16)


LOOKS: dict[NodeType, Look] = {
    NodeType.PERSON: Look("#0072B2", "dot", 15),
    NodeType.CARD: Look("#E69F00", "square", 12),
    NodeType.DOCTOR: Look("#009E73", "triangle", 14),
    NodeType.INSTITUTION: Look("#D55E00", "diamond", 20),
    NodeType.TERMINAL: Look("#56B4E9", "triangleDown", 11),
    NodeType.PHONE: Look("#CC79A7", "hexagon", 12),
    NodeType.ADDRESS: Look("#999999", "square", 12),
    NodeType.ACCOUNT: Look("#F0E442", "diamond", 13),
    NodeType.EMPLOYER: Look("#332288", "hexagon", 13),
    NodeType.DRUG_BOX: Look("#44AA99", "star", 12),
    NodeType.RING: Look("#882255", "star", 22),
}
