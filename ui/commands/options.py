"""What every command shares: the workspace option and the two consoles."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from claims.language import N_, _

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

WORKSPACE_HELP = N_("Folder of the workspace (default: $RINGHOUND_WORKSPACE, else ./workspace).")

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help=_(WORKSPACE_HELP), show_default=False),
]
