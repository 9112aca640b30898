"""Boxes from the settlements of one pharmacy to those of another."""

from detectors.collusion.pharmacy_to_pharmacy import PharmacyToPharmacy
from detectors.finding import Role
from tests.detectors.planted_collusion import World, customers, merged, places, returning
from tests.detectors.worlds import snapshot_of

CROWD = merged(places(), customers())


def one_owner(world: World) -> World:
    """All institutions under one legal representative."""
    return world | {"institutions": [row | {"legrep_name": "某乙"} for row in world["institutions"]]}


def test_seller_receiver_and_lenders_are_named() -> None:
    finding = next(PharmacyToPharmacy().detect(snapshot_of(merged(CROWD, returning(6, 5, 1)))))
    roles = {subject.id: subject.role for subject in finding.subjects}
    assert roles["R0"] is roles["R6"] is Role.DISPENSER
    assert {name for name, role in roles.items() if role is Role.LENDER} == {f"P{n}" for n in range(6)}
    assert "30" in finding.statement.en and finding.score > 0.9


def test_shops_of_one_chain_that_book_a_box_within_a_day_are_explained() -> None:
    quick = one_owner(merged(CROWD, returning(6, 5, 1, gap=0)))
    finding = next(PharmacyToPharmacy().detect(snapshot_of(quick)))
    assert finding.explained and finding.score < 0.5
    slow = one_owner(merged(CROWD, returning(6, 5, 1, gap=12)))
    assert next(PharmacyToPharmacy().detect(snapshot_of(slow))).score > 0.9


def test_one_more_lender_keeps_the_name() -> None:
    few = next(PharmacyToPharmacy().detect(snapshot_of(merged(CROWD, returning(6, 5, 1)))))
    more = next(PharmacyToPharmacy().detect(snapshot_of(merged(CROWD, returning(7, 5, 1)))))
    assert few.identity == more.identity and len(more.subjects) == len(few.subjects) + 1
