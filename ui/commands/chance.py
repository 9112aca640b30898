"""`ringhound chance`: groups that a run's data would show by chance, counted on rotated histories."""

import json
import sys
from typing import Annotated

import typer

from claims.language import _
from claims.workspace import workspace_at
from jobs.chance import chance
from ui.commands.options import WorkspaceOption, console


def chance_command(
    number: Annotated[int, typer.Argument(metavar="RUN", help=_("Number of the run."))],
    rounds: Annotated[int, typer.Option(min=1, max=100, help=_("Rotated copies of the data to search."))] = 2,
    seed: Annotated[int, typer.Option(help=_("Seed of the rotations."))] = 1,
    workspace: WorkspaceOption = None,
    as_text: Annotated[bool, typer.Option("--json", help=_("Print as JSON."))] = False,
) -> None:
    """Count the groups that come together by chance alone on the data of a past run."""
    told = chance(workspace_at(workspace), number, rounds=rounds, seed=seed)
    if as_text:
        plain = {"run": told.run.id, "rounds": told.rounds, "found": told.found, "expected": told.expected}
        sys.stdout.write(json.dumps(plain) + "\n")
        return
    message = _(
        "Run {run} reports {found} groups that come together; where everybody's history is rotated by weeks, "
        "{expected} are found (mean of {rounds} rounds).",
        run=told.run.id, found=told.found, expected=f"{told.expected:.2f}", rounds=told.rounds,
    )  # fmt: skip
    console.print(message)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chance", help=_("Count the groups a past run's data would show by chance."))(chance_command)
