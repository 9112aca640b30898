"""Two places sooner than anybody gets there: each threshold from both sides, and the distance."""

from dataclasses import replace
from math import acos, cos, sin

import numpy as np
import pytest

from detectors.finding import ALERT_LINE
from detectors.shared_card.travel import kilometres
from detectors.shared_card.two_places import TwoPlaces
from tests.detectors.bearers import claims, merged, used
from tests.detectors.planted_shared_card import BASE, journeys
from tests.detectors.worlds import snapshot_of


def days(method: TwoPlaces, gap: int, place: str = "RB") -> int:
    """Impossible journeys counted when two settlements lie `gap` minutes apart, five days long."""
    rows = [used(f"a{n}", 9 * n, 60, begntime="2026-01-01 00:00:00") for n in range(5)]
    rows += [used(f"b{n}", 9 * n, 60 + gap, place, begntime="2026-01-01 00:00:00") for n in range(5)]
    found = list(method.detect(snapshot_of(merged(BASE, claims(*rows)))))
    return int(found[0].chance.observed) if found else 0


def test_speed_and_tolerance_set_the_limit() -> None:
    method = TwoPlaces()  # 29.7 km: 29.7 minutes at 60 km/h, less ten of tolerance
    assert (days(method, 19), days(method, 20)) == (5, 0)
    assert days(replace(method, speed=30.0), 20) == 5
    assert days(replace(method, tolerance=0.0), 20) == 5


def test_neighbours_are_one_place() -> None:
    assert days(TwoPlaces(), 1, "RN") == 0
    assert days(replace(TwoPlaces(), least_km=0.01, speed=0.1, tolerance=0.0), 1, "RN") == 5


def test_one_day_is_no_pattern() -> None:
    assert not list(TwoPlaces().detect(snapshot_of(merged(BASE, journeys(1)))))
    assert list(replace(TwoPlaces(), least_days=1, least_slips=1e-9).detect(snapshot_of(merged(BASE, journeys(2)))))


def test_without_coordinates_districts_lie_apart() -> None:
    world = merged(BASE, journeys(5))
    world["institutions"] = [
        row | {"lnt": "", "lat": "", "admdvs": "450101" if row["fixmedins_code"].endswith("A") else "450102"}
        for row in world["institutions"]
    ]
    world["settlements"] = [row | {"begntime": row["setl_time"]} for row in world["settlements"]]
    assert not list(TwoPlaces().detect(snapshot_of(world)))  # 15 minutes for 15 km less the tolerance
    assert max(f.score for f in replace(TwoPlaces(), across=40.0).detect(snapshot_of(world))) >= ALERT_LINE
    world["institutions"] = [row | {"admdvs": ""} for row in world["institutions"]]
    assert not list(replace(TwoPlaces(), across=40.0).detect(snapshot_of(world)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_distance_is_the_great_circle(seed: int) -> None:
    rng = np.random.default_rng(seed)
    degrees = np.round(rng.uniform((100, 25), (115, 40), (6, 2)), 6)
    rows = [
        {"fixmedins_code": f"H{n}", "fixmedins_name": "甲", "fixmedins_type": "1", "lnt": str(x), "lat": str(y)}
        for n, (x, y) in enumerate(degrees)
    ]
    one, two = np.array([0, 1, 2]), np.array([3, 4, 5])
    plain = []
    for a, b in zip(one, two, strict=True):
        (x, y), (u, v) = np.radians(degrees[a]), np.radians(degrees[b])
        plain.append(6371.0 * acos(sin(y) * sin(v) + cos(y) * cos(v) * cos(x - u)))
    assert kilometres(snapshot_of({"institutions": rows}), one, two, 0.0) == pytest.approx(plain, rel=1e-6)
