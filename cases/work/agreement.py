"""Numbers from small samples, each with its method named: shares, agreement of two readers, misses in a pool."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import hypergeom

Z95 = 1.959964


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval; `of` is what it was counted in."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself, 0 of nothing."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True)
class Misses:
    """How many of a pool a second reader would have confirmed: estimate and 95 % interval, from a sample."""

    found: int
    sample: int
    pool: int
    estimate: float
    low: int
    high: int


def wilson(count: int, of: int) -> Share:
    """Share with Wilson's score interval (Wilson 1927), which holds for small counts too; [0, 1] of nothing."""
    if not of:
        return Share(0, 0, 0.0, 1.0)
    p, z2 = count / of, Z95 * Z95
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 / (1 + z2 / of) * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    return Share(count, of, max(0.0, middle - half), min(1.0, middle + half))


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa (Cohen 1960) of two readers; None where chance alone would always agree, or without pairs."""
    if not pairs:
        return None
    n = len(pairs)
    firsts, seconds = Counter(a for a, _b in pairs), Counter(b for _a, b in pairs)
    observed = sum(a == b for a, b in pairs) / n
    expected = sum(firsts[kind] * seconds[kind] for kind in firsts) / (n * n)
    return None if expected >= 1.0 else (observed - expected) / (1.0 - expected)


def misses(found: int, sample: int, pool: int) -> Misses:
    """Estimate how many of `pool` are misses when `found` of a random `sample` without replacement were.

    Interval: exact, by inverting the two one-sided hypergeometric tests at 2.5 % each (the finite
    form of Clopper and Pearson 1934; Buonaccorsi 1987). No sample says nothing: 0 to the whole pool.
    """
    if not 0 <= found <= sample <= pool:
        raise ValueError((found, sample, pool))
    if not sample:
        return Misses(0, 0, pool, 0.0, 0, pool)
    true = np.arange(found, pool - (sample - found) + 1)
    at_least = hypergeom.sf(found - 1, pool, true, sample)
    at_most = hypergeom.cdf(found, pool, true, sample)
    possible = true[(at_least > 0.025) & (at_most > 0.025)]
    return Misses(found, sample, pool, pool * found / sample, int(possible[0]), int(possible[-1]))
