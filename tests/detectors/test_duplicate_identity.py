"""Enrolments of one body: linked with reasons, vetoed by contradictions, obedient to reviewers."""

from dataclasses import replace
from itertools import combinations
from random import Random

import pytest

from detectors.finding import ALERT_LINE, Finding
from detectors.identity_reuse.certificates import check_character, expanded
from detectors.identity_reuse.clusters import stars
from detectors.identity_reuse.duplicate_identity import DuplicateIdentity
from detectors.identity_reuse.names import plain, sound
from tests.detectors.planted_identity_reuse import PLANTED, TWO, crowd, doubles, in_turn, joined
from tests.detectors.worlds import snapshot_of
from tests.scenarios import World, certno

_CROWD = crowd()


def _found(world: World) -> list[Finding]:
    return list(DuplicateIdentity().detect(snapshot_of(joined(_CROWD, world))))


def test_the_pair_is_found_with_why_and_why_not() -> None:
    (finding,) = _found(doubles())
    assert finding.score >= ALERT_LINE
    line = str(finding.evidence[0].statement)
    assert "D1" in line and "D2" in line
    assert finding.chance.p_value < 1e-3


@pytest.mark.parametrize("name", sorted(PLANTED["duplicate_identity"].innocents))
def test_look_alikes_stay_below_the_line(name: str) -> None:
    found = DuplicateIdentity().detect(snapshot_of(PLANTED["duplicate_identity"].innocents[name]))
    assert all(finding.score < ALERT_LINE for finding in found)


@pytest.mark.parametrize(
    "second",
    [
        {"psn_name": "OUYANG XiaoMing"},
        {"psn_name": "欧阳　晓明"},
        {"certno": certno("999901", "19660512", "127")[:6] + certno("999901", "19660512", "127")[8:17]},
        {"brdy": "1966-06-29", "certno": certno("999901", "19660629", "127")},
        {"certno": certno("999904", "19660512", "127")},
    ],
    ids=["pinyin", "blank", "fifteen digits", "lunar birthday", "moved district"],
)
def test_each_way_of_writing_one_person_twice(second: dict[str, str]) -> None:
    rows = [TWO[0], TWO[0] | {"psn_no": "D2"} | second]
    found = _found({"insured": rows, "settlements": in_turn(["D1", "D2"], 5)})  # type: ignore[dict-item]
    assert [finding.score >= ALERT_LINE for finding in found] == [True]


@pytest.mark.parametrize(("verdict", "alerts"), [("cleared", 0), ("unsure", 1), ("confirmed", 1)])
def test_a_reviewers_word_is_obeyed_and_can_be_taken_back(verdict: str, alerts: int) -> None:
    said = {"subject_type": "pair", "subject_id": "D2|D1", "verdict": verdict, "decided_at": "2026-03-01 10:00:00"}
    earlier = said | {"verdict": "cleared", "decided_at": "2026-02-01 10:00:00"}
    found = _found(doubles() | {"verdicts": [said, earlier]})
    assert sum(finding.score >= ALERT_LINE for finding in found) == alerts


def test_use_after_the_others_death_is_gain_enough() -> None:
    world = doubles()
    dead = [TWO[0] | {"die_date": "2025-12-01"}, TWO[1]]
    only_second = [row for row in world["settlements"] if row["psn_no"] == "D2"]
    assert _found({"insured": dead, "settlements": only_second})[0].score >= ALERT_LINE  # type: ignore[dict-item]
    assert _found({"insured": TWO, "settlements": only_second})[0].score < ALERT_LINE  # type: ignore[dict-item]


def test_two_stays_at_once_are_two_bodies() -> None:
    world = doubles()
    for number, place in (("D1", "H1"), ("D2", "H2")):
        stay = next(row for row in world["settlements"] if row["psn_no"] == number)
        stay |= {"med_type": "21", "fixmedins_code": place, "begntime": "2026-01-05 09:00:00"}
        stay |= {"endtime": "2026-01-11 09:00:00", "setl_time": "2026-01-11 09:00:00"}
    (finding,) = _found(world)
    assert finding.score < ALERT_LINE and "two_bodies" in {trial.test for trial in finding.trials}


def test_a_register_without_anything_but_names_yields_nothing() -> None:
    bare = [{"psn_no": row["psn_no"], "psn_name": row["psn_name"]} for row in _CROWD["insured"]]
    assert not list(DuplicateIdentity().detect(snapshot_of({"insured": bare})))
    assert not list(DuplicateIdentity().detect(snapshot_of({})))


def test_the_listing_threshold_from_both_sides() -> None:
    world = joined(_CROWD, doubles())
    probability = 1 - next(iter(DuplicateIdentity().detect(snapshot_of(world)))).chance.p_value
    assert list(replace(DuplicateIdentity(), listed=probability - 1e-6).detect(snapshot_of(world)))
    assert not list(replace(DuplicateIdentity(), listed=min(1.0, probability + 1e-6)).detect(snapshot_of(world)))


def test_names_and_numbers_have_one_spelling() -> None:
    assert plain("張　偉") == plain("张伟") and sound("张玮") == sound("章伟") == sound(plain("ZHANG Wei"))
    whole = certno("999901", "19660512", "127")
    assert expanded(whole) == expanded(whole[:6] + whole[8:17]) == whole[:17]
    assert check_character(whole[:17]) == whole[17] and expanded("E12345678") is None


def test_a_chain_is_no_cluster() -> None:
    assert stars({(1, 2): 3.0, (2, 3): 3.0, (3, 4): 3.0}) == [(1, 2, 3)]
    assert stars({(1, 2): 3.0, (2, 3): 2.0, (1, 3): -9.0}) == [(1, 2)]
    assert stars({(1, 2): 3.0, (2, 3): 2.0}, [(1, 3)]) == [(1, 2)]


@pytest.mark.parametrize("seed", range(20))
def test_stars_against_the_best_of_all_partitions(seed: int) -> None:
    """On small graphs stars keep their promises and reach most of the best agreement there is."""
    rng = Random(seed)
    weights = {pair: rng.choice([-4.0, -2.0, 3.0, 5.0]) for pair in combinations(range(6), 2) if rng.random() < 0.7}
    barred = [pair for pair, weight in weights.items() if weight == -4.0]
    found = stars(weights, barred)
    members = [row for star in found for row in star]
    assert len(members) == len(set(members))
    assert not any(pair in barred for star in found for pair in combinations(star, 2))
    for star in found:
        assert any(all(weights.get((min(c, o), max(c, o)), 0) > 0 for o in star if o != c) for c in star)
    best = max(_agreement(weights, labels) for labels in _partitions(6))
    assert _agreement(weights, _labels(found, 6)) >= 0.4 * best


def _partitions(count: int) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = [()]
    for _ in range(count):
        found = [(*labels, group) for labels in found for group in range(max(labels, default=-1) + 2)]
    return found


def _labels(groups: list[tuple[int, ...]], count: int) -> tuple[int, ...]:
    of = {row: number for number, group in enumerate(groups) for row in group}
    return tuple(of.get(row, 100 + row) for row in range(count))


def _agreement(weights: dict[tuple[int, int], float], labels: tuple[int, ...]) -> float:
    return sum(weight for (a, b), weight in weights.items() if labels[a] == labels[b])
