"""Tails of the distributions the chance tests rest on, summed in logarithms."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

LEAST = 1e-300


def poisson_tail(hits: int, mean: float) -> float:
    """Probability of at least `hits` where `mean` are expected."""
    mean = max(mean, 1e-12)
    if hits <= 0:
        return 1.0
    if hits <= mean:
        return max(0.0, 1.0 - sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(hits)))
    term = exp(max(-745.0, hits * log(mean) - mean - lgamma(hits + 1)))
    total, k = term, hits
    while term > total * 1e-17 and term > 0:
        k += 1
        term *= mean / k
        total += term
    return min(1.0, total)


def binomial_tail(hits: int, trials: int, rate: float) -> float:
    """Probability of at least `hits` among `trials` at `rate`."""
    if hits <= 0 or rate >= 1:
        return 1.0
    if hits > trials or rate <= 0:
        return LEAST
    terms = [log_choose(trials, k) + k * log(rate) + (trials - k) * log1p(-rate) for k in range(hits, trials + 1)]
    return bounded(exp_sum(terms))


def spread_tail(hits: int, trials: int, rate: float, spread: float) -> float:
    """Beta-binomial tail: rates differ from place to place, `spread` is their correlation (0: binomial)."""
    if hits <= 0:
        return 1.0
    if spread <= 0 or not 0 < rate < 1:
        return binomial_tail(hits, trials, rate)
    weight = 1 / spread - 1
    a, b = rate * weight, (1 - rate) * weight
    terms = [log_choose(trials, k) + log_beta(k + a, trials - k + b) - log_beta(a, b) for k in range(hits, trials + 1)]
    return bounded(exp_sum(terms))


def chi_squared_tail(value: float, pairs: int) -> float:
    """Tail of chi-squared with 2 * `pairs` degrees of freedom."""
    return gamma_tail(pairs, value / 2)


def gamma_tail(shape: int, value: float) -> float:
    """Tail of the gamma law of a whole shape: a sum of Poisson terms."""
    if value <= 0:
        return 1.0
    return bounded(exp_sum([k * log(value) - value - lgamma(k + 1) for k in range(shape)]))


def zeta_from(power: float, start: float) -> float:
    """Sum of n ** -power for n = start, start + 1, … (Euler and Maclaurin)."""
    near = sum(exp(-power * log(start + n)) for n in range(30))
    at = start + 30
    last = exp(-power * log(at))
    smooth = last * at / (power - 1) + last / 2 + power * last / at / 12
    return near + smooth - power * (power + 1) * (power + 2) * last / at**3 / 720


def log_choose(total: float, chosen: float) -> float:
    """Natural logarithm of the number of groups of `chosen` among `total`."""
    chosen = min(max(chosen, 0), total)
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)


def log_ways(pool: float, chosen: float) -> float:
    """Natural logarithm of the ways to choose, as the group test pays for them (a pool may be the smaller)."""
    return lgamma(pool + 1) - lgamma(chosen + 1) - lgamma(max(pool - chosen, 0) + 1)


def paid(p_value: float, log_examined: float) -> float:
    """P-value times how many were examined, given as a logarithm."""
    return min(1.0, exp(min(0.0, log(max(p_value, LEAST)) + log_examined)))


def log_beta(a: float, b: float) -> float:
    """Natural logarithm of the beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def exp_sum(terms: list[float]) -> float:
    """Sum of exponentials without underflow of the whole."""
    most = max(terms)
    return exp(max(-745.0, most + log(sum(exp(term - most) for term in terms))))


def bounded(p_value: float) -> float:
    """Keep a probability between the smallest that is told and one."""
    return min(1.0, max(p_value, LEAST))


def close(one: float, two: float, relative: float = 1e-5) -> bool:
    """Say whether two numbers are the same but for rounding."""
    if one == two:
        return True
    return abs(one - two) <= relative * max(abs(one), abs(two))
