"""`ringhound graph push` and `ringhound graph verify`: the graph on a Neo4j server, and proof that it is there."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from claims.aliases import Aliases
from claims.errors import StoreError
from claims.language import N_, _, join_words
from claims.workspace import Workspace, workspace_at
from graph.masking import Masks
from graph.neo4j_store.connection import Target
from graph.privacy import Privacy
from graph.push import Mode, Step
from graph.push import push as push_graph
from graph.verify import Difference, ItemCheck, Key, VerifyReport
from graph.verify import verify as verify_graph
from ui.commands import graph
from ui.commands.options import WorkspaceOption, console, errors

PASSWORD_VARIABLE = "RINGHOUND_NEO4J_PASSWORD"  # noqa: S105 - the name of a variable, not a password
DIFFERENT = 6  # exit code: the two sides are not the same

UrlOption = Annotated[str, typer.Option("--neo4j", help=_("Address of the server, such as bolt://127.0.0.1:7687."))]
UserOption = Annotated[str, typer.Option("--user", help=_("User of the server."))]
DatabaseOption = Annotated[str, typer.Option("--database", help=_("Name of the database."))]
PasswordFileOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file", help=_("File with the password; without it, the password in $RINGHOUND_NEO4J_PASSWORD.")
    ),
]
VersionOption = Annotated[
    int | None, typer.Option("--version", help=_("Data version (default: the graph in force)."), show_default=False)
]
PrivacyOption = Annotated[Privacy, typer.Option("--privacy", help=_("What the server may know of persons."))]
FullOption = Annotated[
    bool, typer.Option("--full", help=_("Compare with what the server really holds, and repair it where it differs."))
]

MODES = {
    Mode.NOTHING: N_("{url} holds data version {version} already; nothing was to be done."),
    Mode.FIRST: N_("{url} holds data version {version}: written for the first time, {rows} rows in {seconds} s."),
    Mode.CHANGES: N_("{url} holds data version {version}: {rows} rows changed, in {seconds} s."),
    Mode.COMPARE: N_(
        "{url} holds data version {version}: compared with its content, {rows} rows put right, {seconds} s."
    ),
}
ACTIONS = {"write": N_("written: {rows} {item}"), "delete": N_("removed: {rows} {item}")}
WAYS = {
    "missing": N_("{rows} missing on the server"),
    "extra": N_("{rows} only on the server"),
    "changed": N_("{rows} changed on the server"),
    "doubled": N_("{rows} several times on the server"),
}
SAME = N_("{url} holds data version {version} exactly: {nodes} nodes, {edges} edges.")
NOT_SAME = N_("{url} does not hold what it was given; `ringhound graph push --full` puts it right.")
STRANGERS = N_("{nodes} nodes and {edges} relationships were not written by Ringhound.")


def register(_parent: typer.Typer) -> None:
    """Add the commands to `ringhound graph`, which is on the command line already."""
    add_to(graph.app)


def add_to(app: typer.Typer) -> None:
    """Add `push` and `verify` to an app."""
    app.command(help=_("Bring a Neo4j server to a data version: everything at first, then what changed."))(push)
    app.command(help=_("Prove that a Neo4j server holds exactly the graph it was given."))(verify)


def push(
    neo4j: UrlOption,
    workspace: WorkspaceOption = None,
    user: UserOption = "neo4j",
    password_file: PasswordFileOption = None,
    database: DatabaseOption = "neo4j",
    version: VersionOption = None,
    privacy: PrivacyOption = Privacy.NONE,
    full: FullOption = False,
) -> None:
    """Bring a Neo4j server to a data version."""
    target = Target(neo4j, read_password(password_file), user, database)
    report = push_graph(workspace_at(workspace), target, version=version, privacy=privacy, full=full, watch=_tell)
    rows = sum(step.rows for step in report.steps)
    values = {"url": neo4j, "version": report.data_version, "rows": f"{rows:,}", "seconds": f"{report.seconds:.1f}"}
    console.print(escape(_(MODES[report.mode], **values)), soft_wrap=True)


def verify(
    neo4j: UrlOption,
    workspace: WorkspaceOption = None,
    user: UserOption = "neo4j",
    password_file: PasswordFileOption = None,
    database: DatabaseOption = "neo4j",
) -> None:
    """Prove that a Neo4j server holds exactly the graph it was given."""
    place = workspace_at(workspace)
    report = verify_graph(place, Target(neo4j, read_password(password_file), user, database))
    console.print(_sides(report))
    if report.same:
        counts = {"nodes": _count(report, edges=False), "edges": _count(report, edges=True)}
        console.print(escape(_(SAME, url=neo4j, version=report.data_version, **counts)), soft_wrap=True)
        return
    _tell_differences(place, report)
    errors.print(escape(_(NOT_SAME, url=neo4j)), style="bold red", soft_wrap=True)
    raise typer.Exit(DIFFERENT)


def read_password(path: Path | None) -> str:
    """Read the password from a file or the environment; never from the command line, which others can see."""
    if path is not None:
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise StoreError(
                N_("The password file {path} cannot be read ({reason})."), path=path, reason=error
            ) from error
    password = os.environ.get(PASSWORD_VARIABLE)
    if not password:
        raise StoreError(
            N_("Give the password in the environment variable {variable} or with --password-file."),
            variable=PASSWORD_VARIABLE,
        )
    return password


def _tell(step: Step) -> None:
    console.print(escape(_(ACTIONS[step.action], rows=f"{step.rows:,}", item=step.item)), soft_wrap=True)


def _sides(report: VerifyReport) -> Table:
    table = Table(_("Name"), _("Here"), _("On the server"), _("Checksum here"), _("Checksum there"), _("Same"))
    for check in report.checks:
        if check.ours or check.theirs:
            same = _("yes") if check.same else _("no")
            counts = f"{check.ours:,}", f"{check.theirs:,}"
            table.add_row(check.item, *counts, check.our_sum, check.their_sum, same)
    return table


def _count(report: VerifyReport, *, edges: bool) -> str:
    """Nodes or edges; the lists kept for hubs are neither."""
    checks = (check for check in report.checks if check.item != "hubs" and ("." in check.item) is edges)
    return f"{sum(check.theirs for check in checks):,}"


def _tell_differences(workspace: Workspace, report: VerifyReport) -> None:
    masks = Masks(Aliases(workspace.aliases))
    for check in report.checks:
        for difference in check.differences:
            console.print(escape(_difference(masks, check, difference)), soft_wrap=True)
    if report.strange_nodes or report.strange_edges:
        console.print(_(STRANGERS, nodes=report.strange_nodes, edges=report.strange_edges), soft_wrap=True)


def _difference(masks: Masks, check: ItemCheck, difference: Difference) -> str:
    said = _(WAYS[difference.what], rows=f"{difference.rows:,}")
    sample = join_words(_shown(masks, key) for key in difference.sample)
    return _("{item}: {said} {sample}", item=check.item, said=said, sample=f"({sample})" if sample else "").rstrip()


def _shown(masks: Masks, key: Key) -> str:
    shown = masks.refs(key)
    return " → ".join(str(shown[ref]) for ref in key)
