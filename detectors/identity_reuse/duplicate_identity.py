"""One body with several enrolments, both in use."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Chance, Evidence, Finding, Role, Statement, Subject, Trial, say, strength_of
from detectors.identity_reuse.clusters import stars
from detectors.identity_reuse.judgements import Ruling
from detectors.identity_reuse.pairs import Pair, candidates
from detectors.identity_reuse.use import Use, use_of
from detectors.lawful import weaken
from detectors.snapshot import Snapshot
from graph.model import NodeType

Key = tuple[int, int]


@dataclass(frozen=True)
class DuplicateIdentity:
    """Enrolments that the register and their use say are one person's.

    `least` is the probability of one body from the register alone below which use is not looked at
    (use can raise the odds some thousandfold); `listed` the probability from which a pair is linked.
    """

    least: float = 0.001
    listed: float = 0.5
    name: str = "duplicate_identity"
    version: str = "1"
    title: str = N_("One person with several enrolments")
    kinds: Sequence[str] = ("identity_reuse/duplicate_identity",)
    needs: Sequence[Need] = (
        Need("insured", ("psn_name", "certno")),
        Need("insured", ("brdy", "gend", "tel", "addr", "bankacct", "emp_no"), vital=False),
        Need("settlements"),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Link, group into stars, and ask of each group who gains by it."""
        # One number under different names is the matter of `same_certificate`.
        pairs = {(pair.a, pair.b): pair for pair in candidates(snapshot, self.least) if not pair.number_alone}
        linked = {key: pair for key, pair in pairs.items() if pair.wrong <= 1.0 - self.listed}
        barred = [key for key, pair in pairs.items() if pair.vetoes]
        open_pairs = {key: pair for key, pair in pairs.items() if not pair.vetoes}
        for star in stars({key: pair.odds for key, pair in open_pairs.items()}, barred):
            inside = {key: pairs[key] for key in combinations(star, 2) if key in pairs and not pairs[key].vetoes}
            if any(key in linked for key in inside):
                yield self._finding(snapshot, star, inside, len(pairs))
        for key in sorted(key for key in barred if key in linked):
            yield self._finding(snapshot, key, {key: pairs[key]}, len(pairs))

    def _finding(self, snapshot: Snapshot, star: tuple[int, ...], inside: Mapping[Key, Pair], examined: int) -> Finding:
        use = use_of(snapshot, star)
        chance = self._chance(inside, snapshot.persons)
        strength = strength_of(chance.p_value)
        trials = (*(trial for pair in inside.values() for trial in pair.vetoes), *use.trials, *_unsure(inside))
        names = snapshot.psn_no(star)
        return Finding(
            detector=self.name,
            version=self.version,
            kind=self.kinds[0],
            anchor=Subject(NodeType.PERSON, use.anchor, Role.ENROLMENT),
            subjects=tuple(Subject(NodeType.PERSON, number, Role.ENROLMENT) for number in names),
            strength=strength,
            score=weaken(strength, trials),
            statement=self._statement(use, inside, chance),
            chance=chance,
            records=use.records,
            evidence=(*(_line(snapshot, pair) for pair in _ranked(inside)), *use.evidence)[:50],
            trials=trials,
            denominator=examined,
            denominator_of=say(N_("pairs of enrolments that resemble each other")),
            data_version=snapshot.data_version,
            details={"enrolments": float(len(star)), "turns": float(use.turns)},
        )

    def _chance(self, inside: Mapping[Key, Pair], persons: int) -> Chance:
        wrong = _all_wrong(inside)
        return Chance(
            statistic=say(N_("log odds of one body from register and use")),
            observed=round(max(pair.odds for pair in inside.values()), 2),
            expected=round(float(np.log(0.002 / max(1, persons))), 2),
            p_value=float(f"{wrong:.6g}"),
            null=say(
                N_(
                    "They are different people who agree by chance: frequencies of names, birth dates and numbers as "
                    "in this register, one enrolment in a thousand expected to be a double, places and days as "
                    "strangers share them."
                )
            ),
        )

    def _statement(self, use: Use, inside: Mapping[Key, Pair], chance: Chance) -> Statement:
        best = _ranked(inside)[0]
        return say(
            N_(
                "{count} enrolments look like one person's ({agreeing}); they were used {visits} times, in turn "
                "{turns} times, and the fund paid {fund:.2f} yuan. The probability that they are different people is "
                "{p:.2g}."
            ),
            count=len(use.members),
            agreeing=best.agreeing(),
            visits=use.visits,
            turns=use.turns,
            fund=use.fund / 100,
            p=chance.p_value,
        )


def _ranked(inside: Mapping[Key, Pair]) -> list[Pair]:
    return [inside[key] for key in sorted(inside, key=lambda key: (-inside[key].odds, key))]


def _all_wrong(inside: Mapping[Key, Pair]) -> float:
    """Probability that every link is wrong; links beyond a spanning tree follow from the others and add nothing."""
    joined: dict[int, int] = {}

    def root(row: int) -> int:
        while joined.get(row, row) != row:
            row = joined[row]
        return row

    wrong = 1.0
    for pair in _ranked(inside):
        if root(pair.a) != root(pair.b):
            joined[root(pair.a)] = root(pair.b)
            wrong *= pair.wrong
    return wrong


def _line(snapshot: Snapshot, pair: Pair) -> Evidence:
    """Why, and why not, these two."""
    one, two = snapshot.psn_no([pair.a, pair.b])
    sentence = say(
        N_(
            "{one} and {two}: {agreeing}; different: {differing}. Places in common: {places}; visits at one place on "
            "one day: {together}. Probability of one person {probability:.1%}, from the register alone {register:.1%}."
        ),
        one=one,
        two=two,
        agreeing=pair.agreeing(),
        differing=pair.differing(),
        places=len(pair.life.places),
        together=len(pair.life.together),
        probability=1 - pair.wrong,
        register=float(1 / (1 + np.exp(-pair.register))),
    )
    return Evidence(sentence, tuple(sorted(snapshot.setl_id(pair.life.together))))


def _unsure(inside: Mapping[Key, Pair]) -> tuple[Trial, ...]:
    if not any(pair.decided is Ruling.UNSURE for pair in inside.values()):
        return ()
    return (Trial("judged", 0.0, say(N_("A reviewer could not decide about one of the pairs."))),)
