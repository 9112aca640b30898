"""The heaviest neighbours of a node, also of one with 400,000.

Ordinary ways are walked and sorted by the server. Ways of a super node are answered from the lists
kept for it (`hubs.py`): directly, or after filtering where the list is known to hold every edge that
can pass or enough of them do. Only what is left (a filter that almost nothing passes) is walked whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from claims.errors import NotFoundError
from claims.language import N_
from graph.model import BY_NAME, NodeRef
from graph.neo4j_store.connection import Connection
from graph.neo4j_store.convert import PASSES, as_edge, as_node, asks_measures, parameters
from graph.neo4j_store.hubs import TOP
from graph.neo4j_store.names import HUB, KINDS, LABELS, Way, hub_key, patterns, ways_from
from graph.store import Direction, Filter, Neighbour, Order

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)

# Labels sort as the names of node types do, relationship types as the names of kinds.
_WEIGHT = {Order.COUNT: "r.count DESC", Order.FUND: "r.fund DESC", Order.LAST: "r.last IS NULL, r.last DESC"}
_LIST = {Order.COUNT: "by_count", Order.FUND: "by_fund", Order.LAST: "by_last"}
_RETURN = """\
RETURN type(r) AS type, properties(r) AS measures, labels(m)[0] AS label, properties(m) AS node, direction
ORDER BY {weight}, label, m.id, type, direction LIMIT $given.wanted"""

_ABOUT = f"""\
MATCH (n:{{label}} {{{{id: $given.id}}}})
OPTIONAL MATCH (h:{HUB} {{{{node: $given.node}}}})
RETURN n.id AS id,
    collect(h {{{{.kind, .direction, .neighbours, .timeless, .least_count, .least_fund, .least_last}}}}) AS lists"""

_WALKED = """\
MATCH (n:{label} {{id: $given.id}})
CALL (n) {{
{branches}
}}
WITH r, m, direction
{result}"""

# The subquery keeps the planner from walking all of a hub's relationships for each node of the list.
_LISTED = f"""\
MATCH (h:{HUB} {{{{id: $given.key}}}})
MATCH (n:{{label}} {{{{id: $given.id}}}})
UNWIND h.{{list}}[..$given.listed] AS other
MATCH (m:{{other}} {{{{id: other}}}})
CALL (n, m) {{{{ MATCH {{pattern}} WHERE {{passes}} RETURN r }}}}
WITH r, m, '{{direction}}' AS direction
{{result}}"""


@dataclass(frozen=True)
class HubList:
    """What is kept for one way of a super node."""

    way: Way
    neighbours: int
    timeless: int
    least_count: int
    least_fund: int
    least_last: int | None

    def complete_order(self, where: Filter) -> Order | None:
        """An order whose list holds every edge that can pass, if there is one."""
        if self.neighbours <= TOP:
            return Order.COUNT
        if where.min_count > self.least_count:
            return Order.COUNT
        if where.min_fund is not None and where.min_fund > self.least_fund:
            return Order.FUND
        if where.since is not None and self.least_last is not None and not self.timeless:
            return Order.LAST if where.since > EPOCH + self.least_last * MICROSECOND else None
        return None


def lists_of(connection: Connection, ref: NodeRef) -> dict[Way, HubList]:
    """Lists kept for a node: none for ordinary ones; NotFoundError for unknown ones."""
    records = connection.read(_ABOUT.format(label=LABELS[ref.type]), id=ref.id, node=str(ref))
    if not records:
        raise NotFoundError(N_("There is no node {ref}."), ref=ref)
    found = {}
    for values in records[0]["lists"]:
        way = Way(BY_NAME[values.pop("kind")], Direction(values.pop("direction")))
        found[way] = HubList(way, **values)
    return found


def wanted_ways(ref: NodeRef, where: Filter) -> tuple[Way, ...]:
    """Ways from a node that a filter lets through."""
    return tuple(
        way
        for way in ways_from(ref.type)
        if (not where.types or way.kind.type in where.types)
        and (not where.directions or way.direction in where.directions)
        and (not where.neighbour_types or way.end in where.neighbour_types)
    )


@dataclass(frozen=True)
class TopQuery:
    """One question for the heaviest neighbours of a node."""

    connection: Connection
    ref: NodeRef
    where: Filter
    wanted: int
    order: Order

    def answer(self) -> list[Neighbour]:
        """Return at most `wanted` neighbours, heaviest first."""
        lists = lists_of(self.connection, self.ref)
        if self.wanted <= 0:
            return []
        ways = wanted_ways(self.ref, self.where)
        found = self._walked([way for way in ways if way not in lists])
        for way in ways:
            if way in lists:
                found += self._of_hub(lists[way])
        return sorted(found, key=self._sort_key)[: self.wanted]

    def _of_hub(self, kept: HubList) -> list[Neighbour]:
        complete = kept.complete_order(self.where)
        found = self._read(*self.listed(kept.way, complete or self.order))
        enough = complete is not None or len(found) >= self.wanted
        return found if enough else self._walked([kept.way])

    def listed(self, way: Way, order: Order) -> tuple[str, dict[str, object]]:
        """Statement (and its values) that reads the list of a hub in some order, and filters it."""
        text = _LISTED.format(
            label=LABELS[way.start],
            list=_LIST[order],
            other=LABELS[way.end],
            pattern=way.pattern("n", "r", "m"),
            passes=PASSES,
            direction=way.direction,
            result=_RETURN.format(weight=_WEIGHT[self.order]),
        )
        exact = order is self.order and not asks_measures(self.where)
        listed = self.wanted if exact else TOP
        return text, self._given() | {"key": hub_key(self.ref, way), "listed": listed}

    def _walked(self, ways: Sequence[Way]) -> list[Neighbour]:
        if not ways:
            return []
        text = _WALKED.format(
            label=LABELS[self.ref.type],
            branches="\n  UNION ALL\n".join(self._branches(ways)),
            result=_RETURN.format(weight=_WEIGHT[self.order]),
        )
        return self._read(text, self._given())

    def _branches(self, ways: Iterable[Way]) -> Iterator[str]:
        for direction, pattern in patterns(ways, "n", "r", "m"):
            yield f"  MATCH {pattern} WHERE {PASSES} RETURN r, m, '{direction}' AS direction"

    def _given(self) -> dict[str, object]:
        return {**parameters(self.where), "id": self.ref.id, "wanted": self.wanted}

    def _read(self, text: str, given: dict[str, object]) -> list[Neighbour]:
        return [self._neighbour(*record.values()) for record in self.connection.read(text, **given)]

    def _neighbour(
        self, type_: str, measures: dict[str, object], label: str, properties: dict[str, object], direction: str
    ) -> Neighbour:
        node = as_node(label, properties)
        out = direction == Direction.OUT
        source, target = (self.ref, node.ref) if out else (node.ref, self.ref)
        kind = KINDS[type_, source.type, target.type]
        return Neighbour(node, as_edge(kind, source.id, target.id, measures), Direction(direction))

    def _sort_key(self, found: Neighbour) -> tuple[bool, float, NodeRef, str, Direction]:
        edge = found.edge
        weights = {Order.COUNT: edge.count, Order.FUND: edge.fund, Order.LAST: _micros(edge.last)}
        weight = weights[self.order]
        return weight is None, -(weight or 0), found.node.ref, edge.kind.name, found.direction


def _micros(time: datetime | None) -> int | None:
    return None if time is None else (time - EPOCH) // MICROSECOND
