"""The snapshot: net claims as coded rows, whatever the order of the input."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import duckdb
import numpy as np
import pytest

from detectors import DETECTORS
from detectors.lawful.services import Service, scheduled, services
from detectors.lawful.units import units
from detectors.shared_card.travel import places
from tests.detectors.worlds import snapshot_of
from tests.scenarios import Row, fee_item, settlement, village


def test_only_net_settlements_are_coded_in_order_of_time() -> None:
    snapshot = snapshot_of(village())
    assert snapshot.setl_id(range(3)) == ["S1", "S2", "S3"]
    assert len(snapshot.visits.person) == 3
    assert snapshot.psn_no(snapshot.visits.person) == ["P1", "P2", "P1"]
    assert snapshot.visits.fund.tolist() == [8000, 4000, 0]
    assert snapshot.moment(int(snapshot.visits.minute[1])) == datetime(2026, 1, 5, 9, 3)
    assert snapshot.pharmacies[snapshot.visits.place].tolist() == [False, False, True]


def test_both_kinds_of_account_money_count_in_fen() -> None:
    world = village()
    world["settlements"][0] |= {"acct_pay": "12.30", "acct_mulaid_pay": "4.05"}
    assert int(snapshot_of(world).visits.account[0]) == 1635


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_of_rows_gives_the_same_codes(seed: int) -> None:
    query = "SELECT * FROM visit JOIN person USING (p) JOIN place USING (i) ORDER BY v"
    given, other = snapshot_of(village()), snapshot_of(village(), shuffled=seed)
    assert given.sql(query).to_pylist() == other.sql(query).to_pylist()


def test_what_is_settled_later_is_not_seen() -> None:
    snapshot = snapshot_of(village(), until=date(2026, 2, 10))
    assert snapshot.setl_id(range(len(snapshot.visits.person))) == ["S1", "S2"]


def test_a_verdict_given_later_is_not_seen() -> None:
    said = {"subject_type": "person", "verdict": "cleared", "reason": ""}
    verdicts = [
        said | {"subject_id": "P1", "decided_at": "2026-02-09 17:00:00"},
        said | {"subject_id": "P2", "decided_at": "2026-02-10 08:00:00"},
    ]
    world = village() | {"verdicts": verdicts}
    seen = "SELECT subject_id FROM decided ORDER BY 1"
    assert snapshot_of(world, until=date(2026, 2, 10)).sql(seen).to_pylist() == [{"subject_id": "P1"}]
    assert snapshot_of(world).sql(seen).num_rows == 2


def test_nothing_loaded_is_an_empty_snapshot() -> None:
    snapshot = snapshot_of({})
    assert (snapshot.persons, snapshot.places, snapshot.days) == (0, 0, 0)
    assert len(snapshot.visits.minute) == len(units(snapshot)) == len(services(snapshot)) == 0


def test_strangers_get_a_code_and_are_known_to_be_strangers() -> None:
    world = village()
    world["settlements"] = [*world["settlements"], settlement("S9", "X9", "2026-03-01 08:00:00", fund="1", total="1")]
    snapshot = snapshot_of(world)
    assert snapshot.sql("SELECT psn_no FROM person WHERE NOT known").to_pylist() == [{"psn_no": "X9"}]


def test_family_is_one_unit_and_a_crowd_at_one_address_is_none() -> None:
    world = village()
    snapshot = snapshot_of(world)
    assert len(np.unique(units(snapshot))) == 1  # one household by register, all three at one address
    crowd = [dict(row, psn_no=f"Q{n}") for n in range(9) for row in world["insured"][:1]]
    snapshot = snapshot_of({"insured": crowd})
    assert len(np.unique(units(snapshot))) == 9


def related(pairs: Sequence[tuple[int, int]], kind: str) -> list[Row]:
    return [{"psn_no": f"Q{a}", "rel_psn_no": f"Q{b}", "rel_type": kind} for a, b in pairs]


def test_a_chain_of_ties_falls_back_to_the_register() -> None:
    person = village()["insured"][0]
    # The register ties 0-1, 2-3, …; addresses tie 1-2, 3-4, …: one chain of twelve is no family.
    chain = [dict(person, psn_no=f"Q{n:02}", addr=f"柳树村{(n + 1) // 2}号") for n in range(12)]
    ties = [{"psn_no": f"Q{n:02}", "rel_psn_no": f"Q{n + 1:02}", "rel_type": "3"} for n in range(0, 12, 2)]
    unit = units(snapshot_of({"insured": chain, "relations": ties}))
    assert [unit[n] == unit[n + 1] for n in range(11)] == [n % 2 == 0 for n in range(11)]


@pytest.mark.parametrize(("clients", "family"), [(4, True), (5, False)])
def test_an_agent_of_many_is_no_kin(clients: int, family: bool) -> None:
    person = village()["insured"][0]
    people = [dict(person, psn_no=f"Q{n}", addr=f"柳树村{n}号") for n in range(clients + 1)]
    ties = related([(n, clients) for n in range(clients)], "2")
    assert len(np.unique(units(snapshot_of({"insured": people, "relations": ties})))) == (1 if family else clients + 1)


@pytest.mark.parametrize(("midnights", "timed"), [(1, True), (2, False)])
def test_a_place_that_mostly_writes_no_hour_tells_no_minutes(midnights: int, timed: bool) -> None:
    hours = ["00:00:00"] * midnights + ["09:30:00"] * (3 - midnights)
    rows = [settlement(f"U{n}", "P1", f"2026-03-0{n + 1} {hour}", fund="1", total="1") for n, hour in enumerate(hours)]
    assert snapshot_of(village() | {"settlements": rows}).visits.timed.tolist() == [timed] * 3


def test_services_are_read_from_items_and_diagnoses() -> None:
    world = village()
    world["fee_items"].append(fee_item("S3", "9", "1") | {"med_list_name": "血液透析"})
    world["settlements"][0]["diag_code"] = "Z23.500"
    assert services(snapshot_of(world)).tolist() == [int(Service.VACCINATION), 0, int(Service.DIALYSIS)]


def test_services_are_read_from_the_chapters_of_the_price_list() -> None:
    world = village()
    world["fee_items"] += [
        fee_item("S1", "8", "1") | {"med_list_codg": "003401000010000-340100001"},
        fee_item("S2", "8", "1") | {"med_list_codg": "311000001"},
        fee_item("S3", "8", "1") | {"med_list_codg": "1340100001"},  # the chapter's digits inside another number
    ]
    assert services(snapshot_of(world)).tolist() == [int(Service.REHABILITATION), int(Service.DIALYSIS), 0]


@pytest.mark.parametrize(
    ("sessions", "days_between", "planned"),
    [(6, 3, True), (5, 3, False), (6, 4, False), (12, 7, False), (20, 1, True)],
)
def test_treatment_is_planned_only_as_a_course(sessions: int, days_between: int, planned: bool) -> None:
    start = datetime(2026, 1, 5, 9)
    times = [start + timedelta(days=n * days_between) for n in range(sessions)]
    rows = [settlement(f"R{n:02}", "P1", str(time), fund="1", total="1") for n, time in enumerate(times)]
    items = [fee_item(row["setl_id"], "1", "1") | {"med_list_name": "推拿治疗"} for row in rows]
    snapshot = snapshot_of(village() | {"settlements": rows, "fee_items": items})
    assert scheduled(snapshot).tolist() == [planned] * sessions


def test_visits_are_found_by_person_and_by_place_in_order_of_time() -> None:
    snapshot = snapshot_of(village())
    visits = snapshot.visits
    for p in range(snapshot.persons):
        assert snapshot.rows_of([p]).tolist() == np.flatnonzero(visits.person == p).tolist()
    everywhere = list(range(snapshot.places))
    for some in ([], everywhere[:1], everywhere[1:], everywhere[::-1]):
        assert snapshot.rows_at(some).tolist() == np.flatnonzero(np.isin(visits.place, some)).tolist()


def test_one_value_for_every_visit_in_order() -> None:
    snapshot = snapshot_of(village(), shuffled=2)
    assert snapshot.each("setl_id").tolist() == ["S1", "S2", "S3"]
    assert snapshot.each("med_type = '41'").tolist() == [False, False, True]


def test_texts_are_numbered_in_their_order_and_none_is_told_apart() -> None:
    world = village()
    world["settlements"] = [row | {"diag_code": code} for row, code in zip(world["settlements"], "CAC", strict=False)]
    snapshot = snapshot_of(world)
    told = snapshot.each("diag_code").tolist()
    assert snapshot.numbered("diag_code").tolist() == [sorted(set(told)).index(code) for code in told]
    assert snapshot.numbered("CASE WHEN setl_id > 'S1' THEN 'x' END").tolist() == [-1, 0, 0]


def test_what_a_package_made_goes_when_another_has_its_turn() -> None:
    snapshot = snapshot_of(village())
    named = {detector.name: detector for detector in DETECTORS}
    snapshot.turn(named["two_places"])
    units(snapshot)
    places(snapshot)
    snapshot.code("scratch", {"v": np.arange(2)})
    snapshot.turn(named["during_stay"])
    assert places.__wrapped__ in snapshot.kept  # type: ignore[attr-defined]
    assert snapshot.sql("SELECT count(*) AS n FROM scratch").to_pylist() == [{"n": 2}]
    snapshot.turn(named["lockstep"])
    assert places.__wrapped__ not in snapshot.kept  # type: ignore[attr-defined]
    assert units.__wrapped__ in snapshot.kept  # type: ignore[attr-defined]
    with pytest.raises(duckdb.CatalogException, match="scratch"):
        snapshot.sql("SELECT * FROM scratch")
    assert snapshot.sql("SELECT count(*) AS n FROM visit").to_pylist() == [{"n": 3}]
