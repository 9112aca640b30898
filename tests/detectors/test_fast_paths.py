"""What was made fast says what the plain way says: oracles in plain Python and numpy on random inputs."""

import subprocess
import sys
from collections import Counter, defaultdict
from itertools import combinations
from types import SimpleNamespace

import duckdb
import networkx as nx
import numpy as np
import pytest

from detectors.collusion.chance import count_tail, spread_tail, spread_tails
from detectors.collusion.clashes import _cover
from detectors.collusion.dense_blocks import _distinct, _numbered
from detectors.copresence.cohesion import _Graph, _pieces
from detectors.copresence.crowd import DAY, KEY, Crowd
from detectors.identity_reuse import enrolments, lives, names, ties
from detectors.identity_reuse.likeness import Likeness, commonest
from detectors.identity_reuse.linkage import Model, _block
from detectors.snapshot import Snapshot
from detectors.visits import by_code, distinct, of_codes
from tests.detectors.worlds import snapshot_of

SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_distinct_rows_are_those_of_numpy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = np.column_stack([rng.integers(low, high, 300) for low, high in ((0, 9), (-1, 4), (0, 6))])
    assert np.array_equal(_distinct(*rows.T), np.unique(rows, axis=0))
    assert _distinct(*rows[:0].T).shape == (0, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_of_codes_are_all_of_theirs_in_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes, asked = rng.integers(0, 20, 200), rng.choice(25, 6, replace=False)
    assert of_codes(by_code(codes, 25), asked).tolist() == np.flatnonzero(np.isin(codes, asked)).tolist()
    assert not len(of_codes(by_code(codes, 25), []))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_commonest_claim_among_others_is_counted_without_the_groups_own(seed: int) -> None:
    rng = np.random.default_rng(seed)
    numbers, there = rng.integers(0, 8, 400), np.sort(rng.choice(400, 150, replace=False))
    ask = commonest(Likeness(numbers, 0.1), there)
    for size in (0, 1, 20, 150):
        mine = rng.choice(there, size, replace=False)
        others = Counter(numbers[np.setdiff1d(there, mine)].tolist())
        assert ask(mine) == max(others.values(), default=0)


def _crowd(seed: int) -> Crowd:
    """A crowd as a snapshot makes it: visits numbered by time, some of one unit and day, several of a minute."""
    rng = np.random.default_rng(seed)
    minute = np.sort(rng.integers(0, 4 * DAY, 24) // 90 * 90)
    desk, unit = rng.integers(0, 3, 24), rng.integers(0, 8, 24)
    rows = np.arange(24)
    return Crowd(rows, unit, desk, minute, desk, np.zeros(3, np.bool_), np.arange(3), 12, 4, daily=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_crowd_holds_the_first_row_of_each_unit_desk_and_day(seed: int) -> None:
    crowd = _crowd(seed)
    family = np.arange(12) // 2
    first: dict[tuple[int, int, int], tuple[int, int]] = {}
    for visit in range(24):
        key = int(crowd.desk[visit]), int(crowd.minute[visit]) // DAY, int(family[crowd.unit[visit]])
        first.setdefault(key, (int(crowd.minute[visit]), visit))
    found = crowd.regrouped(family)
    rows = zip(found.desk.tolist(), found.minute.tolist(), found.visit.tolist(), strict=True)
    assert list(rows) == sorted((desk, *of) for (desk, _, _), of in first.items())
    assert np.array_equal(found.unit, family[crowd.unit[found.visit]])
    assert np.array_equal(found.key, found.desk * KEY + found.minute)


def _graph(seed: int, size: int = 40) -> tuple["nx.Graph[int]", _Graph]:
    plain: nx.Graph[int] = nx.gnm_random_graph(size, 34, seed=seed)
    weight = nx.to_numpy_array(plain, nodelist=list(range(size)))
    row, target = np.nonzero(weight)
    start = np.searchsorted(row, np.arange(size + 1))
    return plain, _Graph(np.arange(size) * 10, start, target, weight[row, target])


@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_of_a_cut_are_the_components_of_its_sides(seed: int) -> None:
    plain, graph = _graph(seed)
    left = np.random.default_rng(seed).random(40) < 0.5
    plain.remove_edges_from([(a, b) for a, b in plain.edges if left[a] != left[b]])
    expected = sorted(sorted(part) for part in nx.connected_components(plain) if len(part) >= 3)
    pieces = sorted(_pieces(graph, left, 3), key=lambda piece: piece.nodes.tolist())
    assert [(piece.nodes // 10).tolist() for piece in pieces] == expected
    for piece in pieces:
        inner = {
            (int(piece.nodes[a]) // 10, int(piece.nodes[b]) // 10) for a, b in zip(piece.row, piece.target, strict=True)
        }
        part = (piece.nodes // 10).tolist()
        assert inner == {(a, b) for a in part for b in part if plain.has_edge(a, b)}


@pytest.mark.parametrize("seed", SEEDS)
def test_only_blocks_of_two_to_the_cap_are_compared(seed: int) -> None:
    rng = np.random.default_rng(seed)
    keys = [None if n == 0 else f"k{n}" for n in rng.integers(0, 12, 60).tolist()]
    db = duckdb.connect()
    db.execute("CREATE TABLE t (unique_id BIGINT, key VARCHAR)")
    db.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(keys)))
    _block(db, "t", "blocked", Model((), ("key",), cap=5))
    groups = defaultdict(set)
    for row, block in db.execute("SELECT unique_id, block_0 FROM blocked").fetchall():
        groups[block].add(row)
    rows_of = {key: {row for row, of in enumerate(keys) if of == key} for key in set(keys) - {None}}
    expected = [rows for rows in rows_of.values() if 2 <= len(rows) <= 5]
    assert sorted(map(sorted, (rows for block, rows in groups.items() if block is not None))) == sorted(
        map(sorted, expected)
    )
    assert sum(map(len, groups.values())) == 60


def _visits(seed: int, persons: int = 70) -> Snapshot:
    rng = np.random.default_rng(seed)
    rows = [
        {
            "setl_id": f"S{n:04}",
            "psn_no": f"P{int(rng.integers(persons)):03}",
            "fixmedins_code": f"I{int(rng.integers(4))}",
            "setl_time": f"2026-01-{int(rng.integers(1, 9)):02} 09:00:00",
            "med_type": "11",
            "fund_pay_sumamt": "10.00",
            "medfee_sumamt": "10.00",
        }
        for n in range(300)
    ]
    return snapshot_of({"settlements": rows})


@pytest.mark.parametrize("seed", range(3))
def test_what_two_lives_share_is_summed_over_places_days_and_both(seed: int) -> None:
    snapshot = _visits(seed)
    habits, seen = lives._habits(snapshot), snapshot.visits
    facts: dict[int, set[object]] = defaultdict(set)
    for p, i, day in zip(seen.person.tolist(), seen.place.tolist(), seen.day.tolist(), strict=True):
        facts[p] |= {("place", i), ("day", day), (i, day)}
    users = Counter(fact for of in facts.values() for fact in of)
    says = {fact: np.log(len(facts) / count) for fact, count in users.items()}
    first, size = 3, len(habits.order) - 5
    for a in list(facts)[:10]:
        columns = lives._columns(snapshot, a)
        found = lives._sums(habits.users.indptr, habits.users.indices, habits.says, columns, first, size)
        others = habits.order[first : first + size].tolist()
        assert found == pytest.approx([sum(says[fact] for fact in facts[a] & facts[b]) for b in others])


def _register(rng: np.random.Generator, persons: int) -> list[dict[str, object]]:
    """Few birth dates, telephones and addresses, so that many are shared and some by more than the cap."""

    def one(n: int) -> dict[str, object]:
        born = f"199{int(rng.integers(3))}-01-0{int(rng.integers(1, 4))}"
        serial, tel = int(rng.integers(1, 60)), int(rng.integers(12))
        return {
            "psn_no": f"P{n:03}",
            "psn_name": ("王一", "李二", "王三")[int(rng.integers(3))],
            "certno": f"110105{born.replace('-', '')}{serial:03}X",
            "gend": "1",
            "brdy": born,
            "tel": f"1380000{tel:04}" if tel else None,
            "addr": f"某县某镇某村{int(rng.integers(30))}号",
        }

    return [one(n) for n in range(persons)]


def _counted(snapshot: Snapshot, column: str, raw: str, cap: int) -> list[object]:
    """A register's values of `raw` that at most `cap` rows have, the plain way."""
    values = [row[0] for row in snapshot.db.execute(f"SELECT {raw} FROM form ORDER BY p").fetchall()]
    counts = Counter(values)
    return [value if value is not None and counts[value] <= cap else None for value in values]


@pytest.mark.parametrize("seed", range(3))
def test_values_of_many_are_no_sign_of_one_body(seed: int) -> None:
    snapshot = snapshot_of({"insured": _register(np.random.default_rng(seed), 120)})
    enrolments.enrolments(snapshot)
    columns = {"birth": ("brdy", 133), "tel": ("tel", enrolments.SHARED), "addr": ("addr", enrolments.SHARED)}
    for column, (raw, cap) in columns.items():
        query = f"SELECT {column} FROM enrolment ORDER BY unique_id"
        assert [row[0] for row in snapshot.db.execute(query).fetchall()] == _counted(snapshot, column, raw, cap)
    bodies = [row[0] for row in snapshot.db.execute("SELECT body FROM enrolment ORDER BY unique_id").fetchall()]
    bearers = [row[0] for row in snapshot.db.execute("SELECT bearers FROM enrolment ORDER BY unique_id").fetchall()]
    assert bearers == [sum(body is not None and body == other for other in bodies) for body in bodies]


def test_twins_among_many_pairs_are_those_asked_one_by_one() -> None:
    snapshot = snapshot_of({"insured": _register(np.random.default_rng(0), 60)})
    pairs = list(combinations(range(60), 2))
    found = ties.twins(snapshot, pairs)
    some = [*sorted(found)[:6], *[pair for pair in pairs if pair not in found][::200]]
    assert [bool(ties.twins(snapshot, [pair])) for pair in some] == [pair in found for pair in some]
    assert 6 <= len(found) < len(pairs)
    assert not ties.twins(snapshot, [])


def test_duckdb_draws_no_progress_bar_where_python_runs_no_script() -> None:
    asked = "open_duckdb().execute(\"SELECT current_setting('enable_progress_bar')\").fetchall()"
    said = subprocess.run(
        [sys.executable, "-c", f"from claims.duck import open_duckdb; print({asked})"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.strip() == "[(False,)]"


@pytest.mark.parametrize("seed", SEEDS)
def test_names_spelled_as_one_text_are_those_spelled_alone(seed: int) -> None:
    signs = "张王國Ａbﬁσς\u0301\u0308·- \n"
    rng = np.random.default_rng(seed)
    several = ["".join(rng.choice(list(signs), rng.integers(0, 5))) for _ in range(300)]
    for given in (several, [], [""], ["张\uffff", "王"]):
        plains = [names.plain(name) for name in given]
        assert names.spelled(given) == (plains, [names.sound(name) for name in plains])


@pytest.mark.parametrize("seed", SEEDS)
def test_beds_are_covered_as_by_looking_at_all_stays_each_time(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = np.unique(np.sort(rng.integers(0, 12, (20, 2)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    first, missed, errands = (rng.integers(0, 3, 12) for _ in range(3))
    found = SimpleNamespace(first=first, missed=missed, errands=errands, visit=rng.permutation(12))
    left, chosen = [set(pair) for pair in pairs.tolist()], []
    while left:
        rows = sorted(set().union(*left))
        odd = {row: int(missed[row] > 0) + int(errands[row] > 0) for row in rows}
        worst = max(rows, key=lambda r: (sum(r in pair for pair in left), odd[r], first[r], found.visit[r]))
        chosen.append(worst)
        left = [pair for pair in left if worst not in pair]
    assert _cover(found, pairs).tolist() == sorted(chosen)


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_are_numbered_as_numpy_numbers_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = np.column_stack([rng.integers(low, high, 60) for low, high in ((-1, 9), (0, 10**6), (5, 6))])
    values, numbers = _numbered(rows)
    for n in range(3):
        unique, inverse = np.unique(rows[:, n], return_inverse=True)
        assert np.array_equal(values[n], unique) and np.array_equal(numbers[:, n], inverse)
    assert _numbered(rows[:0])[1].shape == (0, 3)


@pytest.mark.parametrize("spread", [0.0, 0.02, 0.3])
def test_tails_asked_together_are_those_asked_alone(spread: float) -> None:
    rng = np.random.default_rng(0)
    trials = rng.integers(1, 60, 300)
    hits, rates = rng.integers(0, trials + 1), rng.choice([0.0, 0.01, 0.2, 0.9, 1.0], 300)
    together = spread_tails(hits, trials, rates, spread)
    alone = [spread_tail(int(h), int(n), float(r), spread) for h, n, r in zip(hits, trials, rates, strict=True)]
    assert together.tolist() == alone
    assert count_tail(hits, 0.1 + rates, 0.5).tolist() == [
        float(count_tail(h, 0.1 + r, 0.5)) for h, r in zip(hits, rates, strict=True)
    ]


def test_numbers_of_the_same_digits_are_one_block() -> None:
    bodies = ["11010519900101001", "11010519900101010", "11010519900101011", "01010519900101011"]
    db = duckdb.connect()
    db.execute("CREATE TABLE t AS SELECT unnest($1::VARCHAR[]) AS body", [bodies])
    keys = [row[0] for row in db.execute(f"SELECT {enrolments._DIGITS} FROM t").fetchall()]
    assert [[a == b for b in keys] for a in keys] == [[sorted(a) == sorted(b) for b in bodies] for a in bodies]


@pytest.mark.parametrize("size", [0, 1, 300])
def test_distinct_numbers_are_those_of_a_set(size: int) -> None:
    values = np.random.default_rng(size).integers(-40, 40, size)
    assert distinct(values).tolist() == sorted(set(values.tolist()))
