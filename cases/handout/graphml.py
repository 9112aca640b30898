"""Rings as nodes with their members around them, for Gephi, yEd, networkx."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from cases.handout.form import Batch
from cases.handout.sheet import RingSheet
from graph.exports import About
from graph.exports.graphml import GraphML
from graph.model import BY_NAME, NodeRef, NodeType
from graph.store import Edge, Node, Subgraph, Value


@dataclass(frozen=True)
class RingGraph:
    """One node per ring and per member; members of several rings hang together through them."""

    name: str = "graphml"
    contract: bool = False

    def render(self, batch: Batch) -> Mapping[str, bytes]:
        """See `Form`."""
        nodes: dict[NodeRef, Node] = {}
        edges: list[Edge] = []
        for sheet in batch.sheets:
            ring = _ring(sheet)
            nodes[ring.ref] = ring
            for member in sheet.members:
                ref = NodeRef(member.type, member.id)
                nodes.setdefault(ref, Node(ref, member.name or member.id, False, {}))
                edges.append(_edge(sheet, ref, ring.ref, member.role.value))
        ordered = tuple(nodes[ref] for ref in sorted(nodes))
        subgraph = Subgraph(batch.run.data_version, ordered, tuple(edges))
        return GraphML().render(subgraph, About(masked=batch.masked))


def _ring(sheet: RingSheet) -> Node:
    picture = sheet.ring.picture
    facts: dict[str, Value] = {
        "ring_kind": picture.kind,
        "score": round(picture.score, 6),
        "status": sheet.ring.status.value,
        "fund_yuan": float(picture.exposure.fund),
        "statement_zh": sheet.statement.zh,
        "statement_en": sheet.statement.en,
    }
    return Node(NodeRef(NodeType.RING, sheet.ring.id), sheet.ring.id, False, facts)


def _edge(sheet: RingSheet, member: NodeRef, ring: NodeRef, role: str) -> Edge:
    picture = sheet.ring.picture
    first = datetime.combine(picture.first_seen, time()) if picture.first_seen else None
    last = datetime.combine(picture.last_seen, time()) if picture.last_seen else None
    kind = BY_NAME[f"MEMBER_OF.{member.type}.ring"]
    return Edge(kind, member, ring, 1, 0, first, last, {"role": role})
