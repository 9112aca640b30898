"""`ringhound rings`: list, show, explain and export rings, and what happened to them."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cases.handout import FORMS, Batch
from cases.handout.deliver import Errand, deliver
from cases.score import FEATURES, parts_of
from claims.audit import checked_reason
from claims.errors import RinghoundError
from claims.language import N_, _
from claims.workspace import workspace_at
from ui.cases_desk import CasesDesk, Rank
from ui.commands.options import WorkspaceOption, console
from ui.rings_view import RingView

_TO_STDOUT = frozenset({"jsonl", "html"})

RingArgument = Annotated[str, typer.Argument(metavar="ID", help=_("Number of the ring, such as R-2026-000123."))]
AllOption = Annotated[bool, typer.Option("--all", help=_("Also what is explained, below the line or settled."))]
RevealOption = Annotated[
    str | None,
    typer.Option("--reveal", metavar="REASON", help=_("Show personal data; the reason is kept in the audit.")),
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help=_("How many rows to show."))]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help=_("File to write (jsonl and html: else standard output).")),
]

rings = typer.Typer(no_args_is_help=True, help=_("Rings: list, show, explain, decide, export."))


class FormName(StrEnum):
    """Forms of the export."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"
    GRAPHML = "graphml"
    HTML = "html"


class WhereError(RinghoundError):
    """The export has nowhere to go."""

    exit_code = 2


@rings.command("list", help=_("List rings, most suspicious first."))
def list_rings(
    rank: Annotated[Rank, typer.Option("--rank", help=_("What to rank by."))] = Rank.SUSPICION,
    family: Annotated[str, typer.Option("--family", metavar="KIND", help=_("Only this family or kind."))] = "",
    everything: AllOption = False,
    limit: LimitOption = 40,
    reveal: RevealOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """List rings, most suspicious or most costly first."""
    desk = open_desk(workspace, reveal)
    desk.last_run()
    found = desk.rings(everything=everything, rank=rank, family=family)
    if not found:
        console.print(_("No ring is above the alert line."))
        return
    RingView(console).ranked(desk.sheets(found[:limit], "rings"))
    if len(found) > limit:
        console.print(_("… and {count} more", count=len(found) - limit), style="dim")


@rings.command("show", help=_("Show one ring: who is in it and why, and the evidence of each finding."))
def show(ring: RingArgument, reveal: RevealOption = None, workspace: WorkspaceOption = None) -> None:
    """Show one ring: who is in it and why, and the evidence of each finding."""
    desk = open_desk(workspace, reveal)
    found = desk.store.ring(ring.upper())
    RingView(console).show(desk.sheet(found))
    _decision(desk, found.id)


@rings.command("explain", help=_("Say why a ring is suspicious, what innocent reasons were tried, what it rests on."))
def explain(ring: RingArgument, reveal: RevealOption = None, workspace: WorkspaceOption = None) -> None:
    """Say why a ring is suspicious, what innocent reasons were tried, what it rests on."""
    desk = open_desk(workspace, reveal)
    found = desk.store.ring(ring.upper())
    adds = parts_of(found.picture.features, desk.store.weights())
    parts = {
        feature.name: (_(feature.title), found.picture.features[feature.name], adds.get(feature.name, 0.0))
        for feature in FEATURES
    }
    RingView(console).explain(desk.sheet(found), parts)
    _decision(desk, found.id)


@rings.command("history", help=_("Show what happened to a ring from run to run."))
def history(ring: RingArgument, reveal: RevealOption = None, workspace: WorkspaceOption = None) -> None:
    """Show what happened to a ring from run to run."""
    desk = open_desk(workspace, reveal)
    found = desk.store.ring(ring.upper())
    runs = {run.id: run for run in desk.store.runs()}
    RingView(console).history(desk.sheet(found), desk.store.history(found.id), runs)
    _decision(desk, found.id)


@rings.command("when", help=_("Find the day on which a ring could first have been seen, and what was paid since."))
def first_seen(ring: RingArgument, workspace: WorkspaceOption = None) -> None:
    """Find the day on which a ring could first have been seen, and what was paid since."""
    from jobs.when import when  # the detectors take a second to import, and no other of these commands needs them

    with console.status(_("Looking at past days…")):
        found = when(workspace_at(workspace), ring.upper())
    console.print(
        _(
            "Ring {ring} could first have been seen at the end of {day}; its first record is of {first}. Since then "
            "the fund paid {fund} yuan and accounts {account} yuan on {count} of its settlements.",
            ring=found.ring,
            day=found.day,
            first=found.first_record or "?",
            fund=f"{found.fund_since:,.2f}",
            account=f"{found.account_since:,.2f}",
            count=found.settlements_since,
        ),
        soft_wrap=True,
    )
    days = ", ".join(f"{look.day} {'+' if look.seen else '-'}" for look in found.looks)
    console.print(_("Days looked at (+ seen, - not): {days}", days=days), style="dim", soft_wrap=True)


@rings.command("export", help=_("Hand rings out: jsonl for programs, csv, xlsx, graphml or html for people."))
def export(
    form: Annotated[FormName, typer.Option("--format", help=_("Form of the export."))] = FormName.JSONL,
    out: OutOption = None,
    everything: AllOption = False,
    reveal: RevealOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Hand rings out, best score first. The jsonl holds the real ids, as programs match by them; the audit says so."""
    desk = open_desk(workspace, reveal)
    chosen = next(candidate for candidate in FORMS if candidate.name == form)
    if out is None and chosen.name not in _TO_STDOUT:
        raise WhereError(N_("Name the file to write with --out; {form} is not for a terminal."), form=chosen.name)
    run = desk.last_run()
    masked = desk.reason is None and not chosen.contract
    sheets = desk.drawn(desk.exported(everything=everything), desk.masks if masked else None)
    files, content = deliver(Batch(sheets, run, masked), Errand(chosen, out, desk.reason or ""), desk.audit)
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    for path in files:
        console.print(escape(_("Written: {path}", path=path)), soft_wrap=True)


def open_desk(workspace: Path | None, reveal: str | None = None) -> CasesDesk:
    """Open the rings of a workspace; a reason to see personal data must be one."""
    return CasesDesk.open(workspace_at(workspace), None if reveal is None else checked_reason(reveal))


def _decision(desk: CasesDesk, ring: str) -> None:
    held = [decision for decision in desk.store.decisions(ring) if decision.in_force]
    RingView(console).decided(held[-1] if held else None)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(rings, name="rings")
