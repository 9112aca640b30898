"""What is asked about one node and what a graph reader answers, gathered before anything is shown."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from graph.model import NodeRef, NodeType
from graph.store import (
    EVERYTHING,
    Direction,
    Edge,
    Filter,
    GraphReader,
    Neighbour,
    NeighbourCount,
    Node,
    Order,
    Path,
    Subgraph,
    Visit,
)

SHARED = (NodeType.CARD, NodeType.PHONE, NodeType.ADDRESS, NodeType.ACCOUNT)  # what one person keeps for himself
HAS_VISITS = (NodeType.PERSON, NodeType.CARD, NodeType.DOCTOR, NodeType.INSTITUTION, NodeType.TERMINAL)
NEARBY = timedelta(minutes=10)  # at the same till within this time of a swipe
MOST_VISITS = 200
MOST_SHARED = 10


@dataclass(frozen=True)
class Question:
    """A node, which edges count, and how much of the answer is wanted."""

    ref: NodeRef
    hops: int = 1
    where: Filter = EVERYTHING
    limit: int = 20
    order: Order = Order.COUNT
    visits: bool = False
    path_to: NodeRef | None = None


@dataclass(frozen=True)
class Group:
    """The heaviest neighbours over one edge kind in one direction; `total` is what the filter does not touch."""

    count: NeighbourCount
    shown: tuple[Neighbour, ...]


@dataclass(frozen=True)
class Sharing:
    """Who else is at something the person holds or uses."""

    held: NodeRef
    others: tuple[Neighbour, ...]
    more: bool


@dataclass(frozen=True)
class VisitLine:
    """One settlement, and who settled at the same till within `NEARBY` of it."""

    visit: Visit
    nearby: tuple[NodeRef, ...] = ()


@dataclass(frozen=True)
class Beyond:
    """A node two steps away and through how many different neighbours it is reached."""

    ref: NodeRef
    ways: int
    through: tuple[NodeRef, ...]


@dataclass(frozen=True)
class Answer:
    """All that will be shown; `nodes` holds every node it names, unmasked."""

    question: Question
    data_version: int
    counts: tuple[NeighbourCount, ...]
    groups: tuple[Group, ...]
    sharing: tuple[Sharing, ...]
    visits: tuple[VisitLine, ...]
    beyond: tuple[Beyond, ...]
    paths: tuple[Path, ...]
    nodes: Mapping[NodeRef, Node]


def ask(reader: GraphReader, question: Question) -> Answer:
    """Put `question` to `reader`; NotFoundError when the node does not exist."""
    reader.node(question.ref)
    counts = reader.neighbour_counts(question.ref)
    groups = tuple(_groups(reader, question, counts))
    sharing = tuple(_sharing(reader, question)) if question.ref.type is NodeType.PERSON else ()
    visits = tuple(_visits(reader, question))
    beyond = _beyond(reader, question, groups) if question.hops > 1 else ()
    paths = reader.shortest_paths(question.ref, question.path_to, where=question.where) if question.path_to else ()
    answer = Answer(question, reader.data_version, counts, groups, sharing, visits, beyond, paths, {})
    refs = sorted(set(_named(answer)))
    return replace(answer, nodes=dict(zip(refs, reader.nodes(refs), strict=True)))


def surroundings(reader: GraphReader, answer: Answer) -> Subgraph:
    """The induced subgraph on the answer's nodes, among the asked edge types."""
    return reader.subgraph(answer.nodes, answer.question.where.types)


def _groups(reader: GraphReader, question: Question, counts: Iterable[NeighbourCount]) -> Iterator[Group]:
    for count in counts:
        if question.where.types and count.kind.type not in question.where.types:
            continue
        where = _only(question.where, count)
        shown = reader.neighbours(question.ref, where, limit=question.limit, order=question.order)
        if shown:
            yield Group(count, shown)


def _only(where: Filter, count: NeighbourCount) -> Filter:
    other = count.kind.target if count.direction is Direction.OUT else count.kind.source
    return replace(
        where,
        types=frozenset({count.kind.type}),
        directions=frozenset({count.direction}),
        neighbour_types=frozenset({other}),
    )


def _sharing(reader: GraphReader, question: Question) -> Iterator[Sharing]:
    """Cards, phones, addresses and accounts of a person that somebody else is at too."""
    where = replace(question.where, types=frozenset(), neighbour_types=frozenset(SHARED))
    held = dict.fromkeys(found.node.ref for found in reader.neighbours(question.ref, where, limit=question.limit))
    people = replace(where, neighbour_types=frozenset({NodeType.PERSON}))
    for ref in held:
        found = reader.neighbours(ref, people, limit=2 * MOST_SHARED + 2)  # holder and user are two edges
        others = [neighbour for neighbour in found if neighbour.node.ref != question.ref]
        if others:
            yield Sharing(ref, tuple(others[:MOST_SHARED]), len(others) > MOST_SHARED)


def _visits(reader: GraphReader, question: Question) -> Iterator[VisitLine]:
    asked = question.visits or question.ref.type is NodeType.CARD
    if not asked or question.ref.type not in HAS_VISITS:
        return
    where = question.where
    for visit in reader.visits(question.ref, since=where.since, until=where.until, limit=MOST_VISITS):
        yield VisitLine(visit, _nearby(reader, visit) if question.ref.type is NodeType.CARD else ())


def _nearby(reader: GraphReader, visit: Visit) -> tuple[NodeRef, ...]:
    if not visit.terminal:
        return ()
    till = NodeRef(NodeType.TERMINAL, visit.terminal)
    since, until = visit.time - NEARBY, visit.time + NEARBY
    same = reader.visits(till, since=since, until=until, limit=MOST_SHARED)
    people = dict.fromkeys(other.person for other in same if other.person != visit.person)
    return tuple(NodeRef(NodeType.PERSON, person) for person in people)


def _beyond(reader: GraphReader, question: Question, groups: Iterable[Group]) -> tuple[Beyond, ...]:
    near = list(dict.fromkeys(found.node.ref for group in groups for found in group.shown))
    through: dict[NodeRef, list[NodeRef]] = {}
    for ref in near:
        found = reader.neighbours(ref, question.where, limit=question.limit, order=question.order)
        for other in dict.fromkeys(neighbour.node.ref for neighbour in found):
            if other != question.ref and other not in near:
                through.setdefault(other, []).append(ref)
    ways = Counter({ref: len(refs) for ref, refs in through.items()})
    best = sorted(ways, key=lambda ref: (-ways[ref], ref))[: question.limit * 5]
    return tuple(Beyond(ref, ways[ref], tuple(through[ref])) for ref in best)


def _named(answer: Answer) -> Iterator[NodeRef]:
    """Every node the answer mentions."""
    yield answer.question.ref
    yield from (found.node.ref for group in answer.groups for found in group.shown)
    for sharing in answer.sharing:
        yield sharing.held
        yield from (found.node.ref for found in sharing.others)
    for line in answer.visits:
        yield from visit_refs(line.visit)
        yield from line.nearby
    for beyond in answer.beyond:
        yield beyond.ref
        yield from beyond.through
    for path in answer.paths:
        yield from path.nodes


def visit_refs(visit: Visit) -> Iterator[NodeRef]:
    """The nodes a settlement names."""
    yield NodeRef(NodeType.PERSON, visit.person)
    yield NodeRef(NodeType.INSTITUTION, visit.institution)
    for type_, id_ in (
        (NodeType.DOCTOR, visit.doctor),
        (NodeType.DOCTOR, visit.prescriber),
        (NodeType.TERMINAL, visit.terminal),
        (NodeType.CARD, visit.card),
    ):
        if id_:
            yield NodeRef(type_, id_)


def measured(edge: Edge) -> bool:
    """Say whether the edge sums settlements; facts of a register carry no time."""
    return bool(edge.first or edge.fund)
