"""The load report as a page: one self-contained file per language, without outside references."""

import contextvars
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from claims.flags import RowFlag
from claims.language import LANGUAGES, join_words, language, set_language, translate
from claims.tables import BY_NAME
from loaders.checks.reasons import TITLES
from loaders.oddity_titles import CROSS_TITLES, FLAG_TITLES
from loaders.report import LoadReport, missing_days, note_text

MONTHS_SHOWN = 24  # the latest; earlier ones are summed up


@dataclass(frozen=True)
class Day:
    """One day of a coverage strip: how many rows, and how that compares with the fullest day (0 to 4)."""

    date: date
    rows: int
    level: int

    @property
    def weekend(self) -> bool:
        """Whether it is a Saturday or Sunday."""
        return self.date.weekday() >= 5


@dataclass(frozen=True)
class Month:
    """One line of a coverage strip; days outside the data's first and last are None."""

    name: str
    days: tuple[Day | None, ...]


def write_html(report: LoadReport, folder: Path) -> list[Path]:
    """Write the report in every language; return the files."""
    paths = []
    for code in LANGUAGES:
        path = folder / f"report.{code}.html"
        path.write_text(contextvars.copy_context().run(render, report, code), encoding="utf-8")
        paths.append(path)
    return paths


def render(report: LoadReport, code: str) -> str:
    """Return the page in one language."""
    set_language(code)
    return _page().render(
        report=report,
        _=translate,
        language=code.replace("_", "-"),
        title=_title,
        column_title=_column_title,
        note_text=note_text,
        reason=lambda code: translate(TITLES[code]),
        flag=lambda name: translate(FLAG_TITLES[RowFlag[name.upper()]]),
        cross=lambda name: translate(CROSS_TITLES[name]),
        months=months,
        earlier=earlier,
        missing_days=missing_days,
    )


@cache
def _page() -> Template:
    loader = PackageLoader("loaders", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = join_words
    return environment.get_template("report.html.j2")


def _title(table: str) -> str:
    return BY_NAME[table].title if language() == "zh_CN" else table.replace("_", " ")


def _column_title(table: str, column: str) -> str:
    return f"{BY_NAME[table].column(column).title} {column}" if language() == "zh_CN" else column


def months(days: Mapping[str, int]) -> tuple[Month, ...]:
    """Lay days out by month, the latest months only."""
    if not days:
        return ()
    counts = {date.fromisoformat(day): rows for day, rows in days.items()}
    first, last, most = min(counts), max(counts), max(counts.values())
    shown = list(_months_between(first, last))[-MONTHS_SHOWN:]
    return tuple(Month(f"{year}-{month:02}", tuple(_days(year, month, counts, most))) for year, month in shown)


def earlier(days: Mapping[str, int]) -> int:
    """Count the rows before the months shown."""
    shown = months(days)
    return sum(rows for day, rows in days.items() if day[:7] < shown[0].name) if shown else 0


def _months_between(first: date, last: date) -> Iterator[tuple[int, int]]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield number // 12, number % 12 + 1


def _days(year: int, month: int, counts: Mapping[date, int], most: int) -> Iterator[Day | None]:
    first, last = min(counts), max(counts)
    for number in range(1, monthrange(year, month)[1] + 1):
        day = date(year, month, number)
        rows = counts.get(day, 0)
        yield Day(day, rows, -(-4 * rows // most)) if first <= day <= last else None
