"""How net claims become the integer-coded tables of a snapshot, as named SQL steps in order."""

from collections.abc import Iterator, Mapping
from datetime import date

import duckdb

from graph.building.keys import CARD, TERMINAL, fen, filled

# A place whose settlements mostly carry no hour tells nothing about minutes.
_UNTIMED_SHARE = 0.5

_PAID = """
    SELECT setl_id, psn_no, fixmedins_code, term_id, mdtrt_cert_type, mdtrt_cert_no, card_no, chfpdr_code, prsc_dr_code,
           med_type, begntime, endtime, setl_time, fund_pay_sumamt, acct_pay, acct_mulaid_pay, medfee_sumamt,
           agnter_certno, agnter_tel, opter_id, diag_code
    FROM net_settlements WHERE getvariable('until') IS NULL OR setl_time < getvariable('until')
"""

_PERSON = f"""
    WITH register AS (
        SELECT psn_no, {filled("psn_name")} AS psn_name, upper({filled("certno")}) AS certno, {filled("gend")} AS gend,
               brdy, {filled("tel")} AS tel, {filled("addr")} AS addr, {filled("emp_no")} AS emp_no,
               {filled("bankacct")} AS bankacct, {filled("insutype")} AS insutype, {filled("psn_type")} AS psn_type,
               {filled("insu_admdvs")} AS insu_admdvs, die_date, true AS known
        FROM insured
    ), everybody AS (
        SELECT * FROM register
        UNION ALL BY NAME
        SELECT DISTINCT psn_no, false AS known FROM paid ANTI JOIN register USING (psn_no)
    )
    SELECT CAST(row_number() OVER (ORDER BY psn_no) - 1 AS INTEGER) AS p, * FROM everybody
"""  # noqa: S608 - expressions of our own

_PLACE = f"""
    WITH register AS (
        SELECT fixmedins_code, {filled("fixmedins_name")} AS fixmedins_name, fixmedins_type = '2' AS pharmacy,
               {filled("hosp_lv")} AS hosp_lv, {filled("admdvs")} AS admdvs, CAST(bed_cnt AS INTEGER) AS bed_cnt,
               CAST(lnt AS DOUBLE) AS lnt, CAST(lat AS DOUBLE) AS lat, true AS known
        FROM institutions
    ), everywhere AS (
        SELECT * FROM register
        UNION ALL BY NAME
        -- What is not in the register is a pharmacy when pharmacy purchases are all it settles.
        SELECT fixmedins_code, bool_and(med_type = '41') AS pharmacy, false AS known
        FROM paid ANTI JOIN register USING (fixmedins_code) GROUP BY fixmedins_code
    )
    SELECT CAST(row_number() OVER (ORDER BY fixmedins_code) - 1 AS INTEGER) AS i, * FROM everywhere
"""  # noqa: S608 - expressions of our own

_CODES = """
    SELECT {column} AS id, CAST(row_number() OVER (ORDER BY {column}) - 1 AS INTEGER) AS code
    FROM (SELECT DISTINCT {column} FROM ({rows}) WHERE {column} IS NOT NULL)
"""

_PRACTISED = f"""
    SELECT {filled("chfpdr_code")} AS dr FROM paid UNION ALL SELECT {filled("prsc_dr_code")} FROM paid
    UNION ALL SELECT {filled("dr_code")} FROM practitioners
"""  # noqa: S608 - expressions of our own

_CLOCK = f"""
    SELECT fixmedins_code, avg(CAST(CAST(setl_time AS TIME) = TIME '00:00:00' AS DOUBLE)) < {_UNTIMED_SHARE} AS timed
    FROM paid GROUP BY fixmedins_code
"""  # noqa: S608 - a number of our own

_VISIT = f"""
    SELECT setl_id, person.p, place.i, coalesce(till.code, -1) AS till, {CARD} AS card_no,
           coalesce(treated.code, -1) AS doctor, coalesce(ordered.code, -1) AS prescriber, med_type,
           begntime, endtime, setl_time AS time,
           CAST(date_diff('minute', origin, setl_time) AS INTEGER) AS minute,
           CAST(date_diff('day', origin, setl_time) AS INTEGER) AS day,
           {fen("fund_pay_sumamt")} AS fund, {fen("coalesce(acct_pay, 0) + coalesce(acct_mulaid_pay, 0)")} AS account,
           {fen("medfee_sumamt")} AS total, upper({filled("agnter_certno")}) AS agent,
           {filled("agnter_tel")} AS agent_tel, {filled("opter_id")} AS clerk, {filled("diag_code")} AS diag_code, timed
    FROM paid CROSS JOIN calendar
    JOIN person USING (psn_no) JOIN place USING (fixmedins_code) JOIN clock USING (fixmedins_code)
    LEFT JOIN till ON till.id = {TERMINAL}
    LEFT JOIN doctor AS treated ON treated.id = {filled("chfpdr_code")}
    LEFT JOIN doctor AS ordered ON ordered.id = {filled("prsc_dr_code")}
    ORDER BY setl_time, setl_id
"""  # noqa: S608 - expressions of our own

# A row's place in a sorted table is its number: numbering 5 million wide rows by a window costs twice the sort.
_NUMBERED = "SELECT CAST(rowid AS INTEGER) AS v, * FROM packed.sorted_visit"

# What is made of each step, and the query it is made by. `packed` is a database in memory whose tables are
# compressed at a checkpoint: the settlements of a county take a quarter of the room.
STEPS: Mapping[str, tuple[str, str]] = {
    "paid": ("TEMP VIEW paid", _PAID),
    "decided": (
        "TEMP VIEW decided",
        "SELECT * FROM verdicts WHERE getvariable('until') IS NULL OR decided_at < getvariable('until')",
    ),
    "person": ("TEMP TABLE person", _PERSON),
    "place": ("TEMP TABLE place", _PLACE),
    "till": ("TEMP TABLE till", _CODES.format(column="till", rows=f"SELECT {TERMINAL} AS till FROM paid")),  # noqa: S608
    "doctor": ("TEMP TABLE doctor", _CODES.format(column="dr", rows=_PRACTISED)),
    "clock": ("TEMP TABLE clock", _CLOCK),
    "calendar": ("TEMP TABLE calendar", "SELECT date_trunc('day', min(setl_time)) AS origin FROM paid"),
    "sorted_visit": ("TABLE packed.sorted_visit", _VISIT),
    "visit": ("TEMP VIEW visit", _NUMBERED),
}


def coded(db: duckdb.DuckDBPyConnection, until: date | None = None) -> Iterator[str]:
    """Code the claims behind a connection, visits before `until` only; yield each step's name when it is done."""
    db.execute("SET VARIABLE until = CAST(? AS TIMESTAMP)", [until])
    db.execute("ATTACH IF NOT EXISTS ':memory:' AS packed (COMPRESS)")
    for name, (made, query) in STEPS.items():
        db.execute(f"CREATE OR REPLACE {made} AS {query}")
        if made.startswith("TABLE packed."):
            db.execute("CHECKPOINT packed")
        yield name
