"""The net view: refunds taken off what they cancel, compared with a plain oracle."""

import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from claims.net import hold_items, net_summary
from claims.reader import Claims
from claims.workspace import Workspace
from tests.claims.stages import Row, item, load, refund, settlement
from tests.claims.test_store import rows as query_rows

NET = "SELECT setl_id, medfee_sumamt, fund_pay_sumamt FROM net_settlements ORDER BY 1"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def net(workspace: Workspace, settlements: Sequence[Row], items: Sequence[Row] = ()) -> dict[str, Decimal]:
    load(workspace, {"settlements": settlements} | ({"fee_items": items} if items else {}))
    return {key: fund for key, _, fund in query_rows(workspace, NET)}


def test_whole_refund_leaves_neither(workspace: Workspace) -> None:
    assert net(workspace, [settlement("S1"), refund("R1", "S1", "-60"), settlement("S2")]) == {"S2": 60}


def test_partial_refund_leaves_net_amounts(workspace: Workspace) -> None:
    first = settlement("S1", "60", "100", acct_pay=Decimal(5), acct_mulaid_pay=None)
    part = dict(refund("R1", "S1", "-20", "-30"), acct_pay=None, acct_mulaid_pay=Decimal(-1))
    assert net(workspace, [first, part]) == {"S1": 40}
    found = "SELECT medfee_sumamt, fund_pay_sumamt, acct_pay, acct_mulaid_pay, cash_payamt FROM net_settlements"
    assert query_rows(workspace, found) == [(70, 40, 5, -1, 30)]


def test_positive_refund_with_flag_counts_as_negative(workspace: Workspace) -> None:
    assert net(workspace, [settlement("S1"), refund("R1", "S1", "60")]) == {}


def test_positive_row_that_refers_without_flag_is_no_refund(workspace: Workspace) -> None:
    assert net(workspace, [settlement("S1"), refund("R1", "S1", "60", flag="0")]) == {"S1": 60, "R1": 60}


def test_negative_row_that_refers_is_a_refund_without_flag(workspace: Workspace) -> None:
    assert net(workspace, [settlement("S1"), refund("R1", "S1", "-60", flag=None)]) == {}


def test_second_part_may_refer_to_the_first_refund(workspace: Workspace) -> None:
    rows = [settlement("S1", "100"), refund("R1", "S1", "-30"), refund("R2", "R1", "-20")]
    assert net(workspace, rows) == {"S1": 50}


def test_cancelled_refund_gives_back(workspace: Workspace) -> None:
    rows = [settlement("S1"), refund("R1", "S1", "-60"), refund("R2", "R1", "60")]
    assert net(workspace, rows) == {"S1": 60}


def test_original_that_carries_the_flag_stays_until_refunded(workspace: Workspace) -> None:
    marked = settlement("S1", refd_setl_flag="1")
    assert net(workspace, [marked, settlement("S2", refd_setl_flag="1", init_setl_id="S2")]) == {"S1": 60, "S2": 60}
    load(workspace, {"settlements": [refund("R1", "S1", "-60")]})
    assert [row[0] for row in query_rows(workspace, NET)] == ["S2"]


def test_a_free_visit_is_a_visit(workspace: Workspace) -> None:
    assert net(workspace, [settlement("S1", "0", "0")]) == {"S1": 0}


def test_circles_orphans_and_unreferenced_are_left_out_and_counted(workspace: Workspace) -> None:
    rows = [
        settlement("S1", "100"),
        settlement("S2", "10"),
        refund("R1", "S1", "-30"),
        refund("R2", "S2", "-10"),
        refund("C1", "C2", "-5"),
        refund("C2", "C1", "-5"),
        refund("O1", "GONE", "-7"),
        refund("O2", "O1", "-7"),
        settlement("N1", "-3"),
        refund("N2", "N1", "3"),
    ]
    assert net(workspace, rows) == {"S1": 70}
    with Claims.open(workspace).connect() as connection:
        found = net_summary(connection)
        flagged = connection.execute("SELECT key FROM flagged WHERE flag = 'refund_orphan' ORDER BY 1").fetchall()
    assert [key for (key,) in flagged] == ["C1", "C2", "N2", "O1", "O2"]
    assert (found.gross.count, found.net.count, found.net.fund) == (10, 1, 70)
    assert (found.cancelled.count, found.cancelled.fund) == (1, 10)
    assert (found.partly.count, found.partly.fund) == (1, 30)
    assert (found.refunds.count, found.refunds.fund) == (2, -40)
    assert (found.orphans.count, found.orphans.fund) == (5, -21)
    assert (found.unreferenced.count, found.unreferenced.fund) == (1, -3)
    assert found.gross.count == sum(
        tally.count for tally in (found.net, found.cancelled, found.refunds, found.orphans, found.unreferenced)
    )


def test_items_follow_their_settlement(workspace: Workspace) -> None:
    settlements = [settlement("S1"), refund("R1", "S1", "-60"), settlement("S2")]
    items = [item("S1", "1"), item("R1", "1", "-1", "-10"), item("S2", "1"), item("ELSEWHERE", "1")]
    net(workspace, settlements, items)
    assert query_rows(workspace, "SELECT setl_id FROM net_fee_items ORDER BY 1") == [("ELSEWHERE",), ("S2",)]


def test_items_of_a_partial_refund_are_taken_off_the_matching_item(workspace: Workspace) -> None:
    items = [
        item("S1", "1", "2", "20.00", drug_trac_codg="T1"),
        item("S1", "2", "1", "10.00", drug_trac_codg="T2"),
        item("S1", "3", "2", "20.00"),
        item("S1", "4", "2", "20.00"),
        item("R1", "1", "-1", "-10.00", drug_trac_codg="T2"),
        item("R1", "2", "3", "30.00"),  # written in positive amounts, it is taken off all the same
        item("R1", "3", "-1", "-10.00", med_list_codg="OTHER"),
    ]
    net(workspace, [settlement("S1", "60"), refund("R1", "S1", "-40")], items)
    found = query_rows(workspace, "SELECT bkkp_sn, cnt, det_item_fee_sumamt FROM net_fee_items ORDER BY 1")
    assert found == [("1", 2, 20), ("4", 1, 10)]


def test_items_come_back_with_a_cancelled_refund(workspace: Workspace) -> None:
    items = [item("S1", "1"), item("R1", "1", "-1", "-10"), item("R2", "1")]
    net(workspace, [settlement("S1"), refund("R1", "S1", "-60"), refund("R2", "R1", "60")], items)
    assert query_rows(workspace, "SELECT setl_id, bkkp_sn, cnt FROM net_fee_items") == [("S1", "1", 1)]


def test_second_connection_resolves_alike(workspace: Workspace) -> None:
    load(workspace, {"settlements": [settlement("S1", "100"), refund("R1", "S1", "-30")]})
    claims = Claims.open(workspace)
    with claims.connect() as first, claims.connect() as second:
        assert first.execute(NET).fetchall() == second.execute(NET).fetchall() == [("S1", 70, 70)]


@pytest.mark.parametrize("seed", range(12))
def test_against_a_plain_oracle(workspace: Workspace, seed: int) -> None:
    chance = random.Random(seed)
    settlements, items = _world(chance)
    load(workspace, {"settlements": settlements, "fee_items": items})
    with Claims.open(workspace).connect() as connection:
        assert _as_dict(connection, NET) == _oracle(settlements)
        query = "SELECT setl_id || '/' || bkkp_sn, cnt, det_item_fee_sumamt FROM net_fee_items"
        assert _as_dict(connection, query) == _items_oracle(settlements, items)
        hold_items(connection)
        assert _as_dict(connection, query) == _items_oracle(settlements, items)
        total = net_summary(connection)
    assert total.gross.count == len(settlements)
    lost = total.cancelled.count + total.refunds.count + total.orphans.count + total.unreferenced.count
    assert total.net.count == total.gross.count - lost


def _as_dict(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, tuple[Decimal, Decimal]]:
    return {key: (first, second) for key, first, second in connection.execute(query).fetchall()}


def _world(chance: random.Random) -> tuple[list[Row], list[Row]]:
    """Settlements of which many refer to others at random, forwards, backwards, in circles, to nothing."""
    names = [f"S{number}" for number in range(60)]
    settlements, items = [], []
    for name in names:
        total = Decimal(chance.choice((0, 10, 30, 60, -10, -30, -60)))
        fund = total if chance.random() < 0.8 else total / 2
        of = chance.choice((None, None, "", "GONE", name, *chance.sample(names, 4)))
        flag = chance.choice((None, "0", "1", "1"))
        settlements.append(settlement(name, str(fund), str(total), init_setl_id=of, refd_setl_flag=flag))
        for serial in range(chance.randrange(4)):
            count = chance.choice(("1", "2", "3")) if total >= 0 else chance.choice(("-1", "-2"))
            code = chance.choice(("XA", "XB"))
            trace = chance.choice((None, "T"))
            items.append(item(name, str(serial), count, count + "0", med_list_codg=code, drug_trac_codg=trace))
    return settlements, items


def _refers(row: Row) -> bool:
    return row["init_setl_id"] not in (None, "", row["setl_id"])


def _negative(row: Row) -> bool:
    return row["medfee_sumamt"] < 0 or row["fund_pay_sumamt"] < 0


def _is_refund(row: Row) -> bool:
    return _refers(row) and (row["refd_setl_flag"] == "1" or _negative(row))


def _effect(row: Row, by_id: dict[str, Row], seen: frozenset[str] = frozenset()) -> tuple[str, int] | None:
    """Return the root a refund leads to and whether it takes off (-1) or gives back (1)."""
    parent = by_id.get(str(row["init_setl_id"]))
    if parent is None or parent["setl_id"] in seen:
        return None
    if not _is_refund(parent):
        return None if _negative(parent) else (str(parent["setl_id"]), -1)
    above = _effect(parent, by_id, seen | {str(row["setl_id"])})
    return above and (above[0], -1 if _negative(row) else -above[1])


def _resolved(settlements: Sequence[Row]) -> dict[str, list[tuple[Row, int]]]:
    by_id = {str(row["setl_id"]): row for row in settlements}
    roots: dict[str, list[tuple[Row, int]]] = {}
    for row in settlements:
        if _is_refund(row) and (found := _effect(row, by_id)):
            roots.setdefault(found[0], []).append((row, found[1]))
    return roots


def _oracle(settlements: Sequence[Row]) -> dict[str, tuple[Decimal, Decimal]]:
    roots, left = _resolved(settlements), {}
    for row in settlements:
        if _is_refund(row) or _negative(row):
            continue
        refunds = roots.get(str(row["setl_id"]), [])
        amounts = [row["medfee_sumamt"], row["fund_pay_sumamt"]]
        for refund_row, effect in refunds:
            sign = 1 if _negative(refund_row) else effect
            amounts[0] += sign * refund_row["medfee_sumamt"]
            amounts[1] += sign * refund_row["fund_pay_sumamt"]
        if not refunds or max(amounts) > 0:
            left[str(row["setl_id"])] = (amounts[0], amounts[1])
    return left


def _items_oracle(settlements: Sequence[Row], items: Sequence[Row]) -> dict[str, tuple[Decimal, Decimal]]:
    surviving, roots = _oracle(settlements), _resolved(settlements)
    left = {}
    for name in surviving:
        taken: dict[tuple[object, object], list[Decimal]] = {}
        for refund_row, effect in roots.get(name, []):
            for row in (row for row in items if row["setl_id"] == refund_row["setl_id"]):
                sums = taken.setdefault((row["med_list_codg"], row["drug_trac_codg"]), [Decimal(0), Decimal(0)])
                sums[0] -= effect * abs(row["cnt"])
                sums[1] -= effect * abs(row["det_item_fee_sumamt"])
        for row in sorted((row for row in items if row["setl_id"] == name), key=lambda row: str(row["bkkp_sn"])):
            sums = taken.get((row["med_list_codg"], row["drug_trac_codg"]), [Decimal(0), Decimal(0)])
            off = [max(min(sums[0], row["cnt"]), 0), max(min(sums[1], row["det_item_fee_sumamt"]), 0)]
            sums[0], sums[1] = sums[0] - off[0], sums[1] - off[1]
            if off[0] == 0 or row["cnt"] > off[0]:
                left[f"{name}/{row['bkkp_sn']}"] = (row["cnt"] - off[0], row["det_item_fee_sumamt"] - off[1])
    return left
