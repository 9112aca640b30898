"""Degree, betweenness and communities of what is drawn, by networkx; always about the scene, never the county."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import networkx as nx

from claims.language import N_
from ui.scene.facts import Facts
from ui.scene.model import Key

EXACT = 120  # nodes: above, betweenness is estimated from a sample of starting points
SAMPLE = 60
_SEED = 7

MEASURES: Mapping[str, str] = {
    "degree": N_("relations in the scene"),
    "betweenness": N_("betweenness in the scene"),
    "community": N_("community in the scene"),
}
Shape = tuple[frozenset[Key], frozenset[tuple[Key, Key]]]


def measure(name: str, facts: Facts, shown: frozenset[Key]) -> Mapping[Key, float]:
    """Return the measure of every shown node; KeyError for a measure there is not."""
    keys = shown & frozenset(facts.nodes)
    pairs = frozenset((a, b) for a in keys for b in facts.around[a] if a < b and b in keys)
    return _computed(name, (keys, pairs))


@lru_cache(maxsize=32)
def _computed(name: str, shape: Shape) -> Mapping[Key, float]:
    graph: nx.Graph[Key] = nx.Graph()
    graph.add_nodes_from(sorted(shape[0]))
    graph.add_edges_from(sorted(shape[1]))
    return _BY_NAME[name](graph)


def _degree(graph: "nx.Graph[Key]") -> Mapping[Key, float]:
    return {key: float(degree) for key, degree in graph.degree()}


def _betweenness(graph: "nx.Graph[Key]") -> Mapping[Key, float]:
    sample = SAMPLE if len(graph) > EXACT else None
    return dict(nx.betweenness_centrality(graph, k=sample, seed=_SEED))


def _community(graph: "nx.Graph[Key]") -> Mapping[Key, float]:
    """Number of the community, the largest being 1."""
    found = nx.community.louvain_communities(graph, seed=_SEED)
    ordered = sorted(found, key=lambda members: (-len(members), min(members)))
    return {key: float(number) for number, members in enumerate(ordered, start=1) for key in members}


_BY_NAME: Mapping[str, Callable[["nx.Graph[Key]"], Mapping[Key, float]]] = {
    "degree": _degree,
    "betweenness": _betweenness,
    "community": _community,
}
