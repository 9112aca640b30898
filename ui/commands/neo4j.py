"""`ringhound neo4j`: a Neo4j server for trials, on this machine only."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from claims.language import N_, _
from claims.workspace import workspace_at
from graph.server import trial
from graph.server.fetch import VERSION, jars
from graph.server.home import ServerHome, Sizes
from ui.commands.graph_neo4j import PASSWORD_VARIABLE, PasswordFileOption, read_password
from ui.commands.options import WorkspaceOption, console

app = typer.Typer(no_args_is_help=True, help=_("A Neo4j server for trials: fetch and start it, stop it, ask after it."))

PortOption = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65535, help=_("Port on this machine (0: any free one; default: 7687).")),
]
HeapOption = Annotated[str, typer.Option("--heap", help=_("Memory of the Java heap, such as 768m or 2g."))]
CacheOption = Annotated[str, typer.Option("--page-cache", help=_("Memory for the graph's files, such as 256m or 2g."))]

FETCHING = N_("Fetching Neo4j {version} with Maven (about 125 MB, only this once) …")
RUNNING = N_("Neo4j {version} answers at {url} (process {pid}); user neo4j, password in {password}.")
STOPPED = N_("Neo4j is not running in {home}.")
DOWN = N_("Neo4j was stopped.")
KILLED = N_("Neo4j did not stop within a minute and was ended hard; it repairs itself at the next start.")
NEXT = N_("Next: ringhound graph push --neo4j {url} --password-file {password}")


def register(parent: typer.Typer) -> None:
    """Add the commands to the command line."""
    parent.add_typer(app, name="neo4j")


@app.command(help=_("Start the server; fetch it first if it is not here yet."))
def up(
    workspace: WorkspaceOption = None,
    port: PortOption = None,
    password_file: PasswordFileOption = None,
    heap: HeapOption = Sizes.heap,
    page_cache: CacheOption = Sizes.page_cache,
) -> None:
    """Start the server; fetch it first if it is not here yet."""
    home = _home(workspace)
    if jars() is None:
        console.print(_(FETCHING, version=VERSION))
    given = password_file is not None or os.environ.get(PASSWORD_VARIABLE)
    password = read_password(password_file) if given else None
    trial.up(home, port=port, password=password, sizes=Sizes(heap, page_cache))
    _tell(home)
    console.print(escape(_(NEXT, url=home.url, password=home.password_file)), soft_wrap=True)


@app.command(help=_("Stop the server."))
def down(workspace: WorkspaceOption = None) -> None:
    """Stop the server."""
    home = _home(workspace)
    if not trial.status(home).running:
        _tell(home)
        return
    console.print(_(DOWN) if trial.down(home) else _(KILLED))


@app.command(help=_("Say whether the server runs, and where."))
def status(workspace: WorkspaceOption = None) -> None:
    """Say whether the server runs, and where."""
    _tell(_home(workspace))


def _home(workspace: Path | None) -> ServerHome:
    return ServerHome(workspace_at(workspace).neo4j)


def _tell(home: ServerHome) -> None:
    found = trial.status(home)
    values = {"version": found.version, "url": found.url, "pid": found.pid, "password": home.password_file}
    said = _(RUNNING, **values) if found.running else _(STOPPED, home=home.root)
    console.print(escape(said), soft_wrap=True)
