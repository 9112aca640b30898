"""Which nodes of a snapshot lie inside somebody's regions, said for all of a type at once.

The rule is that of `ui.service.entity_ground.Reach.sees`, without its limit on neighbours looked at.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graph.embedded.arrays import Array
from graph.model import NodeRef, NodeType
from ui.auth.roles import in_region
from ui.service.entity_ground import COLUMN_OF, Ground, Reach

_KNOWN = (NodeType.INSTITUTION, NodeType.PERSON)  # whose place is known by itself


def sees(reach: Reach, ref: NodeRef) -> bool:
    """Say whether a node may be seen; an unknown one may not."""
    if reach.everywhere:
        return True
    ids = reach.ground.snapshot.ids.get(ref.type)
    row = ids.at(ref.id) if ids is not None else None
    return row is not None and bool(insides(reach)[ref.type][row])


@lru_cache(maxsize=16)
def insides(reach: Reach) -> Mapping[NodeType, Array]:
    """Say of every node of a limited reach whether it lies inside; by type, in the order of the snapshot."""
    ground, found = reach.ground, dict[NodeType, Array]()
    ids = ground.snapshot.ids
    for type_ in sorted(ids, key=lambda type_: type_ not in _KNOWN):  # the others stand beside these two
        if type_ is NodeType.INSTITUTION and reach.places is not None:
            found[type_] = reach.places
        elif type_ is NodeType.TERMINAL:
            tills = (ids[type_][row].partition("/")[0] for row in range(len(ids[type_])))
            found[type_] = np.fromiter(map(reach.covers_place, tills), dtype=bool, count=len(ids[type_]))
        else:
            around = _enrolled(reach) if type_ is NodeType.PERSON else _beside(ground, type_, found)
            found[type_] = _settled(reach, type_) | around
    return MappingProxyType(found)


def _settled(reach: Reach, type_: NodeType) -> Array:
    """Who or what has a settlement inside."""
    ground = reach.ground
    found: Array = np.zeros(len(ground.snapshot.ids[type_]), dtype=bool)
    if type_ in COLUMN_OF and reach.places is not None:
        columns = {"doctor", "prescriber"} if type_ is NodeType.DOCTOR else {COLUMN_OF[type_]}
        here = reach.places[ground.columns["institution"]] & (ground.columns["institution"] >= 0)
        for name in columns:
            named = ground.columns[name][here]
            found[named[named >= 0]] = True
    return found


def _enrolled(reach: Reach) -> Array:
    """Which insured persons are enrolled inside."""
    path = reach.ground.tables.nodes(NodeType.PERSON)
    if path is None:
        return np.zeros(0, dtype=bool)
    divisions: pa.ChunkedArray = pq.read_table(path, columns=["insu_admdvs"]).column(0)
    known = divisions.combine_chunks().fill_null(" ").dictionary_encode()
    inside = np.array([in_region(reach.regions, str(value)) for value in known.dictionary], dtype=bool)
    found: Array = inside[known.indices.to_numpy()]
    return found


def _beside(ground: Ground, type_: NodeType, known: Mapping[NodeType, Array]) -> Array:
    """Which nodes of a type have a neighbour inside whose place is known."""
    found: Array = np.zeros(len(ground.snapshot.ids[type_]), dtype=bool)
    for way in ground.snapshot.ways[type_]:
        if way.end in _KNOWN and way.end is not type_ and way.end in known:
            places, owner = way.edges.lists(np.arange(len(found)))
            found[owner[known[way.end][way.edges.neighbours[places]]]] = True
    return found
