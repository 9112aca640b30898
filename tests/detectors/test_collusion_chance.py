"""Tails, corrections and the parting of groups, against plain arithmetic."""

from math import comb, exp, lgamma, log

import numpy as np
import pytest

from detectors.collusion.chance import (
    any_two,
    benjamini_hochberg,
    binomial_tail,
    corrected,
    count_tail,
    leave_out_rate,
    log_choose,
    poisson_tail,
    spread_tail,
)
from detectors.collusion.parting import parted


@pytest.mark.parametrize("hits", [0, 1, 3, 8])
def test_binomial_tail_is_the_sum_of_its_terms(hits: int) -> None:
    plain = sum(comb(8, k) * 0.2**k * 0.8 ** (8 - k) for k in range(hits, 9))
    assert binomial_tail(hits, 8, 0.2) == pytest.approx(plain)


def test_spread_tail_is_the_sum_of_beta_binomial_terms_even_far_out() -> None:
    def term(k: int, n: int, a: float, b: float) -> float:
        beta = lgamma(k + a) + lgamma(n - k + b) - lgamma(n + a + b)
        return comb(n, k) * exp(beta - lgamma(a) - lgamma(b) + lgamma(a + b))

    plain = sum(term(k, 40, 0.1 * 19, 0.9 * 19) for k in range(20, 41))
    assert spread_tail(20, 40, 0.1, 0.05) == pytest.approx(plain)
    assert spread_tail(300, 300, 0.01, 0.01) < 1e-90  # one minus a sum would end at 1e-16
    assert spread_tail(20, 40, 0.1, 0.0) == binomial_tail(20, 40, 0.1)
    assert spread_tail(20, 40, 0.1, 0.05) > spread_tail(20, 40, 0.1, 0.01)


def test_a_wider_null_never_makes_a_count_stranger() -> None:
    assert poisson_tail(6, 1.0) < count_tail(6, 1.0, 0.5) < count_tail(6, 1.0, 2.0)
    assert count_tail(6, 1.0, 0.0) == poisson_tail(6, 1.0)
    assert count_tail(0, 1.0, 0.5) == poisson_tail(0, 1.0) == 1.0


def test_what_was_searched_is_paid_for() -> None:
    assert corrected(1e-6, log(1000)) == pytest.approx(1e-3)
    assert corrected(0.5, log(1000)) == 1.0
    assert exp(log_choose(40, 3)) == pytest.approx(comb(40, 3))


def test_q_values_rise_with_the_p_values_and_count_those_not_listed() -> None:
    found = benjamini_hochberg(np.array([0.01, 0.0001, 0.5]), 100)
    assert found.tolist() == pytest.approx([0.5, 0.01, 1.0])


def test_one_sign_alone_is_never_enough() -> None:
    assert any_two([1e-200, 1.0, 1.0]) > 0.5
    assert any_two([1e-200, 1e-6, 1.0]) < 1e-3
    assert any_two([0.2]) == 1.0


def test_the_rate_of_a_place_is_that_of_the_others() -> None:
    rates = leave_out_rate(np.array([50.0, 1.0, 1.0, 0.0]), np.array([100.0, 100.0, 100.0, 100.0]), 0.001)
    assert rates[0] < 0.02  # its own fifty do not count
    assert (leave_out_rate(np.zeros(3), np.full(3, 100.0), 0.001) >= 0.001).all()


def test_people_of_two_habits_are_parted_and_of_one_are_not() -> None:
    left, right = [[1, 2, 1, 2, 1]] * 4, [[8, 9, 9, 8, 9]] * 4
    assert len(set(parted({"shop": left + right}, 8).tolist())) == 2
    assert len(set(parted({"shop": left}, 4).tolist())) == 1
    found = parted({"shop": [*left, *right, [1]]}, 9)
    assert found[8] == found[0] != found[4]


@pytest.mark.parametrize("size", [0, 1])
def test_nothing_to_part(size: int) -> None:
    assert parted({"shop": [[1]] * size}, size).tolist() == [0] * size
