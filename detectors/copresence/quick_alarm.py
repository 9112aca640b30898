"""The quick alarm: the same cards of different families at one till within half an hour, three times.

The rule a field team would write, kept as the baseline that the statistics must beat. It knows no
crowd, so its findings stay below the line unless the group's test agrees.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.copresence.cleaning import Cleaned
from detectors.copresence.crowd import Crowd, by_minute, unit_of
from detectors.copresence.facts import facts_of
from detectors.copresence.groups import Group, Search
from detectors.copresence.meeting import tested
from detectors.copresence.pairs import screen
from detectors.copresence.party import Party, party_of
from detectors.copresence.search import results
from detectors.copresence.telling import tell
from detectors.copresence.triangles import Edges, labels, truss
from detectors.finding import EXPLAINED, Finding, Trial, say
from detectors.lawful.shield import shield
from detectors.snapshot import Ints, Snapshot, kept


@dataclass(frozen=True)
class QuickAlarm:
    """`cards` of different families within `minutes` at one institution, the same ones `times` times."""

    cards: int = 5
    minutes: int = 30
    times: int = 3
    name: str = "quick_alarm"
    version: str = "1"
    title: str = N_("Quick alarm: the same cards together three times")
    kinds: tuple[str, ...] = ("shared_card/hoarded_burst", "collusion/lockstep_pharmacy", "collusion/sham_visits")
    needs: tuple[Need, ...] = (Need("settlements", ("psn_no", "fixmedins_code", "setl_time")),)

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding for each set of cards that the rule names."""
        crowd, unit = by_minute(snapshot), unit_of(snapshot)
        for members in self._sets(crowd):
            test = tested(crowd, members, self.minutes)
            if not (test.batch >= 0).any():
                continue
            party = party_of(snapshot, Group(members, crowd, self.minutes, test), unit)
            trials, union = shield(snapshot, party.gathering)
            facts = facts_of(snapshot, party)
            kind = facts.kind if facts.kind in self.kinds else self.kinds[0 if facts.hoard else 1]
            trial = _quick(_agrees(snapshot, party))
            alarm = Cleaned(party, (*trials, trial), max(union, trial.explains))
            yield tell(snapshot, (self.name, self.version), alarm, facts, kind)

    def _sets(self, crowd: Crowd) -> list[Ints]:
        """Units of which each met some others so often, in cliques of the wanted size."""
        pairs = screen(crowd, self.minutes, self.times)
        edges = Edges(pairs.a, pairs.b, np.full(len(pairs.a), -1, np.int64))
        edges = edges.only(truss(edges, self.cards - 2))
        if not len(edges.a):
            return []
        label = labels(edges.a, edges.b, crowd.units)
        ends = np.unique(np.concatenate([edges.a, edges.b]))
        order = np.argsort(label[ends], kind="stable")
        parts = np.split(ends[order], np.flatnonzero(np.diff(label[ends[order]])) + 1)
        return [np.sort(part) for part in parts if len(part) >= self.cards]


def _agrees(snapshot: Snapshot, party: Party) -> bool:
    """Whether the full search holds a sure, unexplained group with half of these persons or more."""
    sure = _sure(snapshot)
    held = Counter(number for person in party.persons.tolist() for number in sure.get(person, ()))
    return any(count / len(party.persons) >= 0.5 for count in held.values())


@kept
def _sure(snapshot: Snapshot) -> dict[int, list[int]]:
    """By person: numbers of the sure, unexplained groups of the full search that hold him or her."""
    found: dict[int, list[int]] = {}
    for number, one in enumerate(results(snapshot, Search())):
        if one.cleaned.union < EXPLAINED and one.cleaned.party.test.nats >= Search().line:
            for person in np.unique(one.cleaned.party.persons).tolist():
                found.setdefault(person, []).append(number)
    return found


def _quick(agrees: bool) -> Trial:
    if agrees:
        says = say(N_("This is a quick alarm by a fixed rule; the full chance test agrees with it."))
    else:
        says = say(N_("This is a quick alarm by a fixed rule; the full chance test does not agree with it."))
    return Trial("quick_alarm", 0.0 if agrees else EXPLAINED, says)
