"""Sheets that explain themselves above the table: where the row stands that names the columns.

The inspection templates (飞行检查) begin with notes of one or two cells, then a row of types, then
the header. A sheet whose first row has more than two cells has no such notes and is left alone.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import TypeVar

NOTE_CELLS = 2  # a note is a title and a sentence
TABLE_CELLS = 5  # the narrowest template has more
WIDE = 0.8  # of the widest row: the row that names the columns is nearly as wide as the table
LOOKED_AT = 40  # rows; the longest notes have a dozen
TYPES = frozenset({"可空", "可空不填", "字符型", "整数型", "数值型", "日期型", "日期时间型"})

Cell = TypeVar("Cell")


def split_at_header(rows: Iterator[Sequence[Cell]]) -> tuple[int, list[str], Iterator[Sequence[Cell]]]:
    """Return how many rows stand above the header, the header's texts, and the rows below it."""
    head = list(islice(rows, LOOKED_AT))
    texts = [[str(cell) for cell in row] for row in head]
    at = header_at(texts)
    return at, _told_apart(texts[at]) if at else texts[at], chain(head[at + 1 :], rows)


def header_at(rows: Sequence[Sequence[str]]) -> int:
    """Return the number (from 0) of the row that names the columns."""
    filled = [[text.strip() for text in row if text.strip()] for row in rows]
    width = max(map(len, filled))
    if len(filled[0]) > NOTE_CELLS or width < TABLE_CELLS:
        return 0
    wide = (at for at, cells in enumerate(filled) if len(cells) >= WIDE * width and not TYPES.issuperset(cells))
    return next(wide, 0)


def _told_apart(names: Sequence[str]) -> list[str]:
    """Number repeated names: one of the templates has the same column twice."""
    return [f"{name}#{names[:at].count(name) + 1}" if name in names[:at] else name for at, name in enumerate(names)]
