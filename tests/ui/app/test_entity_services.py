"""What the pages about one thing say, counted again in another way; regions, aliases, reveals."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import duckdb
import numpy as np
import pytest

from claims.reader import Claims
from claims.workspace import Workspace
from graph.model import NodeRef, NodeType
from graph.store import Order
from tests.ui.app.conftest import Visitor, context_of
from ui.service.entity import Entity, EntityService
from ui.service.entity_ground import Ground, Reach, ground_of, reach_of
from ui.service.entity_peers import LEAST_PEERS, Measure, peers
from ui.service.entity_records import AT_ONCE, Ask, Sorting, refund_page
from ui.service.entity_ties import ties
from ui.service.entity_tills import beside, bursts, busiest
from ui.service.house import House

Visit = Callable[[House, str], Visitor]
WHOSE = {
    NodeType.PERSON: "psn_no = $id",
    NodeType.INSTITUTION: "fixmedins_code = $id",
    NodeType.DOCTOR: "(chfpdr_code = $id OR prsc_dr_code = $id)",
    NodeType.TERMINAL: "fixmedins_code || '/' || term_id = $id",
    NodeType.CARD: "mdtrt_cert_type = '03' AND coalesce(nullif(card_no, ''), mdtrt_cert_no) = $id",
}
SETTLED = sorted(WHOSE)


@pytest.fixture(scope="module")
def db(county: Workspace) -> duckdb.DuckDBPyConnection:
    return Claims.open(county).connect()


@pytest.fixture
def ground(county: Workspace) -> Ground:
    return ground_of(county)


@pytest.fixture
def service(real: House, visit: Visit) -> EntityService:
    return context_of(real, visit, "wang").entities


def busy(ground: Ground, type_: NodeType) -> NodeRef:
    """The node of a type with the most settlements."""
    counts = np.diff(ground.columns[f"{type_}_starts"])
    return ground.ref(type_, int(np.argmax(counts)))


def opened(service: EntityService, ref: NodeRef) -> Entity:
    return service.open(ref.type.value, ref.id)


def half(ground: Ground) -> Reach:
    """Somebody who sees every second institution."""
    count = len(ground.snapshot.ids[NodeType.INSTITUTION])
    return Reach(ground, frozenset({"1"}), np.arange(count) % 2 == 0)


@pytest.mark.parametrize("type_", SETTLED)
def test_figures_and_money_are_those_of_the_net_table(
    service: EntityService, ground: Ground, db: duckdb.DuckDBPyConnection, type_: NodeType
) -> None:
    ref = busy(ground, type_)
    found = service.overview(opened(service, ref))
    query = f"""
        SELECT count(*), sum(fund_pay_sumamt), min(setl_time), max(setl_time), count(DISTINCT psn_no),
               count(DISTINCT fixmedins_code), sum(cash_payamt), sum(medfee_sumamt), sum(coalesce(acct_pay, 0))
        FROM net_settlements WHERE {WHOSE[type_]}
    """
    plain = db.execute(query, {"id": ref.id}).fetchone()
    assert plain is not None
    shown = found.figures
    assert (shown.visits, shown.fund, shown.first, shown.last) == plain[:4]
    others = {**shown.others, type_: 1}
    assert (others[NodeType.PERSON], others[NodeType.INSTITUTION]) == plain[4:6]
    money = service.special(opened(service, ref)).money
    assert money is not None
    assert (money.fund, money.cash, money.total, money.account) == (plain[1], *plain[6:])
    assert sum(count for _code, count, _fund in shown.care) == shown.visits
    assert sum((fund for _code, _count, fund in shown.care), Decimal(0)) == shown.fund


def test_the_rhythm_lays_every_settlement_once(
    service: EntityService, ground: Ground, db: duckdb.DuckDBPyConnection
) -> None:
    ref = busy(ground, NodeType.INSTITUTION)
    found = service.overview(opened(service, ref)).rhythm
    query = "SELECT setl_time, fund_pay_sumamt FROM net_settlements WHERE fixmedins_code = ?"
    rows = db.execute(query, [ref.id]).fetchall()
    hours = [[0] * 24 for _ in range(7)]
    months: dict[str, list[Decimal]] = {}
    for time, fund in rows:
        hours[time.weekday()][time.hour] += 1
        months.setdefault(f"{time:%Y-%m}", []).append(fund)
    assert [list(day) for day in found.by_hour] == hours
    assert {f"{m.first:%Y-%m}": (m.visits, m.fund) for m in found.months if m.visits} == {
        name: (len(funds), sum(funds)) for name, funds in months.items()
    }
    cells = {(week + timedelta(days=day)): n for week, days in zip(found.weeks, found.by_week, strict=True)
             for day, n in enumerate(days) if n}  # fmt: skip
    assert sum(cells.values()) == len(rows)
    assert all(week.weekday() == 0 for week in found.weeks)
    day = rows[0][0].date()
    assert cells[day] == sum(time.date() == day for time, _fund in rows)


def test_peers_are_counted_by_rank(ground: Ground, db: duckdb.DuckDBPyConnection) -> None:
    ref = busy(ground, NodeType.PERSON)
    found = peers(reach_of(ground, frozenset({"*"})), ref)
    assert found is not None
    query = """
        WITH person AS (SELECT psn_no, coalesce(insutype, '') AS kind, coalesce(insu_admdvs, '') AS region,
                               coalesce(left(CAST(brdy AS VARCHAR), 3), '') AS age FROM insured)
        SELECT psn_no, count(*), sum(fund_pay_sumamt) FROM net_settlements JOIN person USING (psn_no)
        WHERE (kind, region, age) = (SELECT (kind, region, age) FROM person WHERE psn_no = ?) GROUP BY psn_no
    """
    rows = {row[0]: row[1:] for row in db.execute(query, [ref.id]).fetchall()}
    own = rows.pop(ref.id)
    assert found.size == len(rows) >= LEAST_PEERS
    by_measure = {standing.measure: standing for standing in found.standings}
    for measure, place in ((Measure.VISITS, 0), (Measure.FUND, 1)):
        below = sum(row[place] < own[place] for row in rows.values()) / len(rows)
        standing = by_measure[measure]
        assert standing.below == pytest.approx(below)
        assert standing.value == own[place]
        assert sum(standing.counts) == found.size
        assert standing.edges[standing.place] <= own[place] * Decimal("1.000001")


def test_a_small_group_is_widened(ground: Ground) -> None:
    found = peers(reach_of(ground, frozenset({"*"})), busy(ground, NodeType.INSTITUTION))
    assert found is not None
    assert len(found.traits) == 1


@pytest.mark.parametrize("sorting", list(Sorting))
def test_pages_hold_every_record_once(service: EntityService, ground: Ground, sorting: Sorting) -> None:
    entity = opened(service, busy(ground, NodeType.TERMINAL))
    first = service.records(entity, Ask(sorting))
    assert first.pages == -(-first.total // AT_ONCE) > 1
    lines = [
        line for page in range(1, first.pages + 1) for line in service.records(entity, Ask(sorting, None, page)).lines
    ]
    assert len({line.visit.setl_id for line in lines}) == len(lines) == first.total
    assert sum((line.fund for line in lines), Decimal(0)) == first.fund
    keys = {Sorting.OLDEST: lambda one: one.visit.time, Sorting.FUND: lambda one: -one.fund}
    if sorting in keys:
        assert lines == sorted(lines, key=keys[sorting])
    assert all(line.bill.fund == line.fund for line in lines)
    month = first.months[0].first
    within = service.records(entity, Ask(sorting, month))
    assert within.total == first.months[0].visits < first.total


def test_what_was_taken_back_is_shown(service: EntityService, ground: Ground, db: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT fixmedins_code, count(*), sum(fund_pay_sumamt) FROM settlements SEMI JOIN reversals USING (setl_id) "
    )
    rows = db.execute(query + "GROUP BY 1").fetchall()
    assert rows
    for place, count, fund in rows:
        found = service.refunds(service.open("institution", place)).refunds
        assert (found.count, found.fund) == (count, fund)
    outside = Reach(ground, frozenset(), np.zeros(len(ground.snapshot.ids[NodeType.INSTITUTION]), dtype=bool))
    ref = NodeRef(NodeType.INSTITUTION, rows[0][0])
    assert refund_page(outside, service._books, service._masks, ref).refunds.count == 0


def test_ties_of_everything_are_those_of_the_graph(ground: Ground) -> None:
    ref = busy(ground, NodeType.INSTITUTION)
    everywhere, counted = reach_of(ground, frozenset({"*"})), half(ground)
    whole = {(g.relation, g.outgoing, g.type): g for g in ties(everywhere, ref)}
    counts = ground.store.neighbour_counts(ref)
    assert sum(group.total for group in whole.values()) == sum(count.neighbours for count in counts)
    if counted.sees(ref):
        visited = next(group for group in ties(counted, ref) if group.type is NodeType.PERSON and not group.relation)
        assert visited.total == whole["VISITED", False, NodeType.PERSON].total
        assert visited.ties[0].count == ground.store.neighbours(ref, limit=1, order=Order.COUNT)[0].edge.count


def test_tills_and_those_beside_a_card(ground: Ground, db: duckdb.DuckDBPyConnection) -> None:
    reach, till = reach_of(ground, frozenset({"*"})), busy(ground, NodeType.TERMINAL)
    rows = reach.rows(till)
    hour = busiest(reach, rows)[0]
    query = f"""
        SELECT date_trunc('hour', setl_time) AS hour, count(DISTINCT psn_no) AS people, count(*)
        FROM net_settlements WHERE {WHOSE[NodeType.TERMINAL]} GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1 LIMIT 1
    """
    assert (hour.start, hour.people, hour.records) == db.execute(query, {"id": till.id}).fetchone()
    found = bursts(reach, rows, "01")
    assert all(one.people >= 3 for one in found)
    inside = ground.store.visits(till, since=found[0].first, until=found[0].last, limit=99)
    assert len(inside) == found[0].records - 1  # the last one stands at `until`
    card = busy(ground, NodeType.CARD)
    met = beside(reach, reach.rows(card), np.unique(ground.columns["person"][reach.rows(card)]))
    plain: dict[str, int] = {}
    for visit in ground.store.visits(card, limit=400):
        at = NodeRef(NodeType.TERMINAL, visit.terminal or "")
        window = timedelta(minutes=10)
        near = ground.store.visits(at, since=visit.time - window, until=visit.time + window + timedelta(microseconds=1))
        for person in {other.person for other in near} - {visit.person}:
            plain[person] = plain.get(person, 0) + 1
    assert {one.person.id: one.times for one in met} == dict(
        sorted(plain.items(), key=lambda item: (-item[1], item[0]))[: len(met)]
    )
