"""The fast parts of the co-presence search against slow plain ones, on random worlds."""

from collections import Counter, defaultdict
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from scipy.stats import binom

from detectors.copresence import meeting
from detectors.copresence.attach import _tallied, company
from detectors.copresence.cohesion import cohesive
from detectors.copresence.crowd import DAY, KEY, Crowd
from detectors.copresence.families import with_families
from detectors.copresence.meeting import chernoff
from detectors.copresence.pairs import Pairs, by_chance, open_minutes, screen, significant
from detectors.copresence.triangles import Edges, core, near, truss
from detectors.lawful.habits import at_once, close_pairs

SEEDS = [1, 2, 3, 4, 5]


def random_crowd(seed: int, size: int = 600, units: int = 40, desks: int = 3, days: int = 10) -> Crowd:
    """People who come at random to a few desks, once a day."""
    dice = np.random.default_rng(seed)
    desk, day, unit = (dice.integers(0, most, size) for most in (desks, days, units))
    rows = np.unique(np.column_stack([desk, day, unit]), axis=0)
    minute = rows[:, 1] * DAY + dice.integers(480, 1200, len(rows))
    order = np.lexsort((minute, rows[:, 0]))
    unit, desk, minute = rows[order, 2], rows[order, 0], minute[order]
    pharmacy = np.ones(desks, np.bool_)
    return Crowd(
        np.arange(len(rows)), unit, desk, minute, np.arange(len(rows)), pharmacy, np.arange(desks), units, days, False
    )


def plain_days(crowd: Crowd, reach: int) -> dict[tuple[int, int], set[int]]:
    """Days on which each pair came within reach, by looking at every pair of rows."""
    met = defaultdict(set)
    for one, two in combinations(range(len(crowd.unit)), 2):
        near_by = crowd.desk[one] == crowd.desk[two] and abs(crowd.minute[one] - crowd.minute[two]) <= reach
        if near_by and crowd.unit[one] != crowd.unit[two]:
            pair = sorted((int(crowd.unit[one]), int(crowd.unit[two])))
            met[pair[0], pair[1]].add(int(max(crowd.minute[one], crowd.minute[two])) // DAY)
    return met


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("reach", [0, 25, 300])
def test_the_sketch_loses_no_pair_and_counts_its_days(seed: int, reach: int) -> None:
    crowd = random_crowd(seed)
    pairs = screen(crowd, reach, 2)
    plain = {pair: len(days) for pair, days in plain_days(crowd, reach).items() if len(days) >= 2}
    assert dict(zip(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True), pairs.days.tolist(), strict=True)) == plain


@pytest.mark.parametrize("seed", SEEDS)
def test_benjamini_hochberg_step_up(seed: int) -> None:
    p_value = np.random.default_rng(seed).random(50) ** 6
    zero = np.zeros(50, np.int64)
    kept = significant(Pairs(zero, zero, zero, zero.astype(float), p_value, 80), 0.05).p_value
    best = max((k for k in range(1, 51) if np.sort(p_value)[k - 1] <= 0.05 * k / 80), default=0)
    assert sorted(kept) == np.sort(p_value)[:best].tolist()


def random_edges(seed: int, nodes: int = 30, count: int = 140) -> Edges:
    """A random simple graph with a day on every edge."""
    graph = nx.gnm_random_graph(nodes, count, seed=seed)
    pair = np.array(sorted(tuple(sorted(edge)) for edge in graph.edges), np.int64)
    return Edges(pair[:, 0], pair[:, 1], np.random.default_rng(seed).integers(-1, 3, len(pair)))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("least", [1, 2, 3])
def test_truss_and_core_are_those_of_networkx(seed: int, least: int) -> None:
    edges = random_edges(seed)
    graph = nx.Graph(zip(edges.a.tolist(), edges.b.tolist(), strict=True))
    for alive, plain in (
        (truss(edges, least), nx.k_truss(graph, least + 2)),
        (core(edges, least), nx.k_core(graph, least)),
    ):
        left = edges.only(alive)
        assert set(zip(left.a.tolist(), left.b.tolist(), strict=True)) == {tuple(sorted(e)) for e in plain.edges}


@pytest.mark.parametrize("seed", SEEDS)
def test_triangles_of_one_day_do_not_count(seed: int) -> None:
    edges = random_edges(seed)
    alive = truss(edges, 1, days_differ=True)
    day = {(a, b): d for a, b, d in zip(edges.a.tolist(), edges.b.tolist(), edges.day.tolist(), strict=True)}
    left = set(day)
    while True:  # peel edge by edge as the definition says
        graph = nx.Graph(left)
        bad = {
            (a, b)
            for a, b in left
            if not any(
                not (day[a, b] >= 0 and day[a, b] == day[min(a, c), max(a, c)] == day[min(b, c), max(b, c)])
                for c in nx.common_neighbors(graph, a, b)
            )
        }
        if not bad:
            break
        left -= bad
    assert set(zip(edges.only(alive).a.tolist(), edges.only(alive).b.tolist(), strict=True)) == left


@pytest.mark.parametrize("seed", SEEDS)
def test_near_pairs_are_those_a_few_rows_apart(seed: int) -> None:
    crowd = random_crowd(seed, size=200)
    edges = near(crowd, 20, np.ones(crowd.desks, np.bool_))
    plain = {
        tuple(sorted((int(crowd.unit[one]), int(crowd.unit[two]))))
        for one in range(len(crowd.unit))
        for two in range(one + 1, min(one + 5, len(crowd.unit)))
        if crowd.key[two] - crowd.key[one] <= 20 and crowd.unit[one] != crowd.unit[two]
    }
    assert set(zip(edges.a.tolist(), edges.b.tolist(), strict=True)) == plain


@pytest.mark.parametrize("seed", SEEDS)
def test_company_is_counted_row_by_row(seed: int) -> None:
    crowd, members, reach = random_crowd(seed, size=200), np.arange(8), 12
    found = company(crowd, members, reach)
    counted = dict(zip(found.row.tolist(), found.others.tolist(), strict=True))
    assert len(counted) == len(found.row)
    for row in range(len(crowd.unit)):
        others = sum(
            crowd.unit[other] in members and other != row and abs(int(crowd.key[other] - crowd.key[row])) <= reach
            for other in range(len(crowd.unit))
        )
        assert counted.get(row, 0) == others


@pytest.mark.parametrize("seed", SEEDS)
def test_chernoff_bounds_the_binomial_tail(seed: int) -> None:
    dice = np.random.default_rng(seed)
    trials = dice.integers(1, 200, 50)
    observed, rate = dice.integers(0, trials + 1), dice.random(50) * 0.5
    bound = np.exp(-chernoff(observed, trials, trials * rate))
    assert (bound >= binom.sf(observed - 1, trials, rate) - 1e-12).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_group_is_not_significant(seed: int) -> None:
    crowd = random_crowd(seed, size=3000, units=300)
    members = np.sort(np.random.default_rng(seed).choice(300, 8, replace=False))
    assert meeting.tested(crowd, members, 15).nats == 0.0


@pytest.mark.parametrize("seed", SEEDS)
def test_two_cliques_with_one_bridge_are_cut_and_one_clique_is_not(seed: int) -> None:
    sizes = np.random.default_rng(seed).integers(5, 12, 2)
    parts = (range(int(sizes[0])), range(50, 50 + int(sizes[1])))
    edges = [pair for part in parts for pair in combinations(part, 2)] + [(0, 50)]
    pair = np.array(edges)
    found = cohesive(pair[:, 0], pair[:, 1], np.ones(len(pair)), 5)
    assert [part.tolist() for part in found] == [list(part) for part in parts]


def test_a_family_is_joined_and_a_small_ring_is_not() -> None:
    couple, ring = [(0, 1, 6)], [(a, b, 4) for a, b in combinations(range(2, 6), 2)] + [(2, 7, 3)]
    a, b, days = (np.array(column) for column in zip(*couple, *ring, strict=True))
    rate = np.zeros(len(a))
    unit = with_families(Pairs(a, b, days, rate, rate, 10), 8)
    assert unit[0] == unit[1]
    assert len(np.unique(unit[2:])) == 6


def test_keys_of_two_desks_never_meet() -> None:
    assert int(KEY) > 100 * 366 * DAY


@pytest.mark.parametrize("seed", SEEDS)
def test_meetings_by_chance_are_counted_desk_by_desk(seed: int) -> None:
    crowd = random_crowd(seed)
    pairs = list(combinations(range(crowd.units), 2))[::37]
    one, two = np.array(pairs, np.int64).T
    visits = np.zeros((crowd.units, crowd.desks))
    for unit, desk in zip(crowd.unit.tolist(), crowd.desk.tolist(), strict=True):
        visits[unit, desk] += 1
    plain = [float(visits[a] @ visits[b]) * 21 / open_minutes(crowd) / crowd.days for a, b in pairs]
    assert by_chance(crowd, one, two, 10) == pytest.approx(np.maximum(plain, 1e-6))


@pytest.mark.parametrize("seed", SEEDS)
def test_units_near_a_group_are_tallied_one_by_one(seed: int) -> None:
    crowd = random_crowd(seed)
    members = np.arange(5)
    met = company(crowd, members, 15)
    own = np.bincount(crowd.desk[met.row[met.inside]], minlength=crowd.desks)
    units, count, visits, expected, pool = _tallied(
        met.row, met.inside, own, crowd.desk, crowd.unit, crowd.size, *crowd.by_unit
    )
    desks = sorted({int(crowd.desk[row]) for row in met.row[met.inside]})
    strangers = Counter(int(crowd.desk[row]) for row in met.row[~met.inside])
    there = {desk: int((crowd.desk == desk).sum()) for desk in desks}
    share = {desk: (strangers[desk] + 1) / (max(there[desk] - own[desk], 0) + 1) for desk in desks}
    seen = Counter(int(crowd.unit[row]) for row in met.row if crowd.desk[row] in desks)
    told = sorted(unit for unit, rows in seen.items() if rows >= 2)
    assert pool == sum(there.values())
    assert units.tolist() == told and len(told) > 1
    assert count.tolist() == [seen[unit] for unit in told]
    rows = {unit: [row for row in np.flatnonzero(crowd.unit == unit) if crowd.desk[row] in desks] for unit in told}
    assert visits.tolist() == [len(rows[unit]) for unit in told]
    assert expected == pytest.approx([sum(share[int(crowd.desk[row])] for row in rows[unit]) for unit in told])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_usual_time_is_read_off_each_desks_half_hours(seed: int) -> None:
    crowd, reach = random_crowd(seed), 15
    row = np.flatnonzero(crowd.unit < 6)
    for at, share in zip(row, meeting._usual_time(crowd, row, reach), strict=True):
        mine = row[crowd.desk[row] == crowd.desk[at]]
        hours, own = (
            np.bincount(crowd.minute[of] % DAY // 30, minlength=48) for of in (crowd.desk == crowd.desk[at], mine)
        )
        profile = np.maximum(hours - own, 0) + 0.25
        upto = np.concatenate([[0.0], np.cumsum(profile / profile.sum())])
        minute = crowd.minute[at] % DAY
        until, since = np.interp([minute + 0.5, max(minute - reach - 0.5, 0.0)], np.arange(49) * 30.0, upto)
        assert share == pytest.approx(until - since, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_close_pairs_are_counted_pair_by_pair_in_every_draw(seed: int) -> None:
    at = np.random.default_rng(seed).integers(0, 300, (7, 20))
    plain = [sum(abs(int(a) - int(b)) <= 12 for a, b in combinations(row, 2)) for row in at]
    assert close_pairs(at, 12).tolist() == plain
    assert not close_pairs(at[:, :1], 12).any()


@pytest.mark.parametrize(("draws", "width"), [(100, 0), (100, 7), (200, 150_000), (200, 10**9)])
def test_draws_are_made_a_few_at_once_and_all_of_them(draws: int, width: int) -> None:
    some = at_once(draws, width)
    assert sum(some) == draws and min(some) >= 1
    assert max(some) == 1 or max(some) * width <= 200_000
