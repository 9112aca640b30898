"""Days of supply in hand, and both sides of every threshold."""

import pytest

from detectors.collusion.quota_stripping import QuotaStripping
from detectors.collusion.supply import supplies
from detectors.finding import Finding, Grade
from tests.detectors.planted_collusion import World, chronic, merged, places, stripped
from tests.detectors.worlds import snapshot_of

MONTHLY = merged(places(), chronic())


def stripping(*worlds: World, **parameters: float) -> list[Finding]:
    """Findings in the county with these worlds added."""
    detector = QuotaStripping(**parameters)  # type: ignore[arg-type]
    return list(detector.detect(snapshot_of(merged(MONTHLY, *worlds))))


def test_what_is_in_hand_is_counted_over_all_institutions() -> None:
    found = supplies(snapshot_of(merged(places(), stripped(1, 5, 5, 2))))
    assert found.supply.tolist() == [240.0] and found.span.tolist() == [20]
    assert found.peak.tolist() == [220.0]  # four purchases of sixty days, twenty days passed
    assert found.early.tolist() == [4] and found.places.tolist() == [5]


def test_a_pause_saves_nothing_up() -> None:
    found = supplies(snapshot_of(merged(places(), stripped(1, 4, 70, 1))))
    assert found.peak.tolist() == [0.0] and found.early.tolist() == [0]


def test_without_days_the_rhythm_of_the_users_says_how_long_a_pack_lasts() -> None:
    bare = merged(MONTHLY, stripped(2, 20, 5, 2))
    bare["fee_items"] = [row | {"prd_days": ""} for row in bare["fee_items"]]
    found = list(QuotaStripping().detect(snapshot_of(bare)))
    assert [sorted(s.id for s in f.subjects) for f in found] == [["Q0", "Q1"]]


@pytest.mark.parametrize(("parameter", "met", "missed"), [("fewest", 19, 20), ("places", 6, 7), ("hand", 1000, 1100)])
def test_each_threshold_from_both_sides(parameter: str, met: float, missed: float) -> None:
    assert stripping(stripped(2, 20, 5, 2), **{parameter: met})
    assert not stripping(stripped(2, 20, 5, 2), **{parameter: missed})


def test_supply_must_outrun_the_calendar() -> None:
    assert stripping(stripped(2, 20, 5, 2), times=11.9)
    assert not stripping(stripped(2, 20, 5, 2), times=12.1)


def test_buyers_of_one_drug_at_the_same_shops_are_one_finding_and_of_two_drugs_two() -> None:
    assert len(stripping(stripped(3, 20, 5, 2))) == 1
    other = merged(chronic(60, "XS02"), stripped(2, 20, 5, 2, drug="XS02", who="W"))
    assert len(stripping(stripped(3, 20, 5, 2), other)) == 2


def test_a_family_with_the_same_illness_explains_what_it_can_use() -> None:
    relatives = [{"psn_no": "Q0", "rel_psn_no": f"N{n}", "rel_type": "1"} for n in range(6)]
    alone = stripping(stripped(1, 20, 10, 2, shops=6))
    family = stripping(stripped(1, 20, 10, 2, shops=6), {"relations": relatives})
    assert alone[0].score > 0.5 and family[0].explained and family[0].score < 0.5


def test_the_first_purchase_is_contested_and_the_next_are_probable() -> None:
    finding = stripping(stripped(1, 20, 5, 2))[0]
    assert finding.records["Q0-0"] is Grade.CONTESTED and finding.records["Q0-9"] is Grade.PROBABLE
