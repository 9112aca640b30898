"""The checker's tails, summed by hand, against those the detectors use."""

import random

import pytest
from scipy.special import gammaincc, zeta
from scipy.stats import binom, chi2, poisson

from cases.exports.package.verifier import tails
from detectors.collusion.chance import any_two, corrected, log_choose, spread_tail
from detectors.copresence.meeting import _ways, chernoff

SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_tails_are_those_of_the_detectors(seed: int) -> None:
    chance = random.Random(seed)
    hits, trials = chance.randint(0, 40), chance.randint(40, 300)
    rate, mean, spread = chance.uniform(1e-4, 0.4), chance.uniform(0.001, 30), chance.choice([0, 0.0005, 0.02, 0.05])
    assert tails.poisson_tail(hits, mean) == pytest.approx(float(poisson.sf(hits - 1, mean)), rel=1e-8)
    assert tails.binomial_tail(hits, trials, rate) == pytest.approx(float(binom.sf(hits - 1, trials, rate)), rel=1e-8)
    assert tails.spread_tail(hits, trials, rate, spread) == pytest.approx(
        spread_tail(hits, trials, rate, spread), rel=1e-6
    )
    pairs, value = chance.randint(1, 6), chance.uniform(0.1, 200)
    assert tails.chi_squared_tail(value, pairs) == pytest.approx(float(chi2.sf(value, 2 * pairs)), rel=1e-8)
    assert tails.gamma_tail(pairs, value) == pytest.approx(float(gammaincc(pairs, value)), rel=1e-8)
    power, start = chance.uniform(1.1, 12), chance.choice([2, 5, 40])
    assert tails.zeta_from(power, start) == pytest.approx(float(zeta(power, start)), rel=1e-9)
    assert tails.log_choose(trials, hits) == pytest.approx(log_choose(trials, hits), rel=1e-12)
    assert tails.log_ways(hits, trials) == pytest.approx(float(_ways(float(hits), trials)), rel=1e-9, abs=1e-9)
    assert tails.paid(rate, spread) == pytest.approx(corrected(rate, spread))


def test_sums_of_two_signs_and_joined_visits() -> None:
    from numpy import array

    from cases.exports.package.verifier.meeting import chernoff as mine

    chances = [1e-9, 1e-4, 0.3]
    kept = sorted(chances)[1:]
    weight = -2 * sum(__import__("math").log(p) for p in kept)
    assert tails.chi_squared_tail(weight, len(kept)) == pytest.approx(any_two(chances))
    for observed, trials, expected in ((5, 20, 1.5), (20, 20, 3.0), (1, 20, 3.0)):
        theirs = float(chernoff(array([observed]), array([trials]), array([expected]))[0])
        assert mine(observed, trials, expected) == pytest.approx(theirs)


def test_amounts_are_whole_fen() -> None:
    from cases.exports.package.verifier.tables import fen

    assert [fen(text) for text in ("12.30", "0.05", "-7", "-0.5", "100.1")] == [1230, 5, -700, -50, 10010]
    for text in ("1.234", "", "1e5", "١.00x", "--1"):
        with pytest.raises(ValueError, match=r".*"):
            fen(text)
