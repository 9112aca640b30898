"""Agents behind the cards of many families: many families and several places, or nothing is said."""

import pytest

from detectors.copresence.agent_clientele import AgentClientele
from detectors.finding import ALERT_LINE, Finding, Role
from tests.detectors.planted_copresence import AGENT, CROWD, PLANTED, SENT, persons_and_cards, spread, world
from tests.detectors.worlds import Rows, snapshot_of


def alerts(rows: Rows) -> list[Finding]:
    """Findings above the line."""
    return [finding for finding in AgentClientele().detect(snapshot_of(rows)) if finding.score >= ALERT_LINE]


def test_cards_spread_over_tills_by_one_agent_are_found() -> None:
    (finding,) = alerts(PLANTED["agent_clientele"].rows)
    assert finding.anchor.id == "Z1"
    assert finding.anchor.role is Role.COLLECTOR
    ring = persons_and_cards(SENT) | {("person", "Z1")}
    assert {(str(one.type), one.id) for one in finding.subjects if str(one.type) in ("person", "card")} == ring


@pytest.mark.parametrize("name", sorted(PLANTED["agent_clientele"].innocents))
def test_innocents_are_left_alone(name: str) -> None:
    assert not alerts(PLANTED["agent_clientele"].innocents[name])


@pytest.mark.parametrize(("families", "found"), [(4, 0), (5, 1)])
def test_the_number_of_families(families: int, found: int) -> None:
    rows = world([*CROWD, *spread(SENT[:families], AGENT["certno"], 8)], AGENT)
    assert len(alerts(rows)) == found


@pytest.mark.parametrize(("places", "found"), [(2, 0), (3, 1)])
def test_the_number_of_places(places: int, found: int) -> None:
    shops = {f"H{n}": f"H{2 + n % places}" for n in range(2, 7)}
    rows = [row | {"fixmedins_code": shops[row["fixmedins_code"]]} for row in spread(SENT, AGENT["certno"], 6)]
    assert len(alerts(world([*CROWD, *rows], AGENT))) == found


def test_a_registered_agent_is_lawful() -> None:
    rows = dict(PLANTED["agent_clientele"].rows)
    rows["relations"] = [{"psn_no": who, "rel_psn_no": "Z1", "rel_type": "2"} for who in SENT]
    assert not alerts(rows)


def test_a_telephone_joins_settlements_without_a_certificate() -> None:
    calls = [
        row | {"agnter_tel": "13900000009", "agnter_certno": row["agnter_certno"] if nth % 2 else ""}
        for nth, row in enumerate(spread(SENT, AGENT["certno"], 6))
    ]
    (finding,) = alerts(world([*CROWD, *calls], AGENT))
    assert len(finding.records) == len(calls)


def test_nothing_loaded_is_no_error() -> None:
    assert not alerts({})
