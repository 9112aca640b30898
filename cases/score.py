"""How suspicious a ring is: a readable table of named features with weights and reasons.

logit(score) = bias + Σ weight * feature. The first feature is the logit of the strongest finding's
score after the shield, with weight 1 and bias 0 until verdicts refit them, so a ring is above
`ALERT_LINE` exactly when its strongest finding is. The others count only above the line: money or
patience never make chance into suspicion. Weights are not negative, so the score rises with each
feature, whatever the others are.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from cases.model import Exposure, Fact, Key, Member
from claims.language import N_
from detectors.finding import ALERT_LINE, Finding, Grade
from graph.model import NodeType

LATELY = 14  # days before the newest settlement that count as "still going on"
_ENOUGH = 6.0  # e^6: no amount of evidence makes a score that rounds to 1 by itself


@dataclass(frozen=True)
class Basis:
    """What the features of one ring are read from; `today` is the day of the newest settlement."""

    findings: Sequence[Finding]
    members: Sequence[Member]
    grades: Mapping[str, Grade]
    exposure: Exposure
    facts: Mapping[str, Fact]
    today: date
    confirmed: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Feature:
    """One named reason; `value` maps a ring to a number ≥ 0 (the first one to any), higher is worse."""

    name: str
    title: str
    weight: float
    why: str
    value: Callable[[Basis], float]


def strongest(basis: Basis) -> float:
    """Logit of the best score after the shield."""
    score = min(max(max(finding.score for finding in basis.findings), 1e-9), 1 - 1e-9)
    return max(-_ENOUGH, min(_ENOUGH, math.log(score / (1 - score))))


def _detectors(basis: Basis) -> float:
    return math.log2(len({f.detector for f in basis.findings if f.score >= ALERT_LINE}) or 1)


def _weeks(basis: Basis) -> float:
    weeks = {basis.facts[record].time.isocalendar()[:2] for record in basis.grades if record in basis.facts}
    return math.log2(1 + len(weeks)) / 5  # about 1 for half a year


def _money(basis: Basis) -> float:
    sure = basis.exposure.certain + basis.exposure.probable
    return math.log10(1 + max(0.0, float(sure)) / 1000)


def _certain(basis: Basis) -> float:
    counts = Counter(basis.grades.values())
    said = sum(counts[grade] for grade in Grade if grade is not Grade.LAWFUL)
    return counts[Grade.CERTAIN] / said if said else 0.0


def _people(basis: Basis) -> float:
    return math.log2(max(1, sum(member.type is NodeType.PERSON for member in basis.members))) / 5


def _unexplained(basis: Basis) -> float:
    best = max(basis.findings, key=lambda finding: finding.score)
    return 1.0 - max((trial.explains for trial in best.trials), default=0.0)


def _lately(basis: Basis) -> float:
    ages = [(basis.today - basis.facts[r].time.date()).days for r in basis.grades if r in basis.facts]
    return 1.0 if ages and min(ages) <= LATELY else 0.0


def _confirmed(basis: Basis) -> float:
    return math.log2(1 + sum(member.key in basis.confirmed for member in basis.members)) / 2


FEATURES: tuple[Feature, ...] = (
    Feature("strength", N_("evidence"), 1.0, N_("the strongest test, after innocent explanations"), strongest),
    Feature("detectors", N_("independent detectors"), 0.5, N_("different tests agree on the same people"), _detectors),
    Feature("certain", N_("certain records"), 0.5, N_("records that contradict an honest use by themselves"), _certain),
    Feature("unexplained", N_("unexplained share"), 0.5, N_("innocent explanations were tried"), _unexplained),
    Feature("confirmed", N_("earlier conclusions"), 0.5, N_("members were in confirmed cases before"), _confirmed),
    Feature("weeks", N_("persistence"), 0.3, N_("it goes on over many weeks"), _weeks),
    Feature("people", N_("people"), 0.2, N_("more people have to agree"), _people),
    Feature("lately", N_("novelty"), 0.2, N_("it still goes on, so money can be saved"), _lately),
    Feature("money", N_("money"), 0.2, N_("what the fund paid, certain and probable"), _money),
)


@dataclass(frozen=True)
class Weights:
    """Weights by feature name; version 0 is the table above, later ones are fitted to verdicts."""

    version: int = 0
    bias: float = 0.0
    values: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({f.name: f.weight for f in FEATURES}))

    def __post_init__(self) -> None:
        if self.bias > 0 or any(value < 0 for value in self.values.values()):
            raise ValueError("weights must keep the score monotone, and the line where it is")


HAND = Weights()


def features_of(basis: Basis) -> Mapping[str, float]:
    """Return the value of every feature, by name in the order of the table."""
    return {feature.name: float(feature.value(basis)) for feature in FEATURES}


def parts_of(features: Mapping[str, float], weights: Weights = HAND) -> Mapping[str, float]:
    """What each feature adds to the logit; below the line only the evidence counts."""
    above = features["strength"] >= 0.0
    return {
        feature.name: weights.values[feature.name] * features[feature.name]
        for feature in FEATURES
        if above or feature.name == "strength"
    }


def score_of(features: Mapping[str, float], weights: Weights = HAND) -> float:
    """Return the score in [0, 1], monotone in every feature."""
    logit = weights.bias + math.fsum(parts_of(features, weights).values())
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))
