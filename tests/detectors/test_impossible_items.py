"""Diagnoses and items of another body: what ICD-10 binds to a sex, and what it does not."""

import re

import pytest

from detectors.finding import ALERT_LINE
from detectors.shared_card import sexed
from detectors.shared_card.impossible_items import ImpossibleItems
from tests.detectors.bearers import claims, county, merged, registers, used
from tests.detectors.planted_shared_card import BASE, foreign
from tests.detectors.worlds import Rows, snapshot_of


def score(rows: Rows) -> float:
    """Best score in a world."""
    return max((finding.score for finding in ImpossibleItems().detect(snapshot_of(rows))), default=0.0)


@pytest.mark.parametrize("code", ["O80.000", "Z34.900", "C53.900", "D25.900", "N76.000", "N94.600", "Q51.300"])
def test_codes_of_women(code: str) -> None:
    assert re.match(sexed.FEMALE_DIAGNOSES, code) and not re.match(sexed.MALE_DIAGNOSES, code)


@pytest.mark.parametrize("code", ["N40.x00", "C61.x00", "C62.900", "D29.100", "Q53.900", "N50.900"])
def test_codes_of_men(code: str) -> None:
    assert re.match(sexed.MALE_DIAGNOSES, code) and not re.match(sexed.FEMALE_DIAGNOSES, code)


@pytest.mark.parametrize(
    "code", ["N39.000", "N60.100", "C50.900", "I10.x00", "M81.900", "Z30.900", "B37.000", "D24.x00"]
)
def test_codes_of_either(code: str) -> None:
    assert not re.match(sexed.MALE_DIAGNOSES, code) and not re.match(sexed.FEMALE_DIAGNOSES, code)


def test_a_register_that_certificate_and_claims_contradict_is_wrong() -> None:
    assert score(merged(registers(), county(), foreign(6))) >= ALERT_LINE
    assert score(merged(registers(certno=""), county(), foreign(6))) < ALERT_LINE


def test_both_sexes_on_one_card_are_two_bodies() -> None:
    own = claims(used("o", 3, 0, "HA", diag_code="N40.x00"))
    assert score(merged(registers(certno=""), county(), foreign(6), own)) >= ALERT_LINE


def test_maternity_of_a_resident_is_nobody_s_wife() -> None:
    births = foreign(6, "Z34.900 O80.000")
    assert score(merged(registers(insutype="390"), county(), births)) >= ALERT_LINE
    assert score(merged(registers(insutype="310"), county(), births)) < ALERT_LINE


@pytest.mark.parametrize(("birth", "found"), [("1960-03-07", True), ("2015-03-07", False), ("", False)])
def test_services_for_children_are_no_adult_s(birth: str, found: bool) -> None:
    rows = claims(*(used(f"c{n}", 8 * n, 60, "HA", diag_code="P59.900") for n in range(6)))
    assert (score(merged(registers(brdy=birth), county(), rows)) >= ALERT_LINE) == found


def test_further_diagnoses_weigh_by_their_own_rate() -> None:
    rows = claims(*(used(f"c{n}", 8 * n, 60, "HA") for n in range(6)))
    rows["diagnoses"] = [{"setl_id": f"Sc{n}", "diag_code": "N76.000", "diag_name": "阴道炎"} for n in range(6)]
    alone = score(merged(BASE, rows))
    common = {"diagnoses": [{"setl_id": f"S{n}/0", "diag_code": "N76.000"} for n in range(100, 150)]}
    assert alone >= ALERT_LINE > score(merged(BASE, rows, common))
