"""The net view: refunds taken off what they cancel, so that what is left is what was paid for.

A row is a *refund* when it refers to another settlement (`init_setl_id`) and either says so
(`refd_setl_flag` = 1) or is negative. References are followed to the *root*, the settlement at the
end of the chain that is no refund itself. A refund written in negative amounts takes them off its
root; one written in positive amounts works against what it refers to: against the root it takes
off, against another refund it restores.

- A root whose net total and net fund payment are both at most zero disappears; one refunded in
  part stays with net amounts. Refunds themselves never appear.
- A refund whose chain ends nowhere (the original is not in the data, or the references run in a
  circle) is an *orphan*; a negative row without a reference is *unreferenced*. Both are no visit
  and are left out; `net_summary` counts them and `flagged` names the orphans.
- A positive row that says it is a refund but refers to nothing (or to itself) is an original: the
  platform marks originals too once they have been refunded.

Items follow their settlement. Of a root refunded in part, the items of its refunds are taken off
its items of the same catalogue code and trace code, in order of `bkkp_sn`; an item of which
nothing is left disappears. Items whose settlement is not in the data stay: nobody cancelled them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import pyarrow as pa

from claims.duck import SQL_TYPES, quoted
from claims.table import ColumnType
from claims.tables import BY_NAME

_SETTLEMENTS = BY_NAME["settlements"]
_AMOUNTS = tuple(column.name for column in _SETTLEMENTS.columns if column.type is ColumnType.AMOUNT)
_AMOUNT = SQL_TYPES[ColumnType.AMOUNT]
_QUANTITY = SQL_TYPES[ColumnType.QUANTITY]

_NEGATIVE = "(medfee_sumamt < 0 OR fund_pay_sumamt < 0)"
_REFERS = "(init_setl_id IS NOT NULL AND init_setl_id <> '' AND init_setl_id <> setl_id)"
_REFUND = f"({_REFERS} AND (refd_setl_flag IS NOT DISTINCT FROM '1' OR {_NEGATIVE}))"
_REVERSAL = f"({_REFUND} OR ({_NEGATIVE} AND NOT {_REFERS}))"


# An amount less its refunds; one that neither side gives stays empty.
_REMAINS = f"CAST(coalesce(original.{{a}} + total.{{a}}, original.{{a}}, total.{{a}}) AS {_AMOUNT}) AS {{a}}"


def _each_amount(template: str) -> str:
    return ", ".join(template.format(a=quoted(name)) for name in _AMOUNTS)


# Small tables, in the order they are made. The settlements are read twice: once for the rows that
# reverse something, once for what those refer to.
_TABLES: Mapping[str, str] = {
    # Refunds, and negative rows without a reference (`refers_to` is NULL).
    "reversals": f"""
        SELECT setl_id, CASE WHEN {_REFERS} THEN init_setl_id END AS refers_to, {_NEGATIVE} AS negative,
               {_each_amount("{a}")}
        FROM settlements WHERE {_REVERSAL}
    """,  # noqa: S608 - identifiers of our own declarations
    "refund_originals": f"""
        SELECT setl_id, {_each_amount("{a}")}
        FROM settlements SEMI JOIN reversals ON reversals.refers_to = settlements.setl_id
        WHERE NOT {_REVERSAL}
    """,  # noqa: S608 - identifiers of our own declarations
    # Each refund that leads to a root; `effect` is -1 where it takes off, 1 where it restores. Followed
    # from the roots outwards, so a circle of references is never entered.
    "resolved_refunds": """
        WITH RECURSIVE chain AS (
            SELECT reversals.setl_id, refers_to AS root, -1 AS effect
            FROM reversals SEMI JOIN refund_originals ON refund_originals.setl_id = refers_to
            UNION ALL
            SELECT reversals.setl_id, root, CASE WHEN negative THEN -1 ELSE -effect END
            FROM reversals JOIN chain ON refers_to = chain.setl_id
        )
        SELECT setl_id, root, effect FROM chain
    """,
    # Roots with all their refunds taken off.
    "refunded_roots": f"""
        WITH total AS (
            SELECT root, {_each_amount("sum(CASE WHEN negative THEN {a} ELSE effect * {a} END) AS {a}")}
            FROM reversals JOIN resolved_refunds USING (setl_id) GROUP BY root
        )
        SELECT setl_id, original.fund_pay_sumamt AS gross_fund,
               {_each_amount(_REMAINS)},
               original.medfee_sumamt + total.medfee_sumamt > 0
               OR original.fund_pay_sumamt + total.fund_pay_sumamt > 0 AS survives
        FROM refund_originals AS original JOIN total ON root = setl_id
    """,  # noqa: S608 - identifiers of our own declarations
}

_VIEWS: Mapping[str, str] = {
    "net_settlements": f"""
        SELECT gross.* REPLACE (
            {_each_amount("CASE WHEN net.setl_id IS NULL THEN gross.{a} ELSE net.{a} END AS {a}")}
        )
        FROM (SELECT * FROM settlements WHERE NOT {_REVERSAL}) AS gross LEFT JOIN refunded_roots AS net USING (setl_id)
        WHERE coalesce(net.survives, true)
    """,  # noqa: S608 - identifiers of our own declarations
    # What the refunds of a root take off (or give back), by catalogue code and trace code.
    "refunded_items": """
        SELECT root AS setl_id, med_list_codg, coalesce(drug_trac_codg, '') AS trace,
               -sum(effect * abs(cnt)) AS cnt, -sum(effect * abs(det_item_fee_sumamt)) AS amount
        FROM fee_items JOIN resolved_refunds USING (setl_id)
        WHERE root IN (SELECT setl_id FROM refunded_roots WHERE survives)
        GROUP BY ALL
    """,
    # Items of roots refunded in part, with what is taken off each: its group's refunds are used up in
    # order, so what stands ahead of an item has been taken off already.
    "partly_refunded_items": """
        SELECT item.*,
               greatest(least(coalesce(taken.cnt, 0) - coalesce(sum(item.cnt) OVER ahead, 0), item.cnt), 0) AS off_cnt,
               greatest(
                   least(
                       coalesce(taken.amount, 0) - coalesce(sum(item.det_item_fee_sumamt) OVER ahead, 0),
                       item.det_item_fee_sumamt
                   ),
                   0
               ) AS off_amount
        FROM fee_items AS item
        SEMI JOIN (SELECT setl_id FROM refunded_roots WHERE survives) AS left_over USING (setl_id)
        LEFT JOIN refunded_items AS taken
            ON taken.setl_id = item.setl_id AND taken.med_list_codg = item.med_list_codg
            AND taken.trace = coalesce(item.drug_trac_codg, '')
        WINDOW ahead AS (
            PARTITION BY item.setl_id, item.med_list_codg, coalesce(item.drug_trac_codg, '')
            ORDER BY item.bkkp_sn ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    """,
    "net_fee_items": f"""
        SELECT * FROM fee_items
        ANTI JOIN (
            SELECT setl_id FROM reversals UNION ALL SELECT setl_id FROM refunded_roots
        ) AS touched USING (setl_id)
        UNION ALL
        SELECT * EXCLUDE (off_cnt, off_amount) REPLACE (
            CAST(cnt - off_cnt AS {_QUANTITY}) AS cnt,
            CAST(det_item_fee_sumamt - off_amount AS {_AMOUNT}) AS det_item_fee_sumamt
        )
        FROM partly_refunded_items WHERE off_cnt = 0 OR cnt > off_cnt
    """,  # noqa: S608 - identifiers of our own declarations
}


def resolve_refunds(connection: duckdb.DuckDBPyConnection) -> Mapping[str, pa.Table]:
    """Make the small tables the net views rest on, from `settlements`; return their content."""
    for name, query in _TABLES.items():
        connection.execute(f"CREATE TABLE {quoted(name)} AS {query}")
    return {name: connection.table(name).to_arrow_table() for name in _TABLES}


def restore_refunds(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> None:
    """Make the same tables from what `resolve_refunds` found for this data version before."""
    for name in _TABLES:
        connection.from_arrow(tables[name]).create(name)


def create_net(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the net views; the refunds are resolved already."""
    for name, query in _VIEWS.items():
        connection.execute(f"CREATE VIEW {quoted(name)} AS {query}")


def hold_items(connection: duckdb.DuckDBPyConnection) -> None:
    """Work out now what refunds left of items, for whoever reads the items many times; the net views say the same."""
    connection.execute("CREATE TABLE held_items AS FROM partly_refunded_items")
    connection.execute("CREATE OR REPLACE VIEW partly_refunded_items AS FROM held_items")


@dataclass(frozen=True)
class Tally:
    """How many settlements, and what the fund paid for them (yuan)."""

    count: int
    fund: Decimal


@dataclass(frozen=True)
class NetSummary:
    """Where every gross settlement went: nothing vanishes without being counted.

    gross.count = net + cancelled + refunds + orphans + unreferenced. `partly` is contained in
    `net` (counts) and holds what was taken off (fund); the fund of `cancelled` is gross.
    """

    gross: Tally
    net: Tally
    cancelled: Tally
    partly: Tally
    refunds: Tally
    orphans: Tally
    unreferenced: Tally


_SUMMARY: Mapping[str, str] = {
    "gross": "SELECT count(*), sum(fund_pay_sumamt) FROM settlements",
    "net": "SELECT count(*), sum(fund_pay_sumamt) FROM net_settlements",
    "cancelled": "SELECT count(*), sum(gross_fund) FROM refunded_roots WHERE NOT survives",
    "partly": """
        SELECT count(*), sum(gross_fund - fund_pay_sumamt) FROM refunded_roots
        WHERE survives AND gross_fund <> fund_pay_sumamt
    """,
    "refunds": "SELECT count(*), sum(fund_pay_sumamt) FROM reversals SEMI JOIN resolved_refunds USING (setl_id)",
    "orphans": """
        SELECT count(*), sum(fund_pay_sumamt) FROM reversals ANTI JOIN resolved_refunds USING (setl_id)
        WHERE refers_to IS NOT NULL
    """,
    "unreferenced": "SELECT count(*), sum(fund_pay_sumamt) FROM reversals WHERE refers_to IS NULL",
}


def net_summary(connection: duckdb.DuckDBPyConnection) -> NetSummary:
    """Count what the net view of a `Claims.connect()` connection left out, and why."""
    tallies = {}
    for name, query in _SUMMARY.items():
        row = connection.execute(query).fetchone()
        count, fund = row or (0, None)
        tallies[name] = Tally(count, fund or Decimal("0.00"))
    return NetSummary(**tallies)
