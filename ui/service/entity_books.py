"""What the graph does not keep of a settlement: charge, cash, diagnosis, refunds. Read from one data version.

One DuckDB connection per data version stays open: making its views and resolving the refunds costs
half a second, a look-up of twenty settlements by number a tenth of that (numbers run with time, so
Parquet's bounds leave most of a month unread).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

import duckdb

from claims.durable import store_errors
from claims.workspace import Workspace
from graph.building.keys import CARD
from graph.model import NodeRef, NodeType
from ui.service.ring_records import claims_of

MEMORY = "1GB"
FEW = 400  # settlements that are looked up by number; more are summed by one pass over their columns
MOST_REFUNDS = 200
ZERO = Decimal("0.00")
Value = str | int | datetime | Decimal | list[str] | None

# Whose a settlement is, by type; `$id` to `$till` are parameters.
_WHOSE: Mapping[NodeType, str] = {
    NodeType.PERSON: "psn_no = $id",
    NodeType.CARD: f"({CARD}) = $id",
    NodeType.DOCTOR: "(trim(chfpdr_code) = $id OR trim(prsc_dr_code) = $id)",
    NodeType.INSTITUTION: "fixmedins_code = $id",
    NodeType.TERMINAL: "(fixmedins_code = $place AND trim(term_id) = $till)",
}
_INSIDE = "($places IS NULL OR list_contains($places, fixmedins_code))"
_SUMS = "sum(medfee_sumamt), sum(fund_pay_sumamt), sum(coalesce(acct_pay, 0)), sum(coalesce(cash_payamt, 0))"


@dataclass(frozen=True)
class Bill:
    """What one net settlement cost, in yuan. `paid_back` is what refunds took off the fund's part."""

    total: Decimal
    fund: Decimal
    account: Decimal
    cash: Decimal
    diagnosis: str
    paid_back: Decimal


@dataclass(frozen=True)
class Money:
    """Charge, fund, personal account and cash of several settlements, in yuan."""

    total: Decimal
    fund: Decimal
    account: Decimal
    cash: Decimal


@dataclass(frozen=True)
class CaseLine:
    """One main diagnosis: settlements and money."""

    code: str
    name: str
    visits: int
    money: Money


@dataclass(frozen=True)
class Refund:
    """A row that takes back a settlement, as it was sent; `cancels` is empty where it refers to nothing."""

    id: str
    time: datetime
    person: str
    place: str
    total: Decimal
    fund: Decimal
    cancels: str


@dataclass(frozen=True)
class Refunds:
    """The newest refunds, and how many there are and what they take off the fund's part (yuan, negative)."""

    lines: tuple[Refund, ...]
    count: int
    fund: Decimal


@dataclass(frozen=True)
class Books:
    """The tables of one data version; `version` falls back to the newest where a vacuum took it."""

    workspace: Workspace
    version: int

    def ask(self, query: str, parameters: Mapping[str, Value] | Sequence[Value] = ()) -> list[tuple[object, ...]]:
        """Run a query of ours."""
        with store_errors(self.workspace.root), _connection(self.workspace, self.version).cursor() as cursor:
            return cursor.execute(query, parameters).fetchall()

    def bills(self, ids: Sequence[str], months: Collection[str]) -> Mapping[str, Bill]:
        """Look up net settlements by number; `months` (2026-03) are those they were settled in."""
        if not ids:
            return {}
        found = self.ask(
            f"""
            SELECT setl_id, medfee_sumamt, fund_pay_sumamt, acct_pay, cash_payamt, coalesce(diag_code, ''),
                   coalesce(gross_fund - fund_pay_sumamt, 0)
            FROM net_settlements LEFT JOIN (SELECT setl_id, gross_fund FROM refunded_roots) USING (setl_id)
            WHERE setl_id IN ({_marks(ids)}) AND month IN ({_marks(months)})
            """,  # noqa: S608 - question marks
            [*ids, *sorted(months)],
        )
        return {str(row[0]): _bill(row) for row in found}

    def case_mix(self, ref: NodeRef, places: Sequence[str] | None) -> tuple[CaseLine, ...]:
        """Net settlements by main diagnosis, the dearest for the fund first; names are left to `named`."""
        return _case_mix(self, ref, None if places is None else tuple(places))

    def named(self, code: str) -> str:
        """Return what a diagnosis is called, empty where nobody said."""
        return _diagnosis(self, code)

    def money(self, ref: NodeRef, places: Sequence[str] | None) -> Money:
        """Sum all net settlements of one thing."""
        mix = self.case_mix(ref, places)
        names = ("total", "fund", "account", "cash")
        return Money(*(sum((getattr(line.money, name) for line in mix), ZERO) for name in names))

    def refunds(self, ref: NodeRef, places: Sequence[str] | None) -> Refunds:
        """Rows that take settlements of one thing back, newest first; `places` are those one may see (None: all)."""
        rows = self.ask(
            f"""
            SELECT setl_id, setl_time, psn_no, fixmedins_code, medfee_sumamt, fund_pay_sumamt, coalesce(refers_to, ''),
                   count(*) OVER (), sum(fund_pay_sumamt) OVER ()
            FROM settlements JOIN (SELECT setl_id, refers_to FROM reversals) USING (setl_id)
            WHERE {_WHOSE[ref.type]} AND {_INSIDE}
            ORDER BY setl_time DESC, setl_id LIMIT {MOST_REFUNDS}
            """,  # noqa: S608 - expressions of our own
            _parameters(ref, places),
        )
        lines = tuple(_refund(row) for row in rows)
        return Refunds(lines, _whole(rows[0][7]), _amount(rows[0][8])) if rows else Refunds((), 0, ZERO)


def added(bills: Collection[Bill]) -> Money:
    """Sum bills."""
    names = ("total", "fund", "account", "cash")
    return Money(*(sum((getattr(bill, name) for bill in bills), ZERO) for name in names))


# A data version never changes; a server looks at the newest, and for a while at the one before.
@lru_cache(maxsize=2)
def _connection(workspace: Workspace, version: int) -> duckdb.DuckDBPyConnection:
    return claims_of(workspace, version).connect(threads=2, memory_limit=MEMORY)


@lru_cache(maxsize=256)
def _case_mix(books: Books, ref: NodeRef, places: tuple[str, ...] | None) -> tuple[CaseLine, ...]:
    rows = books.ask(
        f"""
        SELECT coalesce(diag_code, ''), count(*), {_SUMS} FROM net_settlements
        WHERE {_WHOSE[ref.type]} AND {_INSIDE} GROUP BY 1 ORDER BY 4 DESC, 1
        """,  # noqa: S608 - expressions of our own
        _parameters(ref, places),
    )
    return tuple(CaseLine(str(row[0]), "", _whole(row[1]), Money(*map(_amount, row[2:6]))) for row in rows)


@lru_cache(maxsize=4096)
def _diagnosis(books: Books, code: str) -> str:
    query = "SELECT diag_name FROM diagnoses WHERE diag_code = ? AND diag_name IS NOT NULL LIMIT 1"
    rows = books.ask(query, [code]) if code else []
    return str(rows[0][0]) if rows else ""


def _parameters(ref: NodeRef, places: Sequence[str] | None) -> dict[str, Value]:
    within: dict[str, Value] = {"places": None if places is None else list(places)}
    if ref.type is not NodeType.TERMINAL:
        return within | {"id": ref.id}
    place, _, till = ref.id.partition("/")
    return within | {"place": place, "till": till}


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


def _bill(row: tuple[object, ...]) -> Bill:
    total, fund, account, cash = (_amount(value) for value in row[1:5])
    return Bill(total, fund, account, cash, str(row[5]), _amount(row[6]))


def _refund(row: tuple[object, ...]) -> Refund:
    id_, time, person, place = row[:4]
    assert isinstance(time, datetime)  # noqa: S101 - the table declares it and requires it
    return Refund(str(id_), time, str(person), str(place), _amount(row[4]), _amount(row[5]), str(row[6]))


def _amount(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else ZERO


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
