"""Explanations of meeting: common days, own hours, courses of treatment, and visits that gain nothing."""

import random
from datetime import datetime, timedelta

import numpy as np
import pytest

from detectors.lawful import Explanation, Gathering
from detectors.lawful.days import CommonDay
from detectors.lawful.habits import Course, OwnHabit
from detectors.lawful.motive import NoGain
from tests.detectors.worlds import Rows, snapshot_of
from tests.scenarios import Row, settlement

PLACES = [
    {"fixmedins_code": "H1", "fixmedins_name": "医院", "fixmedins_type": "1"},
    {"fixmedins_code": "H2", "fixmedins_name": "药房", "fixmedins_type": "2"},
]


def visit(person: str, day: int, minute: int, place: str = "H2", total: str = "60.00") -> Row:
    """One visit on a day counted from a Monday."""
    time = f"{datetime(2026, 1, 5) + timedelta(days=day, minutes=minute)}"
    return settlement(f"S{person}-{day}-{minute}", person, time, place, fund="20.00", total=total)


def customers(rng: random.Random, place: str = "H2", days: int = 168) -> list[Row]:
    """Strangers all day long, four a day."""
    return [visit(f"X{day}-{n}", day, rng.randrange(8 * 60, 20 * 60), place) for day in range(days) for n in range(4)]


def share(explanation: Explanation, group: list[Row], others: list[Row]) -> float:
    """Share of the group's visits that an explanation accounts for."""
    rows: Rows = {"institutions": PLACES, "settlements": [*group, *others]}
    snapshot = snapshot_of(rows)
    query = "SELECT v FROM visit JOIN person USING (p) WHERE psn_no LIKE 'P%' ORDER BY v"
    visits = snapshot.columns(query)[0].astype(np.int64)
    gathering = Gathering(np.unique(snapshot.visits.person[visits]), visits, snapshot.visits.day[visits])
    return explanation.explained(snapshot, gathering)[1].explains


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("within", "explained"), [(12 * 60, 1.0), (40, 0.0)])
def test_discount_day_is_spread_and_a_collected_group_is_not(seed: int, within: int, explained: float) -> None:
    rng = random.Random(seed)
    group = [visit(f"P{n}", day, 8 * 60 + rng.randrange(within)) for day in range(3, 160, 28) for n in range(12)]
    assert share(CommonDay(), group, customers(rng)) == explained


def test_days_on_which_two_came_are_no_common_days() -> None:
    rng = random.Random(4)
    group = [visit(f"P{n}", day, 8 * 60 + rng.randrange(12 * 60)) for day in range(3, 160, 28) for n in range(12)]
    pairs = [visit(f"P{n}", day, 8 * 60 + rng.randrange(12 * 60)) for day in range(4, 160, 28) for n in range(2)]
    assert share(CommonDay(), [*group, *pairs], customers(rng)) == len(group) / (len(group) + len(pairs))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_ring_that_is_the_shops_only_crowd_does_not_excuse_itself(seed: int) -> None:
    rng = random.Random(seed)
    group = [visit(f"P{n}", day, 9 * 60 + rng.randrange(30)) for day in range(3, 160, 14) for n in range(8)]
    assert share(CommonDay(), group, customers(rng, "H1")) == 0.0


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("together", "explained"), [(False, 1.0), (True, 0.0)])
def test_lunch_hour_regulars_meet_by_habit(seed: int, together: bool, explained: float) -> None:
    rng = random.Random(seed)
    days = {n: rng.sample([day for day in range(168) if day % 7 < 5], 40) for n in range(10)}
    group = [
        visit(f"P{n}", days[0 if together else n][k], 12 * 60 + rng.randrange(30)) for n in range(10) for k in range(40)
    ]
    assert share(OwnHabit(), group, customers(rng)) == explained


def test_own_habits_are_not_tried_in_a_short_period() -> None:
    group = [visit(f"P{n}", day, 700) for n in range(5) for day in range(0, 30, 3)]
    assert share(OwnHabit(), group, []) == 0.0


@pytest.mark.parametrize(
    ("step", "place", "explained"), [(1, "H1", 1.0), (3, "H1", 1.0), (7, "H1", 0.0), (1, "H2", 0.0)]
)
def test_daily_infusions_are_one_meeting(step: int, place: str, explained: float) -> None:
    group = [visit(f"P{n}", 20 + step * k, 540 + n, place) for n in range(8) for k in range(7)]
    assert share(Course(), group, []) == explained


@pytest.mark.parametrize(
    ("total", "place", "explained"), [("25.00", "H1", 1.0), ("25.01", "H1", 0.0), ("9.00", "H2", 0.0)]
)
def test_nobody_gains_by_a_consultation_fee(total: str, place: str, explained: float) -> None:
    group = [visit(f"P{n}", day, 540 + n, place, total) for n in range(8) for day in range(0, 168, 28)]
    assert share(NoGain(), group, []) == explained
