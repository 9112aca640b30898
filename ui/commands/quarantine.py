"""`ringhound quarantine`: rows that could not be used — list, export for the sender, try again."""

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table as Grid

from claims.audit import Act, Audit, Detail
from claims.errors import NotFoundError
from claims.language import N_, _
from claims.masking import mask_value
from claims.tables import BY_NAME
from claims.workspace import workspace_at
from loaders import correction
from loaders.options import Options
from loaders.quarantine import Entry, entries
from loaders.retry import retry
from ui.commands.load import EncodingOption, WaitOption, bars, show
from ui.commands.options import WorkspaceOption, console
from ui.load_report import table_title

LoadOption = Annotated[int | None, typer.Option("--load", help=_("Only rows of this load."), show_default=False)]
TableOption = Annotated[str | None, typer.Option("--table", help=_("Only rows of this table."), show_default=False)]

quarantine = typer.Typer(no_args_is_help=True, help=_("Rows that could not be used: list, export, try again."))


@quarantine.command("list", help=_("List the rows in quarantine."))
def list_entries(
    load: LoadOption = None,
    table: TableOption = None,
    limit: Annotated[int, typer.Option(help=_("How many rows to show."))] = 50,
    workspace: WorkspaceOption = None,
) -> None:
    """List where each row stands and why it cannot be used; values stay hidden in personal columns."""
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for name in (_("row"), _("table"), _("file"), _("line"), _("reason")):
        grid.add_column(name)
    found = entries(workspace_at(workspace), load, _known(table))
    count = 0
    for entry in islice(found, limit):
        count += 1
        grid.add_row(
            entry.id, table_title(entry.table), escape(entry.file), str(entry.line), escape(shown(entry).sentence)
        )
    left = sum(1 for _entry in found)
    console.print(grid if count else _("The quarantine is empty."))
    if left:
        console.print(_("… and {count} more", count=left), style="dim")


@quarantine.command("export", help=_("Write the rows to a CSV or XLSX file for the sender."))
def export_entries(
    out: Annotated[Path, typer.Argument(help=_("File to write: .csv or .xlsx."), show_default=False)],
    load: LoadOption = None,
    table: TableOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write the rows whole, with file, line, field and reason; correct the file and give it to `retry`."""
    place = workspace_at(workspace)
    kept = entries(place, load, _known(table))
    # The sender's own values go back to the sender unmasked: that is written down before the file is.
    details: dict[str, Detail] = {"table": table or "", "load": load or 0, "file": str(out.resolve())}
    Audit(place.audit).append(Act.EXPORT, "quarantine", details=details)
    count = correction.export(out, kept)
    console.print(_("{count} rows written to {path}.", count=count, path=out), soft_wrap=True)


@quarantine.command("retry", help=_("Try the rows again: as they are, or from a corrected export."))
def retry_entries(
    file: Annotated[Path | None, typer.Argument(help=_("The corrected export."), show_default=False)] = None,
    load: LoadOption = None,
    wait: WaitOption = 0.0,
    encoding: EncodingOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Load the rows that pass now; the others stay in quarantine."""
    place = workspace_at(workspace)
    with bars(quiet=False) as progress:
        done = retry(place, load, file, Options(wait=wait, encoding=encoding, progress=progress))
    show(done.report, place, as_text=False)
    console.print(
        _("{resolved} rows resolved, {staying} stay in quarantine.", resolved=done.resolved, staying=done.staying)
    )


def shown(entry: Entry) -> Entry:
    """Mask the offending value where its column is personal."""
    if entry.value is None or entry.field not in BY_NAME[entry.table].names:
        return entry
    return replace(entry, value=str(mask_value(entry.table, entry.field, entry.value)))


def _known(table: str | None) -> str | None:
    if table is not None and table not in BY_NAME:
        raise NotFoundError(N_("There is no table {table}."), table=table)
    return table


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(quarantine, name="quarantine")
