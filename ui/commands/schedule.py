"""`ringhound schedule`: run every night, with a status page in the workspace."""

from datetime import time
from typing import Annotated

import typer

from claims.errors import RinghoundError
from claims.language import N_, _
from claims.workspace import workspace_at
from jobs.schedule import Nightly
from jobs.sources import run_settings
from ui.commands.options import WorkspaceOption
from ui.commands.run import log_to_stderr


class TimeError(RinghoundError):
    """A time of day does not read."""

    exit_code = 2


def schedule_command(
    workspace: WorkspaceOption = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="HH:MM", help=_("Time of day (default: the workspace's settings)."), show_default=False),
    ] = None,
    now: Annotated[bool, typer.Option("--now", help=_("Run once at once, too."))] = False,
) -> None:
    """Run every night until told to stop."""
    log_to_stderr()
    place = workspace_at(workspace)
    nightly = Nightly(place, run_settings(place).at if at is None else _time(at))
    if now:
        nightly.night()
    nightly.run_forever()


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise TimeError(N_("{text} is no time of day: write it as 02:30."), text=text) from error


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schedule", help=_("Run every night, with a status page in the workspace."))(schedule_command)
