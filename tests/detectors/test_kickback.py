"""Prescriptions steered to one pharmacy, and everything ordinary that draws them somewhere."""

import numpy as np
import pytest

from detectors.collusion.flows import PULLS, fills, pulls
from detectors.collusion.kickback import Kickback
from detectors.finding import Finding
from tests.detectors.planted_collusion import World, clinics, merged, places, prescriptions
from tests.detectors.worlds import snapshot_of


def steered(*worlds: World, places_: World | None = None, **parameters: float) -> list[Finding]:
    """Findings among eight ordinary doctors and these."""
    detector = Kickback(**parameters)  # type: ignore[arg-type]
    return list(detector.detect(snapshot_of(merged(places_ or places(), clinics(), *worlds))))


def ids(finding: Finding) -> set[str]:
    """Ids of the subjects."""
    return {subject.id for subject in finding.subjects}


def test_every_pull_is_a_distribution_and_leaves_the_doctor_out() -> None:
    snapshot = snapshot_of(merged(places(), clinics(), prescriptions("DX", "H1", 60, 45)))
    found = fills(snapshot)
    code = int(snapshot.scalar("SELECT code FROM doctor WHERE id = 'DX'"))
    shares = pulls(found, code, np.zeros(len(found.visit), np.bool_))
    assert shares.shape == (len(PULLS), 8)
    assert np.allclose(shares.sum(axis=1), 1.0)
    assert (shares[:, 7] < 0.05).all()  # nobody else goes to the pharmacy far off


def test_two_doctors_of_one_house_are_one_finding() -> None:
    found = steered(prescriptions("DX", "H1", 60, 45), prescriptions("DY", "H1", 60, 40))
    assert [ids(finding) for finding in found] == [{"DX", "DY", "R7"}]


def test_doctors_of_two_houses_with_other_drugs_are_two_schemes() -> None:
    other = prescriptions("DY", "H2", 60, 45)
    other["fee_items"] = [row | {"med_list_codg": "XQ77"} for row in other["fee_items"]]
    assert len(steered(prescriptions("DX", "H1", 60, 45), other)) == 2
    assert len(steered(prescriptions("DX", "H1", 60, 45), prescriptions("DY", "H2", 60, 45))) == 1


@pytest.mark.parametrize(("parameter", "met", "missed"), [("persons", 45, 46), ("share", 0.74, 0.76)])
def test_each_threshold_from_both_sides(parameter: str, met: float, missed: float) -> None:
    assert steered(prescriptions("DX", "H1", 60, 45), **{parameter: met})
    assert not steered(prescriptions("DX", "H1", 60, 45), **{parameter: missed})


def test_the_nearest_pharmacy_by_far_is_no_finding() -> None:
    near = places()
    near["institutions"] = [
        row | {"lat": "30.010100" if row["fixmedins_code"] == "R7" else row["lat"].replace("30.0", "30.4")}
        if row["fixmedins_type"] == "2"
        else row
        for row in near["institutions"]
    ]
    # A single doctor far from everybody: only the distance can say so.
    alone = merged(near, prescriptions("DX", "H1", 60, 45), clinics(30, ("H1",)))
    assert not [f for f in Kickback().detect(snapshot_of(alone)) if f.score >= 0.5]


def test_the_only_seller_of_the_drug_is_explained() -> None:
    rare = prescriptions("DX", "H1", 60, 45)
    rare["fee_items"] = [row | {"med_list_codg": "XRARE"} for row in rare["fee_items"]]
    others = prescriptions("DZ", "H2", 60, 0)
    sellers = [row | ({"fixmedins_code": "R7"} if row["setl_id"][0] == "F" else {}) for row in others["settlements"]]
    drugs = [row | {"med_list_codg": "XRARE"} for row in others["fee_items"]]
    bare = [{k: v for k, v in row.items() if k != "prsc_dr_code"} for row in sellers]
    found = steered(rare, {"settlements": bare, "fee_items": drugs})
    assert not [finding for finding in found if finding.score >= 0.5]


def test_without_coordinates_or_visits_it_still_works() -> None:
    bare = places()
    bare["institutions"] = [row | {"lnt": "", "lat": ""} for row in bare["institutions"]]
    found = steered(prescriptions("DX", "H1", 60, 45), places_=bare)
    assert [ids(finding) for finding in found] == [{"DX", "R7"}]


def test_delay_price_and_missing_visits_are_told() -> None:
    world = prescriptions("DX", "H1", 60, 45)
    world["settlements"] = [row for row in world["settlements"] if row["setl_id"] != "VNDX3"]
    told = " ".join(line.statement.en for line in steered(world)[0].evidence)
    assert "1.60 times" in told and "1 prescriptions filled there without a visit" in told and "40 minutes" in told
