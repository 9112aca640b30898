"""Two lives on one card: each facet by itself, against plain counting on random visits."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from detectors.finding import ALERT_LINE
from detectors.shared_card.facets import complaints, days_of, far_chance, far_days, ordinary
from detectors.shared_card.hours import habits
from detectors.shared_card.split_life import SplitLife
from detectors.snapshot import Snapshot
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
