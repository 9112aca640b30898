"""`ringhound load`: a source into the workspace, with progress and a report."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from claims.errors import NotFoundError
from claims.language import N_, _
from claims.ledger.keeper import Keeper
from claims.workspace import Workspace, workspace_at
from loaders.given import load_mapped
from loaders.load import load
from loaders.options import MAX_BAD, Options
from loaders.report import LoadReport, as_json
from ui.commands.options import WorkspaceOption, console
from ui.load_report import show_report

PHASES = {
    "prepare": N_("reading {what}"),
    "check": N_("checking {what}"),
    "merge": N_("merging {what}"),
    "commit": N_("committing"),
}

EncodingOption = Annotated[str | None, typer.Option(help=_("utf-8 or gb18030, where it is known."), show_default=False)]
WaitOption = Annotated[float, typer.Option(help=_("Seconds to wait while somebody else loads."))]


class Bars:
    """Progress bars on a terminal; one line per step elsewhere."""

    def __init__(self, bars: Progress | None) -> None:
        self._bars = bars
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def __call__(self, phase: str, what: str, done: int, total: int) -> None:
        """Draw how far a step is; a new step finishes the ones before it."""
        key = (phase, what)
        if self._bars is None:
            if key not in self._tasks:
                self._tasks[key] = TaskID(0)
                console.print(escape(_(PHASES[phase], what=what)), style="dim")
            return
        if key not in self._tasks:
            if phase != "prepare":
                self._finish()
            self._tasks[key] = self._bars.add_task(escape(_(PHASES[phase], what=what)), total=total or None)
        self._bars.update(self._tasks[key], completed=done)

    def _finish(self) -> None:
        for task in self._tasks.values():
            if self._bars is not None:
                self._bars.update(task, total=1, completed=1, visible=False)


@contextmanager
def bars(quiet: bool) -> Iterator[Bars]:
    """Show progress while the block runs."""
    if quiet:
        yield Bars(Progress(disable=True))
    elif not console.is_terminal:
        yield Bars(None)
    else:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
            yield Bars(progress)


def show(report: LoadReport, workspace: Workspace, as_text: bool) -> None:
    """Print a report: for people, or as JSON."""
    if as_text:
        sys.stdout.write(json.dumps(as_json(report), ensure_ascii=False, indent=1) + "\n")
        return
    show_report(report)
    console.print(_("Report: {folder}", folder=workspace.reports / str(report.load_id)), style="dim", soft_wrap=True)


def load_command(
    source: Annotated[
        Path | None, typer.Argument(help=_("Folder, zip or file with the tables."), show_default=False)
    ] = None,
    workspace: WorkspaceOption = None,
    mapping: Annotated[
        Path | None, typer.Option(help=_("YAML mapping, for any other layout."), show_default=False)
    ] = None,
    max_bad: Annotated[float, typer.Option(help=_("Refuse the load above this share of unusable rows (%)."))] = MAX_BAD,
    again: Annotated[bool, typer.Option("--again", help=_("Take files that were taken before once more."))] = False,
    wait: WaitOption = 0.0,
    encoding: EncodingOption = None,
    as_text: Annotated[bool, typer.Option("--json", help=_("Print the report as JSON."))] = False,
) -> None:
    """Load claims: check every row, keep what is odd, set aside what cannot be used."""
    place = workspace_at(workspace)
    with bars(quiet=as_text) as progress:
        options = Options(max_bad=max_bad, again=again, wait=wait, encoding=encoding, progress=progress)
        report = _load(place, source, mapping, options)
    Keeper(place).keep()
    show(report, place, as_text)


def _load(place: Workspace, source: Path | None, mapping: Path | None, options: Options) -> LoadReport:
    if mapping is not None:
        return load_mapped(place, mapping, source, options)
    if source is None:
        raise NotFoundError(N_("Name the folder, zip or file to load, or a mapping of a database (--mapping)."))
    return load(place, source, options)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("load", help=_("Load claims from a folder, zip or file."))(load_command)
