"""Verdicts of cases become data: rows of the table of verdicts in a data version of their own.

They go in by the same door as every delivery (checks, load report, walk back to file and line), so
a run names the data version it read them from and can be repeated bit for bit.
"""

import csv
from datetime import datetime

import sqlalchemy as sa

from cases.schema import reading, writing
from cases.work.tables import case_verdicts
from claims.durable import make_folder, store_errors, sync_file, sync_folders
from claims.workspace import Workspace
from loaders.load import load
from loaders.options import Options

FOLDER = "case_verdicts"
_COLUMNS = ("subject_type", "subject_id", "verdict", "decided_at", "reason")


def pour(workspace: Workspace, engine: sa.Engine, *, wait: float = 0.0) -> int:
    """Load the verdicts that no load has taken yet; returns how many. Raises what a load raises.

    A kill between the load and the mark leaves them unmarked: the next pour writes the same rows,
    which are known by their key, and changes nothing.
    """
    fresh = case_verdicts.c.load_id.is_(None)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(case_verdicts).where(fresh).order_by(case_verdicts.c.id)).all()
    if not rows:
        return 0
    folder = workspace.root / FOLDER / f"{rows[0].id}-{rows[-1].id}"
    with store_errors(folder):
        make_folder(folder)
        path = folder / "verdicts.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_COLUMNS)
            for row in rows:
                writer.writerow((row.subject_type, row.subject_id, row.verdict, _local(row.decided_at), row.reason))
        sync_file(path)
        sync_folders([folder])
    report = load(workspace, folder, Options(wait=wait))
    with writing(engine) as connection:
        taken = case_verdicts.c.id.between(rows[0].id, rows[-1].id) & fresh
        connection.execute(sa.update(case_verdicts).where(taken).values(load_id=report.load_id))
    return len(rows)


def _local(text: str) -> str:
    """Spell a moment as the tables do: local time without a zone."""
    return datetime.fromisoformat(text).astimezone().replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
