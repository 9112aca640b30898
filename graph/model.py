"""Node and edge types of the claims graph: what a claim becomes.

Ids are business keys, never a store's own. Edge measures are the same everywhere: `count` (how
many net settlements, items or registrations the edge stands for), `fund` (fen paid by the fund on
them), `first` and `last` (local time of the earliest and latest). Register facts that carry no
time or money (a phone number, an employer) have count 1, fund 0 and empty times.
"""

from dataclasses import dataclass
from enum import StrEnum


class NodeType(StrEnum):
    """Kinds of nodes; the value is the name used in exports and on the command line."""

    PERSON = "person"
    CARD = "card"
    DOCTOR = "doctor"
    INSTITUTION = "institution"
    TERMINAL = "terminal"
    PHONE = "phone"
    ADDRESS = "address"
    ACCOUNT = "account"
    EMPLOYER = "employer"
    DRUG_BOX = "drug_box"
    RING = "ring"


NODE_KEYS: dict[NodeType, str] = {
    NodeType.PERSON: "psn_no",
    NodeType.CARD: "card_no (never an e-credential token)",
    NodeType.DOCTOR: "dr_code",
    NodeType.INSTITUTION: "fixmedins_code",
    NodeType.TERMINAL: "fixmedins_code + '/' + term_id: till numbers repeat between institutions",
    NodeType.PHONE: "digits of the number",
    NodeType.ADDRESS: "the address, NFKC, without white space",
    NodeType.ACCOUNT: "bank account, digits and letters only",
    NodeType.EMPLOYER: "emp_no",
    NodeType.DRUG_BOX: "drug_trac_codg, where it stands in more than one settlement or institution",
    NodeType.RING: "ring_id",
}


@dataclass(frozen=True, order=True)
class NodeRef:
    """A node by type and business key."""

    type: NodeType
    id: str

    def __str__(self) -> str:
        return f"{self.type}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "NodeRef":
        """Read `type:id`; ValueError when the type is unknown."""
        kind, _, key = text.partition(":")
        if not key:
            raise ValueError(text)
        return cls(NodeType(kind), key)


@dataclass(frozen=True, order=True)
class EdgeKind:
    """A relation between two node types; `validated` ones are the result of a test."""

    type: str
    source: NodeType
    target: NodeType
    validated: bool = False

    @property
    def name(self) -> str:
        """Unique name, also of the kind's files: `SWIPED_ON.card.terminal`."""
        return f"{self.type}.{self.source}.{self.target}"


P, C, D, I, T = (  # noqa: E741 - the table below reads better with one letter each
    NodeType.PERSON,
    NodeType.CARD,
    NodeType.DOCTOR,
    NodeType.INSTITUTION,
    NodeType.TERMINAL,
)

EDGE_KINDS: tuple[EdgeKind, ...] = (
    # facts of the registers
    EdgeKind("HOLDS", P, C),
    EdgeKind("WORKS_AT", D, I),
    EdgeKind("LOCATED_AT", T, I),
    EdgeKind("EMPLOYED_BY", P, NodeType.EMPLOYER),
    EdgeKind("HAS_PHONE", P, NodeType.PHONE),
    EdgeKind("HAS_PHONE", D, NodeType.PHONE),
    EdgeKind("HAS_PHONE", I, NodeType.PHONE),
    EdgeKind("HAS_ADDRESS", P, NodeType.ADDRESS),
    EdgeKind("HAS_ADDRESS", I, NodeType.ADDRESS),
    EdgeKind("HAS_ACCOUNT", P, NodeType.ACCOUNT),
    EdgeKind("HAS_ACCOUNT", D, NodeType.ACCOUNT),
    EdgeKind("HAS_ACCOUNT", I, NodeType.ACCOUNT),
    EdgeKind("RELATED", P, P),  # lawful co-use: family account, registered agent, household
    # settlements, summed
    EdgeKind("USED_CARD", P, C),  # whoever the settlement names used this card, holder or not
    EdgeKind("USED_AT", C, I),
    EdgeKind("VISITED", P, I),
    EdgeKind("TREATED_BY", P, D),
    EdgeKind("PRESCRIBED", D, P),  # outside prescriptions filled at a pharmacy
    EdgeKind("FILLED_AT", D, I),
    EdgeKind("SWIPED_ON", C, T),
    EdgeKind("SWIPED_ON", P, T),  # e-credential, identity card or face: the card is the person
    EdgeKind("AGENT_PHONE", P, NodeType.PHONE),  # telephone of whoever acted for the person
    EdgeKind("ACTED_FOR", P, P),  # the agent's certificate belongs to an insured person
    EdgeKind("DISPENSED", I, NodeType.DRUG_BOX),
    EdgeKind("RECEIVED", P, NodeType.DRUG_BOX),
    # results of tests, written by later steps
    EdgeKind("CO_VISITED", P, P, validated=True),
    EdgeKind("POSSIBLY_SAME", P, P, validated=True),
    *(EdgeKind("MEMBER_OF", node, NodeType.RING, validated=True) for node in NodeType if node != "ring"),
)

BY_NAME = {kind.name: kind for kind in EDGE_KINDS}
EDGE_TYPES: tuple[str, ...] = tuple(dict.fromkeys(kind.type for kind in EDGE_KINDS))
del P, C, D, I, T
