"""XLSX workbooks: each sheet becomes a text file, cell by cell as Excel shows them.

What Excel has already spoiled is refused: a formula where a code belongs, a number that lost digits
because it was too long for a number.
"""

import csv
import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TextIO

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook

from claims.durable import is_full
from claims.errors import LoadRefusedError
from claims.language import N_
from loaders.base import Note, RawFile
from loaders.readers.delimited import header_names
from loaders.readers.limits import LIMITS, MAX_COLUMNS, Limits
from loaders.readers.preamble import split_at_header
from loaders.readers.sheets import Formulas, check_sheets
from loaders.readers.titles import DATES, MEASURES

Cell = str | int | float | bool | datetime | date | time | timedelta
EXACT = 10**15  # Excel keeps 15 significant digits; longer numbers have lost some
NUMBERS_AS_CODES = N_("{file}: the column {column} holds numbers instead of text; leading zeros may be lost.")


@dataclass(frozen=True)
class Sheet:
    """One sheet on its way out: where its text goes and what was odd about it."""

    name: str
    header: tuple[str, ...]
    path: Path
    rows: int
    gaps: Path | None
    numbers: frozenset[str]


def read_xlsx(name: str, path: Path, scratch: Path, limits: Limits = LIMITS) -> list[RawFile]:
    """Read every sheet that has a header; LoadRefusedError for damage, bombs, formulas and lost digits."""
    try:
        formulas = check_sheets(name, path, limits)
        workbook = CalamineWorkbook.from_path(path)
        sheets = [
            sheet
            for number, title in enumerate(workbook.sheet_names)
            if (sheet := _write(name, title, workbook, number, formulas, scratch / f"{path.stem}.{number}"))
        ]
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        if is_full(error):
            raise
        raise LoadRefusedError(N_("{file} is damaged or cut short: {reason}"), file=name, reason=str(error)) from error
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return [_raw_file(name if len(sheets) == 1 else f"{name}#{s.name}", path, digest, s) for s in sheets]


def _raw_file(name: str, path: Path, digest: str, sheet: Sheet) -> RawFile:
    notes: tuple[Note, ...] = tuple(
        (NUMBERS_AS_CODES, {"file": name, "column": column}) for column in sorted(sheet.numbers)
    )
    return RawFile(
        name, sheet.path, digest, path.stat().st_size, sheet.header, rows=sheet.rows, gaps=sheet.gaps, notes=notes
    )


def _write(
    file: str, title: str, workbook: CalamineWorkbook, number: int, formulas: list[Formulas], stem: Path
) -> Sheet | None:
    cells = workbook.get_sheet_by_index(number)
    if cells.start is None:
        return None
    left: list[Cell] = [""] * cells.start[1]
    rows: Iterator[Sequence[Cell]] = ([*left, *row] for row in cells.iter_rows())
    above, first, below = split_at_header(rows)
    header = _header(f"{file}#{title}", first)
    _no_formulas(f"{file}#{title}", header, formulas[number] if number < len(formulas) else {})
    target = stem.with_name(f"{stem.name}.csv")
    with target.open("w", encoding="utf-8", newline="") as stream:
        written = _Writer(f"{file}#{title}", header, stream)
        written.take(below, above + 2)
    gaps = _gaps(written.lines, stem.with_name(f"{stem.name}.gaps.npy"))
    return Sheet(title, header, target, len(written.lines), gaps, frozenset(written.numbers))


def _header(sheet: str, cells: Sequence[str]) -> tuple[str, ...]:
    texts = list(cells)
    while texts and not texts[-1].strip():
        texts.pop()
    if not texts or len(texts) > MAX_COLUMNS:
        raise LoadRefusedError(
            N_("{file}: the first row must name the columns, at most {limit} of them."), file=sheet, limit=MAX_COLUMNS
        )
    return header_names(sheet, texts)


def _no_formulas(sheet: str, header: tuple[str, ...], cells: Formulas) -> None:
    for column, row in cells.items():
        name = header[column] if column < len(header) else ""
        if row == 1 or name not in MEASURES:
            raise LoadRefusedError(
                N_("{file}, row {line}: a formula in the column {column}; paste it as a value."),
                file=sheet,
                line=row,
                column=name or column + 1,
            )


class _Writer:
    """Writes the rows of one sheet as CSV, remembering their row numbers."""

    def __init__(self, sheet: str, header: tuple[str, ...], stream: TextIO) -> None:
        self.sheet, self.header = sheet, header
        self.lines: list[int] = []
        self.numbers: set[str] = set()
        self._csv = csv.writer(stream, lineterminator="\n")
        self._csv.writerow(header)

    def take(self, rows: Iterator[Sequence[Cell]], first_line: int) -> None:
        """Write every row that is not empty."""
        width = len(self.header)
        for line, cells in enumerate(rows, first_line):
            texts = [self._text(line, at, cell) for at, cell in enumerate(cells)]
            if not any(texts):
                continue
            if any(texts[width:]):
                raise LoadRefusedError(
                    N_("{file}, row {line}: a value right of the last named column."), file=self.sheet, line=line
                )
            self._csv.writerow((texts + [""] * width)[:width])
            self.lines.append(line)

    def _text(self, line: int, at: int, cell: Cell) -> str:
        if isinstance(cell, str):
            return cell
        name = self.header[at] if at < len(self.header) else ""
        if isinstance(cell, bool):
            return "1" if cell else "0"
        if isinstance(cell, int | float):
            return self._number(line, name, cell)
        if isinstance(cell, datetime):
            return cell.strftime("%Y-%m-%d %H:%M:%S")
        return cell.isoformat() if isinstance(cell, date | time) else str(cell)

    def _number(self, line: int, name: str, value: float) -> str:
        text = f"{value:.15g}"  # the precision Excel itself keeps and shows
        measured = name in MEASURES
        if abs(value) >= EXACT or (not measured and "e" in text):
            raise LoadRefusedError(
                N_("{file}, row {line}: the number in the column {column} has lost digits; such codes must be text."),
                file=self.sheet,
                line=line,
                column=name,
            )
        if not measured and name not in DATES:
            self.numbers.add(name)
        return f"{value:.6f}" if "e" in text else text


def _gaps(lines: list[int], path: Path) -> Path | None:
    """Save how far line numbers run ahead of row numbers, where rows were empty."""
    ahead = np.array(lines, dtype=np.int64) - np.arange(2, len(lines) + 2)
    changes = np.flatnonzero(np.diff(ahead, prepend=0))
    if not len(changes):
        return None
    np.save(path, np.array([changes, ahead[changes]]))
    return path
