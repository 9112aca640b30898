"""The load report: what was read, what became of it, what is missing, and what that means for detectors."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from claims.language import translate
from claims.net import NetSummary
from loaders.base import Note
from loaders.measures import Refunds
from loaders.readiness import Readiness

REPORT_JSON = "report.json"


@dataclass(frozen=True)
class FileReport:
    """One file of the source: its table ('' where nobody reads it), columns nobody knows or the format leaves out."""

    name: str
    table: str
    rows: int
    unknown: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    taken_by: int | None = None  # the load that took exactly this file before; it was skipped


@dataclass(frozen=True)
class TableReport:
    """One table: read = loaded + superseded + unchanged + repeated + quarantined.

    `loaded` rows have new keys, `superseded` ones replaced an older row, `unchanged` ones were there
    already, `repeated` ones were there twice in the source. `derived` rows come from claim headers.
    `filled` counts values per column, `days` rows per day for every time column.
    """

    table: str
    derived: bool
    read: int
    loaded: int
    superseded: int
    unchanged: int
    repeated: int
    quarantined: int
    reasons: Mapping[str, int]
    flags: Mapping[str, int]
    rows: int
    filled: Mapping[str, int]
    days: Mapping[str, Mapping[str, int]]
    refunds: Refunds | None = None

    @property
    def completeness(self) -> Mapping[str, float]:
        """Share of rows (0 to 1) that hold a value, per column."""
        return {name: count / self.rows for name, count in self.filled.items()} if self.rows else {}


@dataclass(frozen=True)
class CrossReport:
    """What is odd only in the light of other tables, over the whole data version, by table, flag and column."""

    table: str
    flag: str
    column: str
    rows: int


@dataclass(frozen=True)
class LoadReport:
    """One load. `version` is the data version it made, None where it changed nothing."""

    load_id: int
    version: int | None
    source: str
    format: str
    started: datetime
    seconds: float
    files: tuple[FileReport, ...]
    unread: tuple[str, ...]
    tables: tuple[TableReport, ...]
    notes: tuple[Note | str, ...]
    readiness: tuple[Readiness, ...] = ()
    cross: tuple[CrossReport, ...] = ()
    net: NetSummary | None = None

    @property
    def quarantined(self) -> int:
        """Rows of all tables that could not be used."""
        return sum(table.quarantined for table in self.tables)


def note_text(note: Note | str) -> str:
    """Say a note in the reader's language."""
    return note if isinstance(note, str) else translate(note[0], **note[1])


def as_json(report: LoadReport) -> dict[str, object]:
    """Return the report as plain JSON values; amounts are text, so that they stay decimals."""
    plain: dict[str, object] = json.loads(json.dumps(asdict(report), default=_plain))
    return plain


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def write_json(report: LoadReport, folder: Path) -> Path:
    """Write the report as JSON."""
    path = folder / REPORT_JSON
    path.write_text(json.dumps(as_json(report), ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def missing_days(days: Mapping[str, int]) -> tuple[date, ...]:
    """Return the days between the first and the last that have no row.

    Where most days have none anyway (verdicts, enrolments) no day is missing, and none is named.
    """
    if not days:
        return ()
    there = {date.fromisoformat(day) for day in days}
    first, span = min(there), (max(there) - min(there)).days + 1
    if len(there) * 2 < span:
        return ()
    return tuple(day for n in range(span) if (day := first + timedelta(days=n)) not in there)
