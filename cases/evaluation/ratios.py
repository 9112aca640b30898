"""Observed over expected, shrunk: the Gamma–Poisson model, ranks by simulation, and funnel limits.

Each institution's true ratio is drawn from a Gamma distribution of mean 1 whose spread the data tell
(D. Clayton and J. Kaldor, Empirical Bayes estimates of age-standardized relative risks for use in
disease mapping, Biometrics 43, 1987, 671–681). The spread is not fixed at one estimate but weighed over
a grid, so that its own uncertainty stands in every interval. Ranks are drawn with the ratios (H. Goldstein
and D. Spiegelhalter, League tables and their limitations, J. R. Statist. Soc. A 159, 1996, 385–443);
funnel limits after D. Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in
Medicine 24, 2005, 1185–1202.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, pdtrik

from cases.evaluation.model import Ratio, Standing

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SEED, DRAWS = 20_260_331, 4_000
LEVEL = 0.90  # of every interval
LEAST_COMPARED = 5  # institutions; with fewer there is no set to speak of
SPREADS = np.geomspace(0.02, 4.0, 48)  # standard deviations of true ratios that are weighed
_PRIOR_SCALE = 0.5  # of the half-Cauchy prior on the spread
# Below this even no confirmed ring at all would not be below the 95 % limit: exp(-3) is 0.05.
LEAST_EXPECTED = 3.0
FUNNEL = (0.95, 0.998)


@dataclass(frozen=True)
class Compared:
    """Ratios in the order of the counts given, and the spread of true ratios (posterior mean)."""

    ratios: tuple[Ratio, ...]
    spread: float


def compare(observed: Ints, expected: Floats) -> Compared:
    """Compare institutions by counts observed and expected; the order of rows decides which draws are whose."""
    weights = _spread_weights(observed, expected)
    draws = _draws(observed, expected, weights)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(draws, (tail, 1 - tail), axis=0)
    ranks = np.argsort(np.argsort(-draws, axis=1, kind="stable"), axis=1, kind="stable") + 1
    first, last = np.quantile(ranks, (tail, 1 - tail), axis=0, method="inverted_cdf")
    worst = (ranks <= np.ceil(len(observed) / 10)).mean(axis=0)
    raw = np.divide(observed, expected, out=np.zeros(len(observed)), where=expected > 0)
    columns = (raw, draws.mean(axis=0), low, high, worst)
    rows = zip(*(column.tolist() for column in columns), first.astype(int), last.astype(int), strict=True)
    found = (Ratio(r, s, lo, hi, w, int(a), int(b)) for r, s, lo, hi, w, a, b in rows)
    return Compared(tuple(found), float(weights @ SPREADS))


def standing_of(ratio: Ratio, expected: float) -> Standing:
    """Say what may be said: apart from the average only where the whole 90 % interval is."""
    if ratio.low > 1:
        return Standing.ABOVE
    if expected < LEAST_EXPECTED:
        return Standing.TOO_SMALL
    return Standing.BELOW if ratio.high < 1 else Standing.ALIKE


def funnel(expected: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of observed over expected that chance alone keeps within with probability `level`."""
    tail = (1 - level) / 2
    return _limit(expected, tail), _limit(expected, 1 - tail)


def funnel_points(top: float, level: float) -> Sequence[tuple[float, float, float]]:
    """Return (expected, low, high) from the least to `top` expected, densest where the limits bend most."""
    expected = np.geomspace(0.1, max(top, 1.0) * 1.05, 60)
    low, high = funnel(expected, level)
    return list(zip(expected.tolist(), low.tolist(), high.tolist(), strict=True))


def _limit(expected: Floats, share: float) -> Floats:
    """A quantile of the Poisson distribution over its mean, between whole counts by the incomplete gamma function."""
    found: Floats = np.nan_to_num(pdtrik(share, expected), nan=0.0) / expected  # nan: even 0 is within the limit
    return found


def _spread_weights(observed: Ints, expected: Floats) -> Floats:
    """Posterior weight of each spread of the grid: negative binomial likelihood times a half-Cauchy prior."""
    shape = 1 / SPREADS[:, None] ** 2
    known = expected > 0
    o, e = observed[known][None, :], expected[known][None, :]
    fit = gammaln(o + shape) - gammaln(shape) + shape * np.log(shape / (shape + e)) + o * np.log(e / (shape + e))
    # The grid is even in the logarithm, hence the factor of the spread itself.
    prior = np.log(SPREADS) - np.log1p((SPREADS / _PRIOR_SCALE) ** 2)
    logs = fit.sum(axis=1) + prior
    weights = np.exp(logs - logs.max())
    found: Floats = weights / weights.sum()
    return found


def _draws(observed: Ints, expected: Floats, weights: Floats) -> Floats:
    """True ratios from their posterior, one row per draw."""
    random = np.random.default_rng(SEED)
    shape = 1 / SPREADS[random.choice(len(SPREADS), DRAWS, p=weights)][:, None] ** 2
    return random.gamma(shape + observed[None, :], 1 / (shape + expected[None, :]))
