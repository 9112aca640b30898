"""`ringhound ledger`: what was done here, and whether anybody changed it since."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from claims.audit import checked_reason
from claims.errors import NotFoundError
from claims.language import N_, _
from claims.ledger import Entry, Head, Kind, entries, prove, public_keys
from claims.ledger.keeper import Keeper
from claims.ledger.schema import leaves
from claims.ledger.witness import as_mail, as_qr, as_text, write
from claims.workspace import LEDGER_KEY_VARIABLE, workspace_at
from ui.commands.options import WorkspaceOption, console

SHOWN = 50
UNSIGNED = N_("Nothing is signed: set {name} to where the key of the ledger is to be.")

ledger = typer.Typer(help=_("What was done here, and whether anybody changed it since."), no_args_is_help=True)


@ledger.command(help=_("Check the whole ledger; exit code 1 where something was changed."))
def verify(
    workspace: WorkspaceOption = None,
    witness: Annotated[
        list[Path] | None,
        typer.Option(
            help=_("Head kept by a witness: JSON file, message (.eml), or a folder of heads."), show_default=False
        ),
    ] = None,
    trust: Annotated[
        list[str] | None,
        typer.Option(help=_("Id of a key that took over after the one before it was lost."), show_default=False),
    ] = None,
) -> None:
    """Check every entry, the tree, all heads and keys, and the rows and loads the ledger vouches for."""
    report = Keeper(workspace_at(workspace)).check(witness or (), trust or ())
    for problem in report.problems:
        console.print(Text(f"✗ {problem}", style="bold red"), soft_wrap=True)
    looked = {"size": report.size, "heads": report.heads, "witnesses": report.witnesses}
    console.print(_("{size} entries, {heads} signed heads, {witnesses} witnessed heads.", **looked), soft_wrap=True)
    if report.size and not report.signed:
        console.print(_(UNSIGNED, name=LEDGER_KEY_VARIABLE), style="yellow", soft_wrap=True)
    if report.problems:
        console.print(_("{count} points do not hold.", count=len(report.problems)), style="bold red")
        raise typer.Exit(1)
    console.print(_("The ledger is whole."))


@ledger.command(help=_("Show the newest signed head, or write it for a witness."))
def head(
    workspace: WorkspaceOption = None,
    out: Annotated[Path | None, typer.Option(help=_("Write it as JSON."), show_default=False)] = None,
    mail: Annotated[Path | None, typer.Option(help=_("Write it as an e-mail (.eml)."), show_default=False)] = None,
    qr: Annotated[Path | None, typer.Option(help=_("Draw it as a QR code (SVG)."), show_default=False)] = None,
) -> None:
    """Bring the ledger up to date and hand out its newest head."""
    found = Keeper(workspace_at(workspace)).keep()
    if found is None:
        raise NotFoundError(UNSIGNED, name=LEDGER_KEY_VARIABLE)
    written = [path for path in (out, mail, qr) if path is not None]
    for path, form in ((out, _json), (mail, as_mail), (qr, as_qr)):
        if path is not None:
            write(path, form(found))
    if not written:
        sys.stdout.write(as_text(found))
    for path in written:
        console.print(_("Written: {path}", path=path), soft_wrap=True)


@ledger.command(help=_("List entries, the newest last."))
def show(
    workspace: WorkspaceOption = None,
    kind: Annotated[Kind | None, typer.Option(help=_("Only entries of this kind."), show_default=False)] = None,
    subject: Annotated[str | None, typer.Option(help=_("Only entries about this."), show_default=False)] = None,
    after: Annotated[int, typer.Option(help=_("Only entries with a higher number."))] = -1,
    limit: Annotated[int, typer.Option(min=1, help=_("At most so many."))] = SHOWN,
    as_lines: Annotated[bool, typer.Option("--json", help=_("Print JSON, one entry a line."))] = False,
) -> None:
    """List what is recorded; personal data are not part of entries, their bodies name fields only."""
    chosen = [leaves.c.number > after]
    chosen += [leaves.c.kind == kind.value] if kind else []
    chosen += [leaves.c.subject == subject] if subject else []
    with Keeper(workspace_at(workspace)).opened() as connection:
        found = list(entries(connection, *chosen, limit=limit))
    if as_lines:
        for entry in found:
            sys.stdout.write(json.dumps({"index": entry.index, **entry.leaf.as_json()}, ensure_ascii=False) + "\n")
        return
    console.print(_table(found) if found else _("No entries."))


@ledger.command("prove", help=_("Write the proof that an entry is in the ledger, for a receiver to check."))
def prove_command(
    index: Annotated[int, typer.Argument(min=0, help=_("Number of the entry."))],
    out: Annotated[Path, typer.Option(help=_("File to write."), show_default=False)],
    workspace: WorkspaceOption = None,
) -> None:
    """Write leaf, path and signed head, with the public keys beside them."""
    with Keeper(workspace_at(workspace)).opened() as connection:
        proof, keys = prove(connection, index), public_keys(connection)
    write(out, (json.dumps(proof.as_json(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())
    console.print(_("Written: {path}", path=out), soft_wrap=True)
    for key in keys:
        console.print(_("Key {id}: {public}", id=key.id, public=key.public), soft_wrap=True)


@ledger.command(help=_("Put a new signing key in force; the old one signs it and is overwritten."))
def rotate(
    reason: Annotated[str, typer.Option(help=_("Why."), show_default=False)],
    workspace: WorkspaceOption = None,
    lost: Annotated[bool, typer.Option("--lost", help=_("The old key is lost; the change stays visible."))] = False,
) -> None:
    """Make a key, have the old one sign it, and sign with the new one from now on."""
    given = checked_reason(reason)
    found = Keeper(workspace_at(workspace)).rotate(reason=given, lost=lost)
    console.print(_("Key {id} signs from entry {index} on.", id=found.key, index=found.size - 1), soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(ledger, name="ledger")


def _json(head: Head) -> bytes:
    return as_text(head).encode()


def _table(found: list[Entry]) -> Table:
    table = Table(box=None, header_style="bold")
    for title in (_("No."), _("Time (UTC)"), _("Kind")):
        table.add_column(title, no_wrap=True)
    for title in (_("About"), _("Who"), _("Reason")):
        table.add_column(title, overflow="fold")
    for entry in found:
        leaf = entry.leaf
        row = (str(entry.index), leaf.at[:19].replace("T", " "), leaf.kind, leaf.subject, leaf.actor, leaf.reason)
        table.add_row(*map(Text, row))
    return table
