"""An account of many strangers, against homes, workforces and kinds that are shared anyway."""

import numpy as np
import pytest

from detectors.finding import ALERT_LINE
from detectors.identity_reuse.shared_handle import SharedHandle, tail
from tests.detectors.planted_identity_reuse import PLANTED, crowd, joined, one_account
from tests.detectors.worlds import snapshot_of


def test_strangers_with_one_account_are_found() -> None:
    (finding,) = SharedHandle().detect(snapshot_of(joined(crowd(), one_account())))
    assert finding.score >= ALERT_LINE and finding.anchor.id == "6299000000000077"


def test_a_home_is_explained_by_its_address() -> None:
    found = list(SharedHandle().detect(snapshot_of(PLANTED["shared_handle"].innocents["home"])))
    assert found and all(finding.score < ALERT_LINE and finding.explained for finding in found)


def test_an_employer_pays_for_its_people() -> None:
    world = one_account()
    world["insured"] = [row | {"emp_no": "E1"} for row in world["insured"]]
    assert all(f.score < ALERT_LINE for f in SharedHandle().detect(snapshot_of(joined(crowd(), world))))


def test_a_health_workers_telephone_is_explained() -> None:
    world = one_account()
    world["insured"] = [row | {"tel": "13955550000", "bankacct": ""} for row in world["insured"]]
    doctor = {"dr_code": "D9", "dr_name": "示例", "fixmedins_code": "H1", "tel": "13955550000"}
    plain = list(SharedHandle().detect(snapshot_of(joined(crowd(), world))))
    known = list(SharedHandle().detect(snapshot_of(joined(crowd(), world, {"practitioners": [doctor]}))))
    assert plain[0].score >= ALERT_LINE > known[0].score


@pytest.mark.parametrize(("most", "count"), [(12, 1), (11, 0)])
def test_a_value_of_very_many_stands_for_none(most: int, count: int) -> None:
    assert len(list(SharedHandle(most=most).detect(snapshot_of(joined(crowd(), one_account()))))) == count


def test_where_such_values_are_usual_one_more_says_nothing() -> None:
    thin, heavy = np.array([1] * 500 + [2] * 20 + [12]), np.array([1] * 500 + [2] * 20 + [9, 11, 13, 15, 18, 25, 12])
    assert tail(thin, 12) < 1e-3 and tail(heavy, 12) >= 1.0


def test_other_rings_do_not_excuse_and_more_holders_are_rarer() -> None:
    several = np.array([1] * 500 + [2] * 20 + [12, 13, 14])
    assert tail(several, 12) < 1e-2
    expected = [tail(several, holders) for holders in (6, 9, 12)]
    assert expected == sorted(expected, reverse=True)
