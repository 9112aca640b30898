"""`ringhound detect`: look for rings in a data version, with progress, a ranked list and what was off."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cases.handout.tables import spoken
from cases.model import UNDER_THE_LINE, Status
from claims.language import N_, _
from claims.workspace import Workspace, workspace_at
from jobs.detect import Progress as Told
from jobs.detect import RunResult
from jobs.detect import detect as look
from ui.cases_desk import CasesDesk
from ui.commands.options import WorkspaceOption, console
from ui.rings_view import RingView

MOST_ROWS = 40
STEPS = {
    "snapshot": N_("reading data version {what}"),
    "detect": N_("looking: {what}"),
    "gather": N_("gathering {what} findings into rings"),
    "done": N_("written as run {what}"),
}
VersionOption = Annotated[
    int | None, typer.Option("--version", help=_("Data version (default: the newest)."), show_default=False)
]
UntilOption = Annotated[
    datetime | None,
    typer.Option(
        "--until", formats=["%Y-%m-%d"], help=_("As if nothing had been settled from this day on (a trial)."),
        show_default=False,
    ),
]  # fmt: skip
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="NAME", help=_("Only this detector; repeatable (a trial)."), show_default=False),
]
AllOption = Annotated[bool, typer.Option("--all", help=_("Also what is explained, below the line or settled."))]


def detect(
    workspace: WorkspaceOption = None,
    version: VersionOption = None,
    until: UntilOption = None,
    only: OnlyOption = None,
    everything: AllOption = False,
) -> None:
    """Look for rings in a data version and say what was found, what changed, and what was not looked at."""
    place = workspace_at(workspace)
    with _told() as told:
        result = look(place, version, until.date() if until else None, tuple(only or ()), told)
    _show(place, result, everything)
    result.check()


def _show(place: Workspace, result: RunResult, everything: bool) -> None:
    run = result.run
    shown = [r for r in result.saved.rings if not r.merged_into and (everything or r.status not in UNDER_THE_LINE)]
    desk = CasesDesk.open(place)
    if shown:
        RingView(console).ranked(desk.drawn(shown[:MOST_ROWS], desk.masks, bare=True))
    else:
        console.print(_("No ring is above the alert line."))
    if len(shown) > MOST_ROWS:
        console.print(_("… and {count} more", count=len(shown) - MOST_ROWS), style="dim")
    above = [ring for ring in shown if ring.status not in UNDER_THE_LINE]
    new = sum(ring.status is Status.NEW for ring in above)
    changed = sum(ring.status is Status.CHANGED for ring in above)
    explained = sum(ring.status is Status.EXPLAINED for ring in result.saved.rings)
    below = sum(ring.status is Status.BELOW_LINE for ring in result.saved.rings)
    words = _(
        "Run {run} over data version {version}: {shown} rings above the line ({new} new, {changed} changed), "
        "{explained} explained, {below} below the line. By its own estimate about {false} of them are chance.",
        run=run.id, version=run.data_version, shown=len(above), new=new, changed=changed,
        explained=explained, below=below, false=f"{run.false_alarms:.2f}",
    )  # fmt: skip
    console.print(escape(words), soft_wrap=True)
    if run.trial:
        console.print(_("This was a trial: the lives of rings were not touched."), style="yellow")
    _tell_notes(result)


def _tell_notes(result: RunResult) -> None:
    if not result.run.notes:
        return
    console.print(_("Not looked at, or seen less of"), style="bold")
    for note in result.run.notes:
        style = "bold red" if note.failure else ""
        console.print(f"  {escape(note.about)}: {escape(spoken(note.words))}", style=style, soft_wrap=True)


@contextmanager
def _told() -> Iterator[Told]:
    """A bar on a terminal, one line per step elsewhere."""
    if not console.is_terminal:
        yield lambda step, what, _done, _total: console.print(_step(step, what), style="dim", soft_wrap=True)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bars:
        task = bars.add_task("", total=None)

        def draw(step: str, what: str, done: int, total: int) -> None:
            bars.update(task, description=_step(step, what), completed=done, total=total)

        yield draw


def _step(step: str, what: str) -> str:
    return escape(_(STEPS[step], what=_(what) if step == "detect" else what))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("detect", help=_("Look for rings in the claims and rank what was found."))(detect)
