"""Where one thing stands among its like: same kind, level and region, by rank and never by a lone score.

A group that is too small to say anything is widened by leaving its narrowest trait out, and the page
says which traits are left. Those without a settlement are no peers: a register holds many who never came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.embedded.arrays import Array
from graph.model import NodeRef, NodeType
from ui.service.entity_figures import FEN
from ui.service.entity_ground import COLUMN_OF, NOBODY, Ground, Reach, working_places

LEAST_PEERS = 20
BINS = 24
UNKNOWN = ""


class Trait(StrEnum):
    """What peers have in common."""

    KIND = "kind"
    LEVEL = "level"
    AGE = "age"
    DEPARTMENT = "department"
    REGION = "region"


class Measure(StrEnum):
    """What is compared."""

    VISITS = "visits"
    FUND = "fund"
    EACH = "each"  # fund per settlement


@dataclass(frozen=True)
class Standing:
    """One measure among the peers. Money is yuan.

    `below` is the share of peers with less; `edges` and `counts` are a histogram of the peers (one
    edge more than counts), `place` the bar the thing itself falls into.
    """

    measure: Measure
    value: Decimal
    below: float
    median: Decimal
    high: Decimal  # nine peers in ten have less
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    place: int


@dataclass(frozen=True)
class Peers:
    """The group (the thing itself is not among them) and where the thing stands in it."""

    size: int
    traits: tuple[Trait, ...]
    standings: tuple[Standing, ...]


@dataclass(frozen=True, eq=False)
class _Sums:
    visits: Array
    fund: Array


# The narrowest trait stands last: it is left out first.
TRAITS: Mapping[NodeType, tuple[Trait, ...]] = {
    NodeType.PERSON: (Trait.KIND, Trait.REGION, Trait.AGE),
    NodeType.CARD: (Trait.KIND,),
    NodeType.DOCTOR: (Trait.KIND, Trait.LEVEL, Trait.REGION, Trait.DEPARTMENT),
    NodeType.INSTITUTION: (Trait.KIND, Trait.LEVEL, Trait.REGION),
    NodeType.TERMINAL: (Trait.KIND, Trait.LEVEL, Trait.REGION),
}


def peers(reach: Reach, ref: NodeRef) -> Peers | None:
    """Compare a node with its like; None for what has no settlements or no peers."""
    if ref.type not in TRAITS:
        return None
    row = reach.ground.snapshot.row(ref)
    sums = _sums(reach, ref.type)
    if not sums.visits[row]:
        return None
    traits = list(TRAITS[ref.type])
    codes = _traits(reach.ground, ref.type)
    like = _like(codes, traits, row, sums)
    while len(traits) > 1 and np.count_nonzero(like) < LEAST_PEERS:
        traits.pop()
        like = _like(codes, traits, row, sums)
    size = int(np.count_nonzero(like))
    if not size:
        return None
    found = (_standing(measure, sums, like, row) for measure in Measure)
    return Peers(size, tuple(traits), tuple(found))


def _like(codes: Mapping[Trait, Array], traits: Sequence[Trait], row: int, sums: _Sums) -> Array:
    like: Array = sums.visits > 0
    for trait in traits:
        like &= codes[trait] == codes[trait][row]
    like[row] = False
    return like


def _standing(measure: Measure, sums: _Sums, like: Array, row: int) -> Standing:
    values = _values(measure, sums.visits[like], sums.fund[like])
    own = float(_values(measure, sums.visits[[row]], sums.fund[[row]])[0])
    edges = _edges(values, own)
    counts, _ = np.histogram(values, edges)
    place = int(np.clip(np.searchsorted(edges, own, side="right") - 1, 0, len(counts) - 1))
    median, high = np.quantile(values, (0.5, 0.9))
    return Standing(
        measure, _exact(own), float(np.mean(values < own)), _exact(median), _exact(high),
        tuple(edges.tolist()), tuple(counts.tolist()), place,
    )  # fmt: skip


def _values(measure: Measure, visits: Array, fund: Array) -> Array:
    if measure is Measure.VISITS:
        return visits.astype(float)
    yuan = fund / float(FEN)
    return yuan if measure is Measure.FUND else yuan / visits


def _edges(values: Array, own: float) -> Array:
    """Equal bars on a scale of powers: a few very large ones would press all others into one bar."""
    low, high = max(0.0, min(values.min(), own)), max(values.max(), own)
    if high <= low:
        return np.array([low, low + 1])
    return np.expm1(np.linspace(np.log1p(low), np.log1p(high) + 1e-9, BINS + 1))


def _exact(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


@lru_cache(maxsize=24)
def _sums(reach: Reach, type_: NodeType) -> _Sums:
    """Settlements and fund of every node of a type, inside the reach."""
    columns = reach.ground.columns
    starts, rows = columns[f"{COLUMN_OF[type_]}_starts"], columns[f"{COLUMN_OF[type_]}_rows"]
    fund = columns["fund"][rows]
    if reach.places is None:
        return _Sums(np.diff(starts), _between(starts, fund))
    inside = reach.places[columns["institution"][rows]]
    return _Sums(_between(starts, inside), _between(starts, np.where(inside, fund, 0)))


def _between(starts: Array, values: Array) -> Array:
    """Sum the values of each slice."""
    total = np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
    found: Array = total[starts[1:]] - total[starts[:-1]]
    return found


@lru_cache(maxsize=12)
def _traits(ground: Ground, type_: NodeType) -> Mapping[Trait, Array]:
    """The traits of every node of a type, as codes."""
    if type_ is NodeType.PERSON:
        ages = _column(ground, type_, "brdy")
        return {
            Trait.KIND: _codes(_column(ground, type_, "insutype")),
            Trait.REGION: _codes(_column(ground, type_, "insu_admdvs")),
            Trait.AGE: _codes(_decades(ages)),
        }
    if type_ is NodeType.CARD:
        return {Trait.KIND: _codes(_column(ground, type_, "card_type"))}
    if type_ is NodeType.INSTITUTION:
        return _of_places(ground)
    if type_ is NodeType.TERMINAL:
        return _at(ground, _tills(ground), (Trait.KIND, Trait.LEVEL, Trait.REGION))
    return _at(ground, working_places(ground), (Trait.LEVEL, Trait.REGION)) | {
        Trait.KIND: _codes(_column(ground, type_, "prac_type")),
        Trait.DEPARTMENT: _codes(_column(ground, type_, "dept_codg")),
    }


def _of_places(ground: Ground) -> dict[Trait, Array]:
    names = {Trait.KIND: "fixmedins_type", Trait.LEVEL: "hosp_lv", Trait.REGION: "admdvs"}
    return {trait: _codes(_column(ground, NodeType.INSTITUTION, name)) for trait, name in names.items()}


def _at(ground: Ground, places: Array, wanted: Sequence[Trait]) -> dict[Trait, Array]:
    """Traits of the institution each node stands at; nodes without one are alike."""
    of_places = _of_places(ground)
    return {trait: np.where(places == NOBODY, NOBODY, of_places[trait][places]) for trait in wanted}


def _tills(ground: Ground) -> Array:
    """Number of each till's institution."""
    starts, rows = ground.columns["terminal_starts"], ground.columns["terminal_rows"]
    used = starts[1:] > starts[:-1]
    found = np.full(len(used), NOBODY, dtype=np.int64)
    found[used] = ground.columns["institution"][rows[starts[:-1][used]]]
    return found


def _column(ground: Ground, type_: NodeType, name: str) -> pa.ChunkedArray:
    """One attribute of all nodes, in the order of their numbers."""
    path = ground.tables.nodes(type_)
    return pq.read_table(path, columns=[name])[name]


def _codes(texts: pa.ChunkedArray) -> Array:
    """The same number for the same text; an empty one is a text too."""
    filled = texts.fill_null(UNKNOWN).combine_chunks().dictionary_encode()
    found: Array = filled.indices.to_numpy(zero_copy_only=False)
    return found


def _decades(births: pa.ChunkedArray) -> pa.ChunkedArray:
    """The decade of birth: 1968-03-02 → 196."""
    return pc.utf8_slice_codeunits(births, 0, 3)


def share_of_fund(reach: Reach, ref: NodeRef) -> tuple[float, float]:
    """Share of an institution in what the fund paid inside the reach: of all institutions, and of its kind."""
    row = reach.ground.snapshot.row(ref)
    fund = _sums(reach, NodeType.INSTITUTION).fund
    kinds = _traits(reach.ground, NodeType.INSTITUTION)[Trait.KIND]
    whole, of_kind = int(fund.sum()), int(fund[kinds == kinds[row]].sum())
    own = int(fund[row])
    return (own / whole if whole else 0.0), (own / of_kind if of_kind else 0.0)
