"""Use elsewhere during a stay: what is an errand, what a ward's own day, what is counted."""

import pytest

from detectors.finding import Grade
from detectors.shared_card.during_stay import DuringStay
from tests.detectors.bearers import claims, merged, stay, used
from tests.detectors.planted_shared_card import PLANTED, wards
from tests.detectors.worlds import Rows, snapshot_of

BASE = {
    name: [row for row in rows if row.get("psn_no") != "P1" or name != "settlements"]
    for name, rows in PLANTED["during_stay"].rows.items()
}


def counted(*rows: dict[str, str]) -> int:
    """Days counted against the owner, 0 where there is no finding."""
    found = list(DuringStay(least_days=1, least_errands=1e-7).detect(snapshot_of(merged(BASE, claims(*rows)))))
    return int(found[0].chance.observed) if found else 0


def test_only_whole_days_inside_the_stay_count() -> None:
    uses = [used(f"x{day}", day, 0, "RB") for day in (9, 10, 11, 30, 31, 32)]
    assert counted(stay("w", 10, 31), *uses) == 2


def test_the_ward_s_own_house_does_not_count() -> None:
    inside = [used(f"x{day}", day, 0, "HA") for day in (12, 15, 18)]
    assert counted(stay("w", 10, 31), *inside) == 0


def test_one_familiar_refill_and_one_look_elsewhere_per_stay_are_lawful() -> None:
    own = used("own", 3, 0, "RB", diag_code="I10.x00")
    uses = [used(f"r{n}", 12 + 3 * n, 0, "RB", diag_code="I10.x00") for n in range(4)]
    scans = [used(f"h{n}", 13 + 3 * n, 0, "HB") for n in range(3)]
    world = merged(BASE, claims(own, stay("w", 10, 31), *uses, *scans))
    (finding,) = DuringStay().detect(snapshot_of(world))
    lawful = sorted(record for record, grade in finding.records.items() if grade == Grade.LAWFUL)
    assert lawful == ["Sh0", "Sr0"]
    assert finding.records["Sr1"] == Grade.PROBABLE


@pytest.mark.parametrize(("places", "found"), [(["RB", "RB"], 0), (["RB", "HB"], 1), (["RB", "RB", "RB"], 1)])
def test_purchases_alone_need_a_day_more(places: list[str], found: int) -> None:
    uses = [used(f"x{n}", 12 + 3 * n, 0, place) for n, place in enumerate(places)]
    world = snapshot_of(merged(BASE, claims(stay("w", 10, 31), *uses)))
    assert len(list(DuringStay(least_days=2, least_errands=1e-7).detect(world))) == found


@pytest.mark.parametrize(("uses", "found"), [(1, 0), (6, 1)])
def test_a_single_day_is_no_pattern(uses: int, found: int) -> None:
    world: Rows = merged(BASE, wards(uses))
    assert len(list(DuringStay().detect(snapshot_of(world)))) == found


def test_ward_checks_that_miss_the_owner_are_told() -> None:
    world = merged(BASE, wards(6))
    check = {"check_id": "B1", "check_time": "2026-01-20 09:00:00", "fixmedins_code": "HA", "psn_no": "P1"}
    world["bio_checks"] = [check | {"method": "face", "result": "absent"}]
    (finding,) = DuringStay().detect(snapshot_of(world))
    assert "1" in finding.trials[-1].result.en
