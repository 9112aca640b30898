"""The contract of a graph store: a reader and a writer, apart, and the objects they speak in.

Every store answers these questions alike; one test suite holds them to it. Answers are bounded
by what is asked for (`limit`), never by what is there: counts come first, neighbours are top-k
in a stable order, and no call reads a super node whole.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

import pyarrow as pa

from graph.model import EdgeKind, NodeRef, NodeType

Value = str | int | float | bool | datetime | None


class Direction(StrEnum):
    """Which end of an edge the asked node stands at."""

    OUT = "out"
    IN = "in"


class Order(StrEnum):
    """What puts the heaviest neighbour first; ties are broken by type, then id."""

    COUNT = "count"
    FUND = "fund"
    LAST = "last"


@dataclass(frozen=True)
class Node:
    """A node and its attributes. A placeholder was named by a claim but is in no register."""

    ref: NodeRef
    label: str = ""
    placeholder: bool = False
    attributes: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Edge:
    """One relation between two nodes, with its measures (`fund` in fen)."""

    kind: EdgeKind
    source: NodeRef
    target: NodeRef
    count: int
    fund: int
    first: datetime | None
    last: datetime | None
    attributes: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class NeighbourCount:
    """How many neighbours a node has over one edge kind in one direction."""

    kind: EdgeKind
    direction: Direction
    neighbours: int


@dataclass(frozen=True)
class Neighbour:
    """A neighbour and the edge that leads to it."""

    node: Node
    edge: Edge
    direction: Direction


@dataclass(frozen=True)
class Visit:
    """One net settlement an edge stands for (`fund` in fen)."""

    setl_id: str
    time: datetime
    person: str
    institution: str
    doctor: str | None
    terminal: str | None
    card: str | None
    med_type: str
    fund: int
    prescriber: str | None = None


@dataclass(frozen=True)
class Filter:
    """Which edges count: empty means all. `since`/`until` keep edges active in [since, until)."""

    types: frozenset[str] = frozenset()
    directions: frozenset[Direction] = frozenset()
    neighbour_types: frozenset[NodeType] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    min_count: int = 0
    min_fund: int | None = None
    max_fund: int | None = None


EVERYTHING = Filter()


@dataclass(frozen=True)
class Path:
    """Nodes and the edges between them, in walking order: one node more than edges."""

    nodes: tuple[NodeRef, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Subgraph:
    """Nodes and the edges among them, sorted by type and id, of one data version."""

    data_version: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class GraphReader(Protocol):
    """What investigators and detectors ask. Unknown nodes raise NotFoundError."""

    @property
    def data_version(self) -> int:
        """Data version this store holds."""

    def node_counts(self) -> Mapping[NodeType, int]:
        """Nodes by type."""

    def edge_counts(self) -> Mapping[EdgeKind, int]:
        """Edges by kind."""

    def node(self, ref: NodeRef) -> Node:
        """Return the node with all its attributes."""

    def nodes(self, refs: Sequence[NodeRef]) -> tuple[Node, ...]:
        """Return several nodes in the order asked for."""

    def neighbour_counts(self, ref: NodeRef) -> tuple[NeighbourCount, ...]:
        """Count neighbours by edge kind and direction, precomputed; kinds without any are left out."""

    def neighbours(
        self,
        ref: NodeRef,
        where: Filter = EVERYTHING,
        *,
        limit: int = 50,
        offset: int = 0,
        order: Order = Order.COUNT,
    ) -> tuple[Neighbour, ...]:
        """Return the heaviest neighbours: order descending, then type, then id."""

    def edge(self, kind: EdgeKind, source: NodeRef, target: NodeRef) -> Edge | None:
        """Return one edge, or None."""

    def visits(
        self,
        ref: NodeRef,
        *,
        other: NodeRef | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 200,
    ) -> tuple[Visit, ...]:
        """Net settlements of a person, card, doctor, institution or terminal (with `other` too), by time."""

    def paths(
        self, a: NodeRef, b: NodeRef, *, max_hops: int = 4, limit: int = 20, where: Filter = EVERYTHING
    ) -> tuple[Path, ...]:
        """Simple paths of at most `max_hops` edges, shortest first, edges walked either way."""

    def shortest_paths(
        self, a: NodeRef, b: NodeRef, *, max_hops: int = 6, limit: int = 50, where: Filter = EVERYTHING
    ) -> tuple[Path, ...]:
        """All shortest paths (up to `limit`), in a stable order."""

    def common_neighbours(
        self, refs: Sequence[NodeRef], where: Filter = EVERYTHING, *, limit: int = 50
    ) -> tuple[NodeRef, ...]:
        """Nodes that are neighbours of every one of `refs`, sorted."""

    def search(self, text: str, types: Iterable[NodeType] = (), *, limit: int = 20) -> tuple[Node, ...]:
        """Find nodes by id, name, pinyin initials or the last four digits of a phone; best match first."""

    def subgraph(
        self, refs: Iterable[NodeRef], types: Iterable[str] = (), *, beside: Iterable[NodeRef] = ()
    ) -> Subgraph:
        """The induced subgraph on `refs`; its edges take in those between `refs` and `beside`, which are known."""


class GraphWriter(Protocol):
    """What fills a store: repeating a write changes nothing and repairs an interrupted one."""

    def write_nodes(self, type_: NodeType, rows: Iterator[pa.RecordBatch]) -> int:
        """Add or replace nodes (columns: id, label, placeholder, attributes…); return how many."""

    def write_edges(self, kind: EdgeKind, rows: Iterator[pa.RecordBatch]) -> int:
        """Add or replace edges (columns: source, target, count, fund, first, last…); return how many."""

    def delete_nodes(self, type_: NodeType, ids: Iterator[pa.RecordBatch]) -> int:
        """Remove nodes and their edges (column: id); return how many."""

    def delete_edges(self, kind: EdgeKind, keys: Iterator[pa.RecordBatch]) -> int:
        """Remove edges (columns: source, target); return how many."""
