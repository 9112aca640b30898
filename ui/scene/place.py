"""Where nodes stand: a whole layout at the start, and places beside a parent for those who come later.

Both are deterministic, so the same scene looks the same on every machine, and what stands is never
moved by what comes.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
import rustworkx as rx
from scipy.spatial import cKDTree

from ui.scene.model import Key

Spot = tuple[float, float]
APART = 74.0  # two nodes with their labels do not touch at this distance
FIRST_RING = 120.0
_SEED = 7


def arrange(keys: Iterable[Key], edges: Iterable[tuple[Key, Key]]) -> dict[Key, Spot]:
    """Lay out a whole scene; the result depends on nothing but its keys and edges."""
    known = frozenset(keys)
    pairs = frozenset((min(a, b), max(a, b)) for a, b in edges if a != b and a in known and b in known)
    return dict(_arranged(known, pairs))


@lru_cache(maxsize=32)
def _arranged(keys: frozenset[Key], pairs: frozenset[tuple[Key, Key]]) -> Mapping[Key, Spot]:
    graph: rx.PyGraph[Key, None] = rx.PyGraph(multigraph=False)
    names = sorted(keys)
    numbers = dict(zip(names, graph.add_nodes_from(names), strict=True))
    graph.add_edges_from([(numbers[a], numbers[b], None) for a, b in sorted(pairs)])
    parts = sorted((sorted(part) for part in rx.connected_components(graph)), key=lambda part: (-len(part), part))
    lonely = [part[0] for part in parts if len(part) == 1]
    boxes = [_sprung(graph, part) for part in parts if len(part) > 1] + ([_rows(lonely)] if lonely else [])
    return {names[number]: spot for number, spot in _packed(boxes)}


def _sprung(graph: "rx.PyGraph[Key, None]", part: Sequence[int]) -> dict[int, Spot]:
    piece = graph.subgraph(list(part))
    wide = math.ceil(0.62 * APART * math.sqrt(len(part)))
    rounds = 120 if len(part) <= 600 else 40
    places = rx.spring_layout(piece, num_iter=rounds, seed=_SEED, scale=wide, k=1.6 / math.sqrt(len(part)))
    spots = [(float(places[number][0]), float(places[number][1])) for number in piece.node_indices()]
    return dict(zip(part, _apart(spots), strict=True))


def _apart(spots: Sequence[Spot], rounds: int = 40) -> list[Spot]:
    """Push overlapping nodes off each other, half the overlap each, until nobody overlaps or time is up."""
    places = np.array(spots, dtype=float).reshape(-1, 2)
    least = APART * 0.8
    for _ in range(rounds):
        pairs = cKDTree(places).query_pairs(least, output_type="ndarray")
        if not len(pairs):
            break
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]  # sums of floats depend on their order
        apart = places[pairs[:, 1]] - places[pairs[:, 0]]
        far = np.hypot(apart[:, 0], apart[:, 1])
        turned = pairs[:, 0] * 2.4  # two on one spot part in a direction of their own
        same = far < 1e-6
        ways = np.where(same[:, None], np.stack([np.cos(turned), np.sin(turned)], axis=1), apart)
        push = ways / np.where(same, 1.0, far)[:, None] * ((least - far) / 2)[:, None]
        np.add.at(places, pairs[:, 0], -push)
        np.add.at(places, pairs[:, 1], push)
    return [(round(x, 1), round(y, 1)) for x, y in places.tolist()]


def _rows(numbers: Sequence[int]) -> dict[int, Spot]:
    wide = math.ceil(math.sqrt(len(numbers)))
    return {number: (APART * 1.3 * (n % wide), APART * 1.3 * (n // wide)) for n, number in enumerate(numbers)}


def _packed(boxes: Sequence[Mapping[int, Spot]]) -> Iterator[tuple[int, Spot]]:
    """Set the parts beside each other in shelves, the largest first."""
    area = sum(_size(box)[0] * _size(box)[1] for box in boxes)
    shelf = max([math.sqrt(area) * 1.5, *(_size(box)[0] for box in boxes)], default=0.0)
    x = y = high = 0.0
    for box in boxes:
        wide, tall = _size(box)
        if x and x + wide > shelf:
            x, y, high = 0.0, y + high, 0.0
        left, top = min(spot[0] for spot in box.values()), min(spot[1] for spot in box.values())
        for number, spot in box.items():
            yield number, (round(spot[0] - left + x, 1), round(spot[1] - top + y, 1))
        x, high = x + wide, max(high, tall)


def _size(box: Mapping[int, Spot]) -> Spot:
    xs, ys = [spot[0] for spot in box.values()], [spot[1] for spot in box.values()]
    return max(xs) - min(xs) + 2 * APART, max(ys) - min(ys) + 2 * APART


def beside(anchor: Spot, taken: Collection[Spot], count: int) -> list[Spot]:
    """Find free places around `anchor`, first on the side that faces away from the rest."""
    cells: dict[tuple[int, int], list[Spot]] = {}
    for spot in taken:
        cells.setdefault(_cell(spot), []).append(spot)
    found: list[Spot] = []
    for spot in _around(anchor, _outward(anchor, taken)):
        if len(found) == count:
            break
        if _free(spot, cells):
            found.append(spot)
            cells.setdefault(_cell(spot), []).append(spot)
    return found


def _outward(anchor: Spot, taken: Collection[Spot]) -> float:
    near = [spot for spot in taken if spot != anchor and math.dist(spot, anchor) < 6 * APART]
    if not near:
        return 0.0
    x, y = (sum(spot[axis] for spot in near) / len(near) for axis in (0, 1))
    return math.atan2(anchor[1] - y, anchor[0] - x)


def _around(anchor: Spot, outward: float) -> Iterator[Spot]:
    ring = 0
    while True:
        radius = FIRST_RING + ring * APART
        slots = int(2 * math.pi * radius / (APART * 1.05))
        for slot in range(slots):
            turn = (slot + 1) // 2 * (1 if slot % 2 else -1)
            angle = outward + turn * 2 * math.pi / slots
            yield round(anchor[0] + radius * math.cos(angle), 1), round(anchor[1] + radius * math.sin(angle), 1)
        ring += 1


def _cell(spot: Spot) -> tuple[int, int]:
    return int(spot[0] // APART), int(spot[1] // APART)


def _free(spot: Spot, cells: Mapping[tuple[int, int], Sequence[Spot]]) -> bool:
    column, row = _cell(spot)
    near = (other for c in range(-1, 2) for r in range(-1, 2) for other in cells.get((column + c, row + r), ()))
    return all(math.dist(spot, other) >= APART * 0.8 for other in near)
