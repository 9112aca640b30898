"""What pages ask about loads: what came in, how complete it is, which days are missing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from claims.catalog import Catalog
from claims.errors import NotFoundError
from claims.table import ColumnType
from claims.tables import BY_NAME
from claims.versions import Load
from claims.workspace import Workspace
from loaders.report import REPORT_JSON, missing_days
from ui.auth.gate import Gate
from ui.auth.roles import Action

# With 7 rows a day on average chance leaves one day in a thousand without any; with fewer it does so often.
ENOUGH_A_DAY = 7.0
_COUNTS = ("read", "loaded", "superseded", "unchanged", "repeated", "quarantined")


@dataclass(frozen=True)
class LoadLine:
    """One load at a glance; `version` is None where it changed nothing."""

    id: int
    started_at: datetime
    seconds: float
    source: str
    version: int | None
    read: int
    loaded: int
    quarantined: int
    missing: Mapping[str, tuple[date, ...]]  # by table.column

    @property
    def missing_days(self) -> tuple[date, ...]:
        """Days without a row in at least one table that should have some every day."""
        return tuple(sorted({day for days in self.missing.values() for day in days}))


@dataclass(frozen=True)
class ColumnLine:
    """How many of a table's rows hold a value in one column (0 to 1)."""

    name: str
    title: str
    share: float
    required: bool


@dataclass(frozen=True)
class TableLine:
    """What one load brought for one table; `days` counts rows per day and time column."""

    table: str
    read: int
    loaded: int
    superseded: int
    unchanged: int
    repeated: int
    quarantined: int
    rows: int
    reasons: Mapping[str, int]
    columns: Sequence[ColumnLine]
    days: Mapping[str, Mapping[date, int]]

    @property
    def missing(self) -> Mapping[str, tuple[date, ...]]:
        """Missing days by time column, of those that have rows enough for an empty day to mean something."""
        counted = {
            name: {day.isoformat(): n for day, n in days.items()}
            for name, days in self.days.items()
            if _per_day(days) >= ENOUGH_A_DAY
        }
        found = {name: missing_days(days) for name, days in counted.items()}
        return {name: days for name, days in found.items() if days}


@dataclass(frozen=True)
class ReadyLine:
    """One kind of detection: whether the data allow it, what it lacks, what would make it better."""

    title: str
    works: bool
    missing: tuple[str, ...]
    better_with: tuple[str, ...]


@dataclass(frozen=True)
class LoadService:
    """Loads behind the guard."""

    gate: Gate
    workspace: Workspace

    def recent(self, limit: int = 30) -> Sequence[LoadLine]:
        """Return the newest loads, newest first; nothing before the first one."""
        self.gate.guard(Action.SEE_RUNS)
        try:
            catalog = Catalog.open(self.workspace.catalog)
        except NotFoundError:
            return ()
        last = catalog.last_load()
        return [_line(catalog.load(number)) for number in range(last, max(0, last - limit), -1)]

    def tables(self, load: int) -> Sequence[TableLine]:
        """Return what load `load` brought, table by table; NotFoundError where there is no such load."""
        self.gate.guard(Action.SEE_RUNS)
        report = Catalog.open(self.workspace.catalog).load(load).report
        return [_table(part) for part in _parts(report, "tables") if part["table"] in BY_NAME]

    def readiness(self, load: int) -> Sequence[ReadyLine]:
        """Return what can be looked for with the data as load `load` left them."""
        self.gate.guard(Action.SEE_RUNS)
        report = self._full_report(load)
        return [
            ReadyLine(part["title"], not part["missing"], tuple(part["missing"]), tuple(part["weaker_without"]))
            for part in _parts(report, "readiness")
        ]

    def _full_report(self, load: int) -> Mapping[str, object]:
        """The report as written after the commit: the catalog's copy was made before the tables could be compared."""
        path = self.workspace.reports / str(load) / REPORT_JSON
        if not path.is_file():
            return Catalog.open(self.workspace.catalog).load(load).report
        found = json.loads(path.read_text("utf-8"))
        return found if isinstance(found, dict) else {}


def _per_day(days: Mapping[date, int]) -> float:
    return sum(days.values()) / ((max(days) - min(days)).days + 1) if days else 0.0


def _parts(report: Mapping[str, object], name: str) -> Sequence[Mapping[str, Any]]:
    found = report.get(name)
    return found if isinstance(found, list) else ()


def _line(load: Load) -> LoadLine:
    tables = [_table(part) for part in _parts(load.report, "tables") if part["table"] in BY_NAME]
    return LoadLine(
        id=load.id,
        started_at=load.started_at,
        seconds=(load.finished_at - load.started_at).total_seconds(),
        source=str(load.report.get("source", "")),
        version=load.version,
        read=sum(table.read for table in tables),
        loaded=sum(table.loaded for table in tables),
        quarantined=sum(table.quarantined for table in tables),
        missing={f"{table.table}.{name}": days for table in tables for name, days in table.missing.items()},
    )


def _table(part: Mapping[str, Any]) -> TableLine:
    filled: Mapping[str, int] = part["filled"]
    rows = int(part["rows"])
    counts = {name: int(part[name]) for name in _COUNTS}
    return TableLine(
        table=part["table"],
        rows=rows,
        reasons=part["reasons"],
        columns=_columns(part["table"], filled, rows),
        days={name: {date.fromisoformat(day): n for day, n in days.items()} for name, days in part["days"].items()},
        **counts,
    )


def _columns(table: str, filled: Mapping[str, int], rows: int) -> Sequence[ColumnLine]:
    declared = [column for column in BY_NAME[table].columns if column.type is not ColumnType.VECTOR]
    return [
        ColumnLine(column.name, column.title, filled.get(column.name, 0) / rows if rows else 0.0, column.required)
        for column in declared
    ]
