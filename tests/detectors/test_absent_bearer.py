"""Failed checks: the method's own rate, wards, badly enrolled templates."""

from dataclasses import replace

from detectors.finding import ALERT_LINE
from detectors.shared_card.absent_bearer import AbsentBearer
from tests.detectors.bearers import merged
from tests.detectors.planted_shared_card import PLANTED, checked
from tests.detectors.worlds import Rows, snapshot_of

WORLD = PLANTED["absent_bearer"].rows


def score(rows: Rows, method: AbsentBearer | None = None) -> float:
    """Best score in a world."""
    return max((f.score for f in (method or AbsentBearer()).detect(snapshot_of(rows))), default=0.0)


def test_a_method_that_often_fails_convinces_nobody() -> None:
    rest = [row for row in WORLD["bio_checks"] if row["psn_no"] != "P1"]
    own = [row for row in WORLD["bio_checks"] if row["psn_no"] == "P1"]
    bad = [row | {"result": "mismatch"} if n % 2 else row for n, row in enumerate(rest)]
    assert score({**WORLD, "bio_checks": [*own, *bad]}) < ALERT_LINE <= score(WORLD)


def test_floor_of_failures() -> None:
    assert score(WORLD, replace(AbsentBearer(), least_failures=0.5)) < ALERT_LINE


def test_a_check_without_a_claim_is_still_evidence() -> None:
    world = {**WORLD, "settlements": [row for row in WORLD["settlements"] if row["psn_no"] != "P1"]}
    (finding,) = AbsentBearer().detect(snapshot_of(world))
    assert not finding.records and len(finding.evidence) == 5


def test_a_template_that_fails_everywhere_and_always_may_be_bad() -> None:
    others = {**WORLD, "bio_checks": [row for row in WORLD["bio_checks"] if row["psn_no"] != "P1"]}
    others["settlements"] = [row for row in WORLD["settlements"] if row["psn_no"] != "P1"]
    everywhere = checked("xxxxxx")
    everywhere["bio_checks"] = [
        row | {"fixmedins_code": "RA"} if n % 2 else row for n, row in enumerate(everywhere["bio_checks"])
    ]
    (bad,) = AbsentBearer().detect(snapshot_of(merged(others, everywhere)))
    (good,) = AbsentBearer().detect(snapshot_of(merged(others, checked("xxxxxx"))))
    assert bad.trials[0].explains == 0.5 and good.trials[0].explains == 0.0
