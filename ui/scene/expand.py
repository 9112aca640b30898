"""Expanding a node: counts by type first, then the few that matter, never a flood.

The reader answers with the heaviest neighbours in a stable order; of these a bounded pool is
looked at, ranked, and at most `MOST_ADDED` are taken. What is left out is counted and said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from claims.language import N_
from graph.model import EdgeKind, NodeRef, NodeType
from graph.store import Direction, Filter, GraphReader, Neighbour, NeighbourCount, Order
from ui.scene.facts import Facts
from ui.scene.model import MOST_ADDED, Key, Step
from ui.scene.ports import Scores

POOL = 400  # neighbours looked at, the heaviest first
LEAST_POOL = 100  # each of them is asked for its own counts
MOST = 0.9

ORDERS: Mapping[str, str] = {
    "suspicion": N_("suspicion"),
    "weight": N_("weight"),
    "fund": N_("money"),
    "least": N_("least connected"),
}


@dataclass(frozen=True)
class KindCount:
    """How many neighbours one kind of edge leads to, and how many of them are in the scene."""

    kind: EdgeKind
    direction: Direction
    total: int
    present: int

    @property
    def other(self) -> NodeType:
        """Type of the neighbours."""
        return self.kind.target if self.direction is Direction.OUT else self.kind.source


@dataclass(frozen=True)
class Candidate:
    """A neighbour that could be added, with what it is ranked by."""

    ref: NodeRef
    score: float
    count: int
    fund: int
    degree: int = 0


@dataclass(frozen=True)
class Budget:
    """What is left out, and how much of the measure those taken carry (None where nobody has any)."""

    taken: int
    left: int
    exact: bool
    measure: str
    share: float | None
    enough: int  # how many of the first carry `MOST` of the measure


@dataclass(frozen=True)
class Growth:
    """Nodes to add, best first, and the budget."""

    taken: tuple[Candidate, ...]
    budget: Budget

    @property
    def refs(self) -> tuple[NodeRef, ...]:
        """The nodes themselves."""
        return tuple(one.ref for one in self.taken)


def preview(reader: GraphReader, key: Key, facts: Facts) -> tuple[KindCount, ...]:
    """Count neighbours by kind; nothing is read but the counts."""
    ref = NodeRef.parse(key)
    return tuple(
        KindCount(count.kind, count.direction, count.neighbours, _present(key, count, facts))
        for count in reader.neighbour_counts(ref)
    )


def grow(reader: GraphReader, scores: Scores, step: Step, present: frozenset[Key], facts: Facts) -> Growth:
    """Choose what to add."""
    counts = [count for count in preview(reader, step.key, facts) if _wanted(step, count)]
    linked = sum(count.total for count in counts)
    size = LEAST_POOL if step.order == "least" else POOL
    pool = tuple(_candidates(reader, step, counts, size))
    found = _merged(pool, scores)
    known = present | step.without | {step.key}
    fresh = [one for one in found if str(one.ref) not in known]
    if step.order == "least":
        fresh = [replace(one, degree=_degree(reader, one.ref)) for one in fresh]
    ranked = sorted(fresh, key=_Rank(step.order))
    taken = ranked[: max(0, min(step.limit, MOST_ADDED))]
    narrowed = any(value is not None for value in (step.since, step.until, step.min_fund, step.max_fund))
    whole = len(pool) >= linked or (narrowed and len(pool) < size)
    here = sum(count.present for count in counts)
    left = len(fresh) - len(taken) if whole else max(len(fresh), linked - here - len(step.without)) - len(taken)
    exact = whole or (len(counts) == 1 and not narrowed)
    return Growth(tuple(taken), _budget(step.order, ranked, len(taken), left, exact))


def _wanted(step: Step, count: KindCount) -> bool:
    return not step.kinds or (count.kind.name, count.direction.value) in step.kinds


def _present(key: Key, count: NeighbourCount, facts: Facts) -> int:
    ends = facts.edges_at.get(key, ())
    if count.direction is Direction.OUT:
        return sum(edge.kind == count.kind and str(edge.source) == key for edge in ends)
    return sum(edge.kind == count.kind and str(edge.target) == key for edge in ends)


def _candidates(reader: GraphReader, step: Step, counts: Sequence[KindCount], size: int) -> Iterator[Neighbour]:
    order = Order.FUND if step.order == "fund" else Order.COUNT
    limits = {"since": step.since, "until": step.until, "min_fund": step.min_fund, "max_fund": step.max_fund}
    for where in _filters(step, counts):
        asked = replace(where, **limits)  # type: ignore[arg-type]
        yield from reader.neighbours(NodeRef.parse(step.key), asked, limit=size, order=order)


def _filters(step: Step, counts: Sequence[KindCount]) -> Iterable[Filter]:
    """One question for all kinds, or one per chosen kind (a filter knows types, not kinds)."""
    if not step.kinds:
        return (Filter(),)
    return (
        Filter(
            types=frozenset({count.kind.type}),
            directions=frozenset({count.direction}),
            neighbour_types=frozenset({count.other}),
        )
        for count in counts
    )


def _merged(pool: Iterable[Neighbour], scores: Scores) -> list[Candidate]:
    sums: dict[NodeRef, tuple[int, int]] = {}
    for one in pool:
        count, fund = sums.get(one.node.ref, (0, 0))
        sums[one.node.ref] = max(count, one.edge.count), max(fund, one.edge.fund)
    known = scores.of(tuple(sums))
    return [Candidate(ref, known.get(ref, 0.0), *sums[ref]) for ref in sums]


def _degree(reader: GraphReader, ref: NodeRef) -> int:
    return sum(count.neighbours for count in reader.neighbour_counts(ref))


@dataclass(frozen=True)
class _Rank:
    order: str

    def __call__(self, one: Candidate) -> tuple[float, float, NodeRef]:
        match self.order:
            case "least":
                return one.degree, -one.score, one.ref
            case "fund":
                return -one.fund, -one.score, one.ref
            case "weight":
                return -one.count, -one.score, one.ref
            case _:
                return -one.score, -one.count, one.ref


def _budget(order: str, ranked: Sequence[Candidate], taken: int, left: int, exact: bool) -> Budget:
    measure = order if order in ("weight", "fund") else "suspicion"
    values = [max(0.0, _measure(measure, one)) for one in ranked]
    total = sum(values)
    if not total:
        return Budget(taken, left, exact, measure, None, taken)
    enough, carried = 0, 0.0
    for value in sorted(values, reverse=True):
        if carried >= MOST * total - 1e-12:
            break
        enough, carried = enough + 1, carried + value
    return Budget(taken, left, exact, measure, sum(values[:taken]) / total, enough)


def _measure(measure: str, one: Candidate) -> float:
    match measure:
        case "weight":
            return float(one.count)
        case "fund":
            return float(one.fund)
        case _:
            return one.score
