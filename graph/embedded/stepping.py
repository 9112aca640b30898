"""Stepping over many nodes at once: for paths, common neighbours and induced subgraphs.

Nodes of all types are numbers here (`Snapshot.number`), sorted as refs are.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

import numpy as np

from graph.embedded.arrays import Array
from graph.embedded.files import Snapshot, Way
from graph.model import NodeType
from graph.store import Direction, Filter
from graph.walks import Links, Step


def expand(snapshot: Snapshot, where: Filter, max_expand: int, nodes: Iterable[int]) -> Links[int]:
    """Steps of each of `nodes` over edges that pass; lists longer than `max_expand` are not walked."""
    measures = replace(where, directions=frozenset(), neighbour_types=frozenset())
    links: dict[int, list[Step[int]]] = {}
    for type_, rows in _by_type(snapshot, nodes):
        for way in snapshot.ways[type_]:
            if not way.wanted(measures):
                continue
            short = rows[way.edges.lengths(rows) <= max_expand]
            places, owner = way.edges.lists(short)
            keep = way.edges.mask(places, measures)
            starts = short[owner[keep]] + snapshot.bases[way.start]
            ends = way.edges.neighbours[places[keep]] + snapshot.bases[way.end]
            name, direction = way.kind.name, way.direction
            for node, neighbour in zip(starts.tolist(), ends.tolist(), strict=True):
                links.setdefault(node, []).append((neighbour, name, direction))
    return links


def around(snapshot: Snapshot, number: int, where: Filter) -> Array:
    """Numbers of all neighbours of a node over edges that pass, sorted."""
    type_, row = snapshot.place(number)
    found = [np.zeros(0, dtype=np.int64)]
    for way in snapshot.ways[type_]:
        if way.wanted(where):
            places, _ = way.edges.lists(np.array([row]))
            places = way.edges.passing(places, where)
            found.append(way.edges.neighbours[places].astype(np.int64) + snapshot.bases[way.end])
    return np.unique(np.concatenate(found))


def inside(
    snapshot: Snapshot, numbers: Collection[int], beside: Collection[int], types: Collection[str]
) -> Iterator[tuple[Way, int, int]]:
    """Yield the edges of `types` (empty: all) among some nodes, and between them and others `beside` them.

    Each as (way, row of the node it is seen from, place); every edge once.
    """
    ends = {
        Direction.OUT: dict(_by_type(snapshot, [*numbers, *beside])),
        Direction.IN: dict(_by_type(snapshot, beside)),
    }
    for type_, chosen in _by_type(snapshot, numbers):
        for way in snapshot.ways[type_]:
            others = ends[way.direction].get(way.end)
            if others is not None and (not types or way.kind.type in types):
                yield from _edges_between(way, chosen, others)


def _edges_between(way: Way, chosen: Array, others: Array) -> Iterator[tuple[Way, int, int]]:
    places, owner = way.edges.lists(chosen)
    keep = np.isin(way.edges.neighbours[places], others)
    for place, source in zip(places[keep].tolist(), chosen[owner[keep]].tolist(), strict=True):
        yield way, source, place


def _by_type(snapshot: Snapshot, numbers: Iterable[int]) -> Iterator[tuple[NodeType, Array]]:
    """Yield the rows of each type among `numbers`, sorted."""
    every = np.unique(np.fromiter(numbers, dtype=np.int64))
    for type_, base in snapshot.bases.items():
        low, high = np.searchsorted(every, (base, base + len(snapshot.ids[type_])))
        if low < high:
            yield type_, every[low:high] - base
