"""Rings against known rings: matching, precision, what innocents suffer."""

import json
import random
from datetime import date
from pathlib import Path

import pytest

from claims.errors import NotFoundError
from jobs.evaluate import TruthError, evaluate, read_known, seen_of
from jobs.measures import Known, Member, Seen, View, average_precision, jaccard, match, overlap, ranked


def people(*names: str, shop: str = "") -> frozenset[Member]:
    return frozenset({("person", name) for name in names} | ({("institution", shop)} if shop else set()))


def ring(name: str, score: float, members: frozenset[Member], kind: str = "collusion/lockstep", **more: object) -> Seen:
    return Seen(name, kind, score, members, **more)  # type: ignore[arg-type]


RING = Known("t1", "collusion/lockstep", people("a", "b", "c", "d", shop="s"), date(2025, 1, 1))
OTHER = Known("t2", "shared_card/several_bearers", people("x") | {("card", "k")}, date(2025, 1, 5))


def test_exact_ring_is_found_and_a_stranger_is_false() -> None:
    found = evaluate([ring("r", 0.9, RING.members), ring("q", 0.8, people("m", "n"))], [RING, OTHER])
    assert (found.total.found, found.total.planted, found.total.reported) == (1, 2, 2)
    assert found.total.precision == found.total.recall == 0.5
    assert found.false == ("q",)
    assert found.missed == (("shared_card/several_bearers", "t2"),)
    assert {q.name: q.recall for q in found.families} == {"collusion": 1.0, "shared_card": 0.0}


def test_half_of_either_is_enough_and_less_is_not() -> None:
    enough, short = people("a", "b"), people("a", "b", "c", "e", "f", "g")
    assert evaluate([ring("r", 0.9, enough)], [RING]).total.found == 1
    assert evaluate([ring("r", 0.9, short)], [RING]).total.found == 0


def test_second_ring_on_one_known_ring_is_a_piece_and_not_right() -> None:
    found = evaluate([ring("r", 0.9, people("a", "b", "c")), ring("q", 0.8, people("a", "b", "d"))], [RING])
    assert (found.total.right, found.pieces, found.false) == (1, 1, ())
    assert found.total.precision == 0.5


def test_views_differ_where_places_are_named() -> None:
    seen = ring("r", 0.9, people("a", "b") | {("institution", "s2"), ("doctor", "d")})
    assert evaluate([seen], [RING], view=View.PERSONS).total.found == 1
    assert evaluate([seen], [RING], view=View.ALL).total.found == 0
    steering = Known("t3", "collusion/kickback", frozenset({("doctor", "d"), ("institution", "s")}))
    without_persons = ring("k", 0.9, frozenset({("doctor", "d"), ("institution", "s")}))
    assert evaluate([without_persons], [steering], view=View.PERSONS).total.found == 1


def test_only_rings_above_the_line_count() -> None:
    line = {"ring_id": "r", "kind": "collusion/x", "score": 0.9, "members": [{"type": "person", "id": "a"}]}
    shown = [seen_of({**line, "status": status}) for status in ("new", "explained", "below_line", "dormant")]
    assert [seen.above for seen in shown] == [True, False, False, False]
    assert evaluate([ring("r", 0.9, RING.members, above=False)], [RING]).total.reported == 0


def test_innocents_are_accused_by_overlap_or_by_being_swallowed() -> None:
    couple = Known("i1", "couple", people("e", "f"))
    crowd = Known("i2", "market", people(*"mnopqrstuv"))
    swallowed = ring("r", 0.9, people("e", *(f"z{n}" for n in range(20))))
    assert evaluate([swallowed], [], [couple, crowd]).accused == {"couple": (1, 1), "market": (1, 0)}
    three_of_ten = ring("r", 0.9, people("m", "n", "o"))
    assert evaluate([three_of_ten], [], [crowd]).accused["market"] == (1, 1)
    assert evaluate([ring("r", 0.9, people("m", "n"))], [], [crowd]).accused["market"] == (1, 0)


def test_a_ring_that_takes_only_the_guilty_one_of_a_couple_accuses_no_innocent() -> None:
    couple, known = Known("i1", "couple", people("e", "f")), Known("t1", "lockstep", people("e", "g", "h"))
    assert evaluate([ring("r", 0.9, people("e", "g", "h"))], [known], [couple]).accused == {"couple": (1, 0)}
    assert evaluate([ring("r", 0.9, people("e", "f", "g", "h"))], [known], [couple]).accused == {"couple": (1, 1)}


def test_budget_takes_the_worst_first_and_delay_counts_from_the_first_settlement() -> None:
    rings = [ring("a", 0.6, RING.members, since=date(2025, 2, 1)), ring("b", 0.9, people("z"))]
    found = evaluate(rings, [RING], budget=1)
    assert found.at_budget.precision == 0.0
    assert found.delays == (31,)
    assert found.median_delay == 31
    assert found.average_precision == 0.5


def test_calibration_counts_every_ring_once() -> None:
    rings = [ring(f"r{n}", 0.5 + n / 20, people(f"p{n}")) for n in range(11)]
    found = evaluate(rings, [])
    assert sum(b.rings for b in found.calibration) == 11
    assert found.calibration[-1].rings == 3  # 0.90, 0.95 and 1.00


def test_average_precision_of_known_orders() -> None:
    assert average_precision([True, True], 2) == 1.0
    assert average_precision([False, True], 1) == 0.5
    assert average_precision([True, False, True], 4) == pytest.approx((1 + 2 / 3) / 4)
    assert average_precision([], 0) == 0.0


@pytest.mark.parametrize("seed", range(30))
def test_matching_agrees_with_a_slow_oracle(seed: int) -> None:
    chance = random.Random(seed)
    draw = [frozenset(("person", str(n)) for n in chance.sample(range(25), chance.randint(1, 7))) for _ in range(26)]
    known = [Known(f"k{n:02d}", "collusion/x", members) for n, members in enumerate(draw[:12])]
    seen = ranked(ring(f"r{n:02d}", chance.choice([0.5, 0.7, 0.9]), members) for n, members in enumerate(draw[12:]))
    view = chance.choice(list(View))
    assert match(seen, known, view) == slow_match(seen, known, view)


def slow_match(seen: list[Seen], known: list[Known], view: View) -> dict[str, str]:
    """Every ring against every known one that is free."""
    found: dict[str, str] = {}
    for one in seen:
        free = [group for group in known if group.id not in found.values()]
        good = [group for group in free if overlap(group, one, view) >= 0.5]
        if good:
            found[one.id] = max(good, key=lambda group: (overlap(group, one, view), group.id)).id
    return found


def test_empty_sets_share_nothing() -> None:
    assert jaccard(frozenset(), frozenset()) == 0.0
    nothing = evaluate([], [])
    assert nothing.total.recall is None
    assert nothing.total.precision is None


def test_file_that_does_not_read_names_its_line(tmp_path: Path) -> None:
    good = {
        "ring_id": "t",
        "kind": "collusion/x",
        "members": [{"type": "person", "id": "a"}],
        "first_day": "2025-01-02",
    }
    path = tmp_path / "truth.jsonl"
    path.write_text(json.dumps(good) + "\n" + '{"kind": "x"}\n', encoding="utf-8")
    with pytest.raises(TruthError, match="2"):
        read_known(path)
    path.write_text(json.dumps(good) + "\n", encoding="utf-8")
    assert read_known(path)[0].first_day == date(2025, 1, 2)
    with pytest.raises(NotFoundError):
        read_known(tmp_path / "none.jsonl")
