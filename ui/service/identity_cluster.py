"""Enrolments that pairs join into one group, and where the group hangs together most weakly.

Edges are the pairs that speak for one body: weight above 0 bits, no explanation that rules it out and
nobody who said otherwise; or somebody who said so. The weakest link is the minimum cut of the
weighted graph (Stoer & Wagner 1997): the edges of least weight in sum without which the group falls
into two. One edge alone is a bridge.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import networkx as nx

from detectors.identity_reuse.judgements import Ruling
from jobs.identity_pairs import Proposal

DECIDED_BITS = 17.0  # what a decision counts at least: as much as it counts in a run


@dataclass(frozen=True)
class Link:
    """A pair inside the group; `holds` says whether it joins, `weakest` whether it is of the weakest link."""

    one: str
    other: str
    pair: str
    bits: float
    ruling: Ruling | None
    holds: bool
    weakest: bool = False


@dataclass(frozen=True)
class Part:
    """What falls apart when the weakest link is cut: enrolments (psn_no), their settlements and fund (yuan)."""

    members: tuple[str, ...]
    visits: int
    fund: Decimal


@dataclass(frozen=True)
class Cluster:
    """A group: members (psn_no) in order, links, and the two parts after the cut with its weight in bits.

    `parts` is empty where nothing joins the members.
    """

    members: tuple[str, ...]
    links: tuple[Link, ...]
    parts: tuple[Part, ...]
    cut: float

    @property
    def weakest(self) -> tuple[Link, ...]:
        """The links of the cut."""
        return tuple(link for link in self.links if link.weakest)

    @property
    def bridge(self) -> bool:
        """Whether one link alone holds the parts together."""
        return len(self.weakest) == 1

    @property
    def centre(self) -> str:
        """The member with the most links that hold, the smallest of equals."""
        ends = [end for link in self.links if link.holds for end in (link.one, link.other)]
        return min(self.members, key=lambda member: (-ends.count(member), member))


def cluster_of(
    asked: Proposal, proposals: Collection[Proposal], rulings: Mapping[tuple[str, str], Ruling | None]
) -> Cluster:
    """Return the group that the enrolments of `asked` are in."""
    joins: nx.Graph[str] = nx.Graph()
    joins.add_nodes_from(asked.key)
    weights = {p.key: _weight(p, rulings.get(p.key)) for p in proposals}
    joins.add_weighted_edges_from((*key, weight) for key, weight in weights.items() if weight > 0)
    members = {m for end in asked.key for m in nx.node_connected_component(joins, end)}
    inside = [p for p in proposals if set(p.key) <= members]
    sides = _sides(joins.subgraph(members), asked)
    cut = _crossing(inside, weights, sides)
    links = tuple(_link(p, rulings.get(p.key), weights[p.key], p.key in cut) for p in inside)
    parts = tuple(_part(side, inside) for side in sides) if cut else ()
    return Cluster(tuple(sorted(members)), links, parts, round(sum(weights[key] for key in cut), 4))


def _weight(proposal: Proposal, ruling: Ruling | None) -> float:
    """Bits that hold a pair together; 0 where it does not join."""
    if ruling is Ruling.SAME:
        return max(DECIDED_BITS, proposal.total)
    if ruling is Ruling.NOT_SAME or proposal.vetoes:
        return 0.0
    return max(0.0, proposal.total)


def _sides(joins: "nx.Graph[str]", asked: Proposal) -> Sequence[Sequence[str]]:
    """The two sides of the weakest cut; those that nothing joins are apart as they are."""
    if nx.is_connected(joins):
        _, sides = nx.stoer_wagner(joins)
        return sorted(sorted(side) for side in sides)
    return sorted(sorted(nx.node_connected_component(joins, end)) for end in asked.key)


def _crossing(
    inside: Sequence[Proposal], weights: Mapping[tuple[str, str], float], sides: Sequence[Sequence[str]]
) -> frozenset[tuple[str, str]]:
    first = set(sides[0])
    return frozenset(p.key for p in inside if weights[p.key] > 0 and (p.one in first) != (p.other in first))


def _link(proposal: Proposal, ruling: Ruling | None, weight: float, weakest: bool) -> Link:
    bits = weight if weight > 0 else proposal.total
    return Link(proposal.one, proposal.other, proposal.id, bits, ruling, weight > 0, weakest)


def _part(side: Sequence[str], inside: Sequence[Proposal]) -> Part:
    use = {
        number: (visits, fund)
        for p in inside
        for number, visits, fund in zip(p.key, p.visits, p.fund, strict=True)
        if number in side
    }
    return Part(tuple(side), sum(v for v, _ in use.values()), sum((f for _, f in use.values()), Decimal("0.00")))
