"""`ringhound simulate`: a county of invented people, with planted rings and innocent look-alikes."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from claims.language import N_, _
from claims.simulator import Summary, simulate
from ui.commands.options import console

STEPS = {
    "county": N_("people and places"),
    "registers": N_("registers"),
    "settlements": N_("settlements"),
    "stock": N_("stock moves"),
    "checks": N_("checks and verdicts"),
}


class LayoutName(StrEnum):
    """Layouts of the settlements."""

    STANDARD = "standard"
    PLATFORM = "platform"


class FormatName(StrEnum):
    """Kinds of files."""

    CSV = "csv"
    PARQUET = "parquet"


def command(
    out: Annotated[Path, typer.Argument(help=_("Folder to write (new or empty)."))],
    persons: Annotated[int, typer.Option(help=_("How many people are insured."))] = 40_000,
    days: Annotated[int, typer.Option(help=_("How many days are simulated."))] = 180,
    seed: Annotated[int, typer.Option(help=_("Same seed, same county, to the byte."))] = 1,
    hard: Annotated[bool, typer.Option("--hard", help=_("Half the activity, smaller rings, more camouflage."))] = False,
    layout: Annotated[LayoutName, typer.Option(help=_("Tables of the data standard, or the platform's extracts."))] = (
        LayoutName.STANDARD
    ),
    file_format: Annotated[FormatName, typer.Option("--format", help=_("Format of the files."))] = FormatName.CSV,
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help=_("First day."))] = datetime(2025, 1, 1),
    rings: Annotated[
        int | None,
        typer.Option(min=0, help=_("How many rings are planted (default: one per 1,500 people)."), show_default=False),
    ] = None,
    no_rings: Annotated[bool, typer.Option("--no-rings", help=_("Plant no ring at all."))] = False,
    dirty: Annotated[
        bool, typer.Option("--dirty/--clean", help=_("With faulty rows at real rates, or without."))
    ] = True,
) -> None:
    """Write a simulated county: source files, planted rings, innocent look-alikes."""
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True
    ) as progress:
        task = progress.add_task(_(STEPS["county"]), total=1.0)
        summary = simulate(
            out,
            persons=persons,
            days=days,
            seed=seed,
            start=start.date(),
            hard=hard,
            rings=0 if no_rings else rings,
            dirty=dirty,
            layout=layout.value,
            format=file_format.value,
            progress=lambda step, share: progress.update(
                task, completed=share, description=_(STEPS.get(step, STEPS["county"]))
            ),
        )
    _show(summary)


def _show(summary: Summary) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(_("table"))
    table.add_column(_("rows"), justify="right")
    table.add_column(_("rows of the next night"), justify="right")
    for name, count in summary.rows.items():
        later = summary.later_rows.get(name)
        table.add_row(name, f"{count:,}", f"{later:,}" if later else "")
    console.print(table)
    console.print(
        _(
            "{rings} rings are planted (truth.jsonl) among {innocents} innocent groups (innocent.jsonl); "
            "{dirty} faulty cells or rows are listed in dirty.jsonl.",
            rings=sum(summary.rings.values()),
            innocents=sum(summary.innocents.values()),
            dirty=summary.dirty,
        )
    )
    console.print(
        _(
            "Load it: ringhound load {out}; then the next night: ringhound load {later}",
            out=summary.out,
            later=summary.later,
        )
    )


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    text = _("Write a simulated county: source files, planted rings, innocent look-alikes.")
    app.command("simulate", help=text)(command)
