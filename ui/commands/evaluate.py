"""`ringhound evaluate`: how good the rings of a workspace are, against rings that are known."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table as Grid

from claims.language import N_, _, join_words
from claims.workspace import workspace_at
from jobs.evaluate import Evaluation, Quality, evaluate, read_known
from jobs.measures import View
from jobs.reported import read_export, rings_of
from ui.commands.options import WorkspaceOption, console

VIEW_TITLES = {View.PERSONS: N_("members compared: insured persons"), View.ALL: N_("members compared: all")}
MISSED_NAMED = 12


def evaluate_command(
    truth: Annotated[Path, typer.Argument(help=_("File of the rings that are known (truth.jsonl)."))],
    innocent: Annotated[
        Path | None,
        typer.Option(help=_("File of innocent groups; default: innocent.jsonl beside."), show_default=False),
    ] = None,
    budget: Annotated[int, typer.Option(min=1, help=_("How many rings people can review."))] = 20,
    rings: Annotated[
        Path | None, typer.Option(help=_("Measure this rings export instead of the workspace."), show_default=False)
    ] = None,
    workspace: WorkspaceOption = None,
    as_text: Annotated[bool, typer.Option("--json", help=_("Print the result as JSON."))] = False,
) -> None:
    """Measure the rings of a workspace against known ones."""
    known = read_known(truth)
    beside = innocent or truth.with_name("innocent.jsonl")
    harmless = read_known(beside) if innocent or beside.exists() else ()
    seen = read_export(rings) if rings else rings_of(workspace_at(workspace))
    found = [evaluate(seen, known, harmless, budget=budget, view=view) for view in (View.PERSONS, View.ALL)]
    if as_text:
        sys.stdout.write(
            json.dumps({one.view.value: _plain(one) for one in found}, ensure_ascii=False, indent=1) + "\n"
        )
        return
    for one in found:
        show(one)


def show(found: Evaluation) -> None:
    """Print one evaluation for people."""
    console.print(_(VIEW_TITLES[found.view]), style="bold")
    console.print(_qualities(found))
    if found.view is View.ALL:
        return
    console.print(_("pieces of a ring already reported: {count}; rings that touch no known one: {false}",
                    count=found.pieces, false=len(found.false)))  # fmt: skip
    if found.median_delay is not None:
        console.print(
            _("days from the first settlement of a ring to its report (median): {days}", days=found.median_delay)
        )
    if found.missed:
        named = join_words(f"{kind} {name}" for kind, name in found.missed[:MISSED_NAMED])
        more = " …" if len(found.missed) > MISSED_NAMED else ""
        console.print(escape(_("not found: {names}", names=named + more)), soft_wrap=True)
    if found.accused:
        console.print(_accused(found))
    console.print(_calibration(found))


def _plain(found: Evaluation) -> dict[str, object]:
    rates = {q.name or "total": [q.recall, q.precision] for q in (found.total, *found.families, *found.kinds)}
    return {**asdict(found), "rates": rates, "median_delay": found.median_delay}


def _grid(*titles: str) -> Grid:
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for place, title in enumerate(titles):
        grid.add_column(title, justify="right" if place else "left")
    return grid


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _qualities(found: Evaluation) -> Grid:
    grid = _grid(_("kind"), _("known"), _("found"), _("recall"), _("reported"), _("right"), _("precision"))
    rows: Sequence[tuple[str, Quality]] = [
        *((quality.name, quality) for quality in found.kinds),
        *((quality.name, quality) for quality in found.families),
        (_("in all"), found.total),
        (_("first {count} for review", count=found.budget), found.at_budget),
    ]
    for title, q in rows:
        counts = (f"{q.planted:,}", f"{q.found:,}", _share(q.recall), f"{q.reported:,}", f"{q.right:,}")
        grid.add_row(escape(title), *counts, _share(q.precision))
    grid.add_row(_("average precision"), "", "", "", "", "", _share(found.average_precision))
    return grid


def _accused(found: Evaluation) -> Grid:
    grid = _grid(_("innocent groups"), _("groups"), _("accused"))
    for kind, (groups, hit) in found.accused.items():
        grid.add_row(escape(kind), f"{groups:,}", f"{hit:,}", style="bold red" if hit else "")
    return grid


def _calibration(found: Evaluation) -> Grid:
    grid = _grid(_("score"), _("rings"), _("share that is real"))
    for one in found.calibration:
        share = one.right / one.rings if one.rings else None
        grid.add_row(f"{one.low:.1f}–{one.high:.1f}", f"{one.rings:,}", _share(share))
    return grid


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate", help=_("Measure the rings of a workspace against rings that are known."))(evaluate_command)
