"""The quick alarm: the rule fires at its limits and says what it is."""

import pytest

from detectors.copresence.quick_alarm import QuickAlarm
from detectors.finding import ALERT_LINE
from tests.detectors.planted_copresence import CROWD, PLANTED, bursts, names, visit, world
from tests.detectors.worlds import snapshot_of


@pytest.mark.parametrize(("cards", "times", "found"), [(5, 3, 1), (4, 3, 0), (5, 2, 0)])
def test_the_rule_at_its_limits(cards: int, times: int, found: int) -> None:
    rows = [visit(who, 3 + 9 * day, 600 + nth) for day in range(times) for nth, who in enumerate(names("R", cards))]
    assert len(list(QuickAlarm().detect(snapshot_of(world([*CROWD[:200], *rows]))))) == found


def test_it_says_that_it_is_a_quick_alarm() -> None:
    (finding,) = QuickAlarm().detect(snapshot_of(PLANTED["quick_alarm"].rows))
    assert finding.score >= ALERT_LINE
    assert "quick_alarm" in {trial.test for trial in finding.trials}


def test_residents_of_a_home_stay_below_the_line() -> None:
    findings = QuickAlarm().detect(snapshot_of(PLANTED["quick_alarm"].innocents["nursing home"]))
    assert all(finding.score < ALERT_LINE for finding in findings)


def test_a_batch_counts_once_however_often_it_settles() -> None:
    once = [row for row in bursts(names("R", 6), [5]) for _ in range(3)]
    assert not list(QuickAlarm().detect(snapshot_of(world([*CROWD[:200], *once]))))
