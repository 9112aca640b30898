"""Ghosts: one handle, equal claims on common days, no other life."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, chi2

from detectors.finding import ALERT_LINE, Finding
from detectors.identity_reuse.likeness import Likeness, batches
from detectors.identity_reuse.one_hand_ghosts import OneHandGhosts
from tests.detectors.planted_identity_reuse import PLANTED, crowd, ghosts, joined, person
from tests.detectors.worlds import snapshot_of
from tests.scenarios import World

_CROWD = crowd()


def _found(world: World) -> list[Finding]:
    return list(OneHandGhosts().detect(snapshot_of(joined(_CROWD, world))))


def test_ghosts_their_clinic_and_handle_are_found() -> None:
    (finding,) = _found(ghosts())
    assert finding.score >= ALERT_LINE
    assert {s.id for s in finding.subjects} == {*(f"G{n}" for n in range(8)), "H5", "13933330000"}


@pytest.mark.parametrize("name", sorted(PLANTED["one_hand_ghosts"].innocents))
def test_people_with_a_life_stay_below_the_line(name: str) -> None:
    found = OneHandGhosts().detect(snapshot_of(PLANTED["one_hand_ghosts"].innocents[name]))
    assert all(finding.score < ALERT_LINE for finding in found)


@pytest.mark.parametrize(("days", "count"), [(3, 1), (2, 0)])
def test_the_number_of_common_days_from_both_sides(days: int, count: int) -> None:
    assert len(_found(ghosts(days=days))) == count


@pytest.mark.parametrize(("people", "count"), [(4, 1), (3, 0)])
def test_the_number_of_ghosts_from_both_sides(people: int, count: int) -> None:
    assert len(_found(ghosts(people))) == count


def test_registered_relatives_outside_speak_for_people() -> None:
    tied = [{"psn_no": f"G{n}", "rel_psn_no": f"N{n:04d}", "rel_type": "3"} for n in range(8)]
    (finding,) = _found(ghosts() | {"relations": tied})
    assert finding.score < ALERT_LINE and finding.explained


def test_the_one_other_holder_is_the_hand() -> None:
    hand = person("HAND", "褚宝泰", "1970-07-07", "777", tel="13933330000")
    (finding,) = _found(joined(ghosts(), {"insured": [hand]}))  # type: ignore[dict-item]
    assert {(s.id, s.role.value) for s in finding.subjects} >= {("HAND", "organiser")}


def test_vaccination_looks_alike_by_appointment() -> None:
    world = ghosts()
    world["settlements"] = [row | {"diag_code": "Z23.800"} for row in world["settlements"]]
    assert not _found(world)


def test_the_test_is_fishers_over_days() -> None:
    snapshot = snapshot_of(joined(_CROWD, ghosts()))
    visits = snapshot.visits
    claim = np.unique(np.column_stack([visits.place, visits.total]), axis=0, return_inverse=True)[1]
    rows = np.flatnonzero([number.startswith("G") for number in snapshot.psn_no(visits.person)])
    others = np.setdiff1d(np.flatnonzero(visits.place == visits.place[rows[0]]), rows)
    found = batches(snapshot, Likeness(claim, 0.1), rows, others)
    common = np.bincount(claim[others]).max()
    rate = (common + 20 * 0.1) / (len(others) + 20)
    days = [8 * binom.sf(8 - 2, 8 - 1, rate)] * 6
    assert found.rate == pytest.approx(rate)
    assert found.p_value == pytest.approx(chi2.sf(-2 * np.log(np.minimum(1, days)).sum(), 12))


def test_no_handles_no_findings() -> None:
    world = ghosts()
    world["insured"] = [
        {"psn_no": row["psn_no"], "psn_name": row["psn_name"], "certno": ""} for row in world["insured"]
    ]
    assert not _found(world)
    assert not list(replace(OneHandGhosts(), most=7).detect(snapshot_of(joined(_CROWD, ghosts()))))
