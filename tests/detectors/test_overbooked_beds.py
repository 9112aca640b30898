"""Two people in one bed, and more people than beds."""

import numpy as np
import pytest

from detectors.collusion.clashes import covers
from detectors.collusion.overbooked_beds import OverbookedBeds
from detectors.collusion.stays import real_beds, stays
from detectors.finding import Finding
from tests.detectors.planted_collusion import World, batch, merged, places, stay, ward
from tests.detectors.worlds import snapshot_of

WARD = merged(places(), ward())


def overbooked(*worlds: World) -> list[Finding]:
    """Findings in the ordinary ward with these stays added."""
    return list(OverbookedBeds().detect(snapshot_of(merged(WARD, *worlds))))


def bed(key: str, person: str, day: int, nights: int, name: str) -> World:
    """One stay in a named bed."""
    return {"settlements": [stay(key, person, day, nights, adm_bed=name, diag_code="J20.900")]}


def test_a_bed_handed_over_the_same_day_is_no_clash() -> None:
    snapshot = snapshot_of(merged(bed("A", "P1", 1, 5, "B1"), bed("B", "P2", 6, 5, "B1"), bed("C", "P3", 8, 5, "B2")))
    assert not len(stays(snapshot).clashes)
    snapshot = snapshot_of(merged(bed("A", "P1", 1, 6, "B1"), bed("B", "P2", 6, 5, "B1")))
    assert len(stays(snapshot).clashes) == 1


def test_the_one_who_overlaps_with_most_is_named() -> None:
    world = merged(bed("A", "P1", 1, 20, "B1"), *(bed(f"X{n}", f"Q{n}", 2 + 5 * n, 4, "B1") for n in range(3)))
    found = stays(snapshot_of(world))
    cover = np.concatenate(covers(found, found.bedded, np.full(len(found.visit), -1)))
    assert len(cover) == 1 and found.nights[cover[0]] == 20


def test_a_number_that_names_a_ward_is_no_bed() -> None:
    world = merged(*(bed(f"A{n}", f"P{n}", n, 9, "内科") for n in range(40)))
    assert not real_beds(stays(snapshot_of(world))).any()
    assert not list(OverbookedBeds().detect(snapshot_of(merged(places(), world))))


@pytest.mark.parametrize(("persons", "flagged"), [(1, False), (12, True)])
def test_single_clashes_are_clerical_and_batches_are_not(persons: int, flagged: bool) -> None:
    found = overbooked(batch(persons, (20,), copied=False, away=False), batch(persons, (21,), who="U", away=False))
    assert any(finding.score >= 0.5 for finding in found) is flagged


def crowd(persons: int, days: tuple[int, ...]) -> World:
    """Stays without a bed number."""
    rows = [
        {k: v for k, v in row.items() if k != "adm_bed"}
        for row in batch(persons, days, copied=False, away=False)["settlements"]
    ]
    return {"settlements": rows}


@pytest.mark.parametrize(("persons", "flagged"), [(40, False), (80, True)])
def test_far_more_people_than_beds_week_after_week(persons: int, flagged: bool) -> None:
    found = [f for f in overbooked(crowd(persons, (14, 28, 42, 56, 70))) if f.score >= 0.5]
    assert bool(found) is flagged
    assert all([subject.id for subject in finding.subjects] == ["H1"] for finding in found)
