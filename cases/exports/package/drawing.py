"""The ring's graph under keyed names: members, and what the enclosed records tie together."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from cases.exports.package.contents import Contents
from cases.exports.package.extract import RING, Row
from graph.exports import About
from graph.exports.graphml import GraphML
from graph.exports.html import Html
from graph.model import BY_NAME, NodeRef, NodeType
from graph.store import Edge, Node, Subgraph

# Column of a settlement at either end, and the relation it stands for.
_TIES = (
    ("person", NodeType.PERSON, "place", NodeType.INSTITUTION, "VISITED"),
    ("person", NodeType.PERSON, "card", NodeType.CARD, "USED_CARD"),
    ("person", NodeType.PERSON, "doctor", NodeType.DOCTOR, "TREATED_BY"),
    ("prescriber", NodeType.DOCTOR, "person", NodeType.PERSON, "PRESCRIBED"),
    ("prescriber", NodeType.DOCTOR, "place", NodeType.INSTITUTION, "FILLED_AT"),
)


@dataclass
class _Sum:
    count: int = 0
    fund: int = 0
    times: list[datetime] = field(default_factory=list)


def graph_files(contents: Contents, watermark: str) -> dict[str, bytes]:
    """The graph as GraphML and as a page of its own, each marked with who took it out, when and why."""
    drawn, about = subgraph_of(contents), About(focus=NodeRef(NodeType.RING, str(contents.ring["id"])), masked=True)
    graphml = GraphML().render(drawn, about)[""].decode()
    head, mark, rest = graphml.partition("?>")
    comment = f"\n<!-- {escape(watermark).replace('--', '- -')} -->"
    page = Html().render(drawn, about)[""].decode()
    line = f"<p>{escape(watermark)}</p>\n</header>"
    return {
        "graph/ring.graphml": f"{head}{mark}{comment if mark else ''}{rest}".encode(),
        "graph/ring.html": page.replace("</header>", line, 1).encode(),
    }


def subgraph_of(contents: Contents) -> Subgraph:
    """Members around the ring, and the relations of its records (context left out)."""
    ring = NodeRef(NodeType.RING, str(contents.ring["id"]))
    nodes: dict[NodeRef, Node] = {ring: Node(ring, ring.id, False, {"ring_kind": str(contents.ring["kind"])})}
    places = {str(row["place"]): str(row["name"]) for row in contents.extract.tables["places"]}
    edges: list[Edge] = []
    members = contents.ring["members"]
    for member in members if isinstance(members, list) else []:
        ref = NodeRef(NodeType(member["type"]), member["id"])
        nodes[ref] = _node(ref, places)
        kind = BY_NAME[f"MEMBER_OF.{ref.type}.ring"]
        edges.append(Edge(kind, ref, ring, 1, 0, None, None, {"role": member["role"]}))
    for (relation, source, target), total in _sums(contents.extract.tables["settlements"]).items():
        for ref in (source, target):
            nodes.setdefault(ref, _node(ref, places))
        kind = BY_NAME[f"{relation}.{source.type}.{target.type}"]
        edges.append(Edge(kind, source, target, total.count, total.fund, min(total.times), max(total.times)))
    ordered = sorted(edges, key=lambda edge: (edge.kind.name, edge.source, edge.target))
    version = contents.ring["run"]
    number = int(str(version["data_version"])) if isinstance(version, Mapping) else 0
    return Subgraph(number, tuple(nodes[ref] for ref in sorted(nodes)), tuple(ordered))


def _node(ref: NodeRef, places: Mapping[str, str]) -> Node:
    label = places.get(ref.id) or ref.id if ref.type is NodeType.INSTITUTION else ref.id
    return Node(ref, label, False, {})


def _sums(rows: list[Row]) -> Mapping[tuple[str, NodeRef, NodeRef], _Sum]:
    sums: dict[tuple[str, NodeRef, NodeRef], _Sum] = defaultdict(_Sum)
    for row in rows:
        if row["part"] != RING:
            continue
        for one, one_type, two, two_type, relation in _TIES:
            if row[one] and row[two] and f"{relation}.{one_type}.{two_type}" in BY_NAME:
                total = sums[relation, NodeRef(one_type, str(row[one])), NodeRef(two_type, str(row[two]))]
                total.count += 1
                total.fund += int(Decimal(str(row["fund"])).scaleb(2))
                total.times.append(datetime.fromisoformat(str(row["time"])))
    return sums
