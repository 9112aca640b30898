"""What a source format is: files in, raw rows of canonical tables out, all text, nothing judged.

A format only says which column goes where. Types, code lists and every other check are the same
for all formats and live in `loaders.checks`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import polars as pl

from claims.table import Table

LINE = "source_line"  # 1-based line (text), sheet row (XLSX) or row number (Parquet) in the source file

Note = tuple[str, Mapping[str, object]]  # a catalogue key and the values that fill it


@dataclass(frozen=True)
class RawFile:
    """One file of a source, made safe to read: decoded, unpacked, structure checked.

    `path` is UTF-8 CSV (comma or tab, header in the first line) or Parquet; `name` is what the
    sender calls it, with the zip member or sheet. Broken lines have been set aside already: `broken`
    is a Parquet file of them (LINE, reason, raw). `gaps` is a NumPy file that turns row numbers into
    line numbers where they are not simply row + `first_line`. `plain` says that no `=`, `@` or `+` is
    in it, so no cell can be a formula; `tidy` that no cell has white space around it, so
    none needs trimming. `notes` are (catalogue key, values) for the load report.
    Always read it through `loaders.source.scan`.
    """

    name: str
    path: Path
    sha256: str
    size: int
    header: tuple[str, ...]
    kind: str = "csv"
    delimiter: str = ","
    first_line: int = 2
    rows: int = 0
    broken: Path | None = None
    gaps: Path | None = None
    plain: bool = False
    tidy: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Source:
    """What an operator pointed at: its prepared files, in name order; `unread` are names left alone.

    `scratch` is a folder that lasts as long as the rows are wanted; formats may stage work in it.
    """

    name: str
    files: tuple[RawFile, ...]
    unread: tuple[str, ...] = ()
    scratch: Path | None = None


@dataclass(frozen=True)
class RawTable:
    """Rows of one canonical table out of one file.

    `rows` is a lazy frame whose columns are canonical names (all `String`, vectors `List`), plus
    `LINE`. `unknown` are source columns used by nobody, `ignored` those the format leaves out by
    name. `derived` rows come from claim headers and never replace a register's own row; of several
    with one key the last is taken. `joined` are further files whose columns were joined into the rows.
    `tidy`: the rows are the cells of a tidy file, as they are.
    """

    table: Table
    file: RawFile
    rows: pl.LazyFrame
    unknown: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    derived: bool = False
    notes: tuple[Note | str, ...] = field(default=())
    joined: tuple[RawFile, ...] = ()
    tidy: bool = False


class Format(Protocol):
    """A kind of source; `loaders.formats.FORMATS` lists them in the order they are tried."""

    name: str
    title: str

    def recognises(self, source: Source) -> bool:
        """Say whether this format can read `source`, by file names and headers alone."""

    def read(self, source: Source) -> Iterator[RawTable]:
        """Yield the raw tables of `source`; raise LoadRefusedError where a file is not what it claims."""
