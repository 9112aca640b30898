"""Law as data: elements point to records or are holes; the meter, the clocks, the points, the national lines."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import jsonschema
import pytest

from cases.exports.clocks import FactName, State, clocks_of, limits
from cases.exports.destinations import DESTINATIONS
from cases.exports.dossier import Dossier, dossier_of
from cases.exports.facts import CaseHistory
from cases.exports.holes import count, split
from cases.exports.legal import bases_of, held, law, said
from cases.exports.meter import REQUIRED, meter_of
from cases.exports.national import lines_of, schema, violations
from cases.exports.points import forecasts_of
from cases.exports.words import capital, ordinal, printable
from claims.workspace import Workspace
from detectors.finding import Grade, Role, Statement
from graph.model import NodeType
from tests.cases.exports.worlds import RING


def test_every_basis_has_its_source_and_says_whether_it_was_compared() -> None:
    assert "不是法律法规原文" in law().notice
    for basis in law().bases:
        assert basis.source and basis.number and basis.in_force and basis.elements, basis.id
        assert isinstance(basis.checked, bool)
    assert any(not basis.checked for basis in law().bases)


def test_elements_point_to_records_of_the_ring_or_are_holes_with_somebody_to_ask(masked: Dossier) -> None:
    ids = {record.id for record in said(masked)}
    found = {(basis.id, line.element.id): line for basis in bases_of(masked) for line in held(masked, basis)}
    assert set(found["tiaoli-41-1", "person"].showing.records) == ids
    assert set(found["tiaoli-40", "institution"].showing.records) == ids
    for line in found.values():
        assert set(line.showing.records) <= ids
        assert line.element.who
    assert {key for key, line in found.items() if line.hole} >= {
        ("tiaoli-40", "purpose"), ("tiaoli-41-1", "own"), ("xingfa-266", "purpose"), ("xingfa-266", "each"),
    }  # fmt: skip


def test_the_amount_of_the_law_is_an_element_only_where_it_is_reached(masked: Dossier) -> None:
    def reached(dossier: Dossier) -> bool:
        (basis,) = (basis for basis in bases_of(dossier) if basis.id == "xingfa-266")
        return not next(line for line in held(dossier, basis) if line.element.id == "amount").hole

    assert masked.exposure.fund == Decimal(13_500)
    assert reached(masked)
    crossings = tuple(replace(crossing, reached=None) for crossing in masked.exposure.crossings)
    assert not reached(replace(masked, exposure=replace(masked.exposure, crossings=crossings)))


def test_records_before_a_rule_was_in_force_do_not_show_it(masked: Dossier) -> None:
    (rule,) = (basis for basis in bases_of(masked) if basis.id == "xize-2026")
    assert held(masked, rule)[0].hole  # everything happened in March 2026
    later = tuple(replace(r, time=r.time.replace(month=5)) for r in masked.records)
    assert len(held(replace(masked, records=later), rule)[0].showing.records) == len(later)


def test_what_a_case_cleared_is_out_of_documents_and_sums(ring_workspace: Workspace, masked: Dossier) -> None:
    gone, member = masked.records[0], masked.members[0]
    case = CaseHistory("AJ-1", members=((member.key, "cleared"),), records=((gone.id, "cleared"),))
    narrowed = dossier_of(ring_workspace, RING, case)
    assert narrowed.exposure.fund == masked.exposure.fund - gone.fund
    assert gone.id not in {record.id for record in said(narrowed)}
    assert member.key not in {party.key for party in narrowed.members}
    assert masked.exposure == masked.ring.picture.exposure


def test_the_meter_says_what_is_missing_and_who_has_it(masked: Dossier) -> None:
    for destination in DESTINATIONS:
        meter = meter_of(masked, destination.name)
        assert meter.filled + len(meter.missing) == len(destination.requires)
        for reading in meter.missing:
            assert reading.required.who and count(reading.shown) == 1
    meter = meter_of(masked, "police")
    assert {reading.required.name for reading in meter.missing} >= {"officers", "approval", "interviews", "proved"}
    reviewed = replace(masked, case=CaseHistory("AJ-1", outcome="部分属实"))
    assert "review" not in {reading.required.name for reading in meter_of(reviewed, "police").missing}
    assert {name for destination in DESTINATIONS for name in destination.requires} <= set(REQUIRED)


SENT, RECEIVED = datetime(2026, 11, 20, 16), datetime(2026, 11, 20, 17, 30)


@pytest.mark.parametrize(
    ("facts", "now", "clock", "state"),
    [
        ({}, SENT, "decide", State.WAITING),
        ({FactName.DECIDED: SENT}, datetime(2026, 11, 21, 16), "send", State.RUNNING),
        ({FactName.DECIDED: SENT}, datetime(2026, 11, 21, 16, 0, 1), "send", State.PASSED),
        ({FactName.RECEIVED: RECEIVED}, datetime(2026, 11, 23, 23, 59), "answer", State.RUNNING),
        ({FactName.RECEIVED: RECEIVED}, datetime(2026, 11, 24), "answer", State.PASSED),
        ({FactName.RECEIVED: RECEIVED, FactName.ANSWERED: datetime(2026, 11, 23)}, SENT, "answer", State.MET),
        ({FactName.RECEIVED: RECEIVED, FactName.ANSWERED: datetime(2026, 11, 24)}, SENT, "answer", State.LATE),
    ],
)
def test_clocks_run_from_recorded_facts(
    facts: dict[FactName, datetime], now: datetime, clock: str, state: State
) -> None:
    assert {found.limit.id: found.state for found in clocks_of(facts, now)}[clock] is state


def test_clocks_name_their_source() -> None:
    assert [limit.hours or limit.days for limit in limits()][:3] == [3, 24, 3]
    assert all("规定" in limit.source and limit.who for limit in limits())


def test_points_are_a_proposal_with_reasons_and_only_for_staff(masked: Dossier) -> None:
    assert forecasts_of(masked) == ()
    record = masked.records[0]
    doctor = replace(
        masked.members[0], type=NodeType.DOCTOR, id="D1", role=Role.PRESCRIBER, reason=Statement("", ""), name="赵医生"
    )
    signed = (replace(record, doctor="D1"), *masked.records[1:])
    (forecast,) = forecasts_of(replace(masked, parties=(*masked.parties, doctor), records=signed))
    assert forecast.records == (record.id,)
    assert (forecast.band.least, forecast.band.most) == (10, 12)
    assert "受到行政处罚" in forecast.band.when and "未查明" in forecast.reasons[-1]


def test_national_lines_are_one_a_member_valid_and_never_a_conviction(masked: Dossier) -> None:
    lines = [json.loads(line) for line in lines_of(masked).decode().splitlines()]
    assert sorted(line["patn_id"] for line in lines) == ["P1", "P2", "P3"]
    assert {line["ring_id"] for line in lines} == {RING}
    for line in lines:
        details = line["judge_result_detail_dtos"]
        assert Decimal(line["vola_amt"]) == sum(Decimal(detail["vola_amt"]) for detail in details)
        assert line["sev_deg"] != "1" and line["vola_cont"].startswith("疑点线索")
    assert len({line["jr_id"] for line in lines}) == 3
    assert lines_of(masked) == lines_of(masked)


def test_contested_records_only_touch_the_lead(masked: Dossier) -> None:
    doubtful = tuple(replace(record, grade=Grade.CONTESTED) for record in masked.records)
    line = next(violations(replace(masked, records=doubtful)))
    assert line["sev_deg"] == "3"
    details = line["judge_result_detail_dtos"]
    assert isinstance(details, list) and {detail["vola_item_type"] for detail in details} == {"2"}


@pytest.mark.parametrize("change", [{"sev_deg": "1"}, {"vola_amt": "1,0"}, {"ring_id": ""}, {"rule_name": "x" * 201}])
def test_the_schema_refuses_what_the_interface_would(masked: Dossier, change: dict[str, str]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(next(violations(masked)) | change, schema())


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"), ("0.05", "伍分"), ("0.30", "叁角整"), ("10005", "壹万零伍元整"),
        ("1234.50", "壹仟贰佰叁拾肆元伍角整"),
        ("1284310.56", "壹佰贰拾捌万肆仟叁佰壹拾元伍角陆分"), ("100000000", "壹亿元整"),
        ("10010001.01", "壹仟零壹万零壹元零壹分"),
        ("-5", "负伍元整"),
    ],
)  # fmt: skip
def test_amounts_in_capitals(amount: str, words: str) -> None:
    assert capital(Decimal(amount)) == words


def test_small_words() -> None:
    assert [ordinal(number) for number in (1, 10, 11, 20, 23)] == ["一", "十", "十一", "二十", "二十三"]
    assert printable("a\nb\x00\u202ec") == "a b\ufffd\ufffdc"
    assert split("甲〔待补：乙；提供者：丙〕丁") == [("甲", False), ("〔待补：乙；提供者：丙〕", True), ("丁", False)]
