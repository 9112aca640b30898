"""`ringhound findings`: single findings, as the detectors yielded them."""

from typing import Annotated

import typer

from cases.handout.sheet import Shown, shown_findings
from cases.handout.tables import spoken
from cases.kinds import kind_title
from cases.names import Names
from claims.audit import Act, Detail
from claims.errors import NotFoundError
from claims.language import N_, _
from detectors.finding import ALERT_LINE, ROLE_TITLES, Finding
from graph.titles import node_title
from ui.cases_desk import CasesDesk
from ui.commands.options import WorkspaceOption, console
from ui.commands.rings import LimitOption, RevealOption, open_desk
from ui.neighbourhood_view import plain
from ui.rings_text import grid
from ui.rings_view import RingView

RunOption = Annotated[int | None, typer.Option("--run", help=_("Run (default: the last)."), show_default=False)]
AllOption = Annotated[bool, typer.Option("--all", help=_("Also what is explained or below the line."))]

findings = typer.Typer(no_args_is_help=True, help=_("Findings: list, show."))


@findings.command("list", help=_("List the findings of a run, strongest first."))
def list_findings(
    run: RunOption = None,
    detector: Annotated[str, typer.Option("--detector", help=_("Only of this detector."))] = "",
    everything: AllOption = False,
    limit: LimitOption = 40,
    reveal: RevealOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """List the findings of a run, strongest first."""
    desk = open_desk(workspace, reveal)
    found = [
        finding
        for finding in _of_run(desk, run)
        if (everything or finding.score >= ALERT_LINE) and detector in ("", finding.detector)
    ]
    table = grid(_("finding"), _("kind"), numbers=(_("score"), _("records")), last=_("statement"))
    for shown in _shown(desk, found[:limit], "findings"):
        finding = shown.finding
        about = finding.identity, plain(kind_title(finding.kind)), f"{finding.score:.3f}", f"{len(finding.records):,}"
        table.add_row(*about, plain(spoken(finding.statement)))
    console.print(table if found else _("There is no such finding."))
    if len(found) > limit:
        console.print(_("… and {count} more", count=len(found) - limit), style="dim")


@findings.command("show", help=_("Show one finding: whom it concerns, the evidence, the test behind it."))
def show(
    finding: Annotated[str, typer.Argument(metavar="ID", help=_("Its id as listed, or the beginning of it."))],
    run: RunOption = None,
    reveal: RevealOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show one finding: whom it concerns, the evidence, the test behind it, what was tried."""
    desk = open_desk(workspace, reveal)
    hits = [found for found in _of_run(desk, run) if found.identity.startswith(finding.lower())]
    if len({hit.identity for hit in hits}) != 1:
        message = N_("No single finding begins with {text}.")
        raise NotFoundError(message, text=finding)
    for shown in _shown(desk, hits, finding):
        RingView(console).finding(shown.finding)
        table = grid(_("type"), _("number"), _("name"), _("role"))
        for subject, (id_, name) in zip(shown.finding.subjects, shown.subjects, strict=True):
            table.add_row(node_title(subject.type), plain(id_), plain(name), _(ROLE_TITLES[subject.role]))
        console.print(table)
        RingView(console).test(shown.finding)


def _of_run(desk: CasesDesk, run: int | None) -> list[Finding]:
    number = desk.last_run().id if run is None else desk.store.run(run).id
    return list(desk.store.findings(number).values())


def _shown(desk: CasesDesk, found: list[Finding], subject: str) -> list[Shown]:
    version = max((finding.data_version for finding in found), default=0)
    names = Names(desk.workspace, version)
    if desk.reason is None:
        return shown_findings(found, names, desk.masks)
    details: dict[str, Detail] = {"findings": [finding.identity for finding in found]}
    desk.audit.append(Act.REVEAL, subject, reason=desk.reason, details=details)
    return shown_findings(found, names, None)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(findings, name="findings")
