"""Hoarded cards: bursts and slow small batches are found, families and homes are not."""

import dataclasses
import random
import warnings

import numpy as np
import pytest

from detectors.copresence.false_alarms import expected_false_groups
from detectors.copresence.hoarded_cards import HoardedCards
from detectors.finding import ALERT_LINE, Finding, Role
from tests.detectors.planted_copresence import (
    CROWD,
    HOARD,
    PLANTED,
    bursts,
    crowd,
    names,
    persons_and_cards,
    small_batches,
    visit,
    world,
)
from tests.detectors.worlds import Rows, snapshot_of


def alerts(rows: Rows, detector: HoardedCards | None = None) -> list[Finding]:
    """Findings above the line."""
    found = (detector or HoardedCards()).detect(snapshot_of(rows))
    return [finding for finding in found if finding.score >= ALERT_LINE]


def members(finding: Finding) -> set[tuple[str, str]]:
    """Persons and cards of a finding."""
    return {(str(one.type), one.id) for one in finding.subjects if str(one.type) in ("person", "card")}


def test_a_bundle_of_cards_in_bursts_is_found_exactly() -> None:
    (finding,) = alerts(PLANTED["hoarded_cards"].rows)
    assert finding.kind == "shared_card/hoarded_burst"
    assert members(finding) == persons_and_cards(HOARD)
    assert finding.chance.observed > 10 * finding.chance.expected
    assert len(finding.evidence) == 8
    assert [one.id for one in finding.subjects if one.role is Role.PLACE] == ["H2"]


def test_two_or_three_cards_at_a_time_add_up_over_weeks() -> None:
    ring = names("Q", 8)
    (finding,) = alerts(world([*CROWD, *small_batches(ring, range(2, 58, 2))]))
    assert finding.kind == "shared_card/hoarded_small"
    found = {name for _, name in members(finding)}
    assert len(found & set(ring)) >= 6
    assert not {name for name in found if name.startswith("A")}


def test_a_handful_of_small_batches_is_not_enough() -> None:
    assert not alerts(world([*CROWD, *small_batches(names("Q", 8), range(2, 14, 2))]))


def test_bills_of_one_amount_are_cash_out() -> None:
    rows = bursts(HOARD, range(4, 52, 6))
    dear = [row | {"medfee_sumamt": "500.00", "fund_pay_sumamt": "495.00"} for row in rows]
    assert {finding.kind for finding in alerts(world([*CROWD, *dear]))} == {"shared_card/cash_out"}


@pytest.mark.parametrize(("count", "found"), [(4, 0), (5, 1)])
def test_fewer_than_five_families_are_no_group(count: int, found: int) -> None:
    rows = world([*CROWD, *bursts(names("R", count), range(2, 58, 3))])
    assert len(alerts(rows, HoardedCards(dataclasses.replace(HoardedCards().search, smallest=5)))) == found


@pytest.mark.parametrize("name", sorted(PLANTED["hoarded_cards"].innocents))
def test_innocents_are_left_alone(name: str) -> None:
    assert not alerts(PLANTED["hoarded_cards"].innocents[name])


def test_a_hoard_shows_among_the_residents_of_a_home() -> None:
    home = names("N", 12)
    together = bursts(home + HOARD, range(4, 52, 6))
    alone = bursts(HOARD, range(1, 55, 4))
    address = dict.fromkeys(home, "平安县新河镇敬老院")
    found = alerts(world([*CROWD, *together, *alone], homes=address))
    assert any({who for kind, who in members(one) if kind == "person"} == set(HOARD) for one in found)


def test_a_clock_without_hours_gives_no_finding_by_the_minute() -> None:
    rows = [
        row | {"setl_time": row["setl_time"][:10] + " 00:00:00"} for row in [*CROWD, *bursts(HOARD, range(4, 52, 6))]
    ]
    assert not alerts(world(rows))


def test_a_rush_at_the_only_institution_is_no_ring() -> None:
    dice = random.Random(4)
    rush = [
        visit(f"M{n:03}", day, dice.uniform(490, 1190)) for day in range(0, 56, 7) for n in dice.sample(range(300), 90)
    ]
    assert not alerts(world([*CROWD, *rush]))


def test_nothing_loaded_is_no_error() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not alerts({})


def test_rotated_histories_hold_no_group() -> None:
    snapshot = snapshot_of(PLANTED["hoarded_cards"].rows)
    assert expected_false_groups(snapshot) == expected_false_groups(snapshot) <= 0.5


def test_a_sparse_crowd_is_silent_for_any_seed() -> None:
    for seed in np.arange(2):
        assert not alerts(world(crowd(300, seed=int(seed))))
