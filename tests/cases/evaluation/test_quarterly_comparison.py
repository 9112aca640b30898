"""Comparing institutions: nobody is singled out by chance, by size or by those who come to it."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from random import Random

import numpy as np
import pytest

from cases.evaluation.evaluate import Ask, evaluate
from cases.evaluation.model import Course, Kind, Mark, Standing, Tier
from cases.evaluation.quarter import Quarter, QuarterError
from cases.evaluation.ratios import compare, funnel, standing_of
from cases.evaluation.source import Source
from claims.errors import NotFoundError
from tests.cases.evaluation.quarterly import SPRING, alike, case_mix, marked


def sizes(random: np.random.Generator, count: int, mean: float) -> np.ndarray:
    found = random.lognormal(0, 1, count)
    scaled: np.ndarray = found / found.sum() * count * mean
    return scaled


@pytest.mark.parametrize("mean", [0.5, 3.0, 10.0])
def test_equal_institutions_are_hardly_ever_told_apart(mean: float) -> None:
    random, told, whole = np.random.default_rng(3), Counter[Standing](), 0
    for _ in range(25):
        expected = sizes(random, 40, mean)
        observed = random.poisson(expected)
        expected *= observed.sum() / expected.sum()
        told.update(map(standing_of, compare(observed, expected).ratios, expected))
        whole += 40
    assert told[Standing.ABOVE] + told[Standing.BELOW] <= 0.005 * whole


def test_the_one_that_differs_is_found() -> None:
    random, found, others = np.random.default_rng(4), 0, 0
    for _ in range(25):
        expected = sizes(random, 40, 5.0)
        expected[7] = 5.0
        truth = expected.copy()
        truth[7] *= 5
        observed = random.poisson(truth)
        expected *= observed.sum() / expected.sum()
        standings = list(map(standing_of, compare(observed, expected).ratios, expected))
        found += standings[7] is Standing.ABOVE
        others += standings.count(Standing.ABOVE) - (standings[7] is Standing.ABOVE)
    assert found >= 23
    assert others <= 10  # of 975


def test_intervals_hold_the_truth() -> None:
    random, inside = np.random.default_rng(5), 0
    for _ in range(30):
        expected = sizes(random, 40, 4.0)
        truth = random.gamma(4.0, 1 / 4.0, 40)
        ratios = compare(random.poisson(expected * truth), expected).ratios
        inside += sum(ratio.low <= true <= ratio.high for ratio, true in zip(ratios, truth, strict=True))
    assert 0.86 <= inside / 1200 <= 0.94


def test_tiny_institutions_are_shrunk_and_said_to_be_too_small() -> None:
    observed, expected = np.array([1, *[5] * 20]), np.array([0.05, *[5.0] * 20])
    ratios = compare(observed, expected).ratios
    assert ratios[0].raw == pytest.approx(20)
    assert ratios[0].shrunk < 2
    assert standing_of(ratios[0], 0.05) is Standing.TOO_SMALL
    assert ratios[0].last - ratios[0].first > 10  # of 21 ranks


def test_the_share_of_worst_tenths_adds_up() -> None:
    found = compare(np.arange(20), np.full(20, 9.5)).ratios
    assert sum(ratio.worst for ratio in found) == pytest.approx(2.0)
    assert found[19].worst > 0.4 > 0.05 > found[10].worst
    assert all(ratio.low <= ratio.shrunk <= ratio.high and ratio.first <= ratio.last for ratio in found)


def test_funnel_limits_narrow_with_size() -> None:
    low, high = funnel(np.array([1.0, 10.0, 100.0]), 0.95)
    assert list(low) == sorted(low)
    assert list(high) == sorted(high, reverse=True)
    assert (low[2], high[2]) == pytest.approx((0.81, 1.20), abs=0.02)  # 1 ± 1.96 / √100


def test_what_is_expected_follows_those_who_come() -> None:
    cells = [(f"H{n:03}", SPRING, "11", "80+" if n < 10 else "18-44", "IX", 1000) for n in range(20)]
    reviewed = [one for n in range(10) for k in range(4) for one in marked(f"H{n:03}", f"R{n}-{k}", age="80+")]
    found = {line.code: line for line in evaluate(Source(case_mix(cells), reviewed), Ask()).lines}
    assert found["H000"].expected > 3.3  # of 4; drawn a little towards the average of 2
    assert found["H015"].expected < 0.7
    assert sum(line.expected for line in found.values()) == pytest.approx(40)
    assert found["H000"].standing is Standing.ALIKE  # four times nothing, but as old people have it


@pytest.mark.parametrize("levels", [2, 3])
def test_nobody_is_an_own_norm(levels: int) -> None:
    """The only tertiary hospital is compared with all, not with itself."""
    reviewed = [one for k in range(20) for one in marked("H000", f"R{k}")]
    reviewed += [one for n in range(1, 12) for one in marked(f"H{n:03}", f"Q{n}")]
    tiers = {f"H{n:03}": Tier.PRIMARY for n in range(1, 12 if levels == 2 else 6)}
    mix = case_mix(alike(12), tiers | {"H000": Tier.TERTIARY})
    found = {line.code: line for line in evaluate(Source(mix, reviewed), Ask()).lines}
    assert found["H000"].expected == pytest.approx(31 / 12, rel=0.01)
    assert found["H000"].standing is Standing.ABOVE


def test_the_order_of_rows_does_not_matter() -> None:
    cells = [(f"H{n:03}", SPRING, care, "45-64", "IX", 300 + n) for n in range(12) for care in ("11", "21")]
    reviewed = [one for n in range(12) for k in range(n) for one in marked(f"H{n:03}", f"R{n}-{k}")]
    first = evaluate(Source(case_mix(cells), reviewed), Ask())
    Random(1).shuffle(cells)
    Random(2).shuffle(reviewed)
    second = evaluate(Source(case_mix(cells), reviewed), Ask())
    assert [line.code for line in first.lines] == [line.code for line in second.lines]
    for one, other in zip(first.lines, second.lines, strict=True):
        assert one.expected == pytest.approx(other.expected, rel=1e-9)
        assert one.ratio and other.ratio
        assert (one.ratio.first, one.ratio.last) == (other.ratio.first, other.ratio.last)
        assert one.ratio.shrunk == pytest.approx(other.ratio.shrunk, rel=1e-6)


def test_only_reviewed_conclusions_count() -> None:
    reviewed = [
        *marked("H000", "R1"),
        *marked("H000", "R2", Mark.OPEN, records=30),
        *marked("H001", "R3", Mark.CLEARED),
    ]
    reviewed += [*marked("H002", "R4", Mark.UNPROVEN), *marked("H003", "R5", Mark.PARTLY, records=1)]
    found = evaluate(Source(case_mix(alike(6)), reviewed), Ask())
    lines = {line.code: line for line in found.lines}
    assert found.confirmed == 2
    assert lines["H000"].observed == 1
    assert lines["H000"].per_10k == pytest.approx(20)
    assert lines["H000"].tallies[Mark.OPEN].records == 30
    assert lines["H000"].reviewed == (1, 2)
    assert [lines[code].observed for code in ("H001", "H002", "H003")] == [0, 0, 1]


def test_a_record_of_two_rings_counts_once() -> None:
    one, other = marked("H000", "R1", records=1), marked("H000", "R2", Mark.OPEN, records=1)
    same = [*one, replace(other[0], record=one[0].record)]
    line = next(x for x in evaluate(Source(case_mix(alike(6)), same), Ask()).lines if x.code == "H000")
    assert [line.tallies[mark].records for mark in (Mark.CONFIRMED, Mark.OPEN)] == [1, 0]
    assert line.tallies[Mark.CONFIRMED].fund == Decimal("50.00")
    assert line.tallies[Mark.OPEN].rings == 1


@pytest.mark.parametrize("count", [4, 6])
def test_without_conclusions_or_with_few_institutions_nothing_is_compared(count: int) -> None:
    reviewed = marked("H000", "R1", Mark.CONFIRMED if count == 4 else Mark.OPEN)
    found = evaluate(Source(case_mix(alike(count)), reviewed), Ask())
    assert not found.compared
    assert all(line.ratio is None and line.standing is Standing.NOT_COMPARED for line in found.lines)


def test_the_comparison_set_is_what_was_asked_for() -> None:
    tiers = {f"H{n:03}": Tier.PHARMACY if n < 7 else Tier.PRIMARY for n in range(13)}
    source = Source(case_mix(alike(13), tiers), marked("H000", "R1"))
    counts = {kind: len(evaluate(source, Ask(kind=kind)).lines) for kind in Kind}
    assert counts == {Kind.ALL: 13, Kind.PHARMACY: 7, Kind.MEDICAL: 6}
    assert len(evaluate(source, Ask(tier=Tier.PRIMARY)).lines) == 6
    assert evaluate(source, Ask(regions=frozenset({"3301"}))).lines == ()
    assert len(evaluate(source, Ask(regions=frozenset({"45"}))).lines) == 13
    assert evaluate(source, Ask(kind=Kind.MEDICAL)).confirmed == 0  # a ring elsewhere is not expected here either


def test_trends_are_told_only_where_they_are_sure() -> None:
    quarters = [Quarter.at(SPRING.place - back) for back in range(5, -1, -1)]
    cells = [cell for quarter in quarters for cell in alike(8, quarter=quarter)]
    reviewed = []
    for at, quarter in enumerate(quarters):
        for n in range(8):
            times = 4 * at if n == 0 else 4
            reviewed += [x for k in range(times) for x in marked(f"H{n:03}", f"R{at}-{n}-{k}", quarter=quarter)]
    found = {line.code: line.trend for line in evaluate(Source(case_mix(cells), reviewed), Ask(SPRING)).lines}
    assert found["H000"].course is Course.RISING
    assert [step.observed for step in found["H000"].steps] == [0, 4, 8, 12, 16, 20]
    assert {found[f"H{n:03}"].course for n in range(1, 8)} <= {Course.UNCLEAR, Course.FALLING}
    few = evaluate(Source(case_mix(cells), marked("H001", "R", quarter=SPRING)), Ask(SPRING)).lines
    assert all(line.trend.factor is None for line in few)  # one quarter tells of no trend


def test_the_newest_whole_quarter_is_the_default() -> None:
    cells = [*alike(6, quarter=SPRING), *alike(6, quarter=Quarter(2026, 2))]
    mix = case_mix(cells)
    assert evaluate(Source(mix, ()), Ask()).quarter == Quarter(2026, 2)
    cut = replace(mix, newest=mix.newest.replace(month=5) if mix.newest else None)
    assert evaluate(Source(cut, ()), Ask()).quarter == SPRING
    assert not evaluate(Source(cut, ()), Ask(Quarter(2026, 2))).complete
    with pytest.raises(NotFoundError):
        evaluate(Source(mix, ()), Ask(Quarter(2025, 1)))


@pytest.mark.parametrize("text", ["2026Q3", "2026-q3", "2026年3季度", "20263", "2026年第3季度"])
def test_quarters_are_read(text: str) -> None:
    assert Quarter.parse(text) == Quarter(2026, 3)
    assert str(Quarter.parse(text).ends) == "2026-10-01"


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "Q1", "2026Q1x"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(QuarterError):
        Quarter.parse(text)
