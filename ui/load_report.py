"""The load report on a terminal."""

from rich.markup import escape
from rich.table import Table as Grid

from claims.flags import RowFlag
from claims.language import _, join_words, language
from claims.tables import BY_NAME
from loaders.checks.reasons import TITLES
from loaders.oddity_titles import CROSS_TITLES, FLAG_TITLES
from loaders.report import LoadReport, missing_days, note_text
from ui.commands.options import console

DAYS_NAMED = 5


def show_report(report: LoadReport) -> None:
    """Print what was read, what became of it, and what is missing."""
    console.print(_rows(report))
    for lines, title in (
        (_reasons(report), _("In quarantine")),
        (_oddities(report), _("Odd, and kept")),
        (_days(report), _("Days without a row")),
        (_unknown(report), _("Not read")),
        (_readiness(report), _("Detection")),
        ([escape(note_text(note)) for note in report.notes], _("Please note")),
    ):
        if lines:
            console.print(f"[bold]{escape(title)}[/bold]")
            for line in lines:
                console.print(f"  {line}", soft_wrap=True)
    if report.version:
        console.print(_("Data version {number} is in force.", number=report.version), style="bold green")
    else:
        console.print(_("Nothing changed: no new data version."), style="bold yellow")


def table_title(name: str) -> str:
    """Name a table in the reader's language."""
    return BY_NAME[name].title if language() == "zh_CN" else name


def table_label(name: str) -> str:
    """Name a table as commands take it; its title stands beside the name where people read Chinese."""
    return f"{name} {BY_NAME[name].title}" if language() == "zh_CN" else name


def _rows(report: LoadReport) -> Grid:
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    grid.add_column(_("table"))
    for name in (_("rows read"), _("loaded"), _("superseded"), _("unchanged"), _("repeated"), _("quarantined")):
        grid.add_column(name, justify="right")
    for table in report.tables:
        title = table_title(table.table) + (f" {_('(from claim headers)')}" if table.derived else "")
        counts = (table.read, table.loaded, table.superseded, table.unchanged, table.repeated, table.quarantined)
        grid.add_row(escape(title), *(f"{count:,}" for count in counts))
    return grid


def _reasons(report: LoadReport) -> list[str]:
    return [
        f"{table_title(table.table)}: {_(TITLES[code])} {count:,}"
        for table in report.tables
        for code, count in table.reasons.items()
    ]


def _oddities(report: LoadReport) -> list[str]:
    own = [
        f"{table_title(table.table)}: {_(FLAG_TITLES[RowFlag[name.upper()]])} {count:,}"
        for table in report.tables
        for name, count in table.flags.items()
    ]
    cross = [
        f"{table_title(odd.table)}: {_(CROSS_TITLES[odd.flag])} {escape(odd.column)} {odd.rows:,}"
        for odd in report.cross
    ]
    return own + cross


def _days(report: LoadReport) -> list[str]:
    lines = []
    for table in report.tables:
        for column, days in table.days.items():
            gone = missing_days(days)
            if gone:
                named = join_words(str(day) for day in gone[:DAYS_NAMED]) + (" …" if len(gone) > DAYS_NAMED else "")
                lines.append(f"{table_title(table.table)}.{column}: {len(gone):,} ({named})")
    return lines


def _unknown(report: LoadReport) -> list[str]:
    files = [_("{file}: named after no table", file=file.name) for file in report.files if not file.table]
    columns = [
        _("{file}: columns nobody knows: {columns}", file=file.name, columns=join_words(file.unknown))
        for file in report.files
        if file.unknown
    ]
    others = [_("{file}: not a table file", file=name) for name in report.unread]
    return [escape(line) for line in (*files, *columns, *others)]


def _readiness(report: LoadReport) -> list[str]:
    return [
        escape(_("cannot look for {what}: lacks {columns}", what=_(item.title), columns=join_words(item.missing)))
        for item in report.readiness
        if not item.works
    ]
