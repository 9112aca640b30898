"""Lazy frames of a mapped file: its own columns, those of its lookups, its rows that stay."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from pathlib import Path
from tempfile import mkdtemp

import polars as pl

from claims.language import N_
from loaders.base import LINE, RawFile
from loaders.mapping.fields import kept
from loaders.mapping.joining import join_by_shares
from loaders.mapping.model import FileMap, Lookup, MappingError, SourceMap
from loaders.source import scan

SHARE_BYTES = 300_000_000  # of lookup files joined at a time: a hash table takes more than its file
ROW, STAMP, HASH = "__row", "__stamp", "__hash"  # of a lookup's rows: number, time, hash of the key
MISSING_COLUMN = N_("{file} has no column {column}, which the mapping {mapping} reads.")


@dataclass(frozen=True)
class MappedFile:
    """A file together with what the mapping says of it and the files it looks things up in."""

    file: RawFile
    map: FileMap
    source: SourceMap
    beside: dict[str, tuple[RawFile, ...]]
    scratch: Path | None = None

    def own(self, column: str) -> str | None:
        """Return the file's own spelling of a column of the mapping; None when it has none."""
        return find_column(self.file, column, self.source)

    def resolve(self, column: str) -> str | None:
        """Return the frame's name of a column, own or of a lookup; an absent one may be an error."""
        found = self._resolve(column)
        if found is None and not self.source.optional_columns:
            raise MappingError(MISSING_COLUMN, file=self.file.name, column=column, mapping=self.source.name)
        return found

    def _resolve(self, column: str) -> str | None:
        own = self.own(column)
        if own is not None:
            return own
        name, _dot, rest = column.partition(".")
        files = self.beside.get(name, ())
        return column if any(find_column(file, rest, self.source) is not None for file in files) else None

    def frame(self, columns: Sequence[str]) -> pl.LazyFrame:
        """Return `LINE` and the columns (of the mapping) that are present, lookups joined."""
        own = {found for name in columns if (found := self.own(name)) is not None}
        joins = [(lookup, wanted) for lookup in self.map.lookups if (wanted := self._wanted(lookup, columns))]
        own |= {str(self.own(name)) for lookup, _wanted in joins for name in lookup.on}
        rows = read(self.file, self.source).select(LINE, *sorted(own))
        for lookup, wanted in joins:
            rows = self._joined(rows, lookup, wanted)
        return rows

    def _wanted(self, lookup: Lookup, columns: Sequence[str]) -> list[str]:
        """Return the columns to be had from a lookup; none where the file lacks what it is joined on."""
        if not all(self.own(name) is not None for name in lookup.on):
            return []
        return sorted({name for name in columns if name.startswith(lookup.name + ".") and self._resolve(name)})

    def _joined(self, rows: pl.LazyFrame, lookup: Lookup, wanted: list[str]) -> pl.LazyFrame:
        on, files = [str(self.own(name)) for name in lookup.on], self.beside[lookup.name]
        side = lookup_rows(lookup, files, on, wanted, self.source)
        shares = math.ceil(sum(file.size for file in files) / SHARE_BYTES)
        if shares <= 1 or self.scratch is None:
            return rows.join(side, on=on, how="left", maintain_order="left")
        return join_by_shares(rows, side, on, shares, Path(mkdtemp(dir=self.scratch)))


def lookup_rows(
    lookup: Lookup, files: Sequence[RawFile], on: list[str], wanted: Sequence[str], source: SourceMap
) -> pl.LazyFrame:
    """Return one row a key: the key under the names it is joined on, and the wanted columns."""
    parts = []
    for number, file in enumerate(files):
        keys = [_required(file, name, source).alias(as_) for name, as_ in zip(lookup.key, on, strict=True)]
        columns = [_column_or_empty(file, name.partition(".")[2], source).alias(name) for name in wanted]
        time = stamp(file, lookup.newest, source)
        row = (pl.col(LINE).cast(pl.Int64) + (number << 40)).alias(ROW)
        rows = filtered(read(file, source), file, lookup, source)
        parts.append(rows.select(*keys, *columns, time.alias(STAMP), row))
    rows = pl.concat(parts).filter(*(pl.col(name).is_not_null() for name in on))
    return _newest(rows, on).drop(STAMP, ROW)


def _newest(rows: pl.LazyFrame, on: list[str]) -> pl.LazyFrame:
    """Keep the newest row of each key; where nearly all keys have one row, only the others are compared."""
    key = pl.struct(on)
    hashed = key.hash().alias(HASH)
    twice = rows.select(hashed).group_by(HASH).len().filter(pl.col("len") > 1).select(HASH)
    found = twice.collect(engine="streaming")
    if found.is_empty():
        return rows
    doubtful = rows.select(*on, STAMP, ROW, hashed).join(found.lazy(), on=HASH, how="semi")
    older = doubtful.sort(STAMP, ROW).filter(~key.is_last_distinct()).select(ROW)
    return rows.join(older.collect(engine="streaming").lazy(), on=ROW, how="anti")


def read(file: RawFile, source: SourceMap) -> pl.LazyFrame:
    """Scan a file as text, with the mapping's words for empty emptied."""
    rows = scan(file)
    if not source.nulls:
        return rows
    text = pl.col(pl.String)
    filled = reduce(and_, (text != word for word in source.nulls))  # several times faster than is_in
    return rows.with_columns(pl.when(filled).then(text).name.keep())


def filtered(rows: pl.LazyFrame, file: RawFile, lookup: Lookup, source: SourceMap) -> pl.LazyFrame:
    """Return the rows of a lookup's file that stay."""
    conditions = [keep for _item, keep in kept(lookup.where, lambda name: find_column(file, name, source))]
    return rows.filter(*conditions) if conditions else rows


def stamp(file: RawFile, newest: Sequence[str], source: SourceMap) -> pl.Expr:
    """Return the text by which rows of one key are ordered in time."""
    columns = [found for name in newest if (found := find_column(file, name, source)) is not None]
    if not columns:
        return pl.lit("", dtype=pl.String)
    return pl.coalesce(*(pl.col(name) for name in columns), pl.lit(""))


def _required(file: RawFile, column: str, source: SourceMap) -> pl.Expr:
    found = find_column(file, column, source)
    if found is None:
        raise MappingError(MISSING_COLUMN, file=file.name, column=column, mapping=source.name)
    return pl.col(found)


def _column_or_empty(file: RawFile, column: str, source: SourceMap) -> pl.Expr:
    found = find_column(file, column, source)
    return pl.lit(None, dtype=pl.String) if found is None else pl.col(found)


def find_column(file: RawFile, column: str, source: SourceMap) -> str | None:
    """Return the file's own spelling of `column`, or None."""
    wanted = source.fold(column)
    return next((name for name in file.header if source.fold(name) == wanted), None)
