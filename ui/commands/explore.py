"""`ringhound explore` and `ringhound search`: a neighbourhood on the terminal, masked unless a reason is given."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from claims.audit import checked_reason
from claims.language import _
from claims.workspace import workspace_at
from graph.store import Order
from ui.commands.options import WorkspaceOption, console
from ui.desk import Desk, export, filter_of, find, open_desk
from ui.neighbourhood import Question, ask
from ui.neighbourhood_view import View

ID_HELP = _("type:number, a number, a name, its pinyin initials, or the last four digits of a phone.")
IdArgument = Annotated[str, typer.Argument(metavar="ID", help=ID_HELP, show_default=False)]
HopsOption = Annotated[int, typer.Option("--hops", min=1, max=2, help=_("How many steps to go."))]
WindowOption = Annotated[
    str,
    typer.Option("--window", metavar="FROM..TO", help=_("Only what was active in these days: 2026-01-01..2026-03-31.")),
]
TypesOption = Annotated[
    str, typer.Option("--types", metavar="TYPES", help=_("Only these relations, comma between them: VISITED,HOLDS."))
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help=_("How many neighbours of each kind."))]
OrderOption = Annotated[Order, typer.Option("--order", help=_("What neighbours are ordered by."))]
StoreOption = Annotated[
    str, typer.Option("--store", help=_("Which store to read from: embedded, or the address of a Neo4j server."))
]
PasswordFileOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        help=_("File with the password; without it, the password in $RINGHOUND_NEO4J_PASSWORD."),
        show_default=False,
    ),
]
VisitsOption = Annotated[
    bool, typer.Option("--visits", help=_("List the settlements in time order (a card's always are)."))
]
PathOption = Annotated[
    str | None, typer.Option("--path-to", metavar="ID", help=_("Show the shortest paths to this node."))
]
ExportOption = Annotated[
    Path | None,
    typer.Option(
        "--export", metavar="FILE", help=_("Write the graph too: .graphml, .gexf, .cypher, .csv, .json or .html.")
    ),
]
RevealOption = Annotated[
    str | None,
    typer.Option("--reveal", metavar="REASON", help=_("Show personal data; the reason is kept in the audit.")),
]


def explore(
    id_: IdArgument,
    hops: HopsOption = 1,
    window: WindowOption = "",
    types: TypesOption = "",
    limit: LimitOption = 20,
    order: OrderOption = Order.COUNT,
    store: StoreOption = "embedded",
    password_file: PasswordFileOption = None,
    visits: VisitsOption = False,
    path_to: PathOption = None,
    export_to: ExportOption = None,
    reveal: RevealOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show a node's neighbourhood: who it is, relations by type, the heaviest neighbours, who shares."""
    where = filter_of(window, types)
    with _desk(workspace, store, reveal, password_file) as desk:
        ref = find(desk, console, id_)
        goal = find(desk, console, path_to) if path_to else None
        if ref is None or (path_to and goal is None):
            return
        answer = ask(desk.reader, Question(ref, hops, where, limit, order, visits, goal))
        faces = desk.faces(answer.nodes.values(), str(ref))
        View(console, faces).show(answer)
        for path in export(desk, answer, export_to) if export_to else ():
            console.print(_("Written: {path}", path=path), markup=False, soft_wrap=True)


def search(
    text: IdArgument,
    limit: LimitOption = 20,
    store: StoreOption = "embedded",
    password_file: PasswordFileOption = None,
    reveal: RevealOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Find nodes by number, name, pinyin initials or the last four digits of a phone."""
    with _desk(workspace, store, reveal, password_file) as desk:
        nodes = desk.search(text, limit)
        View(console, desk.faces(nodes, text)).hits(nodes)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(help=_("Show a node's neighbourhood: relations by type, the heaviest neighbours, who shares what."))(
        explore
    )
    app.command(help=_("Find nodes by number, name, pinyin initials or the last four digits of a phone."))(search)


def _desk(
    workspace: Path | None, store: str, reveal: str | None, password_file: Path | None
) -> AbstractContextManager[Desk]:
    reason = None if reveal is None else checked_reason(reveal)
    return open_desk(workspace_at(workspace), store, reason, password_file)
