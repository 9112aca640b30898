"""`load`: a source goes in whole, or nothing changes.

Prepare (unpack, decode, hash) → recognise the format → per table: check, stage, merge → commit. Every
step works in the writer's staging folder; only the commit makes anything visible.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from claims.cross import flag_counts
from claims.errors import LoadRefusedError, StoreError
from claims.language import N_
from claims.net import net_summary
from claims.reader import Claims
from claims.tables import TABLES
from claims.versions import DataVersion
from claims.workspace import Workspace
from claims.writer import Writer
from loaders.base import Format, RawTable, Source
from loaders.formats import FORMATS
from loaders.html import write_html
from loaders.measures import filled
from loaders.options import Options
from loaders.readiness import readiness
from loaders.report import CrossReport, FileReport, LoadReport, as_json, write_json
from loaders.source import prepare
from loaders.taking import Taking

NOTHING = N_("{source} holds no file that is named after a table or laid out as a known extract.")

MEMORY = "700MB"  # for questions across tables: the load as a whole stays within 2 GiB
NO_REPORT = N_("Load {load} is committed, but its report could not be written to {folder}: {reason}")


def load(workspace: Workspace, path: Path, options: Options | None = None) -> LoadReport:
    """Load `path` (folder, zip or file) into the workspace and return the report.

    Raises LoadRefusedError (the source is not what it claims to be, or too many rows are unusable),
    NotFoundError, BusyError, StoreError; after each of them everything is as it was.
    """
    options = options or Options()
    with Writer.open(workspace, wait=options.wait) as writer:
        source = prepare(
            path,
            writer.staging / "source",
            encoding=options.encoding,
            delimiter=options.delimiter,
            seen=lambda name: options.progress("prepare", name, 0, 0),
        )
        return load_source(writer, source, options)


def load_source(writer: Writer, source: Source, options: Options) -> LoadReport:
    """Load a prepared source through an open writer, commit, and write the report."""
    form = options.format or _recognise(source)
    raws = list(form.read(source))
    taking = Taking(writer, options)
    wanted = taking.without_known(raws)
    for table in TABLES:
        group = [raw for raw in wanted if raw.table.name == table.name]
        if group:
            taking.take(table, group)
    return finish(taking, source, form.name, raws)


def _recognise(source: Source) -> Format:
    for form in FORMATS:
        if form.recognises(source):
            return form
    raise LoadRefusedError(NOTHING, source=source.name)


def finish(taking: Taking, source: Source, form: str, raws: Sequence[RawTable]) -> LoadReport:
    """Commit, and write the report with what the new data version shows across tables."""
    taking.options.progress("commit", source.name, 0, 0)
    report = LoadReport(
        load_id=taking.writer.load_id,
        version=None,
        source=source.name,
        format=form,
        started=taking.began,
        seconds=0.0,
        files=_files(taking, source, raws),
        unread=source.unread,
        tables=tuple(taking.tables),
        notes=tuple(taking.notes),
    )
    version = taking.writer.commit(source.name, as_json(report))
    report = replace(report, version=version.id if version else None)
    report = _across(taking.writer.workspace, report, version or taking.writer.base)
    report = replace(report, seconds=round(time.monotonic() - taking.clock, 3))
    write_report(taking.writer.workspace, report)
    return report


def write_report(workspace: Workspace, report: LoadReport) -> None:
    """Write the report's files; StoreError when the disk does not take them (the load stands all the same)."""
    folder = workspace.reports / str(report.load_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(report, folder)
        write_html(report, folder)
    except OSError as error:
        raise StoreError(NO_REPORT, load=report.load_id, folder=folder, reason=str(error)) from error


def _files(taking: Taking, source: Source, raws: Sequence[RawTable]) -> tuple[FileReport, ...]:
    """Say of every file which table took it, or that nobody did."""
    found = []
    for file in source.files:
        own = [raw for raw in raws if raw.file.name == file.name]
        beside = [raw for raw in raws if file.name in {other.name for other in raw.joined}]
        found.append(
            FileReport(
                name=file.name,
                table=", ".join(dict.fromkeys(raw.table.name for raw in own or beside)),
                rows=file.rows,
                unknown=tuple(dict.fromkeys(name for raw in own for name in raw.unknown)),
                ignored=tuple(dict.fromkeys(name for raw in own for name in raw.ignored)),
                taken_by=taking.known.get(file.name),
            )
        )
    return tuple(found)


def _across(workspace: Workspace, report: LoadReport, version: DataVersion | None) -> LoadReport:
    """Add what depends on the whole data version in force: readiness, oddities between tables, the net view."""
    if version is None:
        return replace(report, readiness=readiness({}))
    claims = Claims.open(workspace, version.id)
    with claims.connect(memory_limit=MEMORY) as connection:
        cross = tuple(CrossReport(c.table, c.flag, c.column, c.rows) for c in flag_counts(connection))
        net = net_summary(connection)
    return replace(report, readiness=readiness(_completeness(claims)), cross=cross, net=net)


def _completeness(claims: Claims) -> dict[str, float]:
    shares: dict[str, float] = {}
    for table in TABLES:
        rows, counts = filled(table, claims.files(table.name))
        shares |= {f"{table.name}.{name}": count / rows for name, count in counts.items() if rows}
    return shares
