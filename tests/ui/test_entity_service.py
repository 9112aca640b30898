"""Pieces of the pages about one thing that need no workspace: the life of a box, moves on the map, towns."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from detectors.finding import Grade
from ui.pages.entity_box import gap
from ui.pages.ring_map import HIGH, WIDE, reach_of, scale_of, selected_places, spec_of
from ui.service.entity_box import (
    AGAIN,
    BOUGHT_AGAIN,
    CANCELLED,
    ELSEWHERE,
    IN_PARTS,
    NOT_BOUGHT,
    OTHER_PERSON,
    WAS_RETURNED,
    Step,
    StepKind,
    told,
)
from ui.service.places import Move, RingMap, Site, Town, at_places, moves, town_of
from ui.service.ring_records import RingRecord
from ui.service.ring_story import RecordLine

START = datetime(2026, 3, 1, 9)
ONE = Decimal(1)


def step(kind: StepKind, hours: float, place: str = "P1", person: str = "", record: str = "") -> Step:
    return Step(kind, START + timedelta(hours=hours), place, person, record or f"{kind}{hours}", ONE, ONE)


def settled(hours: float, person: str = "A", place: str = "P1") -> Step:
    return step(StepKind.SETTLED, hours, place, person, f"S{hours}")


def test_a_box_bought_and_settled_once_is_in_order() -> None:
    life = told([step(StepKind.BOUGHT, 0), settled(5), step(StepKind.SOLD, 5)])
    assert [one.odd for one in life] == [(), (), ()]
    assert life[1].gap == timedelta(hours=5)
    assert life[0].gap is None


def test_a_second_settlement_for_somebody_else_elsewhere_is_marked() -> None:
    life = told([step(StepKind.BOUGHT, 0), settled(1), settled(2, "B", "P2")])
    assert life[2].odd == (AGAIN, OTHER_PERSON, ELSEWHERE)
    assert life[2].explains == ()


def test_the_same_person_again_is_not_another_person() -> None:
    life = told([step(StepKind.BOUGHT, 0), settled(1), settled(2)])
    assert life[2].odd == (AGAIN,)


def test_a_settlement_that_was_taken_back_does_not_count() -> None:
    back = replace(step(StepKind.REFUNDED, 2), cancels="S1")
    life = told([step(StepKind.BOUGHT, 0), settled(1), back, settled(3, "B")])
    assert life[1].cancelled
    assert life[1].explains == (CANCELLED,)
    assert life[3].odd == ()


def test_a_return_before_the_second_sale_explains() -> None:
    life = told([step(StepKind.BOUGHT, 0), settled(1), step(StepKind.RETURNED, 2), settled(3)])
    assert life[3].odd == (AGAIN,)
    assert life[3].explains == (WAS_RETURNED,)
    early = told([step(StepKind.BOUGHT, 0), step(StepKind.RETURNED, 1), settled(2), settled(3)])
    assert early[3].explains == ()


def test_parts_of_a_pack_explain() -> None:
    life = told([step(StepKind.BOUGHT, 0), settled(1), replace(settled(2), in_parts=True)])
    assert life[2].explains == (IN_PARTS,)


def test_stock_that_nobody_bought_or_that_was_bought_twice_is_marked() -> None:
    assert told([settled(1)])[0].odd == (NOT_BOUGHT,)
    twice = told([step(StepKind.BOUGHT, 0), step(StepKind.BOUGHT, 1)])
    assert twice[1].odd == (BOUGHT_AGAIN,)
    returned = told([step(StepKind.BOUGHT, 0), step(StepKind.RETURNED, 1), step(StepKind.BOUGHT, 2)])
    assert returned[2].odd == ()


def test_items_of_one_settlement_are_one_sale() -> None:
    life = told([step(StepKind.BOUGHT, 0), settled(1), settled(1)])
    assert life[2].odd == ()


@pytest.mark.parametrize(("hours", "written"), [(1, "60 min"), (5, "5 h"), (72, "3 days")])
def test_a_gap_is_written_in_the_unit_that_fits(hours: int, written: str) -> None:
    from claims.language import set_language

    set_language("en")
    assert gap(timedelta(hours=hours)) == written


@pytest.mark.parametrize(
    ("address", "town"),
    [
        ("东川县城关镇城关3社区168号", "城关镇"),
        ("广西壮族自治区南宁市青秀区新竹街道5号", "新竹街道"),
        ("新河镇1号", "新河镇"),
        ("平安县168号", ""),
        ("", ""),
    ],
)
def test_the_town_is_read_out_of_an_address(address: str, town: str) -> None:
    assert town_of(address) == town


def line(person: str, place: str, hours: float) -> RecordLine:
    record = RingRecord(
        f"{person}{hours}", START + timedelta(hours=hours), person, "", "", place, "", "", "11", ONE, ONE, ONE
    )
    return RecordLine(record, Grade.PROBABLE, person, "", "", "", place, "", False, frozenset(record.keys))


def test_moves_are_within_one_day_and_between_places_on_the_map() -> None:
    lines = [line("A", "P1", 0), line("A", "P2", 1), line("A", "P1", 2), line("A", "P2", 30), line("B", "P1", 0),
             line("B", "P2", 3), line("B", "P9", 4)]  # fmt: skip
    assert moves(lines, ("P1", "P2")) == (Move("P1", "P2", 2, 2), Move("P2", "P1", 1, 1))


def test_selecting_places_keeps_their_records() -> None:
    lines = [line("A", "P1", 0), line("A", "P2", 1)]
    assert at_places(lines, ["P2"]) == (lines[1],)
    assert at_places(lines, []) == tuple(lines)


SITES = (Site("P1", "甲", -3.0, 1.0, 10, 4), Site("P2", "乙", 3.0, -1.0, 40, 6))


def test_a_selection_on_the_chart_names_institutions_only() -> None:
    groups = [{"series_index": 0, "data_indices": [1, 7]}, {"series_index": 1, "data_indices": [0]}]
    assert selected_places({"selection": {"selected": groups, "areas": []}}, SITES) == ("P2",)
    assert selected_places({}, SITES) == ()


def test_a_kilometre_is_as_long_north_as_east() -> None:
    found = RingMap(SITES, (Town("城关镇", 0, 0, 3),), (Move("P1", "P2", 2, 1),), 0)
    spec = spec_of(found)
    across, up = spec["xAxis"], spec["yAxis"]
    assert isinstance(across, dict)
    assert isinstance(up, dict)
    assert WIDE / (across["max"] - across["min"]) == pytest.approx(HIGH / (up["max"] - up["min"]))
    assert all(abs(site.x) < across["max"] and abs(site.y) < up["max"] for site in SITES)
    bar = spec["series"][-2]["data"]  # type: ignore[index]
    assert bar[1]["value"][0] - bar[0][0] == pytest.approx(scale_of(across["max"]))
    assert reach_of(found) >= 3 * HIGH / WIDE
