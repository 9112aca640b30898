"""`ringhound data`: which data versions there are, what they hold, how they differ, and removing old ones."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table as Grid

from claims.audit import Act, Audit, checked_reason
from claims.catalog import Catalog
from claims.cross import FlagCount, flag_counts, row_flag_counts
from claims.diff import TableDiff, diff
from claims.errors import NotFoundError
from claims.language import N_, _, join_words
from claims.net import NetSummary, net_summary
from claims.reader import Claims
from claims.tables import BY_NAME
from claims.vacuum import KEEP_DAYS, vacuum
from claims.versions import DataVersion
from claims.workspace import Workspace, workspace_at
from loaders.oddity_titles import flag_title
from ui.commands.options import WorkspaceOption, console
from ui.load_report import table_label
from ui.rows import RowFormat, mask_keys, read_rows, write_rows

AsOfOption = Annotated[
    int | None, typer.Option("--as-of", metavar="V", help=_("Data version (default: the newest)."), show_default=False)
]
RevealOption = Annotated[
    str | None,
    typer.Option("--reveal", metavar="REASON", help=_("Show personal data; the reason is kept in the audit.")),
]

data = typer.Typer(no_args_is_help=True, help=_("Data versions: list, show, compare, read, and remove old ones."))


@data.command("versions", help=_("List the data versions, newest last, and what keeps them."))
def list_versions(workspace: WorkspaceOption = None) -> None:
    """List the data versions, newest last, and what keeps them."""
    catalog = Catalog.open(workspace_at(workspace).catalog)
    pins: dict[int, list[str]] = {}
    for pin in catalog.pins():
        pins.setdefault(pin.version, []).append(f"{pin.kind} {pin.ref}")
    grid = _grid(_("version"), _("made"), _("load"), _("rows"), _("note"), _("kept for"))
    for version in catalog.versions():
        kept = _("removed {day}", day=f"{version.vacuumed_at:%Y-%m-%d}") if version.vacuumed_at else ""
        grid.add_row(
            str(version.id),
            _moment(version),
            str(version.load_id or ""),
            f"{sum(version.rows.values()):,}",
            escape(version.note),
            kept or escape(join_words(pins.get(version.id, []))),
        )
    console.print(grid)


@data.command("show", help=_("Show one data version: its tables, its files, and what refunds took off."))
def show_version(
    version: Annotated[int | None, typer.Argument(metavar="[V]", show_default=False)] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show one data version (default: the newest): its tables, its files, and what refunds took off."""
    where = workspace_at(workspace)
    claims = Claims.open(where, version)
    found = claims.version
    console.print(
        _("Data version {number} of {moment}: {note}", number=found.id, moment=_moment(found), note=found.note)
    )
    grid = _grid(_("table"), _("rows"), _("Delta version"), _("files"), _("megabytes"))
    for name in (name for name in BY_NAME if name in found.tables):
        stored = claims.stored(name)
        size = sum(file.size for file in stored) / 1_000_000
        grid.add_row(
            table_label(name), f"{found.rows[name]:,}", str(found.tables[name]), str(len(stored)), f"{size:,.1f}"
        )
    console.print(grid)
    if found.load_id is not None:
        for file in Catalog.open(where.catalog).files(found.load_id):
            console.print(_("Source file {number}: {name}", number=file.id, name=file.name), markup=False)
    if "settlements" in found.tables:
        with claims.connect() as connection:
            console.print(_net_grid(net_summary(connection)))


@data.command("diff", help=_("Compare two data versions by key: what was added, removed and changed."))
def diff_versions(
    before: Annotated[int, typer.Argument(metavar="A")],
    after: Annotated[int, typer.Argument(metavar="B")],
    sample: Annotated[int, typer.Option("--sample", min=0, help=_("How many changed keys to name per table."))] = 5,
    workspace: WorkspaceOption = None,
) -> None:
    """Compare two data versions by key: what B added, removed and changed."""
    where = workspace_at(workspace)
    found = diff(Claims.open(where, before), Claims.open(where, after), sample=sample)
    if not found:
        console.print(_("Data versions {before} and {after} hold the same rows.", before=before, after=after))
        return
    grid = _grid(_("table"), _("added"), _("removed"), _("changed"))
    for part in found:
        grid.add_row(table_label(part.table), f"{part.added:,}", f"{part.removed:,}", f"{part.changed:,}")
    console.print(grid)
    _print_samples(found)


@data.command(
    "table", help=_("Show rows of a table as of a data version; personal columns are masked unless a reason is given.")
)
def show_table(
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Name of the table."))],
    as_of: AsOfOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help=_("How many rows, in order of the key."))] = 20,
    net: Annotated[bool, typer.Option("--net", help=_("With refunds taken off (settlements, fee_items)."))] = False,
    form: Annotated[RowFormat, typer.Option("--format", help=_("Format of the rows."))] = RowFormat.TABLE,
    reveal: RevealOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show rows of a table as of a data version; personal columns are masked unless a reason is given."""
    if name not in BY_NAME:
        raise NotFoundError(N_("There is no table {name}; there are: {tables}."), name=name, tables=join_words(BY_NAME))
    where = workspace_at(workspace)
    reason = None if reveal is None else checked_reason(reveal)
    claims = Claims.open(where, as_of)
    if reason is not None:  # written before anything is shown
        _record_reveal(where, claims, name, limit, reason)
    write_rows(console, read_rows(claims, BY_NAME[name], limit, net=net, masked=reason is None), form)


@data.command("vacuum", help=_("Remove old data versions; the newest and those that something rests on stay."))
def vacuum_versions(
    keep_days: Annotated[
        float, typer.Option("--keep-days", min=0, help=_("Keep versions younger than this many days."))
    ] = KEEP_DAYS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only say what would be removed."))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Remove old data versions; the newest and those that a run, ring or referral rests on stay."""
    done = vacuum(workspace_at(workspace), keep_days=keep_days, dry_run=dry_run)
    counts = {"versions": len(done.versions), "files": done.files, "size": f"{done.size / 1_000_000:,.1f}"}
    if dry_run:
        console.print(_("Would remove {versions} data versions, {files} files, {size} MB.", **counts))
    else:
        console.print(_("Removed {versions} data versions, {files} files, {size} MB.", **counts))


@data.command("flags", help=_("Count the oddities by table; with --limit, name rows odd in the light of other tables."))
def show_flags(
    limit: Annotated[int, typer.Option("--limit", min=0, help=_("How many flagged rows to name."))] = 0,
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Count the oddities of a data version by table; with --limit, name rows odd in the light of other tables."""
    with Claims.open(workspace_at(workspace), as_of).connect() as connection:
        console.print(_flag_grid([*row_flag_counts(connection), *flag_counts(connection)]))
        if limit:
            grid = _grid(_("table"), _("key"), _("flag"), _("column"), _("value"))
            query = """
                SELECT table_name, key, flag, column_name, detail FROM flagged
                ORDER BY table_name, flag, column_name, key LIMIT $limit
            """
            for table, key, flag, column, detail in connection.execute(query, {"limit": limit}).fetchall():
                shown = (table_label(table), mask_keys(str(key)), flag_title(flag), column, mask_keys(str(detail)))
                grid.add_row(*map(escape, shown))
            console.print(grid)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(data, name="data")


def _record_reveal(workspace: Workspace, claims: Claims, table: str, limit: int, reason: str) -> None:
    details = {"data_version": claims.version.id, "limit": limit}
    Audit(workspace.audit).append(Act.REVEAL, f"table:{table}", reason=reason, details=details)


def _grid(*titles: str) -> Grid:
    grid = Grid(show_edge=False)
    for title in titles:
        grid.add_column(title)
    return grid


def _moment(version: DataVersion) -> str:
    return f"{version.created_at.astimezone():%Y-%m-%d %H:%M:%S}"


def _net_grid(summary: NetSummary) -> Grid:
    texts: Mapping[str, str] = {
        "gross": _("gross settlements"),
        "refunds": _("refunds taken off"),
        "cancelled": _("cancelled wholly"),
        "partly": _("cancelled in part (amount taken off)"),
        "orphans": _("refunds of settlements that are not in the data"),
        "unreferenced": _("negative, but refer to nothing"),
        "net": _("net settlements"),
    }
    grid = _grid(_("settlements"), _("count"), _("fund, yuan"))
    for name, text in texts.items():
        tally = getattr(summary, name)
        grid.add_row(text, f"{tally.count:,}", f"{tally.fund:,}")
    return grid


def _flag_grid(counts: Sequence[FlagCount]) -> Grid:
    grid = _grid(_("table"), _("flag"), _("column"), _("rows"))
    for count in counts:
        grid.add_row(table_label(count.table), flag_title(count.flag), count.column, f"{count.rows:,}")
    return grid


def _print_samples(found: Sequence[TableDiff]) -> None:
    kinds = {"added": _("added"), "removed": _("removed"), "changed": _("changed")}
    grid = _grid(_("table"), _("change"), _("key"), _("columns"))
    for part in found:
        for change in part.sample:
            grid.add_row(
                table_label(part.table),
                kinds[change.kind],
                escape(mask_keys("/".join(change.key))),
                join_words(change.columns),
            )
    if grid.row_count:
        console.print(grid)
