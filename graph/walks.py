"""Paths between two nodes, for any store that can step from nodes to their neighbours.

Paths are simple, edges are walked either way, parallel edges make parallel paths. They come by
length, then step by step in the order of (neighbour, kind, direction). A filter's directions do
not matter here, and its neighbour types are those a path may pass through.

How hubs are bounded: a path of n edges is walked from both ends to its middle, each edge from its
end nearer to `a` or to `b` (the middle edge of an odd path, and both edges of a path of two, from
either end). A store does not step from a node over a list (one edge kind, one direction) longer
than its `max_expand`. So a hospital of 400,000 persons joins two of them as their common place, but
is never fanned out.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeAlias, TypeVar

from graph.store import Direction

MAX_EXPAND = 2_000
# A store's own name of a node, sorted as the refs are: its number, or the ref itself.
N = TypeVar("N", bound=Hashable)
Step: TypeAlias = tuple[N, str, Direction]  # the node reached, name of the edge kind, end the walker left from
Links: TypeAlias = Mapping[N, Sequence[Step[N]]]
Expand: TypeAlias = Callable[[Iterable[N]], Links[N]]
Allowed: TypeAlias = Callable[[N], bool]


def simple_paths(
    a: N, b: N, expand: Expand[N], allowed: Allowed[N], *, max_hops: int, limit: int
) -> list[tuple[Step[N], ...]]:
    """Return up to `limit` simple paths of at most `max_hops` edges, shortest first."""
    return list(islice((path for paths in _by_length(a, b, expand, allowed, max_hops) for path in paths), limit))


def shortest_paths(
    a: N, b: N, expand: Expand[N], allowed: Allowed[N], *, max_hops: int, limit: int
) -> list[tuple[Step[N], ...]]:
    """Return up to `limit` paths of the smallest length that has any."""
    for paths in _by_length(a, b, expand, allowed, max_hops):
        if found := list(islice(paths, limit)):
            return found
    return []


@dataclass
class _Side(Generic[N]):
    """What lies around one end: layers of nodes by distance, and the steps that lead from them."""

    start: N
    other: N
    expand: Expand[N]
    allowed: Allowed[N]
    _links: list[Links[N]] = field(default_factory=list)

    def layer(self, distance: int) -> set[N]:
        """Nodes that `distance` steps reach and a path may pass through."""
        if distance == 0:
            return {self.start}
        reached = {node for steps in self.links(distance - 1).values() for node, _, _ in steps}
        return {node for node in reached - {self.start, self.other} if self.allowed(node)}

    def links(self, distance: int) -> Links[N]:
        """Steps from the nodes of a layer."""
        while len(self._links) <= distance:
            self._links.append(self.expand(self.layer(len(self._links))))
        return self._links[distance]


def _by_length(
    a: N, b: N, expand: Expand[N], allowed: Allowed[N], max_hops: int
) -> Iterator[Iterator[tuple[Step[N], ...]]]:
    """Yield the paths of length 1, of length 2, … each lazily."""
    if a != b:
        ahead, behind = _Side(a, b, expand, allowed), _Side(b, a, expand, allowed)
        for length in range(1, max_hops + 1):
            yield _walk(_alive(_chain(ahead, behind, length), a, b, allowed), a, ())


def _chain(ahead: _Side[N], behind: _Side[N], length: int) -> list[Links[N]]:
    """Return the steps that may be the first of a path of `length`, the second, … the last."""
    half = length // 2
    if length == 2:
        first = _either(ahead.links(0), _turned(_into(behind.links(1), ahead.layer(0))))
        return [first, _either(_into(ahead.links(1), behind.layer(0)), _turned(behind.links(0)))]
    middle = []
    if length % 2:
        back = _turned(_into(behind.links(half), ahead.layer(half)))
        middle = [_either(_into(ahead.links(half), behind.layer(half)), back)]
    return [
        *(ahead.links(distance) for distance in range(half)),
        *middle,
        *(_turned(behind.links(distance)) for distance in reversed(range(half))),
    ]


def _into(links: Links[N], nodes: Collection[N]) -> Links[N]:
    """Keep the steps that reach one of `nodes`."""
    kept = {node: [step for step in steps if step[0] in nodes] for node, steps in links.items()}
    return {node: steps for node, steps in kept.items() if steps}


def _turned(links: Links[N]) -> Links[N]:
    """Return the same edges, walked from their other end."""
    turned: dict[N, list[Step[N]]] = {}
    for node, steps in links.items():
        for reached, kind, direction in steps:
            back = Direction.IN if direction is Direction.OUT else Direction.OUT
            turned.setdefault(reached, []).append((node, kind, back))
    return turned


def _either(some: Links[N], others: Links[N]) -> Links[N]:
    """Return the edges of both, once each."""
    return {node: list({*some.get(node, ()), *others.get(node, ())}) for node in {*some, *others}}


def _alive(chain: Sequence[Links[N]], start: N, end: N, allowed: Allowed[N]) -> list[Links[N]]:
    """Keep the steps that lead on to `end`."""
    alive = {end}
    kept: list[Links[N]] = []
    for links in reversed(chain):
        kept.append(_into(links, alive))
        alive = {node for node in kept[-1] if node not in (start, end) and allowed(node)}
    return kept[::-1]


def _walk(chain: Sequence[Links[N]], node: N, path: tuple[Step[N], ...]) -> Iterator[tuple[Step[N], ...]]:
    if len(path) == len(chain):
        yield path
        return
    for step in sorted(chain[len(path)].get(node, ())):
        if all(step[0] != earlier[0] for earlier in path):
            yield from _walk(chain, step[0], (*path, step))
