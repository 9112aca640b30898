"""The lawful co-use shield: each explanation holds where its data say so, and not beyond."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from detectors.lawful import Gathering, weaken
from detectors.lawful.shield import EXPLANATIONS, shield
from detectors.snapshot import Snapshot
from tests.detectors.worlds import Rows, snapshot_of
from tests.scenarios import Row, certno, fee_item, settlement

DAYS = [f"2026-01-{day:02}" for day in (5, 12, 19, 26)]


def person(n: int, **more: str) -> Row:
    """A grown person of no family."""
    birth = f"19{40 + n:02}0307"
    row = {"psn_no": f"P{n}", "psn_name": f"人{n}", "certno": certno(birth=birth), "addr": f"城关镇{n}号"}
    return row | {"brdy": f"19{40 + n:02}-03-07"} | more


def meeting(n: int, day: str, place: str = "H1", minute: int | None = None, **more: str) -> Row:
    """The visit of person `n` on a day on which the group comes; the bill is its own."""
    at = minute if minute is not None else 3 * n
    row = settlement(f"S{n}-{day}", f"P{n}", f"{day} 09:{at:02}:00", place, fund=f"{20 + n}.{day[-2:]}", total="90.00")
    return row | {"medfee_sumamt": f"{40 + 2 * n}.{day[-2:]}"} | more


def others(days: list[str], count: int, place: str = "H1") -> list[Row]:
    """Strangers at the place, `count` a day, between the group's visits."""
    rows = []
    for day in days:
        for n in range(count):
            time = f"{day} 09:{(3 * n + 1) % 60:02}:30"
            rows.append(settlement(f"X{n}-{day}", f"X{n}-{day}", time, place, fund="10.00", total=f"{n}.{day[-2:]}"))
    return rows


def world(people: list[Row], visits: list[Row], strangers: list[Row] | None = None, **more: list[Row]) -> Rows:
    """The group, its visits, and the others."""
    places = [
        {"fixmedins_code": "H1", "fixmedins_name": "医院", "fixmedins_type": "1"},
        {"fixmedins_code": "H2", "fixmedins_name": "药房", "fixmedins_type": "2"},
    ]
    quiet = others([f"2026-02-{day:02}" for day in range(1, 20)], 2) if strangers is None else strangers
    return {"insured": people, "institutions": places, "settlements": [*visits, *quiet], **more}


def gathering(snapshot: Snapshot) -> Gathering:
    """Everybody called P…, with all their visits, a batch a day."""
    rows = snapshot.columns("SELECT v FROM visit JOIN person USING (p) WHERE psn_no LIKE 'P%' ORDER BY v")[0]
    visits = rows.astype(np.int64)
    return Gathering(np.unique(snapshot.visits.person[visits]), visits, snapshot.visits.day[visits])


def explains(rows: Rows) -> Mapping[str, float]:
    """Share that each explanation accounts for."""
    snapshot = snapshot_of(rows)
    trials, _ = shield(snapshot, gathering(snapshot))
    return {trial.test: round(trial.explains, 2) for trial in trials}


def strangers_meet(**more: str) -> Rows:
    """Six people of six homes, on four days, at a pharmacy, one after another."""
    visits = [meeting(n, day, "H2", minute=n, **more) for n in range(6) for day in DAYS]
    return world([person(n) for n in range(6)], visits)


def test_strangers_are_not_explained() -> None:
    assert set(explains(strangers_meet()).values()) == {0.0}


def test_family_is_explained() -> None:
    rows = dict(strangers_meet())
    ties = [{"psn_no": "P0", "rel_psn_no": f"P{n}", "rel_type": "3"} for n in range(1, 6)]
    assert explains(rows | {"relations": ties})["household"] == 1.0
    assert explains(rows | {"relations": ties[:2]})["household"] == 0.0


def test_crowd_at_one_home_is_no_family() -> None:
    rows = dict(strangers_meet())
    rows["insured"] = [person(n, addr="城关镇同一大院") for n in range(12)]
    rows["settlements"] = [meeting(n, day, "H2", minute=n) for n in range(12) for day in DAYS]
    assert explains(rows)["household"] == 0.0


@pytest.mark.parametrize(("register", "share"), [(6, 1.0), (2, 0.33), (0, 0.0)])
def test_agents_by_register_are_explained(register: int, share: float) -> None:
    agent = person(50) | {"psn_no": "A1"}
    rows = dict(strangers_meet(agnter_certno=agent["certno"]))
    rows["insured"] = [*rows["insured"], agent]
    rows["relations"] = [{"psn_no": f"P{n}", "rel_psn_no": "A1", "rel_type": "2"} for n in range(register)]
    rows["insured"] = [dict(row, brdy="1990-01-01") for row in rows["insured"]]  # nobody is old
    assert explains(rows)["registered_agent"] == share


@pytest.mark.parametrize(
    ("birth", "job", "share"), [("1940-01-01", "1", 1.0), ("1990-01-01", "1", 0.0), ("1940-01-01", "5", 0.0)]
)
def test_village_doctor_fetches_for_elders_only(birth: str, job: str, share: float) -> None:
    agent = person(50) | {"psn_no": "A1"}
    rows = dict(strangers_meet(agnter_certno=agent["certno"]))
    rows["insured"] = [*(dict(row, brdy=birth) for row in rows["insured"]), agent]
    worker = {"dr_code": "D9", "dr_name": "村医", "certno": agent["certno"], "fixmedins_code": "H1", "prac_type": job}
    assert explains(rows | {"practitioners": [worker]})["registered_agent"] == share


def test_dialysis_shift_is_explained_and_one_persons_is_not() -> None:
    visits = [meeting(n, day) for n in range(6) for day in DAYS]
    items = [fee_item(row["setl_id"], "1", "9") | {"med_list_name": "血液透析"} for row in visits]
    rows = world([person(n) for n in range(6)], visits, fee_items=items)
    assert explains(rows)["scheduled_service"] == 1.0
    alone = [item for item in items if item["setl_id"].startswith("S0-")]
    assert explains({**rows, "fee_items": alone})["scheduled_service"] == 0.0


def test_follow_up_after_a_stay_in_the_same_hospital() -> None:
    stays = [
        settlement(f"T{n}", f"P{n}", "2026-01-01 10:00:00", med_type="21", fund="900", total="1000")
        | {"begntime": "2025-12-20 10:00:00", "endtime": "2026-01-01 09:00:00"}
        for n in range(6)
    ]
    visits = [meeting(n, day) for n in range(6) for day in DAYS]
    assert explains(world([person(n) for n in range(6)], [*stays, *visits]))["follow_up"] > 0.7
    assert explains(world([person(n) for n in range(6)], [*stays[:3], *visits]))["follow_up"] == 0.0


@pytest.mark.parametrize(("living", "hour", "share"), [(12, "09", 1.0), (6, "09", 0.0), (12, "23", 0.0)])
def test_residents_come_by_day(living: int, hour: str, share: float) -> None:
    people = [person(n, addr="福寿养老院" if n < living else f"城关镇{n}号") for n in range(12)]
    visits = [meeting(n, day) for n in range(12) for day in DAYS]
    visits = [dict(row, setl_time=row["setl_time"].replace(" 09:", f" {hour}:")) for row in visits]
    assert explains(world(people, visits))["residence"] == share


def test_one_bill_for_everybody_is_not_excused_by_an_address() -> None:
    people = [person(n, addr="福寿养老院") for n in range(12)]
    visits = [dict(meeting(n, day), fund_pay_sumamt="20.00", medfee_sumamt="40.00") for n in range(12) for day in DAYS]
    assert explains(world(people, visits))["residence"] == 0.0


def test_colleagues_are_explained() -> None:
    visits = [meeting(n, day) for n in range(6) for day in DAYS]
    assert explains(world([person(n, emp_no="E1") for n in range(6)], visits))["employer"] == 1.0
    mixed = [person(n, emp_no="E1" if n < 3 else f"E{n}") for n in range(6)]
    assert explains(world(mixed, visits))["employer"] == 0.0


def test_village_bus_queues_among_others_and_one_hand_does_not() -> None:
    people = [person(n, addr=f"新河镇柳树村{n}号") for n in range(9)]
    visits = [meeting(n, day) for n in range(9) for day in DAYS]
    assert explains(world(people, visits, others(DAYS, 20)))["village_bus"] == 1.0
    assert explains(world(people, visits))["village_bus"] == 0.0  # nobody stands between them
    pharmacy = [dict(row, fixmedins_code="H2") for row in visits]
    assert explains(world(people, pharmacy, others(DAYS, 20, "H2")))["village_bus"] == 0.0


def test_busy_day_needs_others_who_came_too() -> None:
    people = [person(n) for n in range(6)]
    visits = [meeting(n, day) for n in range(6) for day in DAYS]
    quiet = others([f"2026-02-{day:02}" for day in range(1, 20)], 5)
    assert explains(world(people, visits, [*quiet, *others(DAYS, 20)]))["busy_day"] == 1.0
    assert explains(world(people, visits, [*quiet, *others(DAYS, 5)]))["busy_day"] == 0.0


def test_a_clinic_among_its_villages_is_no_bus() -> None:
    people = [person(n, addr=f"新河镇柳树村{n}号") for n in range(9)]
    visits = [meeting(n, day) for n in range(9) for day in DAYS]
    neighbours = [person(9, psn_no=f"X{n}-{day}", addr=f"新河镇柳树村{n + 9}号") for day in DAYS for n in range(20)]
    assert explains(world([*people, *neighbours], visits, others(DAYS, 20)))["village_bus"] == 0.0


@pytest.mark.parametrize(("came", "share"), [(14, 0.0), (20, 1.0)])
def test_busy_day_is_beyond_the_noise_of_small_places(came: int, share: float) -> None:
    visits = [meeting(n, day) for n in range(6) for day in DAYS]
    quiet = others([f"2026-02-{day:02}" for day in range(1, 20)], 10)  # 14 are 1.4 times as many, and nothing
    assert explains(world([person(n) for n in range(6)], visits, [*quiet, *others(DAYS, came)]))["busy_day"] == share


def test_cleared_before() -> None:
    verdicts = [
        {"subject_type": "person", "subject_id": f"P{n}", "verdict": "cleared", "decided_at": "2026-01-01 00:00:00"}
        for n in range(4)
    ]
    rows = strangers_meet()
    assert explains({**rows, "verdicts": verdicts})["cleared_before"] == 1.0
    assert explains({**rows, "verdicts": verdicts[:3]})["cleared_before"] == 0.0
    later = {"subject_type": "person", "subject_id": "P0", "verdict": "confirmed", "decided_at": "2026-02-01 00:00:00"}
    assert explains({**rows, "verdicts": [*verdicts, later]})["cleared_before"] == 0.0


@pytest.mark.parametrize("build", [lambda: {}, strangers_meet])
def test_every_explanation_answers_an_empty_gathering(build: Callable[[], Rows]) -> None:
    nobody = np.empty(0, np.int64)
    trials, union = shield(snapshot_of(build()), Gathering(nobody, nobody, nobody))
    assert [trial.test for trial in trials] == [one.name for one in EXPLANATIONS]
    assert union == 0.0 and all(trial.explains == 0.0 for trial in trials)


def test_more_explained_never_scores_higher() -> None:
    snapshot = snapshot_of(strangers_meet())
    trials, _ = shield(snapshot, gathering(snapshot))
    scores = [weaken(0.9, trials, share / 20) for share in range(21)]
    assert scores == sorted(scores, reverse=True) and scores[0] == 0.9 and scores[16] < 0.5
