"""Findings that share members and agree in time become one ring, best match first.

Agglomerative: the two groups with the strongest link (`cases.overlap`) join, links are measured
anew on what they cover together, until no link holds. So a chain through one shared person, or
through a hub, is cut where it is weak and never grows into one giant component; nor does a wide
finding that touches several rings join them. Findings above
the line gather first; weaker ones and explained ones only with their like.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from cases.model import Fact, Key, Standing
from cases.overlap import FITS, Extent, extent_of, link, weights_of, within
from detectors.finding import ALERT_LINE, Finding

MOST_NAMED = 200  # findings that name one member before it tells nobody apart and proposes no pairs

Group = tuple[int, ...]  # numbers of findings, strongest first


def gather(findings: Sequence[Finding], facts: Mapping[str, Fact]) -> tuple[tuple[Standing, Group], ...]:
    """Gather findings into rings; returns each ring's standing and the numbers of its findings.

    Every finding is in exactly one ring. The result does not depend on the order of `findings`
    beyond the numbers it names them by.
    """
    by_standing: dict[Standing, list[int]] = {standing: [] for standing in Standing}
    for number in sorted(range(len(findings)), key=lambda number: order_of(findings[number])):
        by_standing[standing_of(findings[number])].append(number)
    extents = {number: extent_of(finding, facts) for number, finding in enumerate(findings)}
    return tuple(
        (standing, group)
        for standing, numbers in by_standing.items()
        for group in _agglomerate([extents[number] for number in numbers], numbers)
    )


def standing_of(finding: Finding) -> Standing:
    """Say whether a finding is above the line, explained, or neither."""
    if finding.score >= ALERT_LINE:
        return Standing.ALERT
    return Standing.EXPLAINED if finding.explained else Standing.BELOW_LINE


def order_of(finding: Finding) -> tuple[float, str, str, str, tuple[str, ...]]:
    """Strongest first; then by what does not depend on the order they came in."""
    subjects = tuple(f"{subject.type}:{subject.id}" for subject in finding.subjects)
    return -finding.score, finding.detector, finding.kind, finding.anchor.id, subjects


@dataclass(frozen=True)
class _Cluster:
    """Findings that are one ring so far: what they cover, their places in the order, who leads."""

    extent: Extent
    group: Group
    leader: int  # number of the finding that says who belongs

    def led(self, extents: Sequence[Extent]) -> tuple[tuple[bool, bool], int]:
        """Order of leaders: tests of groups, fixed rules, single persons; each by strength."""
        return extents[self.leader].place, self.leader


def _agglomerate(extents: Sequence[Extent], numbers: Sequence[int]) -> Iterator[Group]:
    """Join the closest two, again and again; groups come out in the order of their strongest finding."""
    weights = weights_of(extents)
    alive = {n: _Cluster(extent, (n,), n) for n, extent in enumerate(extents)}
    near: dict[int, set[int]] = defaultdict(set)
    queue: list[tuple[float, int, int]] = []

    def propose(a: int, b: int) -> None:
        near[a].add(b)
        near[b].add(a)
        strength = _strength(alive[a], alive[b], extents, weights)
        if strength:
            heapq.heappush(queue, (-strength, min(a, b), max(a, b)))

    for a, b in _candidates(extents):
        propose(a, b)
    made = len(extents)
    while queue:
        _strength_of, a, b = heapq.heappop(queue)
        if a not in alive or b not in alive:
            continue
        alive[made] = _joined(alive.pop(a), alive.pop(b), extents, weights)
        for other in sorted((near.pop(a) | near.pop(b)) & alive.keys()):
            propose(made, other)
        made += 1
    for cluster in sorted(alive.values(), key=lambda cluster: cluster.group):
        yield tuple(numbers[n] for n in cluster.group)


def _strength(a: _Cluster, b: _Cluster, extents: Sequence[Extent], weights: Mapping[Key, float]) -> float:
    """Link of two clusters; a wide finding in between never joins two whose leaders share nobody."""
    first, second = extents[a.leader], extents[b.leader]
    if not first.solo and not second.solo and not first.members & second.members:
        return 0.0
    return link(a.extent, b.extent, weights)


def _joined(a: _Cluster, b: _Cluster, extents: Sequence[Extent], weights: Mapping[Key, float]) -> _Cluster:
    """The leader's cluster takes the other in; what hardly fits corroborates it without widening it."""
    first, second = sorted((a, b), key=lambda cluster: cluster.led(extents))
    fits = within(tuple(second.extent.members), first.extent.members, weights) >= FITS
    extent = first.extent.joined(second.extent) if fits else first.extent
    return _Cluster(extent, tuple(sorted(a.group + b.group)), first.leader)


def _candidates(extents: Sequence[Extent]) -> list[tuple[int, int]]:
    """Pairs that share a member; a member that hundreds of findings name proposes none."""
    naming: dict[Key, list[int]] = defaultdict(list)
    for number, extent in enumerate(extents):
        for key in extent.members:
            naming[key].append(number)
    pairs: set[tuple[int, int]] = set()
    for named_by in naming.values():
        if len(named_by) <= MOST_NAMED:
            pairs.update(combinations(named_by, 2))
    return sorted(pairs)
