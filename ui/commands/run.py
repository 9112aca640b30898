"""`ringhound run`: one night's work; `ringhound runs`: what past runs read, found and changed."""

import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table as Grid

from cases.history import EVENT_TITLES, Run
from cases.settings import settings_of
from cases.store import CaseStore
from claims.errors import RinghoundError
from claims.language import N_, _, language
from claims.workspace import Workspace, workspace_at
from jobs.nights import Night, Nights
from jobs.run import run
from jobs.status import STATE_TITLES, write_status
from ui.commands.options import WorkspaceOption, console

RUN_STATES: Mapping[str, str] = {**STATE_TITLES, "finished": N_("done")}

runs = typer.Typer(no_args_is_help=True, help=_("Past runs: what they read, found and changed, and how long it took."))


def log_to_stderr() -> None:
    """Write one line per step to standard error, as cron and systemd keep them."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def run_command(
    workspace: WorkspaceOption = None,
    as_text: Annotated[bool, typer.Option("--json", help=_("Print the night's record as JSON."))] = False,
) -> None:
    """Load what is new, build, detect, gather, alert: one night's work."""
    log_to_stderr()
    place = workspace_at(workspace)
    try:
        night = run(place)
    except RinghoundError:
        if Nights.of(place).newest() is not None:
            write_status(place)
        raise
    write_status(place)
    if as_text:
        sys.stdout.write(json.dumps(asdict(night), ensure_ascii=False, indent=1) + "\n")
        return
    message = _(
        "Night {night}: {rows} rows read, {rings} rings above the line, {alerts} alerts.",
        night=night.number,
        rows=f"{sum(taken.rows for taken in night.taken):,}",
        rings=f"{night.rings:,}",
        alerts=f"{night.alerts:,}",
    )
    console.print(message, style="bold green")
    if not night.detected:
        console.print(_("Nothing had changed since run {run}.", run=night.run), style="dim")


@runs.command("list", help=_("List the runs, newest last."))
def list_runs(
    workspace: WorkspaceOption = None,
    as_text: Annotated[bool, typer.Option("--json", help=_("Print as JSON lines."))] = False,
) -> None:
    """List the detections, with the nights they belong to."""
    place = workspace_at(workspace)
    nights = {night.run: night for night in Nights.of(place).all() if night.detected}
    found = CaseStore.open(settings_of(place).database).runs()
    if as_text:
        for one in found:
            sys.stdout.write(json.dumps(_plain(one, nights.get(one.id)), ensure_ascii=False) + "\n")
        return
    titles = (_("run"), _("started"), _("state"), _("data version"), _("rows read"), _("findings"), _("rings"),
              _("alerts"), _("expected false alarms"), _("seconds"))  # fmt: skip
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        grid.add_column(title, justify="right")
    for one in found:
        grid.add_row(*_row(one, nights.get(one.id)))
    console.print(grid)


def _row(one: Run, night: Night | None) -> tuple[str, ...]:
    state = _("trial") if one.trial else _(RUN_STATES[one.state]) if one.state in RUN_STATES else one.state
    rows = f"{sum(taken.rows for taken in night.taken):,}" if night else "–"
    took = f"{(one.finished_at - one.started_at).total_seconds():,.1f}" if one.finished_at else "–"
    counts = (f"{one.counts.get(name, 0):,}" for name in ("findings", "rings", "alerts"))
    started = f"{one.started_at.astimezone():%Y-%m-%d %H:%M:%S}"
    return (str(one.id), started, state, str(one.data_version), rows, *counts, f"{one.false_alarms:.2f}", took)


@runs.command("show", help=_("Show one run: parameters, notes, what changed."))
def show_run(
    number: Annotated[int, typer.Argument(metavar="RUN", help=_("Number of the run."))],
    workspace: WorkspaceOption = None,
    as_text: Annotated[bool, typer.Option("--json", help=_("Print as JSON."))] = False,
) -> None:
    """Show one detection: what it read, found and changed, how long it took."""
    place = workspace_at(workspace)
    store = CaseStore.open(settings_of(place).database)
    one = store.run(number)
    night = next((night for night in Nights.of(place).all() if night.run == number and night.detected), None)
    if as_text:
        sys.stdout.write(json.dumps(_plain(one, night), ensure_ascii=False, indent=1) + "\n")
        return
    console.print(_("Run {run} on data version {version}, code version {code}.", run=one.id, version=one.data_version,
                    code=one.code_version))  # fmt: skip
    _show_night(place, night)
    console.print(_("Findings {findings}, rings {rings}; expected false alarms among those above the line {false}.",
                    findings=f"{one.counts.get('findings', 0):,}", rings=f"{one.counts.get('rings', 0):,}",
                    false=f"{one.false_alarms:.2f}"))  # fmt: skip
    for note in one.notes:
        words = note.words.zh if language() == "zh_CN" else note.words.en
        console.print(escape(f"  {note.about}: {words}"), style="red" if note.failure else "dim", soft_wrap=True)
    for event in store.events_of(number):
        words = event.words.zh if language() == "zh_CN" else event.words.en
        line = f"  {event.ring} {_(EVENT_TITLES[event.kind])}: {words}"
        console.print(escape(line), style="bold" if event.alert else "", soft_wrap=True)


def _show_night(workspace: Workspace, night: Night | None) -> None:
    if night is None:
        return
    console.print(
        _("Night {night}; record: {path}", night=night.number, path=Nights.of(workspace).folder), soft_wrap=True
    )
    for taken in night.taken:
        line = taken.refused or _("{rows} rows read, {bad} quarantined", rows=taken.rows, bad=taken.quarantined)
        console.print(escape(f"  {taken.source}: {line}"), soft_wrap=True)
    seconds = "  ".join(f"{name} {took:.1f} s" for name, took in night.seconds.items())
    console.print(f"  {seconds}", style="dim")


def _plain(one: Run, night: Night | None) -> dict[str, object]:
    plain = json.loads(json.dumps(asdict(one), default=str))
    return {**plain, "night": asdict(night) if night else None}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run", help=_("Load what is new, build, detect, gather and alert: one night's work."))(run_command)
    app.add_typer(runs, name="runs")
