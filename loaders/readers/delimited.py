"""Comma- or tab-separated text: one pass that hashes, judges the encoding and finds broken lines."""

import csv
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from claims.errors import LoadRefusedError
from claims.language import N_
from loaders.base import RawFile
from loaders.readers import text
from loaders.readers.broken import BrokenLines, HopelessError
from loaders.readers.limits import BLOCK, MAX_COLUMNS, MAX_LINE
from loaders.readers.lines import LineTooLongError, Scan
from loaders.readers.names import normal

SIGNS = (b"=", b"@", b"+")


@dataclass(frozen=True)
class Header:
    """The first line: names, separator, and how many bytes it takes."""

    names: tuple[str, ...]
    delimiter: str
    size: int


@dataclass(frozen=True)
class Layout:
    """What is known of a text beforehand; None is judged from its content."""

    encoding: str | None = None
    delimiter: str | None = None


UNKNOWN = Layout()


@dataclass(frozen=True)
class Walked:
    """What one pass over the bytes found beside their structure."""

    sha256: str
    plain: bool
    tidy: bool


def read_delimited(name: str, path: Path, scratch: Path, layout: Layout = UNKNOWN) -> RawFile:
    """Check the text at `path` and return it ready to be scanned; LoadRefusedError if it is not what it claims."""
    try:
        if layout.encoding == text.GB18030:
            return _as_gb18030(name, path, scratch, layout)
        return _examine(name, path, path, scratch, layout)
    except text.BadByteError as error:
        bad = error
    if layout.encoding is None:
        try:
            return _as_gb18030(name, path, scratch, layout)
        except text.BadByteError as error:
            bad = max(bad, error, key=lambda found: found.offset)  # the encoding that got further
    if text.ends_inside_character(path, bad.offset):
        raise _cut_short(name)
    raise text.refuse_bytes(name, path, bad.offset)


def _as_gb18030(name: str, path: Path, scratch: Path, layout: Layout) -> RawFile:
    with path.open("rb") as stream:
        if stream.read(3) == text.BOM:
            raise text.BadByteError(0)
    decoded = scratch / f"{path.stem}.utf8.csv"
    text.gb18030_to_utf8(path, decoded, trusted=layout.encoding is not None)
    return _examine(name, decoded, path, scratch, layout)


def _examine(name: str, path: Path, original: Path, scratch: Path, layout: Layout) -> RawFile:
    """Walk UTF-8 text once; `original` is the file as it came, whose hash is the file's name in the catalog."""
    before = original.stat()
    header = _header(name, path, layout)
    with BrokenLines(scratch / f"{path.stem}.broken.parquet", header.delimiter, len(header.names)) as broken:
        scan = Scan(len(header.names), header.delimiter.encode(), broken.add, header.size, 2)
        try:
            walked = _walk(name, path, scan, broken)
        except LineTooLongError as error:
            raise _too_long(name, error.line) from None
        except HopelessError as error:
            raise _hopeless(name, error) from None
    if scan.unfinished:
        raise _cut_short(name)
    _unchanged(name, original, before)
    return RawFile(
        name=name,
        path=_without(path, scan.removed, scratch),
        sha256=walked.sha256 if path == original else _sha256(original),
        size=before.st_size,
        header=header.names,
        delimiter=header.delimiter,
        rows=scan.rows,
        broken=broken.path if broken.count else None,
        gaps=_gaps(scan, scratch / f"{path.stem}.gaps.npy"),
        plain=walked.plain,
        tidy=walked.tidy,
    )


def _walk(name: str, path: Path, scan: Scan, broken: BrokenLines) -> Walked:
    """Feed the text to `scan`; return its SHA-256 and what its cells are like."""
    digest = hashlib.sha256()
    plain = True
    with path.open("rb") as stream, ThreadPoolExecutor(1) as hasher:
        digest.update(stream.read(scan.position))
        pending = hasher.submit(digest.update, b"")
        carried, offset = b"", scan.position
        for block, last in _blocks(stream.fileno(), offset):
            pending.result()
            pending = hasher.submit(digest.update, block)
            _no_nul(name, path, block, offset)
            offset += len(block)
            plain = plain and not any(sign in block for sign in SIGNS)
            whole = carried + block
            cut = len(whole) if last else whole.rfind(b"\n") + 1
            text.check_utf8(whole, cut, scan.position)
            carried = scan.feed(whole, last)
            broken.judge(scan.rows)
        pending.result()
    return Walked(digest.hexdigest(), plain, scan.tidy)


def _blocks(descriptor: int, offset: int) -> Iterator[tuple[bytes, bool]]:
    """Yield blocks from `offset` on, each with whether it is the last."""
    block = os.pread(descriptor, BLOCK, offset)
    while True:
        offset += len(block)
        following = os.pread(descriptor, BLOCK, offset) if block else b""
        yield block, not following
        if not following:
            return
        block = following


def _header(name: str, path: Path, layout: Layout) -> Header:
    with path.open("rb") as stream:
        first = stream.readline(MAX_LINE + 1)
    line = first.removeprefix(text.BOM).rstrip(b"\r\n")
    if b"\0" in first:
        raise _nul(name, 1)
    if not line.strip():
        raise LoadRefusedError(N_("{file} is empty: its first line must name the columns."), file=name)
    delimiter = layout.delimiter or ("\t" if line.count(b"\t") > line.count(b",") else ",")
    columns = line.count(delimiter.encode()) + 1
    if len(first) > MAX_LINE or columns > MAX_COLUMNS:
        raise LoadRefusedError(
            N_("{file} has {columns} or more columns; no table has more than {limit}."),
            file=name,
            columns=columns,
            limit=MAX_COLUMNS,
        )
    text.check_utf8(line, len(line), len(first) - len(line) if first.startswith(text.BOM) else 0)
    return Header(header_names(name, _split(name, line.decode(text.UTF8), delimiter)), delimiter, len(first))


def _split(name: str, line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        raise LoadRefusedError(N_("{file}: the line of column names cannot be read."), file=name) from None


def header_names(name: str, cells: list[str]) -> tuple[str, ...]:
    """Normalise column names (full-width forms, white space); the same name twice is refused."""
    names = [normal(cell) or f"#{number}" for number, cell in enumerate(cells, 1)]
    for column in names:
        if names.count(column) > 1:
            raise LoadRefusedError(N_("{file}: the column {column} is there twice."), file=name, column=column)
    return tuple(names)


def _without(path: Path, removed: list[tuple[int, int]], scratch: Path) -> Path:
    """Return `path`, or a copy of it without the byte ranges `removed`."""
    if not removed:
        return path
    clean = scratch / f"{path.stem}.clean.csv"
    at = 0
    with path.open("rb") as source, clean.open("wb") as target:
        for start, end in [*removed, (path.stat().st_size, 0)]:
            source.seek(at)
            left = start - at
            while left > 0 and (block := source.read(min(left, BLOCK))):
                target.write(block)
                left -= len(block)
            at = end
    return clean


def _gaps(scan: Scan, path: Path) -> Path | None:
    if not scan.gap_rows:
        return None
    np.save(path, np.array([scan.gap_rows, scan.gap_lines], dtype=np.int64))
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unchanged(name: str, path: Path, before: os.stat_result) -> None:
    after = path.stat()
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise LoadRefusedError(N_("{file} changed while it was being read."), file=name)


def _no_nul(name: str, path: Path, block: bytes, offset: int) -> None:
    if b"\0" in block:
        raise _nul(name, text.line_at(path, offset + block.index(b"\0")))


def _nul(name: str, line: int) -> LoadRefusedError:
    return LoadRefusedError(
        N_("{file}, line {line}: a NUL byte; the file is damaged or not text."), file=name, line=line
    )


def _cut_short(name: str) -> LoadRefusedError:
    return LoadRefusedError(N_("{file} is cut short: its last line is not complete."), file=name)


def _too_long(name: str, line: int) -> LoadRefusedError:
    return LoadRefusedError(
        N_("{file}, line {line}: the line is longer than {limit} bytes."), file=name, line=line, limit=MAX_LINE
    )


def _hopeless(name: str, error: HopelessError) -> LoadRefusedError:
    return LoadRefusedError(
        N_("{file}: {broken} of its first {lines} lines do not fit the line of column names."),
        file=name,
        broken=error.broken,
        lines=error.lines,
    )
