"""Two lives on one card: each facet by itself, against plain counting on random visits."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from detectors.finding import ALERT_LINE
from detectors.shared_card.facets import (
    Ordinary,
    again_chance,
    as_often,
    calibrated,
    complaints,
    days_of,
    far_chance,
    far_days,
    ordinary,
)
from detectors.shared_card.hours import habits
from detectors.shared_card.innocent_lives import Lived, trials
from detectors.shared_card.split_life import SplitLife
from detectors.snapshot import Ints, Snapshot
from tests.detectors.bearers import claims, county, merged, used
from tests.detectors.planted_shared_card import BASE, PLANTED, lives
from tests.detectors.worlds import snapshot_of

WORLD = PLANTED["split_life"].rows


def random_world(seed: int) -> Snapshot:
    """Thirty people, many visits, four places, six complaints."""
    rng = np.random.default_rng(seed)
    rows = [
        used(f"x{n}", int(rng.integers(60)), int(rng.integers(600)), str(rng.choice(["HA", "RA", "HB", "RB"])))
        | {
            "psn_no": f"P{rng.integers(100, 130)}",
            "diag_code": str(rng.choice(["A01", "B02", "C03", "E11", "I10", "K29"])),
        }
        for n in range(400)
    ]
    return snapshot_of(merged(BASE, claims(*rows)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_facets_equal_plain_counting(seed: int) -> None:
    snapshot = random_world(seed)
    of = ordinary(snapshot)
    days, far = days_of(of, snapshot.persons), far_days(snapshot, of, 5.0, 15.0)
    counts, _, _ = far_chance(of, far, days, 0.001)
    several = complaints(of, snapshot.persons, 2, 2)
    town = [code[1] for code in snapshot.fixmedins_code(range(snapshot.places))]
    for p in range(snapshot.persons):
        rows = np.flatnonzero(of.person == p).tolist()
        assert days[p] == len({int(of.day[n]) for n in rows})
        apart = {
            int(of.day[a])
            for a, b in pairwise(rows)
            if of.day[a] == of.day[b] and of.diag[a] != of.diag[b] and town[of.place[a]] != town[of.place[b]]
        }
        assert counts[p] == len(apart)
        stretches = {(int(of.diag[n]), int(of.day[n]) // 14) for n in rows}
        often = sorted(Counter(diag for diag, _ in stretches).values(), reverse=True)
        assert several[p] == sum(often[2:])


def test_a_habit_is_told_from_the_crowd_s_hours() -> None:
    snapshot = snapshot_of(WORLD)
    found = habits(snapshot, ordinary(snapshot), 4)
    own = found.p_value[found.person == snapshot.psn_no(range(snapshot.persons)).index("P1")]
    assert len(own) == 2 and own.max() < 0.01
    assert np.median(found.p_value) > 0.05


def test_both_kinds() -> None:
    (towns,) = SplitLife().detect(snapshot_of(WORLD))
    assert towns.kind == "shared_card/two_towns"
    codes = [f"{letter}{number}.900" for letter in "ABEGHJKL" for number in (11, 12, 13, 14, 15)]
    ill = [used(f"i{n}", 2 * n, 60, "RA", diag_code=code) for n, code in enumerate(codes * 2)]
    rng = np.random.default_rng(5)
    crowd = county(1100, 1000)
    for n, times in enumerate(np.minimum(rng.geometric(0.3, 1100), 20).tolist()):
        crowd["settlements"] += [
            used(f"g{n}-{k}", 5 * k, 60, "RA", f"P{1000 + n}", diag_code=codes[(n + k) % 40]) for k in range(times)
        ]
    (several,) = SplitLife().detect(snapshot_of(merged(BASE, crowd, claims(*ill))))
    assert several.kind == "shared_card/several_bearers" and several.score >= ALERT_LINE


def test_thresholds_from_both_sides() -> None:
    def score(method: SplitLife) -> float:
        return max((f.score for f in method.detect(snapshot_of(WORLD))), default=0.0)

    assert score(replace(SplitLife(), least_km=25.0)) >= ALERT_LINE > score(replace(SplitLife(), least_km=35.0))
    assert score(replace(SplitLife(), least_days=30)) >= ALERT_LINE > score(replace(SplitLife(), least_days=40))


def test_a_prescription_filled_in_the_other_town_is_one_errand() -> None:
    world = merged(BASE, lives(0, 12))
    snapshot = snapshot_of(world)
    assert len(far_days(snapshot, ordinary(snapshot), 5.0, 15.0)) == 12
    world["settlements"] = [
        row | {"prsc_dr_code": "D1"} if row["setl_id"].startswith("Sd") else row for row in world["settlements"]
    ]
    snapshot = snapshot_of(world)
    assert not len(far_days(snapshot, ordinary(snapshot), 5.0, 15.0))


def test_bands_hold_everybody_seen_once_and_are_never_small() -> None:
    days = np.random.default_rng(1).poisson(3.0, 5500)
    bands = list(as_often(days))
    together = np.concatenate(bands)
    assert sorted(together.tolist()) == np.flatnonzero(days).tolist()
    assert min(len(band) for band in bands) >= 1000
    assert all(days[one].min() >= days[two].max() for one, two in pairwise(bands))


def test_far_days_of_frequent_visitors_are_measured_against_their_like() -> None:
    """Two errands fall on one day by accident; who has forty errands is no traveller for it."""
    of, days = errands(travellers=0)
    counts, _, chance = far_chance(of, far_of(of), days, 0.0005)
    frequent = np.flatnonzero(days >= 30)
    assert len(frequent) > 500
    assert np.quantile(chance[frequent], 0.01) > 0.001
    # The same two far days mean more where visits are few.
    twice = counts == 2
    assert chance[twice & (days <= 6)].max() < chance[twice & (days >= 30)].min()


def test_the_same_two_places_again_and_again_are_no_journey() -> None:
    of, days = errands(travellers=3)
    far = far_of(of)
    counts, _, _ = far_chance(of, far, days, 0.0005)
    again = again_chance(of, far, counts, 0.1)
    assert again[:3].max() < 1e-4
    assert np.count_nonzero(again[3:] < 1e-3) <= 3
    assert np.all(again[counts < 2] == 1.0)


def errands(travellers: int) -> tuple[Ordinary, Ints]:
    """Thousands of people with one errand at a time at random days and places; the first go to 0 and 1 on ten days."""
    rng = np.random.default_rng(4)
    often = np.concatenate([rng.poisson(4.0, 4000), rng.poisson(40.0, 1000)])
    person = np.repeat(np.arange(5000), often)
    day, place = rng.integers(0, 180, len(person)), rng.integers(0, 40, len(person))
    for number in range(travellers):
        person = np.concatenate([person, np.full(20, number)])
        day = np.concatenate([day, np.repeat(np.arange(10) * 15, 2)])
        place = np.concatenate([place, np.tile([0, 1], 10)])
    order = np.lexsort((place, day, person))
    rows = np.arange(len(person))
    zero = np.zeros(len(person), np.int64)
    of = Ordinary(rows, person[order], place[order], day[order], zero, rows, zero.astype(np.bool_))
    return of, days_of(of, 5000)


def far_of(of: Ordinary) -> Ints:
    """Rows after which the same person is elsewhere on the same day (all places lie far apart)."""
    same = (of.person[1:] == of.person[:-1]) & (of.day[1:] == of.day[:-1]) & (of.place[1:] != of.place[:-1])
    return np.flatnonzero(same)


def test_p_values_are_flattened_to_the_county_and_never_sharpened() -> None:
    rng = np.random.default_rng(2)
    heavy = rng.random(20_000) ** 1.5  # tails half as heavy again
    flat = calibrated(heavy)
    assert 0.3 < np.mean(flat < 0.001) / 0.001 < 3.0 < np.mean(heavy < 0.001) / 0.001
    honest = rng.random(20_000)
    assert np.all(calibrated(honest) >= honest - 1e-12)
    ring = np.concatenate([[1e-30], np.ones(60)])
    assert calibrated(ring)[0] == pytest.approx(1e-30)


def lived(towns: str, days: list[int], *, far: int = 0, again: int = 0, weight: float = 0.0) -> dict[str, float]:
    """Share explained by each innocent life; `towns` is a letter per visit."""
    codes = np.array(["AB".index(town) for town in towns])
    zero = np.zeros(len(codes), np.int64)
    at = np.arange(len(codes))
    of = Ordinary(at, zero, codes, np.array(days), zero, zero, zero.astype(np.bool_))
    found = trials(snapshot_of(WORLD), of, Lived(at, (0, 1), far, again, weight))
    return {trial.test: trial.explains for trial in found}


def test_stays_by_the_season_are_innocent_and_weekly_turns_are_not() -> None:
    work = lived("AAABBBBAAABBB", [0, 10, 20, 30, 45, 60, 70, 80, 90, 100, 120, 140, 160])
    assert work["stays by the season"] == 1.0 and work["moved house"] == 0.0
    assert lived("AB" * 8, [3 * n for n in range(16)])["stays by the season"] == 0.0
    both = lived("AAABBBBAAABBB", [0, 10, 20, 30, 45, 60, 70, 80, 90, 100, 120, 140, 160], far=3, again=3)
    assert both["stays by the season"] == 0.0


def test_journeys_explain_only_what_rests_on_them() -> None:
    days = [9 * n for n in range(8)]
    assert lived("AB" * 4, days, far=4, again=1, weight=0.9)["journeys"] == pytest.approx(0.675)
    assert lived("AB" * 4, days, far=4, again=4, weight=0.9)["journeys"] == 0.0
