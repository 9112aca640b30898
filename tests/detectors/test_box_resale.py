"""Boxes that come back: each lawful reason, hubs, and both sides of the thresholds."""

import pytest

from detectors.collusion.box_resale import BoxResale
from detectors.collusion.boxes import returns
from detectors.collusion.pharmacy_to_pharmacy import PharmacyToPharmacy
from detectors.finding import Finding, Grade
from tests.detectors.planted_collusion import (
    World,
    box_code,
    changed,
    customers,
    household,
    merged,
    moment,
    places,
    returning,
    settled,
    sold,
)
from tests.detectors.worlds import snapshot_of

CROWD = merged(places(), customers())


def resold(*worlds: World) -> list[Finding]:
    """What both detectors of boxes find."""
    snapshot = snapshot_of(merged(CROWD, *worlds))
    return [*BoxResale().detect(snapshot), *PharmacyToPharmacy().detect(snapshot)]


def names(finding: Finding) -> set[str]:
    """Ids of the subjects."""
    return {subject.id for subject in finding.subjects}


@pytest.mark.parametrize(("times", "count"), [(2, 0), (3, 1)])
def test_three_purchases_are_needed(times: int, count: int) -> None:
    assert len(resold(returning(1, times, 3))) == count


def test_the_second_settlement_is_certain_and_the_first_probable() -> None:
    finding = resold(returning(4, 6, 4))[0]
    assert finding.records["B0"] is Grade.PROBABLE and finding.records["A0"] is Grade.CERTAIN
    assert any(box_code(0) in line.statement.en for line in finding.evidence)
    assert finding.chance.expected < 0.1 and finding.chance.observed == 24


def test_one_source_is_a_way_between_pharmacies_and_many_are_not() -> None:
    assert {f.kind for f in resold(returning(5, 5, 1))} == {"collusion/pharmacy_to_pharmacy"}
    assert {f.kind for f in resold(returning(5, 5, 4))} == {"collusion/box_resale"}


def other_ring() -> World:
    """Another ring with other goods and sources, but the same receiver."""
    base = returning(4, 6, 2, first=10_000)
    moved = {"R0": "R4", "R1": "R5"}
    bills = [
        row | {"psn_no": row["psn_no"].replace("P", "Z"), "fixmedins_code": moved.get(row["fixmedins_code"], "R6")}
        for row in base["settlements"]
    ]
    goods = [row | {"med_list_codg": "XZ99", "med_list_name": "另一药品"} for row in base["fee_items"]]
    return {"settlements": bills, "fee_items": goods}


def test_two_rings_with_one_receiver_are_told_apart() -> None:
    found = resold(returning(4, 6, 4), other_ring())
    buyers = [{name for name in names(finding) if name[0] in "PZ"} for finding in found]
    assert sorted(map(sorted, buyers)) == [["P0", "P1", "P2", "P3"], ["Z0", "Z1", "Z2", "Z3"]]


def test_a_stray_box_joins_nobody() -> None:
    stray = {
        "settlements": [settled("X1", "N5", moment(3), "R0"), settled("X2", "N6", moment(9), "R2")],
        "fee_items": [sold("X1", 1, box_code(42)), sold("X2", 1, box_code(42))],
    }
    assert [names(f) for f in resold(returning(4, 6, 4), stray)] == [names(f) for f in resold(returning(4, 6, 4))]


@pytest.mark.parametrize(
    "values",
    [
        {"trdn_flag": "1"},
        {"cnt": "0.5"},
        {"drug_trac_codg": "11111111111111111111"},
        {"drug_trac_codg": "1357924"},
        {"drug_trac_codg": ""},
    ],
)
def test_what_is_no_whole_box_does_not_count(values: dict[str, str]) -> None:
    assert not resold(changed(returning(4, 6, 4), "fee_items", **values))


def test_a_code_on_two_drugs_is_a_wrong_code() -> None:
    base = returning(4, 6, 4)
    items = [row | {"med_list_codg": "XQ" + row["setl_id"][0]} for row in base["fee_items"]]
    assert not resold(base | {"fee_items": items})


def test_refunded_purchases_are_no_purchases() -> None:
    base = returning(4, 6, 4)
    refunds = [
        row
        | {"setl_id": "Z" + row["setl_id"], "medfee_sumamt": "-100.00", "fund_pay_sumamt": "-70.00"}
        | {"refd_setl_flag": "1", "init_setl_id": row["setl_id"]}
        for row in base["settlements"]
        if row["setl_id"].startswith("B")
    ]
    assert not resold(base, {"settlements": refunds})


def test_boxes_that_stay_in_the_family_are_explained() -> None:
    found = resold(household(returning(1, 3, 3), 1))
    assert [finding.explained for finding in found] == [True]
    assert found[0].score < 0.5 < found[0].strength


def test_a_box_bought_into_stock_after_it_was_sold_came_back_too() -> None:
    base = returning(4, 6, 4)
    bills = [row for row in base["settlements"] if row["setl_id"].startswith("B")]
    time = {row["setl_id"]: row for row in base["settlements"]}
    moves = [
        {
            "inv_chg_id": f"{place}{row['setl_id']}",
            "fixmedins_code": place,
            "med_list_codg": "XA01",
            "drug_trac_codg": row["drug_trac_codg"],
            "inv_chg_type": "101",
            "cnt": "1",
            "inv_chg_time": when,
        }
        for row in base["fee_items"]
        if row["setl_id"].startswith("B")
        for place, when in (
            (time[row["setl_id"]]["fixmedins_code"], "2025-12-01 08:00:00"),
            ("R6", time["A" + row["setl_id"][1:]]["setl_time"]),
        )
    ]
    items = [row for row in base["fee_items"] if row["setl_id"].startswith("B")]
    found = resold({"settlements": bills, "fee_items": items, "stock_moves": moves})
    assert len(found) == 1 and "R6" in names(found[0])


def test_only_what_was_settled_by_then_is_seen() -> None:
    snapshot = snapshot_of(merged(CROWD, returning(4, 6, 4)), until=None)
    assert len(returns(snapshot).code) == 24
