"""Lives: ids that stay, what happened in words, decisions that follow, and replay."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from cases.history import Decision, EventKind, Verdict
from cases.lives import Lives, Night, follow
from cases.matching import bodies
from cases.model import Picture, Ring, Status
from detectors.finding import Finding
from tests.cases.making import drawn, finding

DAY = date(2026, 7, 1)


def night(lives: Lives | None, *findings: Finding, run: int = 1, decisions: dict[str, Decision] | None = None) -> Lives:
    pictures = drawn(*findings)
    return follow(lives.rings if lives else (), pictures, Night(run, DAY + timedelta(days=run)), decisions or {})


def kinds(lives: Lives) -> list[tuple[str, EventKind]]:
    return [(event.ring, event.kind) for event in lives.events]


def decision(ring: Ring, verdict: Verdict, until: date | None = None) -> dict[str, Decision]:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    return {ring.id: Decision(ring.id, verdict, "anna", "checked", at, until, tuple(bodies(ring.picture)), {})}


def test_born_then_open_then_grown_in_words() -> None:
    first = night(None, finding(range(6)))
    assert [(r.id, r.status) for r in first.rings] == [("R-2026-000001", Status.NEW)]
    assert [event.alert for event in first.events] == [True]
    second = night(first, finding(range(6)), run=2)
    assert [r.status for r in second.rings] == [Status.OPEN]
    assert second.events == ()
    third = night(second, finding(range(9)), run=3)
    assert third.rings[0].status is Status.CHANGED
    (event,) = [event for event in third.events if event.kind is EventKind.GREW]
    assert event.alert
    assert event.words.en == "+3 insured person, +900.00 yuan"
    assert "900.00" in event.words.zh


def test_a_little_money_is_no_alert_and_much_is() -> None:
    first = night(None, finding(range(6)))
    little = night(first, finding(range(6), [0, 7, 14]), finding([1], [21]), run=2)
    assert not any(event.alert for event in little.events if event.ring == "R-2026-000001")
    much = night(first, finding(range(6), [0, 7, 14, 21, 28]), run=2)
    assert (much.rings[0].status, much.events[0].words.en) == (Status.CHANGED, "+1,200.00 yuan")


def test_shrinking_changes_nothing_that_people_must_be_told() -> None:
    first = night(None, finding(range(8)))
    second = night(first, finding(range(5)), run=2)
    assert (second.rings[0].id, second.rings[0].status) == ("R-2026-000001", Status.OPEN)
    assert [(e.kind, e.alert) for e in second.events] == [(EventKind.SHRANK, False)]


def test_dormant_and_revived() -> None:
    first = night(None, finding(range(6)))
    second = night(first, run=2)
    assert second.rings[0].status is Status.DORMANT
    assert kinds(second) == [("R-2026-000001", EventKind.DORMANT)]
    assert night(second, run=3).events == ()
    third = night(second, finding(range(6)), run=3)
    assert third.rings[0].status is Status.CHANGED
    assert kinds(third) == [("R-2026-000001", EventKind.REVIVED)]


def test_the_larger_part_keeps_the_id_when_a_ring_splits() -> None:
    first = night(None, finding(range(12)))
    second = night(first, finding(range(7)), finding(range(7, 12), where="H2"), run=2)
    assert [(r.id, r.picture.people) for r in second.rings] == [("R-2026-000001", 7), ("R-2026-000002", 5)]
    assert ("R-2026-000002", EventKind.SPLIT) in kinds(second)
    assert "R-2026-000001" in next(e for e in second.events if e.kind is EventKind.SPLIT).words.en


def test_the_id_with_the_larger_overlap_survives_a_merge() -> None:
    first = night(None, finding(range(4)), finding(range(4, 12), where="H2", score=0.7))
    small, large = (next(r.id for r in first.rings if r.picture.people == n) for n in (4, 8))
    second = night(first, finding(range(12), where="H2"), run=2)
    now = {ring.id: ring for ring in second.rings}
    assert (now[large].picture.people, now[large].status) == (12, Status.CHANGED)
    assert (now[small].merged_into, now[small].status) == (large, Status.DORMANT)
    third = night(second, finding(range(4)), finding(range(12), where="H2"), run=3)
    assert small not in {event.ring for event in third.events}  # who went into another never comes back


@pytest.mark.parametrize(("newcomers", "status"), [(3, Status.CONFIRMED), (4, Status.CHANGED)])
def test_a_verdict_holds_until_three_in_ten_are_new(newcomers: int, status: Status) -> None:
    first = night(None, finding(range(7)))
    held = decision(first.rings[0], Verdict.CONFIRMED)
    second = night(first, finding(range(7 + newcomers)), run=2, decisions=held)
    assert second.rings[0].status is status
    assert bool(second.reopened) is (status is Status.CHANGED)


def test_a_snooze_ends_with_its_day() -> None:
    first = night(None, finding(range(6)))
    held = decision(first.rings[0], Verdict.SNOOZED, until=DAY + timedelta(days=3))
    assert night(first, finding(range(6)), run=3, decisions=held).rings[0].status is Status.SNOOZED
    asleep = night(first, finding(range(6)), run=2, decisions=held)
    assert night(asleep, finding(range(6)), run=4, decisions=held).rings[0].status is Status.CHANGED


def test_what_becomes_explained_keeps_its_id_and_what_rises_alerts() -> None:
    first = night(None, finding(range(6)))
    second = night(first, finding(range(6), score=0.1, explains=0.9), run=2)
    assert [(r.id, r.status) for r in second.rings] == [("R-2026-000001", Status.EXPLAINED)]
    assert not any(event.alert for event in second.events)
    third = night(second, finding(range(6)), run=3)
    assert third.rings[0].status is Status.CHANGED
    assert "now above the alert line" in third.events[0].words.en


def worlds(chance: random.Random) -> list[list[Picture]]:
    """Some nights of a county whose groups come, go, grow and trade members."""
    groups = [set(range(20 * n, 20 * n + chance.randint(3, 9))) for n in range(6)]
    nights = []
    for _night in range(6):
        for group in groups:
            group ^= {chance.randrange(min(group or {0}), min(group or {0}) + 15) for _ in range(chance.randint(0, 3))}
        shown = [sorted(group) for group in groups if group and chance.random() < 0.8]
        nights.append(list(drawn(*(finding(group, where=f"H{group[0] // 20}") for group in shown))))
    return nights


@pytest.mark.parametrize("seed", range(10))
def test_replay_gives_the_same_lives_whatever_the_order_of_rows(seed: int) -> None:
    nights = worlds(random.Random(seed))
    shuffle = random.Random(seed + 1)
    told: list[list[Lives]] = [[], []]
    for story in told:
        rings: tuple[Ring, ...] = ()
        for run, pictures in enumerate(nights, 1):
            known = rings if story is told[0] else tuple(shuffle.sample(rings, len(rings)))
            lives = follow(known, pictures, Night(run, DAY), {})
            rings = lives.rings
            story.append(lives)
    for one, other in zip(*told, strict=True):
        assert {ring.id: ring for ring in one.rings} == {ring.id: ring for ring in other.rings}
        assert sorted(kinds(one)) == sorted(kinds(other))


@pytest.mark.parametrize("seed", range(10))
def test_every_picture_has_one_ring_and_no_ring_is_lost(seed: int) -> None:
    rings: tuple[Ring, ...] = ()
    for run, pictures in enumerate(worlds(random.Random(seed)), 1):
        lives = follow(rings, pictures, Night(run, DAY), {})
        ids = [ring.id for ring in lives.rings]
        assert len(set(ids)) == len(ids)
        assert {ring.id for ring in rings} <= set(ids)
        assert [ring.picture for ring in lives.rings if ring.run == run] == pictures
        alive = {ring.id for ring in lives.rings if not ring.merged_into}
        assert {ring.merged_into for ring in lives.rings if ring.merged_into} <= set(ids)
        assert {event.ring for event in lives.events} <= set(ids)
        assert alive
        rings = lives.rings


def test_a_trial_gives_ids_that_are_marked() -> None:
    lives = follow((), drawn(finding(range(6))), Night(1, DAY, trial=True), {})
    assert lives.rings[0].id == "T-2026-000001"
