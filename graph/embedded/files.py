"""A snapshot's files, all mapped when it is opened: later switches and removals do not touch a reader."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from claims.errors import NotFoundError
from claims.language import N_
from graph.embedded.adjacency import Adjacency
from graph.embedded.arrays import Texts, read_arrays
from graph.embedded.attributes import Rows
from graph.embedded.search import Search
from graph.embedded.visits import Visits
from graph.model import EdgeKind, NodeRef, NodeType
from graph.store import Direction, Filter
from graph.tables import EDGE_ATTRIBUTES, GraphTables, Manifest


@dataclass(frozen=True)
class Way:
    """One edge kind seen from one end: from nodes of `start` to neighbours of `end`."""

    kind: EdgeKind
    direction: Direction
    edges: Adjacency

    @property
    def start(self) -> NodeType:
        """Type of the nodes it leads from."""
        return self.kind.source if self.direction is Direction.OUT else self.kind.target

    @property
    def end(self) -> NodeType:
        """Type of the neighbours it leads to."""
        return self.kind.target if self.direction is Direction.OUT else self.kind.source

    def wanted(self, where: Filter) -> bool:
        """Say whether a filter lets this way pass at all; its measures are looked at edge by edge."""
        return (
            (not where.types or self.kind.type in where.types)
            and (not where.directions or self.direction in where.directions)
            and (not where.neighbour_types or self.end in where.neighbour_types)
        )


Ways: TypeAlias = Mapping[NodeType, tuple[Way, ...]]


@dataclass(frozen=True)
class Snapshot:
    """Everything of one snapshot; nodes are row numbers within their type.

    `bases` makes row numbers of all types one sequence, sorted as refs are: base + row.
    """

    manifest: Manifest
    ids: Mapping[NodeType, Texts]
    nodes: Mapping[NodeType, Rows]
    ways: Ways
    edge_rows: Mapping[EdgeKind, Rows]
    visits: Visits
    search: Search
    bases: Mapping[NodeType, int]

    @classmethod
    def open(cls, tables: GraphTables) -> "Snapshot":
        """Map the files of `tables`; FileNotFoundError where they have just been removed."""
        folder = tables.embedded
        ids = {type_: Texts(read_arrays(folder / "nodes" / f"{type_}.bin")) for type_, _ in tables.node_types()}
        kinds = [kind for kind, _ in tables.edge_kinds()]
        described = [kind for kind in kinds if kind.type in EDGE_ATTRIBUTES]
        return cls(
            manifest=tables.manifest,
            ids=MappingProxyType(ids),
            nodes=MappingProxyType({type_: Rows(folder / "nodes" / f"{type_}.arrow") for type_ in ids}),
            ways=_ways(tables, kinds),
            edge_rows=MappingProxyType({kind: Rows(folder / "edges" / f"{kind.name}.arrow") for kind in described}),
            visits=Visits(folder / "visits.bin"),
            search=Search(folder, ids),
            bases=_bases(ids),
        )

    def row(self, ref: NodeRef) -> int:
        """Row of a node within its type; NotFoundError where it is unknown."""
        ids = self.ids.get(ref.type)
        row = ids.at(ref.id) if ids is not None else None
        if row is None:
            raise NotFoundError(N_("There is no node {ref} in the graph."), ref=ref)
        return row

    def number(self, ref: NodeRef) -> int:
        """Number of a node among all types."""
        return self.bases[ref.type] + self.row(ref)

    def place(self, number: int) -> tuple[NodeType, int]:
        """Type and row of a node's number."""
        type_ = list(self.bases)[bisect_right(list(self.bases.values()), number) - 1]
        return type_, number - self.bases[type_]

    def ref(self, number: int) -> NodeRef:
        """Ref of a node's number."""
        type_, row = self.place(number)
        return NodeRef(type_, self.ids[type_][row])

    def way(self, kind: EdgeKind, direction: Direction) -> Way | None:
        """One way; None where the snapshot has no edges of the kind."""
        ways = (way for of_type in self.ways.values() for way in of_type)
        return next((way for way in ways if way.kind is kind and way.direction is direction), None)


def _ways(tables: GraphTables, kinds: list[EdgeKind]) -> Ways:
    folder = tables.embedded / "edges"
    ways = [Way(k, d, Adjacency(folder / f"{k.name}.{d}.bin")) for k in kinds for d in Direction]
    return MappingProxyType({type_: tuple(way for way in ways if way.start is type_) for type_ in NodeType})


def _bases(ids: Mapping[NodeType, Texts]) -> Mapping[NodeType, int]:
    bases, base = {}, 0
    for type_ in sorted(ids):
        bases[type_] = base
        base += len(ids[type_])
    return MappingProxyType(bases)
