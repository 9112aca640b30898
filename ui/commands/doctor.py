"""`ringhound doctor`: is this installation and workspace fit to work, and what needs attention."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

import claims
from claims.language import LOCALE_DIR, _
from claims.workspace import Workspace, workspace_at
from ui import health
from ui.commands.options import WorkspaceOption, console
from ui.health import Check, State

MARKS: Mapping[State, tuple[str, str]] = {
    State.OK: ("✓", "green"),
    State.NOTE: ("·", "yellow"),
    State.ATTENTION: ("✗", "bold red"),
}


def doctor(workspace: WorkspaceOption = None) -> None:
    """Check the installation and the workspace; exit code 1 where something needs attention."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    failed = 0
    for check in _checks(workspace_at(workspace)):
        sign, style = MARKS[check.state]
        table.add_row(Text(sign, style=style), Text(check.title, style="bold"), Text(check.text))
        failed += check.state is State.ATTENTION
    console.print(table)
    if failed:
        console.print(_("{count} points need attention.", count=failed), style="bold red")
        raise typer.Exit(1)
    console.print(_("Nothing needs attention."))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help=_("Check the installation and the workspace; exit code 1 where something needs attention."))(
        doctor
    )


def _checks(workspace: Workspace) -> Iterator[Check]:
    """Every check, in the order of the report."""
    yield health.versions()
    yield from health.package_names(Path(claims.__file__).parent.parent)
    yield health.disk(workspace)
    yield health.memory(Path("/proc/meminfo"))
    yield health.writer(workspace, Path("/proc/locks"))
    yield health.data(workspace)
    yield health.graph(workspace)
    yield health.audit(workspace)
    yield health.java()
    yield health.maven()
    yield health.neo4j_server()
    yield health.catalogue(LOCALE_DIR)
    yield health.clock(workspace, datetime.now(UTC))
