"""Rows per second of `load` against DuckDB's bare COPY and against pandas with pandera.

    python -m benchmarks.load --rows 1000000      # settlements; three fee items each, one person per twelve

Makes its own input, with one unusable row in 2,000. Every contender runs in a process of its own, in
turns, on the same files; the best of its runs counts. COPY turns each CSV into Parquet and checks
nothing. pandas with pandera gets the first twentieth of the settlements, and its rate is compared,
not its time: whole, it would not fit into memory.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pandera.pandas as pa

from claims.workspace import Workspace
from loaders.load import load

SETTLEMENTS = """
    SELECT 'S' || lpad(i::VARCHAR, 18, '0') AS setl_id, 'M' || lpad(i::VARCHAR, 18, '0') AS mdtrt_id,
      'P' || lpad((hash(i) % $persons)::VARCHAR, 14, '0') AS psn_no,
      CASE WHEN hash(i) % 3 = 0 THEN '01' ELSE '03' END AS mdtrt_cert_type,
      CASE WHEN hash(i) % 3 > 0 THEN 'C' || lpad((hash(i) % $persons)::VARCHAR, 12, '0') END AS card_no,
      'H' || lpad((hash(i + 1) % 800)::VARCHAR, 11, '0') AS fixmedins_code,
      'D' || lpad((hash(i + 2) % 6000)::VARCHAR, 12, '0') AS chfpdr_code,
      CASE WHEN i % 2000 = 999 THEN '99' WHEN hash(i + 1) % 2 = 0 THEN '11' ELSE '41' END AS med_type,
      strftime(begun, '%Y-%m-%d %H:%M:%S') AS begntime, '' AS endtime,
      strftime(begun + INTERVAL 20 MINUTE, '%Y-%m-%d %H:%M:%S') AS setl_time,
      CASE WHEN hash(i) % 2 = 0 THEN 'J11.100' ELSE 'I10.x00x002' END AS diag_code,
      printf('%.2f', total / 100) AS medfee_sumamt, printf('%.2f', fund / 100) AS fund_pay_sumamt,
      '0.00' AS acct_pay, '0.00' AS acct_mulaid_pay, printf('%.2f', (total - fund) / 100) AS cash_payamt,
      'T' || (hash(i + 1) % 2000) AS term_id, '0' AS refd_setl_flag, '' AS init_setl_id
    FROM (SELECT i, TIMESTAMP '2025-01-01' + INTERVAL (hash(i + 3) % 15552000) SECOND AS begun,
            2000 + (hash(i + 4) % 80000)::BIGINT AS total, 1000 + (hash(i + 4) % 1000)::BIGINT AS fund
          FROM range($rows) t(i))
"""
ITEMS = """
    SELECT 'S' || lpad((i // 3)::VARCHAR, 18, '0') AS setl_id, 'F' || lpad(i::VARCHAR, 18, '0') AS bkkp_sn,
      strftime(TIMESTAMP '2025-01-01' + INTERVAL (hash(i // 3 + 3) % 15552000) SECOND, '%Y-%m-%d %H:%M:%S')
        AS fee_ocur_time,
      'X' || lpad((hash(i) % 5000)::VARCHAR, 20, '0') AS med_list_codg, '示例药品' || (hash(i) % 5000) AS med_list_name,
      '09' AS med_chrgitm_type, (1 + hash(i) % 5)::VARCHAR AS cnt, '12.5' AS pric,
      printf('%.2f', (1 + hash(i) % 5) * 12.5) AS det_item_fee_sumamt, '7' AS prd_days,
      CASE WHEN hash(i) % 2 = 0 THEN lpad(i::VARCHAR, 20, '8') END AS drug_trac_codg,
      CASE WHEN i % 2000 = 7 THEN '9' ELSE '0' END AS trdn_flag
    FROM range($rows * 3) t(i)
"""
INSURED = """
    SELECT 'P' || lpad(i::VARCHAR, 14, '0') AS psn_no, '示例' || i AS psn_name, '01' AS psn_cert_type,
      printf('4501021960%02d%02d%03d0', 1 + i % 12, 1 + i % 28, i % 1000) AS certno,
      (1 + i % 2)::VARCHAR AS gend, '1960-03-07' AS brdy, '139' || lpad(i::VARCHAR, 8, '0') AS tel,
      '平安县新河镇' || (i % 900) || '号' AS addr, '390' AS insutype
    FROM range($persons) t(i)
"""
TABLES = {"settlements": SETTLEMENTS, "fee_items": ITEMS, "insured": INSURED}


def make(folder: Path, rows: int) -> int:
    """Write the input; return the number of rows in all tables."""
    folder.mkdir(parents=True)
    values = {"rows": rows, "persons": max(rows // 12, 1)}
    total = 0
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        for name, query in TABLES.items():
            used = {key: value for key, value in values.items() if f"${key}" in query}
            made = connection.execute(f"COPY ({query}) TO '{folder / name}.csv' (HEADER)", used).fetchone()
            total += made[0] if made else 0
    return total


def copy(folder: Path, work: Path) -> int:
    """DuckDB's bare COPY of every file."""
    rows = 0
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        for path in sorted(folder.glob("*.csv")):
            done = connection.execute(f"COPY (FROM read_csv('{path}')) TO '{work / path.stem}.parquet'").fetchone()
            rows += done[0] if done else 0
    return rows


def ours(folder: Path, work: Path) -> int:
    """Our load of the same files."""
    report = load(Workspace(work / "workspace"), folder)
    return sum(table.read for table in report.tables)


def pandera(folder: Path, work: Path) -> int:
    """The usual way: pandas reads text, converts, pandera checks, pandas writes; a twentieth of the settlements."""
    rows = sum(1 for _ in (folder / "settlements.csv").open("rb")) - 1
    frame = pd.read_csv(folder / "settlements.csv", dtype=str, nrows=max(rows // 20, 1))
    for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "acct_mulaid_pay", "cash_payamt"):
        frame[name] = pd.to_numeric(frame[name], errors="coerce")
    for name in ("begntime", "endtime", "setl_time"):
        frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d %H:%M:%S", errors="coerce")
    filled = {name: pa.Column(nullable=False) for name in ("setl_id", "psn_no", "fixmedins_code", "medfee_sumamt")}
    codes = {
        "mdtrt_cert_type": pa.Column(str, pa.Check.isin(["01", "02", "03", "04"])),
        "med_type": pa.Column(str, pa.Check.isin(["11", "13", "14", "21", "41"])),
        "diag_code": pa.Column(str, pa.Check.str_matches(r"^[A-Z]\d{2}"), nullable=True),
    }
    adds_up = pa.Check(
        lambda f: (f.fund_pay_sumamt + f.acct_pay + f.acct_mulaid_pay + f.cash_payamt - f.medfee_sumamt).abs() <= 0.01
    )
    schema = pa.DataFrameSchema({**filled, **codes}, checks=adds_up, unique=["setl_id"])
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        frame = frame.drop(index=errors.failure_cases["index"].dropna().unique())
    frame.to_parquet(work / "settlements.parquet")
    return max(rows // 20, 1)


CONTENDERS: dict[str, Callable[[Path, Path], int]] = {"copy": copy, "load": ours, "pandera": pandera}


def child(name: str, folder: Path, work: Path) -> None:
    """Run one contender and print its rows, seconds, processor seconds and peak memory."""
    began, used = time.perf_counter(), time.process_time()
    rows = CONTENDERS[name](folder, work)
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(json.dumps({"rows": rows, "seconds": seconds, "cpu": cpu, "peak": peak / 2**20}))


def run(name: str, folder: Path, work: Path) -> dict[str, float]:
    """Run one contender in a process and a folder of its own."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    command = [sys.executable, "-m", "benchmarks.load", "--child", name, str(folder), str(work)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def compare(rows: int, runs: int, place: Path) -> None:
    """Run all contenders in turns and print rates and ratios."""
    total = make(place / "input", rows)
    size = sum(path.stat().st_size for path in (place / "input").iterdir()) / 2**30
    print(f"{rows:,} settlements, {rows * 3:,} fee items, {total:,} rows in all, {size:.2f} GiB of CSV\n")
    best: dict[str, dict[str, float]] = {}
    for _ in range(runs):
        for name in CONTENDERS:
            found = run(name, place / "input", place / "work")
            if name not in best or found["seconds"] < best[name]["seconds"]:
                best[name] = found
    print(f"{'':24}{'rows':>12}{'seconds':>9}{'cpu s':>8}{'rows/s':>12}{'peak GiB':>10}{'of COPY':>9}")
    bare = best["copy"]["rows"] / best["copy"]["seconds"]
    titles = {"copy": "DuckDB COPY, unchecked", "load": "ringhound load", "pandera": "pandas + pandera"}
    for name, title in titles.items():
        found = best[name]
        rate = found["rows"] / found["seconds"]
        figures = f"{found['rows']:>12,}{found['seconds']:>9.2f}{found['cpu']:>8.2f}{rate:>12,.0f}"
        print(f"{title:24}{figures}{found['peak']:>10.2f}{rate / bare:>9.0%}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="settlements")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        name, folder, work = arguments.child
        child(name, Path(folder), Path(work))
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as place:
        compare(arguments.rows, arguments.runs, Path(place))


if __name__ == "__main__":
    main()
