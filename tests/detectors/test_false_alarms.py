"""The run's own estimate of false alarms: what moves it, and that it holds where nobody does anything wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import poisson

from claims.reader import Claims
from claims.simulator.run import simulate
from claims.workspace import Workspace
from detectors import DETECTORS
from detectors.contract import missing
from detectors.false_alarms import LEVEL, expected_false_alarms
from detectors.finding import ALERT_LINE, Finding, Trial, say, strength_of
from detectors.shared_card.borrowed_card import BorrowedCard
from detectors.snapshot import Snapshot
from loaders.load import load
from tests.detectors.planted_shared_card import PLANTED
from tests.detectors.worlds import snapshot_of

NAMES = [detector.name for detector in DETECTORS]


@pytest.fixture(scope="module")
def finding() -> Finding:
    (found,) = BorrowedCard().detect(snapshot_of(PLANTED["borrowed_card"].rows))
    return found


def with_p(finding: Finding, p_value: float) -> Finding:
    """The same finding with another p-value."""
    strength = strength_of(p_value)
    return replace(finding, chance=replace(finding.chance, p_value=p_value), strength=strength, score=strength)


def test_the_level_is_where_the_line_is() -> None:
    assert strength_of(LEVEL) == pytest.approx(ALERT_LINE)


def test_near_misses_raise_it_and_explained_ones_do_not(finding: Finding) -> None:
    near, sure = with_p(finding, 0.05), with_p(finding, 1e-9)
    nothing = expected_false_alarms([], NAMES)
    assert 0 < nothing < len(NAMES) * LEVEL
    assert expected_false_alarms([near] * 5, NAMES) > expected_false_alarms([near], NAMES) > nothing
    lawful = replace(near, trials=(Trial("relatives", 1.0, say("")),))
    assert expected_false_alarms([lawful] * 5, NAMES) == nothing
    assert expected_false_alarms([sure] * 40, NAMES) == pytest.approx(nothing + 0.40 - LEVEL / 2)
    assert expected_false_alarms([near], [finding.detector]) < expected_false_alarms([near], NAMES)


def test_it_holds_on_worlds_without_rings(tmp_path: Path) -> None:
    """Reported and expected are of one order: neither is the estimate tiny where something is reported, nor idle."""
    reported, expected = 0, 0.0
    for seed in (61, 62):
        source, place = tmp_path / f"s{seed}", Workspace(tmp_path / f"w{seed}")
        simulate(source, persons=2000, days=90, seed=seed, rings=0)
        load(place, source)
        snapshot = Snapshot.open(Claims.open(place))
        ran = [one for one in DETECTORS if not any(need.vital for need in missing(one, snapshot))]
        found = [finding for one in ran for finding in one.detect(snapshot)]
        reported += sum(finding.score >= ALERT_LINE for finding in found)
        expected += expected_false_alarms(found, [one.name for one in ran])
    assert poisson.sf(reported - 1, expected) > 0.01, (reported, expected)
    assert 0.05 < expected < 2.0
