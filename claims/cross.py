"""Oddities that show only in the light of other rows: the `flagged` view of a data version.

Nothing here is stored, because the other table may arrive tomorrow. Columns of the view:
table_name, key (parts joined by '/'), flag (a `CrossFlag`), detail (the value that offended,
never a personal one) and column_name. A reference into a table of which nothing was loaded is not
judged. Settlements of persons from other regions are normal and are flagged all the same: it is
the count that says whether a register was cut short.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import duckdb

from claims.duck import quoted
from claims.flags import CrossFlag, RowFlag
from claims.table import Column, Table
from claims.tables import TABLES

_COLUMNS = "table_name VARCHAR, key VARCHAR, flag VARCHAR, detail VARCHAR, column_name VARCHAR"
_DETAIL_PERSONS = 5  # of the persons under one certificate, as many are named


@dataclass(frozen=True)
class FlagCount:
    """How many rows of `table` carry `flag`; `column` is empty where no single one is at fault."""

    table: str
    flag: str
    column: str
    rows: int


def create_flagged(connection: duckdb.DuckDBPyConnection, present: Collection[str]) -> None:
    """Make the view `flagged`; `present` names the tables that hold rows."""
    parts = [*_references(present), *_judgements(present)]
    if not parts:
        connection.execute(f"CREATE TABLE flagged ({_COLUMNS})")
        return
    connection.execute("CREATE VIEW flagged AS " + " UNION ALL ".join(parts))


def _references(present: Collection[str]) -> Iterator[str]:
    for table in TABLES:
        for column in table.columns:
            if table.name in present and column.references and column.references.split(".")[0] in present:
                yield _unknown(table, column, *column.references.split("."))


def _unknown(table: Table, column: Column, target: str, target_column: str) -> str:
    """Rows of `table` whose `column` names something that is not in its table."""
    value = quoted(column.name)
    # A refund whose original is missing is an orphan, which is the more exact word for it.
    orphans = "ANTI JOIN reversals USING (setl_id)" if column.name == "init_setl_id" else ""
    return f"""
        SELECT '{table.name}' AS table_name, {_key(table)} AS key, '{CrossFlag.UNKNOWN_REFERENCE}' AS flag,
               {value} AS detail, '{column.name}' AS column_name
        FROM {quoted(table.name)} {orphans}
        ANTI JOIN (SELECT {quoted(target_column)} AS known FROM {quoted(target)}) ON known = {value}
        WHERE {value} <> ''
    """  # noqa: S608 - identifiers of our own declarations


def _judgements(present: Collection[str]) -> Iterator[str]:
    if "insured" in present:
        yield f"""
            SELECT 'insured' AS table_name, psn_no AS key, '{CrossFlag.SHARED_CERTNO}' AS flag,
                   array_to_string(persons, ', ') AS detail, 'certno' AS column_name
            FROM insured JOIN (
                SELECT upper(trim(certno)) AS shared, min(psn_no, {_DETAIL_PERSONS}) AS persons
                FROM insured WHERE trim(certno) <> '' GROUP BY shared HAVING count(*) > 1
            ) ON shared = upper(trim(certno))
        """  # noqa: S608 - names and numbers of our own
    if "settlements" in present:
        yield f"""
            SELECT 'settlements' AS table_name, setl_id AS key, '{CrossFlag.REFUND_ORPHAN}' AS flag,
                   refers_to AS detail, 'init_setl_id' AS column_name
            FROM reversals ANTI JOIN resolved_refunds USING (setl_id)
            WHERE refers_to IS NOT NULL
        """  # noqa: S608 - names of our own
    if {"settlements", "insured"} <= set(present):
        yield f"""
            SELECT 'settlements' AS table_name, setl_id AS key, '{CrossFlag.AFTER_DEATH}' AS flag,
                   CAST(die_date AS VARCHAR) AS detail, 'begntime' AS column_name
            FROM settlements JOIN insured USING (psn_no)
            WHERE die_date < CAST(begntime AS DATE)
        """  # noqa: S608 - names of our own


def _key(table: Table) -> str:
    return "concat_ws('/', " + ", ".join(quoted(name) for name in table.key) + ")"


def flag_counts(connection: duckdb.DuckDBPyConnection) -> tuple[FlagCount, ...]:
    """Count the cross-table oddities by table, flag and column."""
    rows = connection.execute(
        "SELECT table_name, flag, column_name, count(*) FROM flagged GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return tuple(FlagCount(*row) for row in rows)


def row_flag_counts(connection: duckdb.DuckDBPyConnection) -> tuple[FlagCount, ...]:
    """Count the oddities stored with the rows themselves, by table and flag (only those there are)."""
    found = []
    for table in TABLES:
        sums = ", ".join(f"count(*) FILTER (row_flags & {flag.value} <> 0)" for flag in RowFlag)
        counts = connection.execute(f"SELECT {sums} FROM {quoted(table.name)}").fetchone()  # noqa: S608
        for flag, count in zip(RowFlag, counts or (), strict=False):
            if count:
                found.append(FlagCount(table.name, str(flag.name).lower(), "", count))
    return tuple(found)
