"""`ringhound quarter`: institutions compared by quarter, and the report about them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cases.evaluation.evaluate import Ask, evaluate
from cases.evaluation.model import STANDING_TITLES, Evaluation, Kind, Standing, Tier
from cases.evaluation.quarter import Quarter
from claims.audit import checked_reason, system_user
from claims.errors import RinghoundError
from claims.language import N_, _
from claims.workspace import workspace_at
from ui.commands.options import WorkspaceOption, console
from ui.rings_text import grid
from ui.service.evaluation import source_of, take_out

SIGNS = {
    Standing.ABOVE: "▲",
    Standing.BELOW: "▼",
    Standing.ALIKE: "=",
    Standing.TOO_SMALL: "?",
    Standing.NOT_COMPARED: "",
}


class ReportError(RinghoundError):
    """A report cannot be written as asked."""

    exit_code = 2


def quarter(
    name: Annotated[
        str | None, typer.Argument(metavar="[2026Q1]", help=_("Quarter; the newest whole one otherwise."))
    ] = None,
    kind: Annotated[Kind, typer.Option("--kind", help=_("Which institutions to compare."))] = Kind.ALL,
    level: Annotated[Tier | None, typer.Option("--level", help=_("Only institutions of this level."))] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=_("Folder for the report."))] = None,
    reason: Annotated[str, typer.Option("--reason", help=_("Why the report is taken out; the audit keeps it."))] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Compare institutions by quarter, with case-mix and size taken into account and uncertainty shown."""
    if out is not None:
        checked_reason(reason)
        if out.exists() and not out.is_dir():
            raise ReportError(N_("{path} is no folder."), path=out)
    place = workspace_at(workspace)
    ask = Ask(Quarter.parse(name) if name else None, kind, level)
    found = evaluate(source_of(place), ask)
    _tell(found)
    if out is None:
        return
    report = take_out(place, found, system_user(), reason)
    for path in report.write(out):
        console.print(escape(str(path)), soft_wrap=True)


def _tell(found: Evaluation) -> None:
    console.print(_("Quarter {quarter}, {count} institutions", quarter=found.quarter, count=len(found.lines)))
    numbers = (_("settlements"), _("confirmed"), _("expected"), _("ratio (90 %)"), _("rank"))
    table = grid(_("institution"), "", numbers=numbers)
    for line in found.lines:
        ratio = line.ratio
        table.add_row(
            escape(line.name), SIGNS[line.standing], f"{line.settlements:,}", str(line.observed),
            f"{line.expected:.1f}" if ratio else "",
            f"{ratio.shrunk:.1f} ({ratio.low:.1f}–{ratio.high:.1f})" if ratio else "",
            f"{ratio.first}–{ratio.last}" if ratio else "",
        )  # fmt: skip
    console.print(table)
    if found.compared:
        signs = (f"{sign} {_(STANDING_TITLES[standing])}" for standing, sign in SIGNS.items() if sign)
        console.print("   ".join(signs), soft_wrap=True)
    if not found.confirmed:
        console.print(_("No ring of this quarter has been confirmed by review: there is nothing to rank by."))
    if not found.complete:
        console.print(_("The data do not reach the end of this quarter yet."))


def register(app: typer.Typer) -> None:
    """Add the command."""
    words = _("Compare institutions by quarter, with case-mix and size taken into account and uncertainty shown.")
    app.command("quarter", help=words)(quarter)
