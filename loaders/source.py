"""What an operator points at, made safe to read: unpacked, decoded, hashed, broken lines set aside."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import polars as pl

from claims.errors import LoadRefusedError
from claims.language import N_
from loaders.base import LINE, RawFile, Source
from loaders.readers import magic
from loaders.readers.containers import (
    PARQUET_SUFFIXES,
    SHEET_SUFFIXES,
    Found,
    find,
    unpack_gzip,
)
from loaders.readers.delimited import Layout, read_delimited
from loaders.readers.limits import LIMITS, Limits
from loaders.readers.parquet import as_text, read_parquet
from loaders.readers.text import ENCODINGS
from loaders.readers.xlsx import read_xlsx

ROW = "_row"
READERS = 2  # files read at once: hashing and NumPy let go of the interpreter, memory stays small


def prepare(
    path: Path,
    scratch: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = LIMITS,
    seen: Callable[[str], None] = lambda name: None,
) -> Source:
    """Read the files of a folder, a zip or one file; copies it has to make go to `scratch`.

    Raises NotFoundError when nothing is there, LoadRefusedError when a file is not what it claims to
    be: damaged, cut short, of two encodings, a bomb, spoiled by a spreadsheet program. `encoding`
    (utf-8 or gb18030) and `delimiter` end the judging where a sender's files are known; `seen`
    hears of each file before it is read.
    """
    layout = Layout(_encoding(encoding), delimiter)
    scratch.mkdir(parents=True, exist_ok=True)
    every = find(path, Path(mkdtemp(dir=scratch)), limits)
    wanted = [found for found in every if found.readable and _is_table(found)]
    folders = [Path(mkdtemp(dir=scratch)) for _ in wanted]

    def read(found: Found, folder: Path) -> list[RawFile]:
        seen(found.name)
        return _read(found, folder, layout, limits)

    # A thread begins without the language of whoever asked; each call gets a copy of its context.
    contexts = [copy_context() for _ in wanted]
    with ThreadPoolExecutor(READERS) as readers:
        files = [
            file
            for read_files in readers.map(lambda context, *args: context.run(read, *args), contexts, wanted, folders)
            for file in read_files
        ]
    unread = tuple(found.name for found in every if found not in wanted)
    return Source(path.name, tuple(files), unread, scratch)


def scan(file: RawFile) -> pl.LazyFrame:
    """Return the rows of a prepared file: every column as text (lists stay lists), plus `LINE`."""
    if file.kind == "parquet":
        schema = pl.scan_parquet(file.path).collect_schema()
        columns = [as_text(old, kind).alias(new) for (old, kind), new in zip(schema.items(), file.header, strict=True)]
        return pl.scan_parquet(file.path, row_index_name=ROW).select(*columns, _line(file))
    rows = pl.scan_csv(
        file.path,
        separator=file.delimiter,
        infer_schema=False,
        row_index_name=ROW,
        with_column_names=lambda _: list(file.header),
        glob=False,
    )
    return rows.select(*file.header, _line(file))


def _line(file: RawFile) -> pl.Expr:
    row = pl.col(ROW).cast(pl.Int64)
    if file.gaps is None:
        return (row + file.first_line).alias(LINE)
    starts, ahead = np.load(file.gaps)
    shifts = np.concatenate([[0], ahead])

    def number(rows: pl.Series) -> pl.Series:
        values = rows.to_numpy()
        return pl.Series(values + file.first_line + shifts[np.searchsorted(starts, values, side="right")])

    return row.map_batches(number, return_dtype=pl.Int64, is_elementwise=True).alias(LINE)


def _encoding(name: str | None) -> str | None:
    if name is None:
        return None
    if name.lower() not in ENCODINGS:
        raise LoadRefusedError(N_("{encoding} is not an encoding that is read: utf-8 or gb18030."), encoding=name)
    return ENCODINGS[name.lower()]


def _is_table(found: Found) -> bool:
    """Say whether a `.txt` looks like a table; every other readable suffix promises one."""
    if found.suffix != ".txt" or found.name.lower().endswith(".gz"):
        return True
    with found.path.open("rb") as stream:
        first = stream.readline(1 << 16)
    return b"\t" in first or first.count(b",") > 1


def _read(found: Found, scratch: Path, layout: Layout, limits: Limits) -> list[RawFile]:
    path = found.path
    if path.stat().st_size == 0:
        raise LoadRefusedError(N_("{file} is empty: its first line must name the columns."), file=found.name)
    if found.name.lower().endswith(".gz"):
        path = unpack_gzip(found, scratch, limits)
    magic.expect(found.name, path, found.suffix)
    if found.suffix in PARQUET_SUFFIXES:
        return [read_parquet(found.name, path, limits)]
    if found.suffix in SHEET_SUFFIXES:
        return read_xlsx(found.name, path, scratch, limits)
    return [read_delimited(found.name, path, scratch, layout)]
