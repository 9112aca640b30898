"""Random graph worlds by seed, their graph tables, and a plain oracle of the reader's contract."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from claims.workspace import Workspace
from graph.model import BY_NAME, EDGE_KINDS, EdgeKind, NodeRef, NodeType
from graph.store import Edge, Node, Value, Visit
from graph.tables import (
    CURRENT,
    EDGE_ATTRIBUTES,
    NODE_ATTRIBUTES,
    VISITS,
    GraphTables,
    Manifest,
    edge_schema,
    node_schema,
)

EdgeKey = tuple[EdgeKind, NodeRef, NodeRef]
START = datetime(2026, 1, 1)
NASTY = ("O'Brien", 'say "x"', "a/b\\c", "} DETACH DELETE n //", "`id`", "<script>", "张/三", "é ü", "🙂", "0001")
NAMES = ("王小明", "曾国强", "单伟", "李秀英", "李秀英", "长安医院", "Zoë", "王小", "", "欧阳修远")
# Kinds that a settlement adds to, by (kind, source column, target column).
CLAIM_KINDS = (
    ("VISITED.person.institution", "person", "institution"),
    ("TREATED_BY.person.doctor", "person", "doctor"),
    ("USED_CARD.person.card", "person", "card"),
    ("USED_AT.card.institution", "card", "institution"),
    ("SWIPED_ON.card.terminal", "card", "terminal"),
)


@dataclass
class GraphWorld:
    """Nodes, edges and visits of one invented county."""

    nodes: dict[NodeRef, Node] = field(default_factory=dict)
    edges: dict[EdgeKey, Edge] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)

    def add_node(self, type_: NodeType, id_: str, label: str = "", **attributes: Value) -> NodeRef:
        """Add a node; attributes that are None are left out."""
        ref = NodeRef(type_, id_)
        filled = {name: value for name, value in attributes.items() if value is not None}
        self.nodes[ref] = Node(ref, label, placeholder=not label, attributes=filled)
        return ref

    def add_edge(
        self, name: str, source: str, target: str, count: int = 1, fund: int = 0,
        first: datetime | None = None, last: datetime | None = None, **attributes: Value,
    ) -> Edge:  # fmt: skip
        """Add or replace an edge of kind `name`; its nodes must be there."""
        kind = BY_NAME[name]
        a, b = NodeRef(kind.source, source), NodeRef(kind.target, target)
        assert a in self.nodes and b in self.nodes
        edge = Edge(kind, a, b, count, fund, first, last, attributes)
        self.edges[kind, a, b] = edge
        return edge

    def ids(self, type_: NodeType) -> list[str]:
        """Ids of a type, sorted."""
        return sorted(ref.id for ref in self.nodes if ref.type is type_)


def random_world(seed: int, *, persons: int = 30, visits: int = 120) -> GraphWorld:
    """Every node type and edge kind, ties, empty values, and ids that try to break out of quotes."""
    rng = random.Random(seed)
    world = GraphWorld()
    for type_ in NodeType:
        _add_nodes(world, rng, type_, persons if type_ is NodeType.PERSON else 3 + persons // 4)
    _add_visits(world, rng, visits)
    for kind in EDGE_KINDS:
        if kind.name not in {name for name, _, _ in CLAIM_KINDS}:
            _add_facts(world, rng, kind)
    return world


def _add_nodes(world: GraphWorld, rng: random.Random, type_: NodeType, count: int) -> None:
    prefix = "" if type_ is NodeType.PHONE else str(type_)[0].upper()
    ids = [f"{prefix}{rng.randrange(10**9):09d}" for _ in range(count)] + [f"{prefix}{n}" for n in NASTY]
    for id_ in ids:
        wanted = NODE_ATTRIBUTES.get(type_, {})
        attributes = {name: _value(rng, kind) for name, kind in wanted.items() if rng.random() < 0.7}
        world.add_node(type_, id_, id_ if type_ is NodeType.PHONE else rng.choice(NAMES), **attributes)


def _value(rng: random.Random, type_: pa.DataType) -> Value:
    if type_ == pa.int64():
        return rng.randrange(500)
    if type_ == pa.float64():
        return rng.randrange(1000) / 8
    return rng.choice(("2020-01-02", "1", "450102", "'quoted'", "区划"))


def _add_visits(world: GraphWorld, rng: random.Random, count: int) -> None:
    people, places = world.ids(NodeType.PERSON), world.ids(NodeType.INSTITUTION)
    doctors, tills, cards = (world.ids(t) for t in (NodeType.DOCTOR, NodeType.TERMINAL, NodeType.CARD))
    for number in range(count):
        visit = Visit(
            setl_id=f"S{rng.randrange(10**6):06d}-{number}",
            time=START + timedelta(hours=rng.randrange(24 * 60)),
            person=rng.choice(people),
            institution=min(rng.choice(places), rng.choice(places)),  # small ids become hubs
            doctor=rng.choice([*doctors, None]),
            terminal=rng.choice([*tills, None]),
            card=rng.choice([*cards, None, None]),
            med_type=rng.choice(("11", "21", "41")),
            fund=rng.choice((0, 1000, 1000, 5050)),
            prescriber=rng.choice([*doctors, None, None, None]),
        )
        world.visits.append(visit)
    world.visits.sort(key=lambda v: (v.time, v.setl_id))
    for name, source, target in CLAIM_KINDS:
        _sum_visits(world, name, source, target)


def _sum_visits(world: GraphWorld, name: str, source: str, target: str) -> None:
    groups: dict[tuple[str, str], list[Visit]] = {}
    for visit in world.visits:
        a, b = getattr(visit, source), getattr(visit, target)
        if a is not None and b is not None:
            groups.setdefault((a, b), []).append(visit)
    for (a, b), group in groups.items():
        times = [visit.time for visit in group]
        world.add_edge(name, a, b, len(group), sum(v.fund for v in group), min(times), max(times))


def _add_facts(world: GraphWorld, rng: random.Random, kind: EdgeKind) -> None:
    """Edges drawn at random: some with measures full of ties, some timeless."""
    sources, targets = world.ids(kind.source), world.ids(kind.target)
    for _ in range(len(sources)):
        a, b = rng.choice(sources), rng.choice(targets)
        if kind.source is kind.target and a == b:
            continue
        day = START + timedelta(days=rng.randrange(60))
        times = (day, day + timedelta(days=rng.randrange(5))) if rng.random() < 0.5 else (None, None)
        names = EDGE_ATTRIBUTES.get(kind.type, {})
        attributes = {name: _value(rng, type_) for name, type_ in names.items() if rng.random() < 0.7}
        world.add_edge(kind.name, a, b, rng.randrange(1, 4), rng.choice((0, 0, 500)), *times, **attributes)


def write_tables(world: GraphWorld, workspace: Workspace, version: int = 1) -> GraphTables:
    """Write the world's graph tables as the snapshot in force (without an embedded store)."""
    folder = workspace.graph / str(version)
    _write_nodes(world, folder / "tables" / "nodes")
    _write_edges(world, folder / "tables" / "edges")
    rows = [{name: getattr(v, name, None) for name in VISITS.names} for v in world.visits]
    _write(folder / "tables" / "visits.parquet", rows, VISITS)
    _manifest(world, version).write(folder)
    (workspace.graph / CURRENT).write_text(f"{version}\n")
    return GraphTables.open(workspace, version)


def _write_nodes(world: GraphWorld, folder: Path) -> None:
    for type_ in NodeType:
        nodes = sorted((n for n in world.nodes.values() if n.ref.type is type_), key=lambda n: n.ref.id)
        rows = [{"id": n.ref.id, "label": n.label, "placeholder": n.placeholder, **n.attributes} for n in nodes]
        if rows:
            _write(folder / f"{type_}.parquet", rows, node_schema(type_))


def _write_edges(world: GraphWorld, folder: Path) -> None:
    for kind in EDGE_KINDS:
        edges = sorted((e for e in world.edges.values() if e.kind is kind), key=lambda e: (e.source.id, e.target.id))
        rows = [_edge_row(edge) for edge in edges]
        if rows:
            _write(folder / f"{kind.name}.parquet", rows, edge_schema(kind))


def _edge_row(edge: Edge) -> dict[str, Value]:
    measures = {"count": edge.count, "fund": edge.fund, "first": edge.first, "last": edge.last}
    return {"source": edge.source.id, "target": edge.target.id, **measures, **edge.attributes}


def _write(path: Path, rows: Sequence[Mapping[str, Value]], schema: pa.Schema) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    pq.write_table(pa.table(columns, schema=schema), path)


def _manifest(world: GraphWorld, version: int) -> Manifest:
    nodes: dict[str, int] = {}
    for ref in world.nodes:
        nodes[ref.type] = nodes.get(ref.type, 0) + 1
    edges: dict[str, int] = {}
    for kind, _, _ in world.edges:
        edges[kind.name] = edges.get(kind.name, 0) + 1
    return Manifest(version, nodes, edges, len(world.visits))
