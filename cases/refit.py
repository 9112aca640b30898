"""Weights fitted to verdicts: a logistic regression whose weights cannot be negative.

Verdicts are few and picked by people, so the fit is pulled towards the weights in force (ridge)
and is never put in force by itself: the precision at the review budget, measured on folds the fit
has not seen, stands beside that of the weights in force, and somebody accepts it.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from cases.history import Decision, Verdict
from cases.score import FEATURES, Weights, score_of
from claims.errors import RinghoundError
from claims.language import N_

FEWEST = 50  # verdicts of each kind: fewer fit noise
FOLDS = 5
PULL = 1.0  # ridge towards the weights in force; one unit of weight costs as much as one verdict half wrong

Floats = npt.NDArray[np.float64]


class TooFewVerdictsError(RinghoundError):
    """There are not enough verdicts of both kinds to fit weights to."""

    exit_code = 2


@dataclass(frozen=True)
class Refit:
    """A proposal: new weights, how many verdicts it rests on, precision at the budget before and after."""

    weights: Weights
    confirmed: int
    cleared: int
    budget: int
    precision_before: float
    precision_after: float


def refit(decisions: Sequence[Decision], present: Weights, budget: int) -> Refit:
    """Fit weights to the newest verdict of every ring; TooFewVerdictsError below `FEWEST` of a kind."""
    newest = {d.ring: d for d in decisions if d.verdict in (Verdict.CONFIRMED, Verdict.CLEARED) and d.features}
    judged = [newest[ring] for ring in sorted(newest)]
    confirmed = sum(decision.verdict is Verdict.CONFIRMED for decision in judged)
    cleared = len(judged) - confirmed
    if min(confirmed, cleared) < FEWEST:
        raise TooFewVerdictsError(
            N_("Weights need {least} confirmed and {least} cleared rings; there are {confirmed} and {cleared}."),
            least=FEWEST,
            confirmed=confirmed,
            cleared=cleared,
        )
    held = [_held_out(judged, fold, present) for fold in range(FOLDS)]
    after = {ring: score for scores in held for ring, score in scores.items()}
    before = {decision.ring: score_of(decision.features, present) for decision in judged}
    return Refit(
        _fitted(judged, present),
        confirmed,
        cleared,
        min(budget, len(judged)),
        _precision(judged, before.__getitem__, budget),
        _precision(judged, after.__getitem__, budget),
    )


def _held_out(judged: Sequence[Decision], fold: int, present: Weights) -> Mapping[str, float]:
    """Score the rings of one fold with weights fitted to the others."""
    weights = _fitted([decision for decision in judged if _fold(decision.ring) != fold], present)
    return {d.ring: score_of(d.features, weights) for d in judged if _fold(d.ring) == fold}


def _fold(ring: str) -> int:
    return hashlib.sha256(ring.encode()).digest()[0] % FOLDS


def _fitted(judged: Sequence[Decision], present: Weights) -> Weights:
    names = [feature.name for feature in FEATURES]
    x: Floats = np.array([[decision.features[name] for name in names] for decision in judged])
    x[x[:, 0] < 0, 1:] = 0.0  # below the line only the evidence counts (`cases.score`)
    y: Floats = np.array([float(decision.verdict is Verdict.CONFIRMED) for decision in judged])
    start: Floats = np.array([present.bias, *(present.values[name] for name in names)])
    design: Floats = np.hstack([np.ones((len(x), 1)), x])

    def loss(w: Floats) -> tuple[float, Floats]:
        logit = design @ w
        value = float(np.sum(np.logaddexp(0.0, logit) - y * logit) + 0.5 * PULL * np.sum((w - start) ** 2))
        return value, design.T @ (1 / (1 + np.exp(-logit)) - y) + PULL * (w - start)

    bounds = [(None, 0.0), *((0.0, None) for _name in names)]
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    values = {name: round(float(value), 6) for name, value in zip(names, found[1:], strict=True)}
    return Weights(present.version + 1, min(0.0, round(float(found[0]), 6)), values)


def _precision(judged: Sequence[Decision], score: Callable[[str], float], budget: int) -> float:
    first = sorted(judged, key=lambda decision: (-score(decision.ring), decision.ring))[:budget]
    return sum(decision.verdict is Verdict.CONFIRMED for decision in first) / len(first)
