"""One face or finger behind several enrolments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log10

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Chance, Evidence, Finding, Role, Statement, Subject, Trial, say, strength_of
from detectors.identity_reuse.clusters import stars
from detectors.identity_reuse.judgements import Ruling, judgements
from detectors.identity_reuse.lives import Life, life_of
from detectors.identity_reuse.templates import Alike, Impostors, alike, galleries
from detectors.identity_reuse.ties import ties, twins
from detectors.identity_reuse.use import Use, use_of
from detectors.lawful import weaken
from detectors.snapshot import Snapshot
from graph.model import NodeType


@dataclass(frozen=True)
class SameFace:
    """Templates of several people that are too alike for several bodies, with a second sign.

    `expected` pairs of different bodies may pass the threshold in the whole county (the false-match
    rate is that over all pairs); `alone` is the share explained away where nothing but the device
    ties them; `related` is the chance at which places and days shared count as a second sign.
    Three to `clique` enrolments that are all alike need none: a device errs in a pair or (blank
    images) in crowds.
    """

    expected: float = 0.01
    alone: float = 0.8
    related: float = 0.05
    clique: int = 12
    name: str = "same_template"
    version: str = "1"
    title: str = N_("One face or finger under several enrolments")
    kinds: Sequence[str] = ("identity_reuse/same_face",)
    needs: Sequence[Need] = (
        Need("bio_templates", ("template",)),
        Need("insured", ("brdy", "tel", "addr", "bankacct"), vital=False),
        Need("settlements"),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Compare the templates of each method and ask of each group what else ties it."""
        for gallery in galleries(snapshot).values():
            impostors = gallery.impostors
            pairs = {(pair.a, pair.b): pair for pair in alike(gallery, self.expected)}
            weights = {key: -log10(max(pair.p_value, 1e-300)) for key, pair in pairs.items()}
            born_together = sorted(twins(snapshot, pairs))
            for star in stars(weights, born_together):
                inside = [pairs[key] for key in combinations(star, 2) if key in pairs]
                yield self._finding(snapshot, star, inside, impostors)
            for key in born_together:
                yield self._finding(snapshot, key, [pairs[key]], impostors)

    def _finding(
        self, snapshot: Snapshot, star: tuple[int, ...], inside: Sequence[Alike], impostors: Impostors
    ) -> Finding:
        use = use_of(snapshot, star)
        lives = [life_of(snapshot, a, b) for a, b in combinations(star[:12], 2)]
        p_value = _all_chance(inside)
        trials = (
            *use.trials,
            *_twins(snapshot, star),
            self._second(snapshot, star, inside, lives),
            *_judged(snapshot, star),
        )
        strength = strength_of(p_value)
        return Finding(
            detector=self.name,
            version=self.version,
            kind=self.kinds[0],
            anchor=Subject(NodeType.PERSON, use.anchor, Role.ENROLMENT),
            subjects=tuple(Subject(NodeType.PERSON, number, Role.ENROLMENT) for number in snapshot.psn_no(star)),
            strength=strength,
            score=weaken(strength, trials),
            statement=_statement(use, inside, p_value),
            chance=self._chance(inside, impostors, p_value),
            records=use.records,
            evidence=(*(_line(snapshot, pair) for pair in inside[:20]), *use.evidence),
            trials=trials,
            denominator=impostors.pairs,
            denominator_of=say(N_("pairs of templates")),
            data_version=snapshot.data_version,
            details={"enrolments": float(len(star)), "turns": float(use.turns)},
        )

    def _second(
        self, snapshot: Snapshot, star: tuple[int, ...], inside: Sequence[Alike], lives: Sequence[Life]
    ) -> Trial:
        """Whether anything beside the device ties them: a handle, an agent, or a life in common."""
        shared = ties(snapshot, star)
        together = min((life.p_value for life in lives), default=1.0) * len(lives)
        if shared:
            return Trial("device_alone", 0.0, say(N_("They also share: {shared}."), shared=shared))
        if together <= self.related:
            sentence = N_(
                "They also go to the same places on the same days, which strangers do with probability {p:.2g}."
            )
            return Trial("device_alone", 0.0, say(sentence, p=together))
        if 2 < len(star) <= self.clique and len(inside) == len(star) * (len(star) - 1) // 2:
            result = say(
                N_("Each of the {count} is alike to every other, which no single error makes."), count=len(star)
            )
            return Trial("device_alone", 0.0, result)
        result = say(N_("Nothing but the device ties them: it may take two people for one."))
        return Trial("device_alone", self.alone, result)

    def _chance(self, inside: Sequence[Alike], impostors: Impostors, p_value: float) -> Chance:
        return Chance(
            statistic=say(N_("smallest similarity of their templates (cosine)")),
            observed=min(pair.similarity for pair in inside),
            expected=round(impostors.centre, 4),
            p_value=p_value,
            null=say(
                N_(
                    "They are different bodies: similarities as between this county's other templates (centre "
                    "{centre:.2f}, scale {scale:.3f}), corrected for {pairs} pairs."
                ),
                centre=impostors.centre,
                scale=impostors.scale,
                pairs=impostors.pairs,
            ),
        )


def _statement(use: Use, inside: Sequence[Alike], p_value: float) -> Statement:
    return say(
        N_(
            "The templates of {count} enrolments are those of one body (similarity at least {similarity:.2f}); they "
            "were used {visits} times, in turn {turns} times, and the fund paid {fund:.2f} yuan. {p:.2g} such pairs "
            "are expected by chance."
        ),
        count=len(use.members),
        similarity=min(pair.similarity for pair in inside),
        visits=use.visits,
        turns=use.turns,
        fund=use.fund / 100,
        p=p_value,
    )


def _all_chance(inside: Sequence[Alike]) -> float:
    """Expected number of such groups: the likeliest error among a pair; more members multiply nothing they share."""
    best = sorted(pair.p_value for pair in inside)
    return best[-1] if len(best) < 3 else best[len(best) // 2]


def _line(snapshot: Snapshot, pair: Alike) -> Evidence:
    one, two = snapshot.psn_no([pair.a, pair.b])
    sentence = N_("{one} and {two}: similarity {similarity:.3f}, {p:.1e} pairs of different bodies expected so alike.")
    return Evidence(say(sentence, one=one, two=two, similarity=pair.similarity, p=pair.p_value), ())


def _twins(snapshot: Snapshot, star: tuple[int, ...]) -> tuple[Trial, ...]:
    if len(star) != 2 or not twins(snapshot, [(star[0], star[1])]):
        return ()
    return (Trial("twins", 1.0, say(N_("Born on one day in one family: twins have one face for many devices."))),)


def _judged(snapshot: Snapshot, star: tuple[int, ...]) -> tuple[Trial, ...]:
    rulings = judgements(snapshot)
    pairs = list(combinations(snapshot.psn_no(star), 2))
    found = [rulings.of(*pair) for pair in pairs]
    apart = sum(judged is not None and judged.ruling is Ruling.NOT_SAME for judged in found)
    return (
        (Trial("judged", apart / len(pairs), say(N_("A reviewer decided that they are two people."))),) if apart else ()
    )
