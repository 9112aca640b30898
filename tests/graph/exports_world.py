"""Subgraphs for the tests of exports: a small one, hostile text, a large one by seed."""

import random
from datetime import datetime, timedelta

from graph.model import BY_NAME, NodeRef, NodeType
from graph.store import Edge, Node, Subgraph

T0 = datetime(2026, 1, 5, 9, 0)

HOSTILE = (
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "javascript:window.hacked=1",
    "{{ 7*7 }}{% raw %}",
    "'}) DETACH DELETE n //",
    "\\u0027}) DETACH DELETE n //",
    "\\",
    "a\\'b",
    "=HYPERLINK(1)",
    "＝1+1",
    "\t=1+1",
    "line\nbreak;\r\n:begin",
    "nul\x00 bell\x07 \u2028 \ufffe \U0001f600 䶮 𠅤",
    "lone \udc00 surrogate",
    "]]>&amp;<!--",
    "href=x",
    '"quoted", comma',
)


def person(id_: str, label: str, **attributes: str | int) -> Node:
    """A person with attributes."""
    return Node(NodeRef(NodeType.PERSON, id_), label, False, attributes)


def edge(kind: str, source: Node, target: Node, count: int = 1, fund: int = 0, *, timed: bool = True) -> Edge:
    """An edge; facts of a register have no times."""
    times = (T0, T0 + timedelta(days=count)) if timed else (None, None)
    return Edge(BY_NAME[kind], source.ref, target.ref, count, fund, *times)


def subgraph(nodes: list[Node], edges: list[Edge]) -> Subgraph:
    """Sorted, as a reader returns it."""
    ordered = sorted(edges, key=lambda edge: (edge.kind, edge.source, edge.target))
    return Subgraph(3, tuple(sorted(nodes, key=lambda node: node.ref)), tuple(ordered))


def small() -> Subgraph:
    """Two persons with one phone, a card used by both, a place, and somebody in no register."""
    wang = person("P1", "王小明", certno="45010219600307123X", brdy="1960-03-07", gend="1")
    li = person("P2", "李秀英", gend="2")
    unknown = Node(NodeRef(NodeType.PERSON, "45010219600307123X"), "45010219600307123X", True)
    card = Node(NodeRef(NodeType.CARD, "0001"), "0001", False, {"card_type": "03"})
    phone = Node(NodeRef(NodeType.PHONE, "13900000001"), "13900000001")
    place = Node(NodeRef(NodeType.INSTITUTION, "H1"), "新河镇卫生院", False, {"bed_cnt": 40, "lnt": 108.25})
    return subgraph(
        [wang, li, unknown, card, phone, place],
        [
            edge("HOLDS.person.card", wang, card, timed=False),
            edge("USED_CARD.person.card", wang, card, 3, 12050),
            edge("USED_CARD.person.card", li, card, 1, -500),
            edge("HAS_PHONE.person.phone", wang, phone, timed=False),
            edge("HAS_PHONE.person.phone", li, phone, timed=False),
            edge("VISITED.person.institution", unknown, place, 2, 100),
        ],
    )


def hostile() -> Subgraph:
    """Every hostile text as id, label and attribute."""
    nodes = [person(f"{text}{n}", text, psn_type=text, type="own") for n, text in enumerate(HOSTILE)]
    place = Node(NodeRef(NodeType.INSTITUTION, "H1"), "H1")
    return subgraph([*nodes, place], [edge("VISITED.person.institution", node, place, 2, 100) for node in nodes])


def large(seed: int, persons: int = 67) -> Subgraph:
    """About 150 nodes as a neighbourhood has them: few places, many persons, cards, phones."""
    rng = random.Random(seed)
    places = [Node(NodeRef(NodeType.INSTITUTION, f"H{n}"), f"示例卫生院{n}") for n in range(4)]
    phones = [Node(NodeRef(NodeType.PHONE, f"139000000{n:02d}"), f"139000000{n:02d}") for n in range(15)]
    nodes, edges = [*places, *phones], []
    for number in range(persons):
        someone = person(f"P{number:03d}", rng.choice("王李张刘陈") + rng.choice("伟芳娜敏静"))
        card = Node(NodeRef(NodeType.CARD, f"C{number:03d}"), f"C{number:03d}")
        nodes += [someone, card]
        edges.append(edge("HOLDS.person.card", someone, card, timed=False))
        edges.append(edge("USED_CARD.person.card", someone, card, rng.randint(1, 20), rng.randint(0, 90000)))
        edges.append(edge("VISITED.person.institution", someone, rng.choice(places), rng.randint(1, 20), 5000))
        edges.append(edge("HAS_PHONE.person.phone", someone, rng.choice(phones), timed=False))
    return subgraph(nodes, edges)
