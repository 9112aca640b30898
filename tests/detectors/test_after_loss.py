"""Use after a report of loss: grace, stop date, recovered and replaced cards."""

import pytest

from detectors.finding import ALERT_LINE
from detectors.shared_card.after_loss import AfterLoss
from tests.detectors.bearers import date
from tests.detectors.planted_shared_card import PLANTED
from tests.detectors.worlds import Rows, snapshot_of

RECOVERED = PLANTED["after_loss"].innocents["recovered card"]


def score(rows: Rows) -> float:
    """Best score in a world."""
    return max((finding.score for finding in AfterLoss().detect(snapshot_of(rows))), default=0.0)


def changed(rows: Rows, **more: str) -> Rows:
    """The world with other register entries for the lost card."""
    cards = [dict(row, **more) if row["card_no"] == "C1" else row for row in rows["cards"]]
    return {**rows, "cards": cards}


def test_a_stopped_card_was_not_recovered() -> None:
    assert 0 < score(RECOVERED) < ALERT_LINE
    assert score(changed(RECOVERED, stop_date=date(4))) >= ALERT_LINE


def test_a_replaced_card_was_not_recovered() -> None:
    new = {"card_no": "N1", "psn_no": "P1", "card_type": "03", "iss_date": date(5)}
    assert score({**RECOVERED, "cards": [*RECOVERED["cards"], new]}) >= ALERT_LINE
    old = new | {"iss_date": date(-90)}
    assert score({**RECOVERED, "cards": [*RECOVERED["cards"], old]}) < ALERT_LINE


def test_a_stop_date_alone_counts() -> None:
    rows = changed(PLANTED["after_loss"].rows, loss_date="", stop_date=date(2))
    assert score(rows) >= ALERT_LINE


@pytest.mark.parametrize(("grace", "observed"), [(1, 5), (8, 4), (60, 0)])
def test_days_of_grace_are_left_out(grace: int, observed: int) -> None:
    found = list(AfterLoss(grace=grace).detect(snapshot_of(PLANTED["after_loss"].rows)))
    assert [f.chance.observed for f in found] == ([observed] if observed else [])


def test_an_electronic_credential_is_no_card() -> None:
    assert score(changed(PLANTED["after_loss"].rows, card_type="01")) == 0.0
