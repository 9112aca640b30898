"""Money: brackets by grade, against the amounts of the law, and the records that carry it over."""

from datetime import datetime
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.exposure import THRESHOLDS, Threshold, exposure_of, grades_of
from cases.model import Fact
from detectors.finding import Grade
from tests.cases.making import finding

AMOUNTS = st.lists(st.tuples(st.sampled_from(list(Grade)), st.integers(0, 900)), min_size=1, max_size=9)


def facts(amounts: list[str]) -> dict[str, Fact]:
    time = datetime(2026, 1, 5)
    return {f"S{n}": Fact("P1", "H1", time, Decimal(amount), Decimal("2.50")) for n, amount in enumerate(amounts)}


def test_bracket_and_account_leave_lawful_records_out() -> None:
    grades = {f"S{n}": grade for n, grade in enumerate(Grade)}
    found = exposure_of(grades, facts(["10.01", "20.02", "40.04", "80.08"]))
    assert (found.certain, found.probable, found.contested, found.lawful) == tuple(
        map(Decimal, ("10.01", "20.02", "40.04", "80.08"))
    )
    assert (found.fund, found.account, found.claims) == (Decimal("70.07"), Decimal("7.50"), 3)


def test_a_record_refunded_since_counts_nothing() -> None:
    assert exposure_of({"S0": Grade.CERTAIN, "gone": Grade.CERTAIN}, facts(["1.00"])).claims == 1


def test_the_surest_finding_grades_a_record() -> None:
    sure, weak = finding([1], [0], grade=Grade.CERTAIN), finding([1], [0, 7], grade=Grade.LAWFUL)
    assert list(grades_of([weak, sure]).values()) == [Grade.CERTAIN, Grade.LAWFUL]


def test_national_ranges_and_a_fixed_province() -> None:
    given_facts = facts(["6000.00", "5000.00"])
    grades = {"S0": Grade.CERTAIN, "S1": Grade.PROBABLE}
    ends = {c.amount: c for c in exposure_of(grades, given_facts, THRESHOLDS).crossings}
    assert sorted(ends) == [3_000, 10_000, 30_000, 100_000, 500_000]
    assert (ends[Decimal(3_000)].reached, ends[Decimal(3_000)].movers) == (Grade.CERTAIN, ("S0",))
    assert (ends[Decimal(10_000)].reached, ends[Decimal(10_000)].movers) == (Grade.PROBABLE, ("S1",))
    assert ends[Decimal(30_000)].reached is None
    fixed = [Threshold("large", Decimal(5_000), Decimal(5_000))]
    assert [c.amount for c in exposure_of(grades, given_facts, fixed).crossings] == [5_000]


def test_an_amount_that_is_just_reached_without_a_record_is_still_reached() -> None:
    grades = dict.fromkeys(("S0", "S1", "S2"), Grade.CERTAIN)
    fixed = [Threshold("large", Decimal(300), Decimal(300))]
    (crossing,) = exposure_of(grades, facts(["300.00", "200.00", "100.00"]), fixed).crossings
    assert crossing.movers == ("S0", "S1")


@pytest.mark.parametrize("amount", [300, 1200])
@settings(max_examples=60, deadline=None)
@given(rows=AMOUNTS)
def test_movers_are_the_fewest_records_it_cannot_lose(amount: int, rows: list[tuple[Grade, int]]) -> None:
    """Against all subsets: without the movers the amount is missed, and no fewer records do that."""
    known = facts([str(money) for _grade, money in rows])
    grades = {f"S{n}": grade for n, (grade, _money) in enumerate(rows)}
    crossing = exposure_of(grades, known, [Threshold("large", Decimal(amount), Decimal(amount))]).crossings[0]
    sums = {grade: sum((known[r].fund for r, g in grades.items() if g is grade), Decimal(0)) for grade in Grade}
    reached, total = None, Decimal(0)
    for grade in (Grade.CERTAIN, Grade.PROBABLE, Grade.CONTESTED):
        total += sums[grade]
        if total >= amount:
            reached = grade
            break
    assert crossing.reached is reached
    if reached is None:
        return
    own = [record for record, grade in grades.items() if grade is reached]
    assert total - sum(known[r].fund for r in crossing.movers) < amount
    fewer = combinations(own, len(crossing.movers) - 1)
    assert all(total - sum(known[r].fund for r in some) >= amount for some in fewer)
