"""A build that sums only what changed says exactly what a full build says."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from claims.reader import Claims
from claims.workspace import Workspace
from graph.build import SUMMING, build
from graph.building.visits import SUMS
from graph.tables import GraphTables
from tests.claims.stages import Row, item, load, person, refund, settlement
from tests.graph.building import content, edges_of, embedded_bytes

MARCH = datetime(2026, 3, 10, 8)


class Heard:
    """Remembers how many months a build summed."""

    def __init__(self) -> None:
        self.months = 0

    def __call__(self, step: str, done: int, total: int, /) -> None:
        self.months += step == SUMMING and done < total


def summed(workspace: Workspace) -> int:
    """Build; return how many months were summed."""
    heard = Heard()
    build(workspace, progress=heard)
    return heard.months


def night(rng: random.Random, number: int) -> dict[str, list[Row]]:
    """One night's extract: new rows, corrected rows, late rows, refunds of any earlier month."""
    rows: dict[str, Row] = {}
    for serial in range(rng.randrange(5, 25)):
        late = rng.choice((0, 0, 0, 1, 2))
        time = datetime(2026, 1, 5) + timedelta(days=25 * (number - late), hours=rng.randrange(480))
        old = rng.randrange(max(number, 1) * 20)
        if rng.random() < 0.3 and number:
            setl_id = f"R{number}-{serial}"
            row = refund(setl_id, f"S{old}", rng.choice(("-60.00", "-10.00")))
        else:
            setl_id = f"S{rng.choice((old, number * 20 + serial))}"
            row = settlement(setl_id, rng.choice(("60.00", "12.34")), **some_ends(rng))
        rows[setl_id] = dict(row) | {"setl_time": time}
    items = [item(setl_id, "1", drug_trac_codg=f"B{rng.randrange(9)}") for setl_id in rows]
    people = [person(f"P{rng.randrange(9)}", tel=f"1390000000{rng.randrange(3)}")]
    return {"settlements": list(rows.values()), "fee_items": items, "insured": people}


def some_ends(rng: random.Random) -> Row:
    return {
        "psn_no": f"P{rng.randrange(9)}",
        "fixmedins_code": f"H{rng.randrange(3)}",
        "card_no": rng.choice((None, "C1", "C2")),
        "term_id": rng.choice((None, "T1")),
        "chfpdr_code": rng.choice((None, "D1", "D2")),
        "prsc_dr_code": rng.choice((None, "D3")),
        "agnter_tel": rng.choice((None, "13900000001", "0")),
        "agnter_certno": rng.choice((None, "P1", "P2", "nobody")),
    }


@pytest.mark.parametrize("seed", [1])
def test_every_night_equals_a_full_build(tmp_path: Path, seed: int) -> None:
    rng, workspace = random.Random(seed), Workspace(tmp_path)
    for number in range(3):
        version = load(workspace, night(rng, number))
        assert version is not None
        nightly, full = build(workspace), build(workspace, full=True)
        assert nightly.folder != full.folder
        assert content(nightly) == content(full)
        assert embedded_bytes(nightly) == embedded_bytes(full)
    assert_sums(full, workspace)


def assert_sums(tables: GraphTables, workspace: Workspace) -> None:
    """Compare the sums with a plain loop over the visits."""
    for name in ("VISITED.person.institution", "TREATED_BY.person.doctor", "SWIPED_ON.card.terminal"):
        found = {(row["source"], row["target"]): row for row in edges_of(tables, name)}
        expected: dict[tuple[str, str], list[tuple[int, datetime]]] = {}
        for ends, fund, time in net_rows(workspace, name):
            expected.setdefault(ends, []).append((fund, time))
        assert set(found) == set(expected)
        for ends, visits in expected.items():
            times = [time for _, time in visits]
            row = found[ends]
            assert (row["count"], row["fund"]) == (len(visits), sum(fund for fund, _ in visits))
            assert (row["first"], row["last"]) == (min(times), max(times))


def net_rows(workspace: Workspace, name: str) -> Iterator[tuple[tuple[str, str], int, datetime]]:
    with Claims.open(workspace).connect() as db:
        rows = db.sql("SELECT * FROM net_settlements").to_arrow_table().to_pylist()
    for row in rows:
        ends = {
            "person": row["psn_no"],
            "institution": row["fixmedins_code"],
            "doctor": row["chfpdr_code"],
            "card": row["card_no"],
            "terminal": row["term_id"] and f"{row['fixmedins_code']}/{row['term_id']}",
        }
        source, target = ends[SUMS[name].source], ends[SUMS[name].target]
        if source and target:
            yield (source, target), int(row["fund_pay_sumamt"] * 100), row["setl_time"]


def test_only_changed_months_are_summed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    january = [settlement("S1"), settlement("S2", psn_no="P2")]
    load(workspace, {"settlements": [*january, settlement("S3", setl_time=MARCH)]})
    assert summed(workspace) == 2
    load(workspace, {"insured": [person("P1")]})
    assert summed(workspace) == 0
    load(workspace, {"settlements": [settlement("S4", setl_time=MARCH)]})
    assert summed(workspace) == 1
    load(workspace, {"settlements": [refund("R1", "S1", "-60.00") | {"setl_time": MARCH}]})
    assert summed(workspace) == 2  # the refund's month, and January, into which it reaches


def test_sums_of_months_gone_are_removed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    load(workspace, {"settlements": [settlement("S1")]})
    build(workspace)
    load(workspace, {"settlements": [settlement("S1", setl_time=MARCH)]})
    build(workspace)
    assert [path.name[:7] for path in (workspace.graph / "partials").iterdir()] == ["2026-03"]
