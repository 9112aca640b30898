"""The score: monotone, on the line where the strongest finding is, and weights fitted to verdicts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.history import Decision, Verdict
from cases.refit import FEWEST, TooFewVerdictsError, refit
from cases.score import FEATURES, HAND, Weights, parts_of, score_of
from detectors.finding import ALERT_LINE, Grade
from tests.cases.making import drawn, finding

NAMES = [feature.name for feature in FEATURES]
FITTED = Weights(3, -0.7, dict.fromkeys(NAMES, 0.3))
AMOUNTS = st.integers(0, 600).map(lambda value: value / 100)
values = st.fixed_dictionaries(
    dict.fromkeys(NAMES, AMOUNTS) | {"strength": st.integers(-600, 600).map(lambda v: v / 100)}
)


@pytest.mark.parametrize("weights", [HAND, FITTED], ids=["hand", "fitted"])
@settings(max_examples=200, deadline=None)
@given(features=values, name=st.sampled_from(NAMES), more=AMOUNTS)
def test_more_of_anything_never_lowers_the_score(
    weights: Weights, features: dict[str, float], name: str, more: float
) -> None:
    higher = features | {name: features[name] + more}
    assert 0 <= score_of(features, weights) <= score_of(higher, weights) + 1e-12 <= 1 + 1e-12


@settings(max_examples=200, deadline=None)
@given(features=values)
def test_nothing_but_evidence_lifts_a_ring_over_the_line(features: dict[str, float]) -> None:
    assert (score_of(features) >= ALERT_LINE) == (features["strength"] >= 0)
    if features["strength"] < 0:
        assert score_of(features, FITTED) < ALERT_LINE


def test_weights_that_would_break_that_are_refused() -> None:
    with pytest.raises(ValueError, match="monotone"):
        Weights(1, 0.0, {"strength": -1.0})
    with pytest.raises(ValueError, match="monotone"):
        Weights(1, 0.5, {"strength": 1.0})


@pytest.mark.parametrize("score", [0.49, 0.5, 0.51])
def test_a_ring_is_above_the_line_exactly_when_its_strongest_finding_is(score: float) -> None:
    (ring,) = drawn(finding(range(5), score=score, grade=Grade.CERTAIN))
    assert (ring.score >= ALERT_LINE) == (score >= ALERT_LINE)


def test_two_tests_that_agree_say_more_than_one() -> None:
    (alone,) = drawn(finding(range(5)))
    (both,) = drawn(finding(range(5)), finding(range(5), detector="dense"))
    assert both.score > alone.score
    assert list(parts_of(both.features)) == NAMES


def decision(number: int, verdict: Verdict, **features: float) -> Decision:
    values = dict.fromkeys(NAMES, 0.0) | {"strength": 1.0} | features
    at = datetime(2026, 7, 1, tzinfo=UTC)
    return Decision(f"R-2026-{number:06}", verdict, "anna", "checked", at, None, (), values)


def judged(count: int) -> list[Decision]:
    """People were never the point: confirmed rings are those with certain records."""
    confirmed = [decision(n, Verdict.CONFIRMED, certain=1.0, people=n % 3) for n in range(count)]
    cleared = [decision(1000 + n, Verdict.CLEARED, people=1.5 + n % 3, money=1.0) for n in range(count)]
    return confirmed + cleared


def test_refit_learns_what_mattered_and_says_how_well() -> None:
    found = refit(judged(FEWEST), HAND, budget=20)
    assert found.weights.version == 1
    assert found.weights.values["certain"] > HAND.values["certain"]
    assert found.weights.values["people"] < HAND.values["people"]
    assert found.precision_after == 1.0 > found.precision_before
    assert refit(list(reversed(judged(FEWEST))), HAND, 20) == found


def test_refit_needs_enough_verdicts_of_both_kinds() -> None:
    with pytest.raises(TooFewVerdictsError):
        refit(judged(FEWEST - 1), HAND, 20)
    only_newest = [decision(1, Verdict.CONFIRMED)] * 200 + judged(FEWEST - 1)
    with pytest.raises(TooFewVerdictsError):
        refit(only_newest, HAND, 20)
