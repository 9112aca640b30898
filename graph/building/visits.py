"""Net settlements of one month, and the edges they add to, summed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from graph.building.keys import CARD, TERMINAL, fen, filled, phone
from graph.tables import VISITS

VISIT = f"""
    SELECT setl_id, setl_time AS time, begntime, endtime, psn_no AS person, fixmedins_code AS institution,
           {filled("chfpdr_code")} AS doctor, {filled("prsc_dr_code")} AS prescriber, {TERMINAL} AS terminal,
           {CARD} AS card, med_type, {fen("fund_pay_sumamt")} AS fund,
           {filled("agnter_tel")} AS agent_tel, {phone("agnter_tel")} AS agent_phone,
           upper({filled("agnter_certno")}) AS agent_certno
    FROM net_settlements WHERE month = ?
"""  # noqa: S608 - expressions of our own


@dataclass(frozen=True)
class Sum:
    """An edge kind as sums over visits: the ends, and which visits count."""

    source: str
    target: str
    where: str = "true"


# `agents` is no edge kind yet: whose certificate the agent's is can change with every register.
AGENTS = "agents"
SUMS: Mapping[str, Sum] = {
    "LOCATED_AT.terminal.institution": Sum("terminal", "institution"),
    "USED_CARD.person.card": Sum("person", "card"),
    "USED_AT.card.institution": Sum("card", "institution"),
    "VISITED.person.institution": Sum("person", "institution"),
    "TREATED_BY.person.doctor": Sum("person", "doctor"),
    "PRESCRIBED.doctor.person": Sum("prescriber", "person"),
    "FILLED_AT.doctor.institution": Sum("prescriber", "institution"),
    "SWIPED_ON.card.terminal": Sum("card", "terminal"),
    "SWIPED_ON.person.terminal": Sum("person", "terminal", "card IS NULL"),
    "AGENT_PHONE.person.phone": Sum("person", "agent_phone"),
    AGENTS: Sum("agent_certno", "person"),
}
JUNK_PHONES = "junk_phones"  # agents' telephones that are no number: how often


def write_month(db: duckdb.DuckDBPyConnection, month: str, folder: Path) -> None:
    """Write the visits of `month` and their sums into `folder`."""
    db.sql(VISIT, params=[month]).to_table("visit")
    columns = ", ".join(VISITS.names)
    db.sql(f"SELECT {columns} FROM visit ORDER BY time, setl_id").write_parquet(str(folder / "visits.parquet"))  # noqa: S608
    for name, of in SUMS.items():
        db.sql(_sum(of)).write_parquet(str(folder / f"{name}.parquet"))
    junk = "SELECT count(*) AS count FROM visit WHERE agent_tel IS NOT NULL AND agent_phone IS NULL"
    db.sql(junk).write_parquet(str(folder / f"{JUNK_PHONES}.parquet"))
    db.execute("DROP TABLE visit")


def _sum(of: Sum) -> str:
    return f"""
        SELECT {of.source} AS source, {of.target} AS target, count(*) AS count,
               CAST(sum(fund) AS BIGINT) AS fund, min(time) AS first, max(time) AS last
        FROM visit WHERE {of.where} AND {of.source} IS NOT NULL AND {of.target} IS NOT NULL
        GROUP BY ALL
    """  # noqa: S608 - columns of our own
