"""`ringhound graph`: building the graph of a data version, and what there is of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from claims.language import N_, _
from claims.workspace import workspace_at
from graph import build as building
from graph.model import EDGE_KINDS, NodeType
from graph.tables import GraphTables, in_force, order_of, snapshots
from graph.titles import edge_title, node_title
from ui.commands.options import WorkspaceOption, console

app = typer.Typer(no_args_is_help=True, help=_("Build the graph, see what is in it, and push it to Neo4j."))

BUILT = N_("The graph of data version {version} is in force: {nodes} nodes, {edges} edges, {visits} net settlements.")
PLACEHOLDERS = N_("{count} of them are named by claims but are in no register.")
LEFT_OUT = N_("{count} register values or claims gave no edge {kind}: what they state is no key.")

VersionOption = Annotated[
    int | None, typer.Option("--version", help=_("Data version (default: the newest)."), show_default=False)
]
FullOption = Annotated[bool, typer.Option("--full", help=_("Build everything anew, even what did not change."))]


def register(parent: typer.Typer) -> None:
    """Add the commands to the command line."""
    parent.add_typer(app, name="graph")


@app.command(help=_("Build the graph of a data version and put it in force."))
def build(workspace: WorkspaceOption = None, version: VersionOption = None, full: FullOption = False) -> None:
    """Build the graph of a data version and put it in force."""
    with _bars() as progress:
        tables = building.build(workspace_at(workspace), version, progress, full=full)
    _tell(tables)


@app.command(help=_("Show the snapshots of the graph and what is in the one in force."))
def status(workspace: WorkspaceOption = None) -> None:
    """Show the snapshots of the graph and what is in the one in force."""
    place = workspace_at(workspace)
    tables = GraphTables.open(place)
    listed = Table(_("Snapshot"), _("Data version"), _("Size, MB"), _("In force"))
    for name in snapshots(place):
        size = sum(path.stat().st_size for path in (place.graph / name).rglob("*") if path.is_file())
        mark = _("yes") if name == in_force(place) else ""
        listed.add_row(name, str(order_of(name)[0]), f"{size / 1e6:,.1f}", mark)
    console.print(listed)
    console.print(_counts(tables))
    _tell(tables)


def _counts(tables: GraphTables) -> Table:
    found = Table(_("Type"), _("Name"), _("Count"), _("In no register"))
    for column in found.columns[2:]:
        column.justify = "right"
    manifest = tables.manifest
    for type_ in NodeType:
        if count := manifest.nodes.get(type_):
            found.add_row(node_title(type_), type_, f"{count:,}", f"{manifest.placeholders.get(type_, 0):,}")
    found.add_section()
    for kind in EDGE_KINDS:
        if count := manifest.edges.get(kind.name):
            found.add_row(edge_title(kind.type), kind.name, f"{count:,}", "")
    return found


def _tell(tables: GraphTables) -> None:
    """Say what the graph holds, and what of registers and claims it does not."""
    manifest = tables.manifest
    counts = {"nodes": sum(manifest.nodes.values()), "edges": sum(manifest.edges.values()), "visits": manifest.visits}
    console.print(
        _(BUILT, version=manifest.data_version, **{name: f"{count:,}" for name, count in counts.items()}),
        soft_wrap=True,
    )
    if unknown := sum(manifest.placeholders.values()):
        console.print(_(PLACEHOLDERS, count=f"{unknown:,}"), soft_wrap=True)
    for kind, count in manifest.left_out.items():
        console.print(_(LEFT_OUT, count=f"{count:,}", kind=kind), soft_wrap=True)


@contextmanager
def _bars() -> Iterator[building.Progress]:
    """Show one progress bar per step."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def note(step: str, done: int, total: int, /) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(_(step), total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield note
