"""The XML inside a workbook, looked at before anything parses it: bombs, size, formulas.

Regular expressions on purpose: nothing is expanded, nothing is built, memory stays at one block.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from claims.errors import LoadRefusedError
from claims.language import N_
from loaders.readers.limits import BLOCK, LIMITS, Limits

Formulas = dict[int, int]  # 0-based column -> first row (1-based) with a formula

_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_FORMULA = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<(?:\w+:)?f[\s/>]')
_FORMULA_TAG = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ERROR = re.compile(rb'<(?:\w+:)?c\s[^>]*?\bt="e"')
_SHEET_TAG = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?\bid="([^"]+)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb'\b(Id|Target)="([^"]*)"')
_OVERLAP = 4096  # longer than a cell tag and the formula tag that follows it


def check_sheets(name: str, path: Path, limits: Limits = LIMITS) -> list[Formulas]:
    """Return, for each sheet in workbook order, where formulas stand; refuse bombs and entities."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            _check_part(name, archive, member, limits)
        return [_walk(name, archive, part, limits) for part in _parts(archive)]


def _check_part(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> None:
    big = member.file_size > limits.ratio_from
    if member.file_size > limits.sheet_xml or (big and member.file_size > member.compress_size * limits.ratio):
        raise LoadRefusedError(N_("{file} unpacks to far more than a workbook holds."), file=name)
    if member.flag_bits & 1:
        raise LoadRefusedError(N_("{file} is encrypted; unpack it first."), file=name)
    if member.filename.endswith((".xml", ".rels")):
        with archive.open(member) as stream:
            head = stream.read(BLOCK)
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise LoadRefusedError(N_("{file} declares XML entities, which no spreadsheet program does."), file=name)


def _parts(archive: zipfile.ZipFile) -> list[str]:
    """Name the sheets' parts in the order of the workbook."""
    names = set(archive.namelist())
    targets = {}
    for relation in _RELATION.findall(_read(archive, "xl/_rels/workbook.xml.rels", names)):
        found = dict(_ATTRIBUTE.findall(relation))
        targets[found.get(b"Id", b"")] = found.get(b"Target", b"").decode()
    ids = _SHEET_TAG.findall(_read(archive, "xl/workbook.xml", names))
    parts = [targets.get(key, "") for key in ids]
    paths = [part.lstrip("/") if part.startswith("/") else str(PurePosixPath("xl") / part) for part in parts]
    return [part if part in names else "" for part in paths]


def _read(archive: zipfile.ZipFile, part: str, names: set[str]) -> bytes:
    if part not in names:
        return b""
    with archive.open(part) as stream:
        return stream.read(BLOCK)


def _walk(name: str, archive: zipfile.ZipFile, part: str, limits: Limits) -> Formulas:
    formulas: Formulas = {}
    widest = deepest = 0
    for block in _overlapping(archive, part) if part else ():
        cells = _CELL.findall(block)
        widest = max([widest, *map(column_number, {letters for letters, _ in cells})])
        deepest = max([deepest, *(int(row) for _, row in cells[-1:])], default=0)
        if (widest + 1) * deepest > limits.sheet_cells:
            raise LoadRefusedError(
                N_("{file}: the sheet spans {rows} rows and {columns} columns, more than is read at once."),
                file=name,
                rows=deepest,
                columns=widest + 1,
            )
        if _ERROR.search(block):
            raise LoadRefusedError(
                N_("{file} holds cells with an error such as #N/A; correct or empty them."), file=name
            )
        _note_formulas(name, block, formulas)
    return formulas


def _overlapping(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    kept = b""
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            block = kept + block
            yield block
            kept = block[-_OVERLAP:]


def _note_formulas(name: str, block: bytes, formulas: Formulas) -> None:
    tags = len(_FORMULA_TAG.findall(block))
    if not tags:
        return
    located = _FORMULA.findall(block)
    if not located and tags > 1:
        raise LoadRefusedError(N_("{file} holds formulas in cells without an address."), file=name)
    for letters, row in located:
        column = column_number(letters)
        formulas[column] = min(int(row), formulas.get(column, int(row)))


def column_number(letters: bytes) -> int:
    """Return the 0-based number of a column: A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
