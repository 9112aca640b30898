"""What one more night costs beside a first run: load, build and detect, on an invented county.

    python -m benchmarks.nightly [--persons 40000] [--days 180] [--folder DIR]

Simulates a county, puts its last day aside, runs everything before it as a first run and that day as
the next night. Whether both give the rings of one full run is tested in tests/jobs/test_nightly.py.
Prints a table in Markdown.
"""

import argparse
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb

from claims.simulator import simulate
from claims.workspace import Workspace
from jobs.nights import Night
from jobs.run import run

BY_SETTLEMENT = ("settlements", "fee_items", "diagnoses")
STEPS = ("load", "build", "detect", "alert")


def parted(county: Path, inbox: Path, later: Path) -> None:
    """Put what was settled on the last day into `later`, everything else (registers too) into `inbox`."""
    inbox.mkdir(parents=True)
    later.mkdir(parents=True)
    with duckdb.connect() as db:
        settled = db.read_parquet(str(county / "settlements.parquet"))
        settled.create_view("settled")
        newest = db.sql("SELECT max(CAST(setl_time AS DATE)) FROM settled").fetchall()[0][0]
        last = db.sql("SELECT setl_id FROM settled WHERE CAST(setl_time AS DATE) = $1", params=[newest])
        last.create("last")
        for name in BY_SETTLEMENT:
            rows = db.read_parquet(str(county / f"{name}.parquet"))
            rows.create_view("rows_of", replace=True)
            db.sql("SELECT * FROM rows_of SEMI JOIN last USING (setl_id)").write_parquet(str(later / f"{name}.parquet"))
            db.sql("SELECT * FROM rows_of ANTI JOIN last USING (setl_id)").write_parquet(str(inbox / f"{name}.parquet"))
    for path in county.iterdir():
        if path.stem not in BY_SETTLEMENT and path.suffix in (".parquet", ".csv"):
            shutil.copy(path, inbox / path.name)


def two_nights(folder: Path, persons: int, days: int) -> tuple[Night, Night]:
    """Run the first night and the next in a new workspace."""
    simulate(folder / "county", persons=persons, days=days, seed=5, dirty=False, format="parquet")
    parted(folder / "county", folder / "in" / "base", folder / "later")
    workspace = Workspace(folder / "w")
    workspace.root.mkdir()
    workspace.settings.write_text(f"run:\n  sources: ['{folder}/in/*']\n", encoding="utf-8")
    first = run(workspace)
    shutil.move(folder / "later", folder / "in" / "night")
    return first, run(workspace)


def table(first: Mapping[str, float], night: Mapping[str, float]) -> None:
    """Print seconds by step and their ratio."""
    print("| step | first run, s | one night more, s | ratio |\n| --- | --- | --- | --- |")
    for step in STEPS:
        print(f"| {step} | {first[step]:.1f} | {night[step]:.1f} | {night[step] / max(first[step], 0.001):.0%} |")
    whole, more = sum(first.values()), sum(night.values())
    print(f"| together | {whole:.1f} | {more:.1f} | {more / whole:.0%} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=40_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--folder", type=Path, help="a new folder to work in (default: one that is removed again)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nightly-") as temporary:
        folder = arguments.folder or Path(temporary) / "county"
        folder.mkdir(parents=True)
        first, night = two_nights(folder, arguments.persons, arguments.days)
    rows = sum(taken.rows for taken in first.taken), sum(taken.rows for taken in night.taken)
    print(
        f"{arguments.persons:,} persons, {arguments.days} days; {rows[0]:,} rows at first, {rows[1]:,} in the night\n"
    )
    table(first.seconds, night.seconds)


if __name__ == "__main__":
    main()
