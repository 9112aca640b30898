"""Claims of an invented county of any size, written straight into a workspace, for graph benchmarks.

Nothing here looks like a ring: only sizes matter. One hospital takes 8 % of all visits, so it becomes
a super node; one item in three carries a trace code, one code in fifty is seen again.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from claims.duck import SQL_TYPES
from claims.table import PARTITION, Table
from claims.tables import BY_NAME
from claims.workspace import Workspace
from claims.writer import Writer

PLACES, DOCTORS, MONTHS = 800, 6_000, 6
_PLACE = "CASE WHEN dice(i, 3, 100) < 8 THEN 0 ELSE dice(i, 4, $places) END"
_SETTLED = "TIMESTAMP '2026-01-01' + INTERVAL 1 SECOND * ($begin + dice(i, 5, $span))"
DAYS, DAY = 181, 86_400

_MACRO = "CREATE MACRO dice(i, salt, sides) AS CAST(hash(i * 31 + salt) % sides AS BIGINT)"
QUERIES: Mapping[str, str] = {
    "insured": """
        SELECT printf('P%09d', i) AS psn_no, ['王','李','张','刘','曾','单'][dice(i, 1, 6) + 1]
               || ['小明','秀英','伟','建国','芳'][dice(i, 2, 5) + 1] AS psn_name,
               printf('45010219600307%04d', i % 10000) AS certno, printf('139%08d', dice(i, 9, $persons)) AS tel,
               printf('平安县新河镇%d村%d号', dice(i, 7, 400), dice(i, 8, $persons / 900)) AS addr,
               CASE WHEN i % 4 = 0 THEN printf('E%05d', dice(i, 10, 5000)) END AS emp_no, '390' AS insutype
        FROM range($persons) AS people (i)
    """,
    "cards": """
        SELECT printf('C%09d', i) AS card_no, printf('P%09d', i) AS psn_no, '03' AS card_type
        FROM range($persons) AS people (i)
    """,
    "institutions": """
        SELECT printf('H%05d', i) AS fixmedins_code, printf('平安县第%d医院', i) AS fixmedins_name,
               '1' AS fixmedins_type
        FROM range($places) AS places (i)
    """,
    "practitioners": """
        SELECT printf('D%06d', i) AS dr_code, '赵医生' AS dr_name, printf('H%05d', i % $places) AS fixmedins_code
        FROM range($doctors) AS doctors (i)
    """,
    "settlements": f"""
        SELECT printf('S%010d', i) AS setl_id, printf('P%09d', dice(i, 1, $persons)) AS psn_no,
               CASE WHEN i % 3 = 0 THEN '01' ELSE '03' END AS mdtrt_cert_type,
               CASE WHEN i % 3 > 0 THEN printf('C%09d', dice(i, 1, $persons)) END AS card_no,
               printf('H%05d', {_PLACE}) AS fixmedins_code,
               printf('D%06d', ({_PLACE}) + $places * dice(i, 6, $doctors / $places)) AS chfpdr_code,
               CASE WHEN i % 20 = 0 THEN printf('D%06d', dice(i, 8, $doctors)) END AS prsc_dr_code, '11' AS med_type,
               {_SETTLED} AS begntime, {_SETTLED} AS setl_time, 100 AS medfee_sumamt,
               dice(i, 7, 90) AS fund_pay_sumamt, printf('T%d', dice(i, 11, 4)) AS term_id
        FROM range($first, $visits) AS visits (i)
    """,
    "fee_items": f"""
        SELECT printf('S%010d', i // 3) AS setl_id, CAST(i AS VARCHAR) AS bkkp_sn, {_SETTLED} AS fee_ocur_time,
               'XA01' AS med_list_codg, 1 AS cnt, 30 AS pric, 30 AS det_item_fee_sumamt,
               CASE WHEN i % 150 = 0 THEN printf('%020d', i - 3)
                    WHEN i % 3 = 0 THEN printf('%020d', i) END AS drug_trac_codg
        FROM range($first * 3, $visits * 3) AS items (i)
    """,
}


def write_county(workspace: Workspace, persons: int, visits: int, first: int = 0) -> None:
    """Load a county, or (with `first`) the settlements of its last day, numbered from there."""
    names = ("settlements", "fee_items") if first else tuple(QUERIES)
    values = {"persons": persons, "visits": visits, "first": first, "places": PLACES, "doctors": DOCTORS}
    values |= {"begin": (DAYS - 1) * DAY, "span": DAY} if first else {"begin": 0, "span": DAYS * DAY}
    with Writer.open(workspace) as writer, duckdb.connect() as db:
        db.execute(_MACRO)
        source = writer.add_file(f"county-{first}", f"{persons}-{visits}-{first}", visits)
        for name in names:
            staged = writer.staging / name
            used = {key: value for key, value in values.items() if f"${key}" in QUERIES[name]}
            _stage(db, BY_NAME[name], used, source, staged)
            writer.merge(name, staged)
        writer.commit("benchmark", {})


def _stage(db: duckdb.DuckDBPyConnection, table: Table, values: Mapping[str, int], source: int, folder: Path) -> None:
    folder.mkdir(parents=True)
    db.execute(f"CREATE OR REPLACE TABLE made AS {QUERIES[table.name]}", dict(values))
    there = {row[0] for row in db.execute("DESCRIBE made").fetchall()}
    columns = [
        f"CAST({column.name if column.name in there else 'NULL'} AS {SQL_TYPES[column.type]}) AS {column.name}"
        for column in table.columns
    ]
    columns += [f"0::BIGINT AS row_flags, {source}::INTEGER AS source_file, rowid + 2 AS source_line"]
    rows = f"SELECT {', '.join(columns)} FROM made"
    if table.month_of is None:
        db.sql(rows).write_parquet(str(folder / "0.parquet"))
        return
    for number in range(1, MONTHS + 1):
        month = folder / f"{PARTITION}=2026-{number:02d}"
        month.mkdir()
        part = f"{rows} WHERE month({table.month_of}) = ?"
        db.sql(part, params=[number]).write_parquet(str(month / "0.parquet"))
