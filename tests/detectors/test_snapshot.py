"""The snapshot: net claims as coded rows, whatever the order of the input."""

from datetime import date, datetime

import numpy as np
import pytest

from detectors.lawful.services import Service, services
from detectors.lawful.units import units
from tests.detectors.worlds import snapshot_of
from tests.scenarios import fee_item, settlement, village


def test_only_net_settlements_are_coded_in_order_of_time() -> None:
    snapshot = snapshot_of(village())
    assert snapshot.setl_id(range(3)) == ["S1", "S2", "S3"]
    assert len(snapshot.visits.person) == 3
    assert snapshot.psn_no(snapshot.visits.person) == ["P1", "P2", "P1"]
    assert snapshot.visits.fund.tolist() == [8000, 4000, 0]
    assert snapshot.moment(int(snapshot.visits.minute[1])) == datetime(2026, 1, 5, 9, 3)
    assert snapshot.pharmacies[snapshot.visits.place].tolist() == [False, False, True]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_of_rows_gives_the_same_codes(seed: int) -> None:
    query = "SELECT * FROM visit JOIN person USING (p) JOIN place USING (i) ORDER BY v"
    given, other = snapshot_of(village()), snapshot_of(village(), shuffled=seed)
    assert given.sql(query).to_pylist() == other.sql(query).to_pylist()


def test_what_is_settled_later_is_not_seen() -> None:
    snapshot = snapshot_of(village(), until=date(2026, 2, 10))
    assert snapshot.setl_id(range(len(snapshot.visits.person))) == ["S1", "S2"]


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


def test_services_are_read_from_items_and_diagnoses() -> None:
    world = village()
    world["fee_items"].append(fee_item("S3", "9", "1") | {"med_list_name": "血液透析"})
    world["settlements"][0]["diag_code"] = "Z23.500"
    assert services(snapshot_of(world)).tolist() == [int(Service.VACCINATION), 0, int(Service.DIALYSIS)]
