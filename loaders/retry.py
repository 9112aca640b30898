"""Trying quarantined rows again: as they were kept, or out of a corrected export.

Rows that pass are loaded and marked resolved in the same commit; the others stay where they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from claims.errors import LoadRefusedError, NotFoundError
from claims.language import N_
from claims.table import ColumnType, Table
from claims.tables import BY_NAME, TABLES
from claims.workspace import Workspace
from claims.writer import Writer
from loaders import quarantine
from loaders.base import LINE, RawFile, RawTable, Source
from loaders.correction import ID, corrected, parse_id
from loaders.load import finish
from loaders.options import Options
from loaders.quarantine import Entry
from loaders.report import LoadReport
from loaders.source import prepare, scan
from loaders.taking import Taking

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Trial:
    """One entry tried again: its row, and the line the row now stands in."""

    entry: Entry
    row: Row
    line: int


Group = tuple[RawTable, list[Trial]]


@dataclass(frozen=True)
class Retried:
    """What came of it: the load's report, and how many entries were resolved and how many stay."""

    report: LoadReport
    resolved: int
    staying: int


def retry(
    workspace: Workspace, load: int | None = None, file: Path | None = None, options: Options | None = None
) -> Retried:
    """Try the kept rows (of one load, or all), or those of the corrected export `file`, again.

    Raises NotFoundError when there is nothing to try, LoadRefusedError when `file` is no export of
    this workspace; otherwise as `load`.
    """
    options = replace(options or Options(), max_bad=100.0)
    with Writer.open(workspace, wait=options.wait) as writer:
        entries = list(quarantine.entries(workspace, load))
        taking = Taking(writer, options)
        source = Source("quarantine", ())
        if file is None:
            groups = _as_kept(taking, entries)
        else:
            source = prepare(file, writer.staging / "source", encoding=options.encoding)
            groups = [(raw, trials) for part in source.files for raw, trials in _as_corrected(part, entries)]
        if not groups:
            raise NotFoundError(N_("No quarantined row is left to try again."))
        done = [trial.entry for table in TABLES for trial in _retake(taking, table, groups)]
        quarantine.write_resolved(writer.quarantine_folder(), done)
        report = finish(taking, source, "retry", [raw for raw, _ in groups])
        return Retried(report, len(done), len(entries) - len(done))


def _retake(taking: Taking, table: Table, groups: Sequence[Group]) -> list[Trial]:
    """Take one table's rows in; return the trials that passed."""
    mine = [(raw, trials) for raw, trials in groups if raw.table == table]
    if not mine:
        return []
    unusable = taking.merge(table, [raw for raw, _ in mine])
    failed = {(id(part.part.raw), line) for part in unusable for line in part.rows.get_column(LINE)}
    return [trial for raw, trials in mine for trial in trials if (id(raw), trial.line) not in failed]


def _as_kept(taking: Taking, entries: Sequence[Entry]) -> list[Group]:
    """Group kept rows by table and file; they still point to the file and line they came from."""
    groups: dict[tuple[str, int, str], list[Trial]] = {}
    for entry in entries:
        if entry.row:
            key = (entry.table, entry.file_id, entry.file)
            groups.setdefault(key, []).append(Trial(entry, entry.row, entry.line))
    found = []
    for (table, file_id, name), trials in groups.items():
        file = RawFile(name, Path(), f"file {file_id}", 0, (), rows=len(trials))
        taking.ids[name, file.sha256] = file_id
        found.append((_raw_table(BY_NAME[table], file, trials), trials))
    return found


def _as_corrected(file: RawFile, entries: Sequence[Entry]) -> list[Group]:
    """Group the rows of a corrected export by table; LoadRefusedError where it names no entry that is left."""
    left = {(entry.load, entry.table, entry.number): entry for entry in entries}
    groups: dict[str, list[Trial]] = {}
    if ID not in file.header:
        raise LoadRefusedError(
            N_("{file} is no export of the quarantine: it has no column {column}."), file=file.name, column=ID
        )
    for cells in scan(file).collect().iter_rows(named=True):
        key = parse_id(cells[ID] or "")
        entry = left.get(key) if key else None
        if entry is None:
            raise LoadRefusedError(
                N_("{file}, line {line}: {id} is no quarantined row that is still open."),
                file=file.name,
                line=cells[LINE],
                id=cells[ID] or "",
            )
        groups.setdefault(entry.table, []).append(Trial(entry, corrected(entry, cells), cells[LINE]))
    return [(_raw_table(BY_NAME[table], file, trials), trials) for table, trials in groups.items()]


def _raw_table(table: Table, file: RawFile, trials: Sequence[Trial]) -> RawTable:
    names = [name for name in table.names if any(name in trial.row for trial in trials)]
    columns: dict[str, list[str | None]] = {name: [trial.row.get(name) for trial in trials] for name in names}
    rows = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)).with_columns(
        pl.Series(LINE, [trial.line for trial in trials], dtype=pl.Int64),
        *(pl.col(name).str.split(" ") for name in names if table.column(name).type == ColumnType.VECTOR),
    )
    return RawTable(table, file, rows.lazy())
