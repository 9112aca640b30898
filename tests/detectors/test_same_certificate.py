"""One number under several enrolments: clerical error and moves against use in turn."""

import pytest

from detectors.finding import ALERT_LINE, Finding
from detectors.identity_reuse.same_certificate import SameCertificate
from tests.detectors.planted_identity_reuse import PLANTED, SHARED_NUMBER, crowd, in_turn, joined, one_number
from tests.detectors.worlds import snapshot_of
from tests.scenarios import World

_CROWD = crowd()


def _found(world: World) -> list[Finding]:
    return list(SameCertificate().detect(snapshot_of(joined(_CROWD, world))))


def test_three_names_under_one_number_are_one_finding() -> None:
    (finding,) = _found(one_number())
    assert finding.score >= ALERT_LINE and len(finding.subjects) == 3
    assert set(finding.records) == {row["setl_id"] for row in one_number()["settlements"]}


@pytest.mark.parametrize("name", sorted(PLANTED["same_certificate"].innocents))
def test_innocents_are_listed_as_explained(name: str) -> None:
    (finding,) = SameCertificate().detect(snapshot_of(PLANTED["same_certificate"].innocents[name]))
    assert finding.score < ALERT_LINE and finding.explained


def test_more_enrolments_are_never_less_suspicious() -> None:
    two = {"insured": SHARED_NUMBER[:2], "settlements": in_turn(["C0", "C1"], 4)}
    assert _found(one_number())[0].strength > _found(two)[0].strength  # type: ignore[arg-type]


def test_fifteen_and_eighteen_digits_are_one_number() -> None:
    number = str(SHARED_NUMBER[0]["certno"])
    rows = [SHARED_NUMBER[0], SHARED_NUMBER[1] | {"certno": number[:6] + number[8:17]}]
    assert len(_found({"insured": rows, "settlements": in_turn(["C0", "C1"], 4)})) == 1  # type: ignore[dict-item]


@pytest.mark.parametrize("number", ["", "0", "无", "000000000000000000", "11111111"])
def test_what_stands_for_no_number_is_nobodys(number: str) -> None:
    rows = [row | {"certno": number} for row in SHARED_NUMBER]
    assert not _found(one_number() | {"insured": rows})  # type: ignore[arg-type]


def test_a_passport_is_a_number_too() -> None:
    rows = [row | {"certno": "EA7130264", "psn_cert_type": "03"} for row in SHARED_NUMBER]
    assert len(_found(one_number() | {"insured": rows})) == 1  # type: ignore[arg-type]


def test_many_of_one_number_stand_for_none_from_both_sides() -> None:
    snapshot = snapshot_of(joined(_CROWD, one_number()))
    assert list(SameCertificate(most=3).detect(snapshot)) and not list(SameCertificate(most=2).detect(snapshot))
