"""Gathering: what joins, what does not, and that nothing depends on the order of findings."""

import random

import pytest

from cases.gather import gather
from cases.model import Picture, Standing
from detectors.finding import Finding, Grade, Role, Subject
from graph.model import NodeType
from tests.cases.making import drawn, facts_of, finding, person, record


def groups(*findings: Finding) -> list[set[int]]:
    return [set(numbers) for _standing, numbers in gather(findings, facts_of(*findings))]


def people(picture: Picture) -> set[str]:
    return {member.id for member in picture.members if member.type is NodeType.PERSON}


def test_two_findings_of_one_person_join() -> None:
    assert groups(finding([1], [0]), finding([1], [150], detector="after_loss", where="H2")) == [{0, 1}]


def test_a_place_a_doctor_or_a_telephone_alone_joins_nobody() -> None:
    doctor = Subject(NodeType.DOCTOR, "D1", Role.PRESCRIBER)
    phone = Subject(NodeType.PHONE, "13900000001", Role.HANDLE)
    a = finding([1, 2, 3], subjects=[doctor, phone])
    assert len(groups(a, finding([4, 5, 6], subjects=[doctor, phone]))) == 2
    assert len(groups(finding([1], subjects=[phone]), finding([2], subjects=[phone]))) == 2


@pytest.mark.parametrize(("shared", "joined"), [(8, True), (4, True), (1, False)])
def test_groups_join_by_overlap(shared: int, joined: bool) -> None:
    other = [*range(shared), *range(100, 108 - shared)]
    assert (len(groups(finding(range(8)), finding(other, detector="dense"))) == 1) is joined


def test_a_member_alone_joins_the_group_only_for_the_same_place_and_days() -> None:
    group = finding(range(6))
    assert len(groups(group, finding([1], [0, 7], detector="two_places"))) == 1
    assert len(groups(group, finding([1], [0, 7], detector="two_places", where="H9"))) == 2
    assert len(groups(group, finding([1], [3, 9], detector="two_places"))) == 2


def test_groups_long_apart_are_two_stories() -> None:
    early, late = finding(range(8), [0, 7]), finding(range(8), [170, 177], detector="dense")
    assert len(groups(early, late)) == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_hub_never_makes_a_giant(seed: int) -> None:
    """A hundred groups that all name the same person stay a hundred."""
    chance = random.Random(seed)
    found = [finding(["hub", *range(10 * n, 10 * n + chance.randint(4, 9))], detector=f"d{n % 3}") for n in range(100)]
    assert len(groups(*found)) == 100


def test_a_chain_of_small_overlaps_is_cut() -> None:
    chain = [finding(range(6 * n, 6 * n + 8), detector=f"d{n}") for n in range(30)]  # two shared with the next
    assert max(len(group) for group in groups(*chain)) <= 2


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_findings_gives_the_same_rings(seed: int) -> None:
    chance = random.Random(seed)
    found = [
        finding(
            chance.sample(range(40), chance.randint(1, 9)),
            sorted(chance.sample(range(60), 3)),
            detector=f"d{n}",
            score=chance.choice([0.3, 0.6, 0.6, 0.9]),
            where=chance.choice(["H1", "H2"]),
        )
        for n in range(25)
    ]
    shuffled = random.Random(seed + 100).sample(found, len(found))
    facts = facts_of(*found)
    assert sorted(n for _s, group in gather(found, facts) for n in group) == list(range(25))

    def rings(given: list[Finding]) -> set[tuple[Standing, frozenset[str]]]:
        return {(s, frozenset(given[n].detector for n in group)) for s, group in gather(given, facts)}

    assert rings(found) == rings(shuffled)
    one, other = drawn(*found), drawn(*shuffled)
    assert [(p.kind, p.score, p.members, p.records) for p in one] == [
        (p.kind, p.score, p.members, p.records) for p in other
    ]


def test_a_wide_weak_circle_does_not_blur_a_ring() -> None:
    tight, wide = finding(range(6), score=0.9), finding(range(30), detector="dense", score=0.6)
    (ring,) = drawn(tight, wide)
    assert people(ring) == {f"P{n}" for n in range(6)}
    assert ring.detectors == ("dense", "lockstep")


def test_a_fixed_rule_never_leads_a_ring_that_a_test_found() -> None:
    tight, rule = finding(range(6), score=0.9), finding(range(16), detector="quick_alarm", score=0.95)
    (ring,) = drawn(tight, rule)
    assert people(ring) == {f"P{n}" for n in range(6)}
    assert ring.statement == tight.statement
    (alone,) = drawn(rule, finding([1], [0, 7], detector="during_stay", score=0.97))
    assert people(alone) == {f"P{n}" for n in range(16)}


def test_records_of_people_outside_are_not_the_rings() -> None:
    """A wider finding corroborates; what its other people cost is not held against this ring."""
    tight, wide = finding(range(6), score=0.9), finding(range(30), [0, 21], detector="dense", score=0.6)
    (ring,) = drawn(tight, wide)
    own = {record(who, day) for who in range(6) for day in (0, 7, 14, 21)}
    assert set(ring.records) == own
    assert ring.exposure.fund == 100 * len(own)


def test_a_wide_alarm_never_joins_two_rings_it_touches() -> None:
    """Two strangers' rings, and a wider finding over both, weaker or stronger than one of them."""
    for wide in (0.6, 0.85):
        rings = drawn(
            finding(range(20), score=0.9),
            finding(range(20, 30), score=0.8, detector="other"),
            finding(range(60), score=wide, detector="wide"),
        )
        found = [people(ring) for ring in rings]
        assert {f"P{n}" for n in range(20)} in found
        assert not any({"P0", "P25"} <= ring for ring in found if len(ring) < 60)


def test_a_finding_over_two_rings_widens_one_and_joins_neither() -> None:
    both = finding([*range(14), *range(20, 26)], score=0.6, detector="wide")
    found = groups(finding(range(20), score=0.9), finding(range(20, 28), score=0.8, detector="other"), both)
    assert sorted(map(sorted, found)) == [[0, 2], [1]]


def test_a_second_finding_adds_the_members_it_found() -> None:
    (ring,) = drawn(finding(range(8), score=0.9), finding(range(2, 10), detector="dense", score=0.8))
    assert people(ring) == {f"P{n}" for n in range(10)}


def test_the_finding_about_most_people_names_the_kind() -> None:
    stay = finding([1], [0, 7], detector="during_stay", kind="shared_card/during_stay", score=0.95)
    (ring,) = drawn(finding(range(6), kind="collusion/phantom_stays"), stay)
    assert ring.kind == "collusion/phantom_stays"


def test_enrolments_without_bodies_explain_why_they_move_together() -> None:
    ghosts = finding(range(6), detector="ghosts", kind="identity_reuse/one_hand_ghosts", score=0.7)
    assert drawn(finding(range(6), score=0.9), ghosts)[0].kind == "identity_reuse/one_hand_ghosts"
    weak = finding(range(6), detector="ghosts", kind="identity_reuse/one_hand_ghosts", score=0.3)
    assert drawn(finding(range(6), score=0.9), weak)[0].kind == "collusion/lockstep_pharmacy"


def test_the_weak_and_the_explained_stay_apart_from_alerts() -> None:
    rings = drawn(finding(range(6)), finding(range(6), score=0.3), finding(range(6), score=0.1, explains=0.9))
    assert [ring.standing for ring in rings] == [Standing.ALERT, Standing.BELOW_LINE, Standing.EXPLAINED]


def test_whoever_acts_for_the_others_is_proposed_as_collector() -> None:
    found = finding(range(6), subjects=[person(9)])
    (ring,) = drawn(found, facts=facts_of(found, agent="P9"))
    roles = {member.id: member.role for member in ring.members}
    assert roles["P9"] is Role.COLLECTOR
    assert roles["P1"] is Role.RECRUIT


def test_key_records_keep_it_above_the_line_and_no_fewer_do() -> None:
    strong = drawn(finding(range(6), score=0.9))[0].keys  # nine times the line: two of 18 records
    assert len(strong.records) == 2
    assert strong.breaking_records == strong.breaking_members == ()
    barely = drawn(finding(range(6), score=0.5))[0].keys
    assert len(barely.records) == 18
    assert set(barely.breaking_records) == set(barely.records)
    assert len(barely.breaking_members) == 6


def test_surest_records_come_first_among_the_key_records() -> None:
    sure = finding([1], [3], detector="after_death", grade=Grade.CERTAIN, score=0.6)
    assert drawn(sure)[0].keys.records == (record(1, 3),)
    assert drawn(finding(range(6), score=0.2))[0].keys.records == ()
