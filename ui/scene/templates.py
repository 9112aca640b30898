"""Questions an investigator asks so often that they have a button; all bounded, all on any store."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, pairwise

from claims.language import N_
from graph.model import NodeRef, NodeType
from graph.store import Direction, Filter, GraphReader, Visit
from ui.scene.model import MOST_ADDED, Key, Window

NEARBY = timedelta(minutes=10)
MOST_VISITS = 200
MOST_ENDS = 4  # paths between more nodes are asked pair by pair
SHARED_EDGES = frozenset({"HAS_PHONE", "HAS_ACCOUNT", "HAS_ADDRESS", "AGENT_PHONE"})
SHARED = frozenset({NodeType.PHONE, NodeType.ACCOUNT, NodeType.ADDRESS})
HOLDERS = frozenset({NodeType.PERSON, NodeType.DOCTOR, NodeType.INSTITUTION})
SWIPERS = frozenset({NodeType.CARD, NodeType.PERSON, NodeType.TERMINAL})


@dataclass(frozen=True)
class Found:
    """Nodes to add with the node each should stand beside, and how many more there were."""

    beside: Mapping[NodeRef, Key]
    left: int = 0


Ask = Callable[[GraphReader, Sequence[NodeRef], Window], Found]


@dataclass(frozen=True)
class Template:
    """A question; `types` are the node types it can be asked of, `least` how many are needed."""

    name: str
    title: str
    types: frozenset[NodeType]
    least: int
    ask: Ask

    def fits(self, refs: Sequence[NodeRef]) -> bool:
        """Say whether the question can be put to `refs`."""
        return len(refs) >= self.least and all(ref.type in self.types for ref in refs)


def _same_till(reader: GraphReader, refs: Sequence[NodeRef], window: Window) -> Found:
    met: Counter[NodeRef] = Counter()
    beside: dict[NodeRef, Key] = {}
    for ref in refs:
        for other, till in _met(reader, ref, window):
            if other not in refs:
                met[other] += 1
                beside.setdefault(till, str(ref))
                beside.setdefault(other, str(till))
    return _best(met, beside)


def _met(reader: GraphReader, ref: NodeRef, window: Window) -> Iterator[tuple[NodeRef, NodeRef]]:
    """Who was at the same till within `NEARBY`, once per meeting."""
    own = reader.visits(ref, since=window[0], until=window[1], limit=MOST_VISITS)
    if ref.type is NodeType.TERMINAL:
        for earlier, later in pairwise(own):
            if later.time - earlier.time <= NEARBY and _swiped(later) != _swiped(earlier):
                yield from ((_swiped(earlier), ref), (_swiped(later), ref))
        return
    for visit in own:
        if visit.terminal:
            till = NodeRef(NodeType.TERMINAL, visit.terminal)
            since, until = visit.time - NEARBY, visit.time + NEARBY
            same = reader.visits(till, since=since, until=until, limit=MOST_ADDED)
            yield from ((_swiped(other), till) for other in same if other.person != visit.person)


def _swiped(visit: Visit) -> NodeRef:
    """The card, or the person where no card was used."""
    return NodeRef(NodeType.CARD, visit.card) if visit.card else NodeRef(NodeType.PERSON, visit.person)


def _best(met: Counter[NodeRef], beside: Mapping[NodeRef, Key]) -> Found:
    chosen = sorted(met, key=lambda ref: (-met[ref], ref))[:MOST_ADDED]
    tills = {NodeRef.parse(beside[ref]) for ref in chosen}
    kept = {ref: beside[ref] for ref in (*sorted(tills), *chosen) if ref in beside}
    return Found(kept, len(met) - len(chosen))


def _sharing(reader: GraphReader, refs: Sequence[NodeRef], window: Window) -> Found:
    held: dict[NodeRef, Key] = {}
    for ref in refs:
        if ref.type in SHARED:
            held[ref] = str(ref)
            continue
        where = Filter(types=SHARED_EDGES, neighbour_types=SHARED)
        held |= {one.node.ref: str(ref) for one in reader.neighbours(ref, where, limit=MOST_ADDED)}
    beside: dict[NodeRef, Key] = {}
    left = 0
    for thing, parent in held.items():
        found = reader.neighbours(thing, Filter(types=SHARED_EDGES), limit=MOST_ADDED + 1)
        others = [one.node.ref for one in found if one.node.ref not in refs]
        if others:
            beside.setdefault(thing, parent)
            left += max(0, len(others) - MOST_ADDED)
            beside |= {other: str(thing) for other in others[:MOST_ADDED] if other not in beside}
    return Found({ref: parent for ref, parent in beside.items() if ref not in refs}, left)


def _flow(reader: GraphReader, refs: Sequence[NodeRef], window: Window) -> Found:
    """Doctors whose outside prescriptions are filled here, pharmacies where theirs are filled."""
    beside: dict[NodeRef, Key] = {}
    for ref in refs:
        way = Direction.OUT if ref.type is NodeType.DOCTOR else Direction.IN
        where = Filter(frozenset({"FILLED_AT"}), frozenset({way}), since=window[0], until=window[1])
        for one in reader.neighbours(ref, where, limit=MOST_ADDED + 1):
            beside.setdefault(one.node.ref, str(ref))
    return _cut(beside, refs)


def _paths(reader: GraphReader, refs: Sequence[NodeRef], window: Window) -> Found:
    beside: dict[NodeRef, Key] = {}
    where = Filter(since=window[0], until=window[1])
    for a, b in combinations(refs[:MOST_ENDS], 2):
        for path in reader.shortest_paths(a, b, max_hops=4, limit=6, where=where):
            for before, node in pairwise(path.nodes):
                beside.setdefault(node, str(before))
    return _cut(beside, refs)


def _common(reader: GraphReader, refs: Sequence[NodeRef], window: Window) -> Found:
    where = Filter(since=window[0], until=window[1])
    found = reader.common_neighbours(refs, where, limit=MOST_ADDED + 1)
    return _cut({ref: str(refs[0]) for ref in found}, refs)


def _cut(beside: Mapping[NodeRef, Key], refs: Iterable[NodeRef]) -> Found:
    fresh = [ref for ref in beside if ref not in refs]
    return Found({ref: beside[ref] for ref in fresh[:MOST_ADDED]}, max(0, len(fresh) - MOST_ADDED))


EVERY = frozenset(NodeType)
FLOW_ENDS = frozenset({NodeType.DOCTOR, NodeType.INSTITUTION})
TEMPLATES: tuple[Template, ...] = (
    Template("same_till", N_("Other cards at this till within 10 minutes"), SWIPERS, 1, _same_till),
    Template("sharing", N_("Who shares a telephone, account or address"), HOLDERS | SHARED, 1, _sharing),
    Template("flow", N_("Prescriptions from doctors to pharmacies"), FLOW_ENDS, 1, _flow),
    Template("paths", N_("Paths between these"), EVERY, 2, _paths),
    Template("common", N_("Common neighbours of all selected"), EVERY, 2, _common),
)
BY_TEMPLATE: Mapping[str, Template] = {template.name: template for template in TEMPLATES}
