"""One load under way: known files are left out; table by table, rows are checked, staged and merged."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from claims.errors import LoadRefusedError
from claims.language import N_
from claims.merge import MergeCounts
from claims.table import Table
from claims.writer import Writer
from loaders import quarantine
from loaders.base import Note, RawFile, RawTable
from loaders.measures import Measures, measure
from loaders.options import Options
from loaders.quarantine import Broken
from loaders.report import TableReport
from loaders.stage import Part, Staged, Unusable, stage

SKIPPED = N_("{file} was taken by load {load} already and was skipped (--again takes it once more).")
TOO_MANY = N_(
    "{table}: {bad} of {rows} rows cannot be used, more than {limit} %. The first: {file}, line {line}: {why}"
)


@dataclass
class Taking:
    """The state of one load between opening the writer and its commit."""

    writer: Writer
    options: Options
    began: datetime = field(default_factory=datetime.now)
    clock: float = field(default_factory=time.monotonic)
    tables: list[TableReport] = field(default_factory=list)
    notes: list[Note | str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)  # skipped file -> the load that took it
    ids: dict[tuple[str, str], int] = field(default_factory=dict)  # (name, SHA-256) -> number in the catalog
    _homes: dict[str, str] = field(default_factory=dict)

    def without_known(self, raws: Sequence[RawTable]) -> list[RawTable]:
        """Leave out tables all of whose files were loaded before, unless they are wanted again."""
        files = {file.name: file for raw in raws for file in files_of(raw)}
        loads = {} if self.options.again else {name: self.writer.known_file(f.sha256) for name, f in files.items()}
        wanted = [raw for raw in raws if any(loads.get(file.name) is None for file in files_of(raw))]
        needed = {file.name for raw in wanted for file in files_of(raw)}
        self.known = {name: load for name, load in loads.items() if load is not None and name not in needed}
        self.notes += [(SKIPPED, {"file": name, "load": load}) for name, load in self.known.items()]
        self._homes = _homes(wanted)
        return wanted

    def take(self, table: Table, raws: Sequence[RawTable]) -> None:
        """Take in the rows of one table; quarantine those that cannot be used."""
        broken = self._broken(table, raws)
        unusable = self.merge(table, raws, broken)
        quarantine.write(self.writer.quarantine_folder(), table.name, unusable, broken)

    def merge(self, table: Table, raws: Sequence[RawTable], broken: Sequence[Broken] = ()) -> list[Unusable]:
        """Check, stage and merge rows, the table's own before those taken from claim headers; return the unusable."""
        unusable: list[Unusable] = []
        for derived in (False, True):
            group = [raw for raw in raws if raw.derived == derived]
            if group:
                unusable += self._take_group(table, group, broken)
                broken = ()  # counted once
        return unusable

    def _take_group(self, table: Table, raws: Sequence[RawTable], broken: Sequence[Broken]) -> tuple[Unusable, ...]:
        parts = [Part(raw, self.file_id(raw.file)) for raw in raws]
        for raw in raws:
            self.notes += [*raw.notes, *(note for file in files_of(raw) for note in file.notes)]
            for file in raw.joined:
                self.file_id(file)
        folder = self.writer.staging / "rows" / f"{table.name}-{len(self.tables)}"
        staged = stage(table, parts, folder, self.options.now or self.began, self._seen(table, raws))
        measured = measure(table, staged.folder)
        self._judge(table, staged, measured, broken)
        self.options.progress("merge", table.name, 0, measured.rows)
        derived = raws[0].derived
        counts = self.writer.merge(table.name, staged.folder, derived=derived)
        self.tables.append(_report(staged, measured, counts, derived, broken))
        return staged.unusable

    def _seen(self, table: Table, raws: Sequence[RawTable]) -> Callable[[int], None]:
        total = sum(raw.file.rows for raw in raws)
        done = 0

        def seen(rows: int) -> None:
            nonlocal done
            done += rows
            self.options.progress("check", table.name, done, total)

        return seen

    def file_id(self, file: RawFile) -> int:
        """Return the catalog's number of a file, registering it once."""
        key = (file.name, file.sha256)
        if key not in self.ids:
            self.ids[key] = self.writer.add_file(file.name, file.sha256, file.size)
        return self.ids[key]

    def _broken(self, table: Table, raws: Sequence[RawTable]) -> list[Broken]:
        """List the files with broken lines that are counted with this table."""
        files = {file.name: file for raw in raws for file in files_of(raw)}
        return [
            (file, self.file_id(file))
            for name, file in files.items()
            if file.broken and self._homes[name] == table.name
        ]

    def _judge(self, table: Table, staged: Staged, measured: Measures, broken: Sequence[Broken]) -> None:
        """Refuse the load when more than the limit is unusable; a single bad row never stops a load."""
        bad = sum(quarantine.reason_counts(staged.unusable, broken).values())
        rows = bad + measured.rows + staged.repeated
        if bad > 1 and bad * 100 > self.options.max_bad * rows:
            first = quarantine.first(staged.unusable, broken)
            limit = f"{self.options.max_bad:g}"
            raise LoadRefusedError(TOO_MANY, table=table.name, bad=bad, rows=rows, limit=limit, **first)


def files_of(raw: RawTable) -> tuple[RawFile, ...]:
    """Return all files a raw table's rows come from."""
    return (raw.file, *raw.joined)


def _homes(raws: Sequence[RawTable]) -> dict[str, str]:
    """Say with which table each file's broken lines are counted: the one it is the main file of."""
    homes: dict[str, str] = {}
    for raw in sorted(raws, key=lambda raw: raw.derived):
        homes.setdefault(raw.file.name, raw.table.name)
    for raw in raws:
        for file in raw.joined:
            homes.setdefault(file.name, raw.table.name)
    return homes


def _report(
    staged: Staged, measured: Measures, counts: MergeCounts, derived: bool, broken: Sequence[Broken]
) -> TableReport:
    reasons = quarantine.reason_counts(staged.unusable, broken)
    bad = sum(reasons.values())
    return TableReport(
        table=staged.table.name,
        derived=derived,
        read=measured.rows + staged.repeated + bad,
        loaded=counts.new,
        superseded=counts.superseded,
        unchanged=counts.unchanged,
        repeated=staged.repeated,
        quarantined=bad,
        reasons=reasons,
        flags=measured.flags,
        rows=measured.rows,
        filled=measured.filled,
        days=measured.days,
        refunds=measured.refunds,
    )
