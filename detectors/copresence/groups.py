"""From two crowds to the groups that come together more than chance allows.

Three searches give rough seeds: pairs that met on several days within the hour; pairs of one doctor's
(or clerk's) same days; and, for cards that come two or three at a time, triangles of near pairs whose
sides are of different days. Each seed is settled and tested at several reaches; the best is kept, and
of groups that overlap the surest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detectors.copresence.attach import settled
from detectors.copresence.cohesion import cohesive
from detectors.copresence.crowd import Crowd, ranges
from detectors.copresence.families import with_families
from detectors.copresence.meeting import Test, tested
from detectors.copresence.pairs import Floats, Pairs, by_chance, screen, significant
from detectors.copresence.triangles import Edges, core, near, truss
from detectors.snapshot import Flags, Ints

_HOUR = 60
_COVERED = 0.8


@dataclass(frozen=True)
class Search:
    """How to look; none of it decides (the group's test does).

    `reach`: minutes within which a pair is counted when it meets on several days (30 misses batches
    whose gaps are long). `tight`: minutes between cards dealt with one after the other. `calm`: visits
    a day up to which one day, or one near pair, says anything; `busy`: the same where cards are shown.
    `rate`: Benjamini-Hochberg's; `hint` and `faint`: p-values of pairs of same days worth following, at a
    doctor's and at a clerk's desk. `partners`: triangles each pair needs; `companions`: near pairs each
    unit needs. `smallest`: units of a group. `minutes`: nats by which minutes must be joined given who
    came that day, else a discount day or a market would do. `rare`: meetings of a near pair to be expected
    up to which one meeting says something, even at a busy till (regulars meet by chance). `line`: nats of a
    group's corrected p-value.
    """

    reach: int = 60
    tight: int = 10
    reaches: tuple[int, ...] = (6, 15, 40)
    calm: float = 40.0
    busy: float = 150.0
    hint: float = 1e-3
    faint: float = 1e-2
    rate: float = 0.05
    partners: int = 2
    companions: int = 3
    rare: float = 0.01
    smallest: int = 5
    minutes: float = 9.2
    line: float = 4.6  # nats: one false group in a hundred runs


@dataclass(frozen=True)
class Group:
    """Units that come together, in the crowd and at the reach that show it best."""

    members: Ints
    crowd: Crowd
    reach: int
    test: Test


@dataclass(frozen=True)
class Found:
    """Groups, and the unit of every original unit (families joined)."""

    groups: tuple[Group, ...]
    unit: Ints


@dataclass(frozen=True)
class Crowds:
    """Who came when: all by the minute, those with cards, by doctor and day, by clerk and day."""

    minutes: Crowd
    cards: Crowd
    doctors: Crowd
    clerks: Crowd

    def regrouped(self, unit: Ints) -> "Crowds":
        """Count families as one."""
        return Crowds(*(crowd.regrouped(unit) for crowd in (self.minutes, self.cards, self.doctors, self.clerks)))


def find(crowds: Crowds, search: Search) -> Found:
    """Look for groups at both time scales."""
    pairs = significant(screen(crowds.minutes, search.reach, 2), search.rate)
    unit = with_families(pairs, crowds.minutes.units)
    crowds = crowds.regrouped(unit)
    seeds = [(crowds.minutes, seed) for seed in _together(pairs, unit, search)]
    for crowd, most in ((crowds.minutes, search.calm), (crowds.cards, search.busy)):
        seeds += [(crowd, seed) for seed in _in_turn(crowd, most, search)]
    seeds += [(crowds.cards, seed) for seed in _unlikely(crowds.cards, search)]
    seeds += [(crowd, seed) for crowd in (crowds.doctors, crowds.clerks) for seed in _same_day(crowd, search)]
    found: list[Group] = []
    sure: dict[int, list[int]] = {}  # by unit: the sure groups (places in `found`) it is a member of
    for crowd, seed in seeds:
        if not _covered(seed, sure):
            for group in _best(crowd, seed, search):
                for member in group.members.tolist() if group.test.nats >= search.line else ():
                    sure.setdefault(member, []).append(len(found))
                found.append(group)
    return Found(tuple(apart(found)), unit)


def _covered(seed: Ints, sure: Mapping[int, Sequence[int]]) -> bool:
    """Whether a sure group holds (nearly) all of a seed: it would only be found again."""
    held = Counter(number for member in seed.tolist() for number in sure.get(member, ()))
    return any(count / len(seed) >= _COVERED for count in held.values())


def calm(crowd: Crowd, most: float) -> Flags:
    """Desks with at most so many visits a day."""
    quiet: Flags = crowd.size / max(1, crowd.days) <= most
    return quiet


def _together(pairs: Pairs, unit: Ints, search: Search) -> list[Ints]:
    """Seeds from pairs that met on several days."""
    a, b = unit[pairs.a], unit[pairs.b]
    other = np.flatnonzero(a != b)
    units = int(unit.max(initial=0)) + 1
    pair, first = np.unique((np.minimum(a, b) * units + np.maximum(a, b))[other], return_index=True)
    edges = Edges(*np.divmod(pair, units), np.full(len(pair), -1, np.int64))
    weight = _weight(pairs.p_value[other[first]])
    held = truss(edges, search.partners)
    return cohesive(edges.a[held], edges.b[held], weight[held], search.smallest)


def _in_turn(crowd: Crowd, most: float, search: Search) -> list[Ints]:
    """Seeds from cards dealt with one after the other, two or three at a time."""
    edges = near(crowd, search.tight, calm(crowd, most))
    edges = edges.only(truss(edges, 1, days_differ=True))
    edges = edges.only(core(edges, search.companions))
    return cohesive(edges.a, edges.b, np.where(edges.day < 0, 2.0, 1.0), search.smallest)


def _unlikely(crowd: Crowd, search: Search) -> list[Ints]:
    """Seeds from near pairs who come too seldom to meet by chance: a slow hoard at a busy till.

    Among hundreds of regulars everybody has been near somebody; two of four visits each have not.
    """
    edges = near(crowd, search.tight, calm(crowd, search.busy))
    edges = edges.only(by_chance(crowd, edges.a, edges.b, search.tight) <= search.rare)
    edges = edges.only(truss(edges, 1, days_differ=True))
    edges = edges.only(core(edges, search.companions - 1))
    return cohesive(edges.a, edges.b, np.where(edges.day < 0, 2.0, 1.0), search.smallest)


def _same_day(crowd: Crowd, search: Search) -> list[Ints]:
    """Seeds from pairs that met at a calm desk on several same days."""
    pairs = screen(crowd, 0, 2, calm(crowd, search.calm))
    pairs = pairs.only(pairs.p_value < (search.faint if crowd.pharmacy.any() else search.hint))
    edges = Edges(pairs.a, pairs.b, np.full(len(pairs.a), -1, np.int64))
    held = truss(edges, search.partners)
    return cohesive(edges.a[held], edges.b[held], _weight(pairs.p_value[held]), search.smallest)


def _weight(p_value: Floats) -> Floats:
    weight: Floats = np.clip(-np.log(np.maximum(p_value, 1e-300)), 0.1, 50.0)
    return weight


def _best(crowd: Crowd, seed: Ints, search: Search) -> list[Group]:
    """Return the groups around a seed, at the reach that shows them best."""
    best: list[Group] = []
    reaches = (0,) if crowd.daily else search.reaches
    for reach in reaches:
        members = settled(crowd, seed, reach, search.smallest)
        parts = _parts(crowd, members, reach, search) if len(members) else []
        groups = [_tested(crowd, part, reach, float(np.log(len(reaches)))) for part in parts]
        if sum(group.test.nats for group in groups) > sum(group.test.nats for group in best):
            best = groups
    return [group for group in best if group.test.nats > 0.0 and group.test.same_day >= search.minutes]


def _parts(crowd: Crowd, members: Ints, reach: int, search: Search) -> list[Ints]:
    """Cut a settled group where it barely holds; what is left of each part may only lose members."""
    parts = cohesive(*_met(crowd, members, reach), search.smallest)
    if len(parts) == 1 and len(parts[0]) == len(members):
        return parts
    shrunk = (settled(crowd, part, reach, search.smallest, grows=False) for part in parts)
    return [part for part in shrunk if len(part)]


def _met(crowd: Crowd, members: Ints, reach: int) -> tuple[Ints, Ints, Floats]:
    """Pairs of members by how much of their batches they share; a large batch weighs no more than a small one."""
    # Within the hour: cards kept in one order are never near all the others.
    test = tested(crowd, members, 0 if crowd.daily else max(reach, _HOUR))
    row, batch = test.row[test.batch >= 0], test.batch[test.batch >= 0]
    stop = np.searchsorted(batch, batch, "right")
    own = np.arange(len(row))
    left = np.repeat(own, stop - own - 1)
    right = ranges(own + 1, stop)
    size = np.bincount(batch)[batch[left]]
    one, two = crowd.unit[row[left]], crowd.unit[row[right]]
    pair, which = np.unique(np.minimum(one, two) * crowd.units + np.maximum(one, two), return_inverse=True)
    weight = np.bincount(which, 1.0 / (size - 1), minlength=len(pair)).astype(np.float64)
    return *np.divmod(pair, max(1, crowd.units)), weight


def _tested(crowd: Crowd, members: Ints, reach: int, looks: float) -> Group:
    test = tested(crowd, members, reach)
    return Group(members, crowd, reach, replace(test, nats=max(0.0, test.nats - looks)))


def apart(groups: Iterable[Group]) -> list[Group]:
    """Of groups that share more than half of the smaller one's members keep the surest."""
    kept: list[Group] = []
    holder: dict[int, list[int]] = {}
    for group in sorted(groups, key=lambda group: (-group.test.nats, group.members.tolist())):
        rivals = {number for member in group.members.tolist() for number in holder.get(member, ())}
        if any(_overlap(group, kept[number]) > 0.5 for number in rivals):
            continue
        for member in group.members.tolist():
            holder.setdefault(member, []).append(len(kept))
        kept.append(group)
    return kept


def _overlap(one: Group, two: Group) -> float:
    shared = len(np.intersect1d(one.members, two.members))
    return shared / min(len(one.members), len(two.members))
