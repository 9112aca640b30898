"""Tests shared by the family: exact tails with floors, overdispersion, and corrections for what was examined."""

from math import exp, lgamma, log

import numpy as np
import numpy.typing as npt
from scipy.special import betaln
from scipy.stats import binom, chi2, nbinom, poisson

Floats = npt.NDArray[np.float64]

_LEAST = 1e-300


def binomial_tail(hits: int, trials: int, rate: float) -> float:
    """Probability of at least `hits` among `trials` at `rate`."""
    return _above(float(binom.sf(hits - 1, trials, min(max(rate, 0.0), 1.0)))) if hits > 0 else 1.0


def poisson_tail(hits: int, mean: float) -> float:
    """Probability of at least `hits` where `mean` are expected."""
    return _above(float(poisson.sf(hits - 1, max(mean, 0.0)))) if hits > 0 else 1.0


def spread_tail(hits: int, trials: int, rate: float, spread: float) -> float:
    """Beta-binomial tail: rates differ from place to place, `spread` is their correlation (0: binomial)."""
    if hits <= 0:
        return 1.0
    if spread <= 0.0 or not 0.0 < rate < 1.0:
        return binomial_tail(hits, trials, rate)
    weight = 1.0 / spread - 1.0
    # Summed in logarithms: scipy's own tail is one minus a sum and ends at 1e-12. A county asks a hundred
    # thousand times, so the terms are written out: the checks of scipy's distribution cost fifty times the sum.
    some, a, b = np.arange(float(hits), trials + 1), rate * weight, (1.0 - rate) * weight
    ways = -np.log(trials + 1) - betaln(trials - some + 1, some + 1)
    return _above(float(np.exp(_summed(ways + betaln(some + a, trials - some + b) - betaln(a, b)))))


def _summed(logarithms: Floats) -> float:
    """Logarithm of a sum of numbers given by their (finite) logarithms; the largest are kept out of the rounding."""
    most = logarithms.max()
    largest = logarithms == most
    rest = float(np.exp(np.where(largest, -np.inf, logarithms - most)).sum()) / int(largest.sum())
    return float(np.log1p(rest) + np.log(float(largest.sum())) + most)


def count_tail(hits: int, mean: float, excess: float) -> float:
    """Negative binomial tail with variance mean + excess * mean² (0: Poisson)."""
    if hits <= 0:
        return 1.0
    if excess <= 0.0 or mean <= 0.0:
        return poisson_tail(hits, mean)
    size = 1.0 / excess
    return _above(float(nbinom.sf(hits - 1, size, size / (size + mean))))


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
