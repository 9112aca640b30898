"""Neighbours of every node over one edge kind in one direction, as CSR arrays, heaviest first.

A node's list is a slice, stored by count (descending), then neighbour: its top k is a prefix.
Lists longer than `HUB` also keep the other orders; shorter ones are sorted when asked. Filters walk
a list in the order wanted, a block at a time, and stop as soon as enough is found or nothing
further can pass, so a node with 400,000 neighbours answers as fast as others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph.embedded.arrays import Array, Ints, read_arrays
from graph.store import Filter, Order

HUB = 1_024
BLOCK = 4_096
NO_TIME = np.iinfo(np.int64).min  # sorts below every time, and lies before every `until`
EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
Mask = npt.NDArray[np.bool_]


def micros(time: datetime) -> int:
    """Return a local time as stored: microseconds since 1970."""
    return (time - EPOCH) // MICROSECOND


def moment(stored: int) -> datetime | None:
    """Return a stored time; None where there is none."""
    return None if stored == NO_TIME else EPOCH + timedelta(microseconds=stored)


def adjacency_arrays(rows: pa.Table, nodes: int, *, with_rows: bool) -> dict[str, Array]:
    """Arrays of `rows` (node, neighbour, measures, row), sorted by node, count descending, neighbour."""
    node = rows["node"].to_numpy()
    starts = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(node, minlength=nodes), out=starts[1:])
    arrays = {"starts": starts, "neighbours": rows["neighbour"].to_numpy().astype(np.int32)}
    arrays["count"], arrays["fund"] = rows["count"].to_numpy(), rows["fund"].to_numpy()
    for name in ("first", "last"):
        arrays[name] = rows[name].cast(pa.int64()).fill_null(NO_TIME).to_numpy()
    arrays |= _hub_orders(arrays)
    for name in MEASURES:  # register facts all have the same: one value stands for all
        if len(node) and (arrays[name] == arrays[name][0]).all():
            arrays[name] = arrays[name][:1]
    return arrays | ({"rows": rows["row"].to_numpy()} if with_rows else {})


MEASURES = ("count", "fund", "first", "last")


def _hub_orders(arrays: Mapping[str, Array]) -> dict[str, Array]:
    starts = arrays["starts"]
    lengths = np.diff(starts)
    hubs = np.flatnonzero(lengths > HUB).astype(np.int32)
    hub_starts = np.concatenate(([0], np.cumsum(lengths[hubs])))
    orders = {order: np.empty(hub_starts[-1], dtype=np.int32) for order in (Order.FUND, Order.LAST)}
    for number, hub in enumerate(hubs):
        part, place = slice(starts[hub], starts[hub + 1]), slice(hub_starts[number], hub_starts[number + 1])
        for order, positions in orders.items():
            positions[place] = _by_weight(arrays[order][part], arrays["neighbours"][part])
    return {"hubs": hubs, "hub_starts": hub_starts, **{f"by_{order}": values for order, values in orders.items()}}


def _by_weight(weights: Ints, neighbours: Array) -> Ints:
    return np.lexsort((neighbours, ~weights))  # ~ is descending, also for the lowest number


@dataclass(frozen=True)
class Span:
    """One node's list: a slice of the adjacency arrays."""

    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


class Adjacency:
    """The lists of one edge kind in one direction, memory-mapped; rows are node numbers of a type."""

    def __init__(self, path: Path) -> None:
        arrays = read_arrays(path)
        self._starts: Ints = arrays["starts"]
        self.neighbours: Array = arrays["neighbours"]
        self._measures = {name: np.broadcast_to(arrays[name], self.neighbours.shape) for name in MEASURES}
        self._rows = arrays.get("rows", np.zeros(0, dtype=np.int32))
        self._hubs, self._hub_starts = arrays["hubs"], arrays["hub_starts"]
        self._orders = {order: arrays[f"by_{order}"] for order in (Order.FUND, Order.LAST)}

    def span(self, node: int) -> Span:
        """Return where the list of `node` lies."""
        return Span(int(self._starts[node]), int(self._starts[node + 1]))

    def lengths(self, nodes: Array) -> Array:
        """Return how many neighbours each of several nodes has."""
        found: Array = self._starts[nodes + 1] - self._starts[nodes]
        return found

    def lists(self, nodes: Array) -> tuple[Array, Array]:
        """Return the places of all edges of several nodes, and for each the number of its node in `nodes`."""
        starts, lengths = self._starts[nodes], self.lengths(nodes)
        owner = np.repeat(np.arange(len(nodes)), lengths)
        before = np.cumsum(lengths) - lengths
        return np.arange(len(owner)) - before[owner] + starts[owner], owner

    def measure(self, name: str, place: int) -> int:
        """One measure of the edge at `place`."""
        return int(self._measures[name][place])

    def row(self, place: int) -> int:
        """Row of the edge's attributes, for kinds that have any."""
        return int(self._rows[place])

    def find(self, node: int, neighbour: int) -> int | None:
        """Place of the edge to `neighbour`; None where there is none."""
        span = self.span(node)
        found = np.flatnonzero(self.neighbours[span.start : span.stop] == neighbour)
        return span.start + int(found[0]) if len(found) else None

    def passing(self, places: Array, where: Filter) -> Array:
        """Keep the places whose measures pass the filter, in their order."""
        return places[self.mask(places, where)]

    def mask(self, places: Array, where: Filter) -> Mask:
        """Say which places pass the filter's measures."""
        keep: Mask = self._measures["count"][places] >= where.min_count
        if where.min_fund is not None:
            keep &= self._measures["fund"][places] >= where.min_fund
        if where.max_fund is not None:
            keep &= self._measures["fund"][places] <= where.max_fund
        if where.since is not None:
            last = self._measures["last"][places]
            keep &= (last >= micros(where.since)) | (last == NO_TIME)
        if where.until is not None:
            keep &= self._measures["first"][places] < micros(where.until)
        return keep

    def top(self, node: int, where: Filter, order: Order, wanted: int) -> Array:
        """Places of the heaviest edges of `node` that pass, at most `wanted`."""
        found: list[Array] = []
        missing = wanted
        for places in self._blocks(node, order):
            passed = self.passing(places, where)[:missing]
            found.append(passed)
            missing -= len(passed)
            if missing <= 0 or self._exhausted(places, where, order):
                break
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def _blocks(self, node: int, order: Order) -> Iterator[Array]:
        span = self.span(node)
        if order is Order.COUNT:
            for start in range(span.start, span.stop, BLOCK):
                yield np.arange(start, min(start + BLOCK, span.stop))
            return
        positions = self._positions(node, span, order)
        for start in range(0, len(span), BLOCK):
            yield span.start + positions[start : start + BLOCK].astype(np.int64)

    def _positions(self, node: int, span: Span, order: Order) -> Array:
        if len(span) <= HUB:
            part = slice(span.start, span.stop)
            return _by_weight(self._measures[order][part], self.neighbours[part])
        number = int(np.searchsorted(self._hubs, node))
        return self._orders[order][self._hub_starts[number] : self._hub_starts[number + 1]]

    def _exhausted(self, places: Array, where: Filter, order: Order) -> bool:
        """Say whether nothing after this block can pass, because the block's lightest edge is too light."""
        lightest = self.measure(order, int(places[-1]))
        if order is Order.COUNT:
            return lightest < where.min_count
        return order is Order.FUND and where.min_fund is not None and lightest < where.min_fund
