"""Lockstep: people who come together, by the minute and by the day."""

import random
from dataclasses import replace

import numpy as np
import pytest

from detectors.copresence.groups import Search
from detectors.copresence.lockstep import Lockstep
from detectors.copresence.search import results
from detectors.copresence.telling import tell
from detectors.finding import ALERT_LINE, Finding
from tests.detectors.planted_copresence import CLINIC_CROWD, CROWD, GROUP, PLANTED, bursts, names, same_days, world
from tests.detectors.worlds import Rows, snapshot_of


def alerts(rows: Rows) -> list[Finding]:
    """Findings above the line."""
    return [finding for finding in Lockstep().detect(snapshot_of(rows)) if finding.score >= ALERT_LINE]


def persons(finding: Finding) -> set[str]:
    """Persons of a finding."""
    return {one.id for one in finding.subjects if str(one.type) == "person"}


def test_sham_visits_of_one_day_are_found_hours_apart() -> None:
    (finding,) = alerts(PLANTED["lockstep"].rows)
    assert finding.kind == "collusion/sham_visits"
    assert persons(finding) == set(GROUP)
    assert ("doctor", "D1") in {(str(one.type), one.id) for one in finding.subjects}


def test_where_days_are_the_evidence_hours_excuse_nobody() -> None:
    (daily,) = alerts(PLANTED["lockstep"].rows)
    (hourly,) = alerts(world([*CROWD, *bursts(GROUP, range(3, 54, 6), card=False)]))
    tried = [{trial.test for trial in finding.trials} for finding in (daily, hourly)]
    assert ["common_day" in tests for tests in tried] == [False, True]


def test_people_driven_to_a_pharmacy_are_no_hoard() -> None:
    (finding,) = alerts(world([*CROWD, *bursts(GROUP, range(3, 54, 6), card=False)]))
    assert finding.kind == "collusion/lockstep_pharmacy"
    assert persons(finding) == set(GROUP)


def test_members_renewed_over_time_are_one_group() -> None:
    dice, people = random.Random(3), names("W", 24)
    rows = []
    for nth, day in enumerate(range(2, 58, 3)):
        active = people[nth * 14 // 19 : nth * 14 // 19 + 10]
        rows += bursts(dice.sample(active, 8), [day], card=False)
    (finding,) = alerts(world([*CROWD, *rows]))
    assert finding.kind == "collusion/renewed_members"
    assert 16 <= len(persons(finding) & set(people)) < 24  # the first and last came too seldom to tell


def test_only_families_of_the_persons_told_are_counted() -> None:
    snapshot = snapshot_of(PLANTED["lockstep"].rows)
    one = next(one for one in results(snapshot, Search()) if one.facts.kind == "collusion/sham_visits")
    families = one.cleaned.party.members
    wider = replace(one.cleaned.party, members=np.append(families, [10**6, 10**6 + 1]))
    told = tell(snapshot, ("lockstep", "2"), replace(one.cleaned, party=wider), one.facts, one.facts.kind)
    assert told.statement.en.startswith(f"{len(GROUP)} persons of {len(families)} families")


@pytest.mark.parametrize("name", sorted(PLANTED["lockstep"].innocents))
def test_innocents_are_left_alone(name: str) -> None:
    assert not alerts(PLANTED["lockstep"].innocents[name])


@pytest.mark.parametrize(("days", "found"), [(range(4, 20, 8), 0), (range(4, 56, 8), 1)])
def test_two_common_days_are_not_enough(days: range, found: int) -> None:
    assert len(alerts(world([*CLINIC_CROWD, *same_days(GROUP, days)]))) == found
