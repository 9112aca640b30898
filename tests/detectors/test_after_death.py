"""Claims after death: grace, slips, stays, and the hands that hold several cards of the dead."""

import pytest

from detectors.finding import ALERT_LINE, Role
from detectors.shared_card.after_death import AfterDeath
from detectors.shared_card.dead_hands import GAP
from tests.detectors.bearers import claims, county, date, merged, person, registers, used
from tests.detectors.planted_shared_card import PLANTED, buried
from tests.detectors.worlds import Rows, snapshot_of
from tests.scenarios import certno

DEAD = [person(n, die_date=date(0)) for n in range(400, 440)]
BASE = merged(registers(), county(), {"insured": DEAD})


def errands(gap: int, occasions: int, cards: int = 4, **more: str) -> Rows:
    """Cards of the dead used one after the other, `gap` minutes apart, at one pharmacy."""
    rows = [
        used(f"e{day}-{n}", 10 + 11 * day, 30 + gap * n, "RB", f"P{400 + n}", **more)
        for day in range(occasions)
        for n in range(cards)
    ]
    return merged(BASE, claims(*rows))


def kinds(rows: Rows) -> list[str]:
    """Kinds of the findings above the line."""
    return [f.kind for f in AfterDeath().detect(snapshot_of(rows)) if f.score >= ALERT_LINE]


def test_several_cards_in_one_hand_are_one_finding() -> None:
    (finding,) = AfterDeath().detect(snapshot_of(errands(5, 3)))
    assert finding.kind == "shared_card/cards_of_the_dead"
    assert {s.id for s in finding.subjects} == {f"{c}{n}" for c in "PC" for n in range(400, 404)} | {"RB"}
    assert len(finding.records) == 12


@pytest.mark.parametrize(("gap", "expected"), [(GAP, 1), (GAP + 1, 0)])
def test_an_errand_is_one_run_of_cards(gap: int, expected: int) -> None:
    assert kinds(errands(gap, 4, cards=2)).count("shared_card/cards_of_the_dead") == expected


def test_one_occasion_together_is_a_late_upload() -> None:
    assert not kinds(errands(5, 1))
    assert kinds(errands(5, 2)) == ["shared_card/cards_of_the_dead"]


def test_a_named_agent_joins_without_an_occasion_together() -> None:
    agent = certno(serial="777")
    rows = [used(f"a{n}", 10 + 5 * n, 0, "RB", f"P{400 + n % 3}", agnter_certno=agent) for n in range(9)]
    world = merged(BASE, claims(*rows), {"insured": [person(900, certno=agent)]})
    (finding,) = AfterDeath().detect(snapshot_of(world))
    assert [s.id for s in finding.subjects if s.role == Role.COLLECTOR] == ["P900"]


def scattered(cards: range, agents: dict[int, str] | None = None) -> Rows:
    """Cards of the dead used at one pharmacy, each on days of its own."""
    named = agents or {}
    rows = [
        used(f"k{n}-{nth}", 10 * nth + n - 390, 0, "RB", f"P{n}", agnter_certno=named.get(n, ""))
        for n in cards
        for nth in range(4)
    ]
    return merged(BASE, claims(*rows))


def test_cards_kept_at_one_place_need_no_occasion_together() -> None:
    (finding,) = AfterDeath().detect(snapshot_of(scattered(range(400, 410))))
    assert finding.kind == "shared_card/cards_of_the_dead"
    assert {s.id for s in finding.subjects if s.id[0] == "P"} == {f"P{n}" for n in range(400, 410)}


def test_two_hands_at_one_place_stay_two() -> None:
    agents = {n: certno(serial="777" if n % 2 else "888") for n in range(400, 410)}
    found = [f for f in AfterDeath().detect(snapshot_of(scattered(range(400, 410), agents))) if "cards_of" in f.kind]
    held = sorted(sorted(s.id for s in f.subjects if s.id[0] == "P") for f in found)
    assert held == [[f"P{n}" for n in range(first, 410, 2)] for first in (400, 401)]


def test_days_of_grace_do_not_count() -> None:
    world = merged(PLANTED["after_death"].rows, {})
    world["settlements"] = [row for row in world["settlements"] if row["psn_no"] != "P1"]
    early = [used(f"g{day}", day, 0, "RB") for day in (1, 2, 3)]
    assert not kinds(merged(world, claims(*early)))
    assert len(kinds(merged(world, buried(4), claims(*early)))) == 1


def test_a_face_that_was_seen_alive_doubts_the_register() -> None:
    world = merged(PLANTED["after_death"].rows, {})
    seen = {"check_id": "B1", "check_time": date(40) + " 09:00:00", "fixmedins_code": "RB", "psn_no": "P1"}
    world["bio_checks"] = [seen | {"method": "face", "result": "match"}]
    (finding,) = AfterDeath().detect(snapshot_of(world))
    assert finding.explained and finding.score < ALERT_LINE <= finding.strength
