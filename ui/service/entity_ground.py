"""One snapshot of the graph as columns of settlements: what the pages about one thing are counted from.

The embedded store numbers net settlements by time and keeps, for every node, the numbers of those it
had a part in. So whatever is asked of one node is a slice of numbers and a few array operations, for
a hub with 400,000 patients too; nothing is read whole. Money in the columns is fen; times are
microseconds since 1970, local.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.embedded.arrays import Array, read_arrays
from graph.embedded.files import Snapshot
from graph.embedded.visits import PARTS
from graph.model import BY_NAME, NodeRef, NodeType
from graph.store import Direction, Filter, Visit
from graph.tables import GraphTables, in_force
from ui.auth.roles import EVERYWHERE, in_region

NOBODY = -1  # in a column: the settlement names none
COLUMN_OF: Mapping[NodeType, str] = MappingProxyType({type_: type_.value for type_ in PARTS})
MOST_TRIED = 200  # neighbours looked at to say whether a telephone or an employer lies in one's regions
_ATTEMPTS = 5  # a snapshot may be switched and removed between reading its name and opening it


@dataclass(frozen=True, eq=False)
class Ground:
    """A snapshot, the columns of its settlements and where its tables lie; shared by all visitors."""

    tables: GraphTables
    store: EmbeddedStore
    columns: Mapping[str, Array]

    @property
    def snapshot(self) -> Snapshot:
        """The mapped files."""
        return self.store.snapshot

    @property
    def data_version(self) -> int:
        """Data version it was built from."""
        return self.store.data_version

    def rows(self, ref: NodeRef) -> Array:
        """Numbers of the settlements a node had a part in, by time; NotFoundError for an unknown node."""
        return self.snapshot.visits.rows(ref.type, self.snapshot.row(ref))

    def visit(self, row: int) -> Visit:
        """Return one settlement."""
        return self.snapshot.visits.visit(row, self.snapshot.ids)

    def ref(self, type_: NodeType, row: int) -> NodeRef:
        """Return a node by its number within its type."""
        return NodeRef(type_, self.snapshot.ids[type_][row])


def ground_of(workspace: Workspace) -> Ground:
    """Return the snapshot in force; NotFoundError before the first build."""
    return _ground(workspace, in_force(workspace) or "")


@lru_cache(maxsize=2)
def _ground(workspace: Workspace, snapshot: str) -> Ground:
    for _ in range(_ATTEMPTS - 1):
        with suppress(FileNotFoundError):
            return _opened(workspace)
    return _opened(workspace)


def _opened(workspace: Workspace) -> Ground:
    tables = GraphTables.open(workspace)
    store = EmbeddedStore(Snapshot.open(tables))
    return Ground(tables, store, MappingProxyType(read_arrays(tables.embedded / "visits.bin")))


@dataclass(frozen=True, eq=False)
class Reach:
    """How far somebody's regions go. `places` says of every institution whether it lies inside; None: all do."""

    ground: Ground
    regions: frozenset[str]
    places: Array | None

    @property
    def everywhere(self) -> bool:
        """Whether nothing is left out."""
        return self.places is None

    def rows(self, ref: NodeRef) -> Array:
        """Numbers of a node's settlements inside, by time."""
        rows = self.ground.rows(ref)
        if self.places is None:
            return rows
        found: Array = rows[self.places[self.ground.columns["institution"][rows]]]
        return found

    def covers_place(self, code: str) -> bool:
        """Say whether an institution lies inside."""
        if self.places is None:
            return True
        ids = self.ground.snapshot.ids.get(NodeType.INSTITUTION)
        row = ids.at(code) if ids is not None else None
        return row is not None and bool(self.places[row])

    def sees(self, ref: NodeRef) -> bool:
        """Say whether a node may be seen: something about it lies inside; NotFoundError where it is unknown.

        Institutions and their tills by where they stand; insured persons by where they are enrolled or
        have settled; cards by their settlements and holders; practitioners by settlements and places
        of work; boxes by who sold them; telephones, addresses, accounts and employers by whose they are.
        """
        self.ground.snapshot.row(ref)
        if self.places is None:
            return True
        if ref.type is NodeType.INSTITUTION:
            return self.covers_place(ref.id)
        if ref.type is NodeType.TERMINAL:
            return self.covers_place(ref.id.partition("/")[0])
        if ref.type in COLUMN_OF and len(self.rows(ref)):
            return True
        if ref.type is NodeType.PERSON:
            enrolled = self.ground.store.node(ref).attributes.get("insu_admdvs")
            return in_region(self.regions, str(enrolled or " "))
        return self._sees_around(ref)

    def _sees_around(self, ref: NodeRef) -> bool:
        """Say whether a neighbour whose place is known lies inside."""
        known = frozenset({NodeType.INSTITUTION, NodeType.PERSON}) - {ref.type}
        found = self.ground.store.neighbours(ref, Filter(neighbour_types=known), limit=MOST_TRIED)
        return any(self.sees(neighbour.node.ref) for neighbour in found)


def reach_of(ground: Ground, regions: frozenset[str]) -> Reach:
    """Return how far an account's regions go in a snapshot."""
    return _reach(ground, frozenset({EVERYWHERE}) if EVERYWHERE in regions else regions)


# Kept because the sums of peers are remembered by reach; all who see everything share one.
@lru_cache(maxsize=16)
def _reach(ground: Ground, regions: frozenset[str]) -> Reach:
    if EVERYWHERE in regions:
        return Reach(ground, regions, None)
    ids = ground.snapshot.ids.get(NodeType.INSTITUTION, ())
    nodes = ground.snapshot.nodes[NodeType.INSTITUTION].read(range(len(ids))) if len(ids) else []
    # An institution of no known division lies in nobody's region.
    inside = [in_region(regions, str(node.get("admdvs") or " ")) for node in nodes]
    return Reach(ground, regions, np.array(inside, dtype=bool))


def working_places(ground: Ground) -> Array:
    """Number of the institution each practitioner works at most, NOBODY where none is registered."""
    count = len(ground.snapshot.ids.get(NodeType.DOCTOR, ()))
    way = ground.snapshot.way(BY_NAME["WORKS_AT.doctor.institution"], Direction.OUT)
    found = np.full(count, NOBODY, dtype=np.int64)
    if way is None:
        return found
    nodes = np.arange(count)
    places, owner = way.edges.lists(nodes)
    owners, first = np.unique(owner, return_index=True)
    found[owners] = way.edges.neighbours[places[first]]
    return found
