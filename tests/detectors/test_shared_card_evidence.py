"""Statistics that the detectors of one card share."""

import numpy as np
import pytest
from scipy.stats import chi2, poisson

from detectors.shared_card.evidence import clerical_rate, combined, corrected, log_choices, tail


def test_a_ring_does_not_set_the_rate_it_is_measured_by() -> None:
    quiet = clerical_rate(np.array([1] * 5 + [0] * 995), np.ones(1000), 1e-6)
    with_ring = clerical_rate(np.array([1] * 5 + [0] * 995 + [40] * 50), np.ones(1050), 1e-6)
    assert quiet == pytest.approx(with_ring) == pytest.approx(5.5 / 1000)
    assert clerical_rate(np.zeros(10, np.int64), np.ones(10), 0.3) == 0.3
    assert clerical_rate(np.empty(0, np.int64), np.empty(0), 0.3) == 0.3


def test_tail_is_poisson() -> None:
    assert tail(np.array([0, 3]), np.array([0.5, 0.5])) == pytest.approx([1.0, poisson.sf(2, 0.5)])


@pytest.mark.parametrize("seed", [1, 2])
def test_corrected_is_benjamini_hochberg(seed: int) -> None:
    p = np.random.default_rng(seed).uniform(0, 0.1, 20)
    ranks = {value: n + 1 for n, value in enumerate(sorted(p))}
    plain = [min(1.0, min(other * 50 / ranks[other] for other in p if other >= value)) for value in p]
    assert corrected(p, 50) == pytest.approx(plain)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_combined_is_a_p_value(seed: int) -> None:
    rng = np.random.default_rng(seed)
    silent = np.where(rng.random(20_000) < 0.1, 0.1 * rng.random(20_000), 1.0)
    speaking = rng.random(20_000)
    found = combined([silent, speaking])
    for level in (0.2, 0.05, 0.01):
        assert (found <= level).mean() == pytest.approx(level, rel=0.25)


def test_combined_is_fisher_where_all_speak() -> None:
    one, two = np.array([0.01, 0.5]), np.array([0.02, 0.6])
    assert combined([one, two]) == pytest.approx(chi2.sf(-2 * np.log(one * two), 4))


def test_choosing_a_group_costs() -> None:
    assert np.exp(log_choices(10, 3)) == pytest.approx(120)
