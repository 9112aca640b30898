"""The format a mapping makes: its files' rows as canonical raw tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from claims.language import N_, join_words
from loaders.base import Format, Note, RawFile, RawTable, Source
from loaders.mapping.fields import Fields, kept
from loaders.mapping.frames import MappedFile, find_column, read
from loaders.mapping.model import FileMap, Filter, Lookup, MappingError, SourceMap, TableMap, name_matches
from loaders.mapping.registers import Entry, derived_rows, mapped_rows

UNMAPPED_FILE = N_("{file} is named nowhere in the mapping {mapping}: map it, or list it under ignore_files.")
NOTHING_MAPPED = N_("No file of {source} fits the mapping {mapping}.")
WITHOUT = N_("{rows} rows of {file} were left out: {column} is {values}.")
ONLY_WITH = N_("{rows} rows of {file} were left out: {column} is none of {values}.")
EMPTY = N_("{rows} rows of {file} were left out: {column} is empty.")
NOT_USED = N_("{file} was recognised and is not used: no table takes its rows.")
LACKS = N_("{file}: the mapping does not fill what the table {table} requires: {columns}.")


@dataclass(frozen=True)
class Report:
    """What the load report says of one file."""

    unknown: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass
class MappedFormat:
    """Reads what a mapping describes; files it does not name go to `rest`, or refuse the load."""

    name: str
    title: str
    map: SourceMap
    rest: Format | None = None

    @classmethod
    def of(cls, source_map: SourceMap, rest: Format | None = None) -> "MappedFormat":
        """Make the format of a mapping."""
        return cls(source_map.name, source_map.title, source_map, rest)

    def recognises(self, source: Source) -> bool:
        """Say whether a file fits an entry that fills tables."""
        return any((entry := self.map.file_map(file)) and entry.tables for file in source.files)

    def read(self, source: Source) -> Iterator[RawTable]:
        """Yield the mapped tables, then the registers derived from them, then what `rest` reads."""
        if not self.recognises(source):
            raise MappingError(NOTHING_MAPPED, source=source.name, mapping=self.map.name)
        files = self._mapped(source)
        left = self._left_over(source, files)
        looked_up = {file.name for item in files for group in item.beside.values() for file in group}
        idle = [item.file.name for item in files if not item.map.tables and item.file.name not in looked_up]
        notes: list[Note] = [(NOT_USED, {"file": name}) for name in idle]
        for table in self._tables(source, files):
            yield replace(table, notes=(*table.notes, *notes))
            notes = []
        if left and self.rest is not None:
            yield from self.rest.read(replace(source, files=left))

    def _tables(self, source: Source, files: Sequence[MappedFile]) -> Iterator[RawTable]:
        """Yield all tables; what is to be said of a file goes with the first table out of it."""
        reports = {item.file.name: _report(item, files) for item in files}
        for item, table, rows in self._rows(files):
            report = reports.pop(item.file.name, Report())
            joined = tuple(file for group in item.beside.values() for file in group)
            yield RawTable(
                table=table.table,
                file=item.file,
                rows=rows,
                unknown=report.unknown,
                ignored=report.ignored,
                derived=table.derived,
                notes=report.notes,
                joined=() if table.derived else joined,
            )

    def _rows(self, files: Sequence[MappedFile]) -> Iterator[tuple[MappedFile, TableMap, pl.LazyFrame]]:
        for item in files:
            for table in item.map.tables:
                if not table.derived:
                    _check_required(item, table)
                    yield item, table, mapped_rows(item, table)
        entries = [Entry(item, table) for item in files for table in item.map.tables if table.derived]
        for entry, rows in derived_rows(entries):
            yield entry.file, entry.map, rows

    def _mapped(self, source: Source) -> list[MappedFile]:
        found = [(file, entry) for file in source.files if (entry := self.map.file_map(file)) is not None]
        return [MappedFile(file, entry, self.map, self._beside(entry, source), source.scratch) for file, entry in found]

    def _beside(self, entry: FileMap, source: Source) -> dict[str, tuple[RawFile, ...]]:
        return {
            lookup.name: tuple(file for file in source.files if self._is_lookup(file, lookup))
            for lookup in entry.lookups
        }

    def _is_lookup(self, file: RawFile, lookup: Lookup) -> bool:
        """Say whether the file bears the name, or was recognised by its header as the entry of that name."""
        entry = self.map.file_map(file)
        return name_matches(file.name, lookup.patterns) or (entry is not None and entry.patterns == lookup.patterns)

    def _left_over(self, source: Source, files: Sequence[MappedFile]) -> tuple[RawFile, ...]:
        used = {item.file.name for item in files}
        used |= {file.name for item in files for group in item.beside.values() for file in group}
        left = tuple(
            file
            for file in source.files
            if file.name not in used and not name_matches(file.name, self.map.ignore_files)
        )
        if left and self.rest is None:
            raise MappingError(UNMAPPED_FILE, file=left[0].name, mapping=self.map.name)
        return left


def _check_required(item: MappedFile, table: TableMap) -> None:
    filled = Fields(table, item.resolve).expressions()
    missing = [column.name for column in table.table.columns if column.required and column.name not in filled]
    if missing:
        raise MappingError(LACKS, file=item.file.name, table=table.table.name, columns=join_words(missing))


def _report(item: MappedFile, files: Sequence[MappedFile]) -> Report:
    read_by_others = {
        item.source.fold(name)
        for other in files
        for lookup in other.map.lookups
        if item.file in other.beside[lookup.name]
        for name in _looked_up(other, lookup.name)
    }
    used = {item.source.fold(name) for name in item.map.columns()} | read_by_others
    ignored = {item.source.fold(name) for name in item.map.ignore} - used
    filters = [condition for table in item.map.tables for condition in table.where]
    own = [name for name in item.file.header if item.source.fold(name) not in used | ignored]
    return Report(
        unknown=(*own, *_unknown_beside(item, {other.file.name for other in files})),
        ignored=tuple(name for name in item.file.header if item.source.fold(name) in ignored),
        notes=tuple(left_out(item.file, filters, item.source)),
    )


def _unknown_beside(item: MappedFile, described: set[str]) -> Iterator[str]:
    """Yield columns nobody uses of lookup files that have no entry of their own."""
    for lookup in item.map.lookups:
        wanted = {item.source.fold(name) for name in (*_looked_up(item, lookup.name), *lookup.ignore)}
        for file in item.beside[lookup.name]:
            if file.name not in described:
                yield from (f"{lookup.name}.{name}" for name in file.header if item.source.fold(name) not in wanted)


def left_out(file: RawFile, filters: Sequence[Filter], source: SourceMap) -> Iterator[Note]:
    """Say for each filter how many rows of the file it leaves out."""
    found = kept(tuple(dict.fromkeys(filters)), lambda name: find_column(file, name, source))
    if not found:
        return
    counts = [(~keep).sum().alias(str(number)) for number, (_item, keep) in enumerate(found)]
    sums = read(file, source).select(counts).collect(engine="streaming").row(0)
    for (item, _keep), rows in zip(found, sums, strict=True):
        if rows:
            yield _left_out(item, file.name, int(rows))


def _left_out(item: Filter, file: str, rows: int) -> Note:
    values: dict[str, object] = {"rows": rows, "file": file, "column": item.column}
    if not item.keep and item.values == ("",):
        return EMPTY, values
    return ONLY_WITH if item.keep else WITHOUT, values | {"values": ", ".join(item.values)}


def _looked_up(item: MappedFile, name: str) -> list[str]:
    """Return the columns that `item` reads from its lookup `name`."""
    lookup = next(entry for entry in item.map.lookups if entry.name == name)
    columns = [
        text.partition(".")[2]
        for table in item.map.tables
        for text in table.columns()
        if text.startswith(lookup.name + ".")
    ]
    return [*columns, *lookup.key, *lookup.newest, *(condition.column for condition in lookup.where)]
