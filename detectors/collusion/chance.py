"""Tests shared by the family: exact tails with floors, overdispersion, and corrections for what was examined."""

from math import exp, lgamma, log

import numpy as np
import numpy.typing as npt
from scipy.special import betaln
from scipy.stats import binom, chi2, nbinom, poisson

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LEAST = 1e-300


def binomial_tail(hits: int, trials: int, rate: float) -> float:
    """Probability of at least `hits` among `trials` at `rate`."""
    return _above(float(binom.sf(hits - 1, trials, min(max(rate, 0.0), 1.0)))) if hits > 0 else 1.0


def poisson_tail(hits: int, mean: float) -> float:
    """Probability of at least `hits` where `mean` are expected."""
    return _above(float(poisson.sf(hits - 1, max(mean, 0.0)))) if hits > 0 else 1.0


def spread_tail(hits: int, trials: int, rate: float, spread: float) -> float:
    """Beta-binomial tail: rates differ from place to place, `spread` is their correlation (0: binomial)."""
    return float(spread_tails(np.array([hits]), np.array([trials]), np.array([rate], np.float64), spread)[0])


def spread_tails(hits: Ints, trials: Ints, rates: Floats, spread: float) -> Floats:
    """`spread_tail` of many counts at once, which a county asks for a hundred thousand times."""
    found = np.ones(len(hits))
    plain = (hits > 0) & ((spread <= 0.0) | (rates <= 0.0) | (rates >= 1.0))
    for n in np.flatnonzero(plain):
        found[n] = binomial_tail(int(hits[n]), int(trials[n]), float(rates[n]))
    terms = np.where((hits > 0) & ~plain, trials - hits + 1, 0)
    # Those that sum as many terms stand below each other: each is still summed as it would be alone.
    for count in np.unique(terms[terms > 0]):
        rows = np.flatnonzero(terms == count)
        some = hits[rows, None] + np.arange(float(count))
        logarithms = _beta_binomial(some, trials[rows, None], rates[rows, None], spread)
        found[rows] = np.clip(np.exp(_summed(logarithms)), _LEAST, 1.0)
    return found


def _beta_binomial(hits: Floats, trials: Ints, rates: Floats, spread: float) -> Floats:
    """Logarithms of the chances of just so many hits; scipy's own tail is one minus a sum and ends at 1e-12."""
    weight = 1.0 / spread - 1.0
    a, b = rates * weight, (1.0 - rates) * weight
    ways = -np.log(trials + 1) - betaln(trials - hits + 1, hits + 1)
    found: Floats = ways + betaln(hits + a, trials - hits + b) - betaln(a, b)
    return found


def _summed(logarithms: Floats) -> Floats:
    """Logarithm of the sum of each row, given by (finite) logarithms; the largest are kept out of the rounding."""
    most = logarithms.max(axis=1, keepdims=True)
    largest = logarithms == most
    count = largest.sum(axis=1).astype(np.float64)
    rest = np.exp(np.where(largest, -np.inf, logarithms - most)).sum(axis=1) / count
    found: Floats = np.log1p(rest) + np.log(count) + most[:, 0]
    return found


def count_tail(hits: Ints, mean: Floats, excess: float) -> Floats:
    """Negative binomial tails with variance mean + excess * mean² (0: Poisson) of one count or many."""
    size = 1.0 / excess if excess > 0.0 else 0.0
    tails = nbinom.sf(hits - 1, size, size / (size + mean)) if size else poisson.sf(hits - 1, mean)
    found: Floats = np.clip(tails, _LEAST, 1.0)
    return found


def log_choose(total: int, chosen: int) -> float:
    """Logarithm of the number of groups of `chosen` among `total`: what a search over groups has examined."""
    chosen = min(max(chosen, 0), total)
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)


def corrected(p_value: float, log_examined: float) -> float:
    """Bonferroni: the p-value times how many were examined, given as a logarithm."""
    return min(1.0, exp(min(0.0, log(max(p_value, _LEAST)) + log_examined)))


def benjamini_hochberg(p_values: Floats, examined: int) -> Floats:
    """Q-values: the share of false alarms among all that are at least as unlikely (Benjamini and Hochberg 1995)."""
    order = np.argsort(p_values, kind="stable")
    steps = p_values[order] * examined / np.arange(1, len(p_values) + 1)
    found = np.empty(len(p_values))
    found[order] = np.minimum(1.0, np.minimum.accumulate(steps[::-1])[::-1])
    return found


def any_two(p_values: list[float]) -> float:
    """Partial conjunction (Benjamini and Heller 2008, Fisher's form): at least two of the signs are no chance.

    The smallest p-value is left out, so one mis-specified null never raises a finding alone.
    """
    kept = sorted(p_values)[1:]
    if not kept:
        return 1.0
    total = -2.0 * sum(log(max(p, _LEAST)) for p in kept)
    return _above(float(chi2.sf(total, 2 * len(kept))))


def leave_out_rate(hits: Floats, trials: Floats, floor: float, strength: float = 20.0) -> Floats:
    """Rate of each place: its own without what is tested cannot be known, so the median of the others with a floor.

    A median is not moved by the few places that hold a ring; `strength` shrinks small places towards it.
    """
    if not len(hits):
        return np.empty(0)
    rates = (hits + floor * strength) / (trials + strength)
    found = np.empty(len(hits))
    for index in range(len(hits)):
        others = np.delete(rates, index)
        found[index] = max(floor, float(np.median(others))) if len(others) else floor
    return found


def _above(p_value: float) -> float:
    return min(1.0, max(p_value, _LEAST))
