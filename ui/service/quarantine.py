"""What pages ask about rows that could not be used: list, take out for the sender, try again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from claims.audit import Act, Audit, Detail, checked_reason
from claims.errors import NotFoundError
from claims.language import N_
from claims.masking import mask_value
from claims.tables import BY_NAME, TABLES
from claims.workspace import Workspace
from loaders import correction
from loaders.options import Options
from loaders.quarantine import Entry, entries, resolved
from loaders.retry import retry
from ui.auth.gate import Gate
from ui.auth.roles import Action

FORMS = ("csv", "xlsx")
NOBODYS = ""  # no region can be told of a row that does not read: such rows are for those who see every region
WAIT_SECONDS = 5.0  # for another load to finish, before the page says that one is running


@dataclass(frozen=True)
class WaitingRows:
    """How many rows of one load and table wait in quarantine."""

    load: int
    table: str
    rows: int


@dataclass(frozen=True)
class QuarantineRow:
    """One row in quarantine; the offending value is masked where its column is personal."""

    id: str
    table: str
    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class TriedAgain:
    """What came of trying rows again."""

    resolved: int
    staying: int
    version: int | None


@dataclass(frozen=True)
class QuarantineService:
    """The quarantine behind the guard."""

    gate: Gate
    workspace: Workspace

    def waiting(self) -> Sequence[WaitingRows]:
        """Count the rows that wait, newest load first."""
        self.gate.guard(Action.SEE_RUNS)
        done = resolved(self.workspace)
        gone = {(load, table): n for load, table, n in done.group_by("load", "table").len().iter_rows()}
        found = [
            WaitingRows(load, table, _rows(path) - gone.get((load, table), 0))
            for load in self._loads()
            for table in BY_NAME
            if (path := self.workspace.quarantine / str(load) / f"{table}.parquet").is_file()
        ]
        return [part for part in found if part.rows > 0]

    def page(self, load: int, table: str, number: int, size: int) -> Sequence[QuarantineRow]:
        """Return page `number` (from 1) of the rows of one load and table."""
        self.gate.guard(Action.SEE_QUARANTINE, NOBODYS)
        start = (max(1, number) - 1) * size
        return [_shown(entry) for entry in islice(entries(self.workspace, load, _known(table)), start, start + size)]

    def file(self, load: int, table: str, form: str, reason: str) -> bytes:
        """Return the rows whole as a file for the sender; who took them out and why is written down first."""
        account = self.gate.guard(Action.EXPORT_QUARANTINE, NOBODYS)
        given = checked_reason(reason)
        if form not in FORMS:
            raise ValueError(form)
        details: dict[str, Detail] = {"table": _known(table), "load": load, "form": form}
        Audit(self.workspace.audit).append(Act.EXPORT, "quarantine", reason=given, details=details, user=account.name)
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"quarantine.{form}"
            correction.export(path, entries(self.workspace, load, table))
            return path.read_bytes()

    def retry(self, load: int | None = None, name: str = "", content: bytes | None = None) -> TriedAgain:
        """Try the rows again as they are, or as the corrected export `content` has them."""
        self.gate.guard(Action.RETRY_QUARANTINE, NOBODYS)
        options = Options(wait=WAIT_SECONDS)
        if content is None:
            done = retry(self.workspace, load, None, options)
        else:
            with TemporaryDirectory() as folder:
                path = Path(folder) / ("corrected" + Path(name).suffix.lower())
                path.write_bytes(content)
                done = retry(self.workspace, load, path, options)
        return TriedAgain(done.resolved, done.staying, done.report.version)

    def _loads(self) -> Sequence[int]:
        if not self.workspace.quarantine.is_dir():
            return ()
        names = [path.name for path in self.workspace.quarantine.iterdir() if path.name.isdigit()]
        return sorted(map(int, names), reverse=True)


def _rows(path: Path) -> int:
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def _known(table: str) -> str:
    if table not in {declared.name for declared in TABLES}:
        raise NotFoundError(N_("There is no table {table}."), table=table)
    return table


def _shown(entry: Entry) -> QuarantineRow:
    value = entry.value or ""
    if entry.field in BY_NAME[entry.table].names:
        value = str(mask_value(entry.table, entry.field or "", value))
    shown = replace(entry, value=value)
    return QuarantineRow(entry.id, entry.table, entry.file, entry.line, entry.field or "", value, shown.sentence)
