"""The structure of delimited text: which bytes are records, which lines are broken.

A record has exactly as many fields as the header. A field is bare (no quote in it) or quoted
(quotes inside doubled; separators and line breaks belong to it). Whatever else stands in a line
breaks that line, and that line only: reading goes on with the next one.

Blocks in which every line is sound are checked with NumPy at memory speed; only a block with
something odd in it is walked line by line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from loaders.readers.limits import MAX_LINE, MAX_RECORD_LINES_BYTES
from loaders.readers.tidy import is_tidy

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

NEWLINE, RETURN, QUOTE = 0x0A, 0x0D, 0x22


class LineTooLongError(Exception):
    """A record is longer than any real one; carries the line number."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Broken:
    """A line that is no record: where it stands, how many fields it has (-1: a stray quote), its bytes."""

    line: int
    start: int
    fields: int
    raw: bytes


@dataclass
class Scan:
    """What one pass over the lines found; positions count from the beginning of the text."""

    fields: int
    delimiter: bytes
    on_broken: Callable[[Broken], None]
    position: int
    line: int
    rows: int = 0
    removed: list[tuple[int, int]] = field(default_factory=list)
    gap_rows: list[int] = field(default_factory=list)
    gap_lines: list[int] = field(default_factory=list)
    unfinished: bool = False
    tidy: bool = True
    _record: re.Pattern[bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        mark = re.escape(self.delimiter)
        one = rb'(?:"(?:[^"]++|"")*+"|[^"\n' + mark + rb"]*+)"
        text = one + rb"(?:" + mark + one + rb"){%d}\r?(?:\n|\Z)" % (self.fields - 1)
        self._record = re.compile(text)

    def feed(self, block: bytes, last: bool) -> bytes:
        """Take in `block`, which begins a record; return the tail that must come again with more text."""
        cut = len(block) if last else block.rfind(b"\n") + 1
        if cut == 0:
            self._check_length(len(block))
            return block
        done = self._fast(block, cut)
        if done < cut:
            done = self._slow(block, done, cut, last)
        self._check_length(len(block) - done)
        self.position += done
        return block[done:]

    def _check_length(self, length: int) -> None:
        if length > MAX_LINE:
            raise LineTooLongError(self.line)

    def _fast(self, block: bytes, cut: int) -> int:
        """Count the records of a sound block; return how far it was sound (0 or the whole of it)."""
        text = np.frombuffer(block, np.uint8, cut)
        edges = (text == self.delimiter[0]) | (text == NEWLINE)
        ends = _outside_quotes(text, edges) if QUOTE in block else np.flatnonzero(edges)
        if ends is None:
            return 0
        self.tidy = self.tidy and is_tidy(block, text, ends, self.delimiter)
        return self._count(text, ends, QUOTE in block)

    def _count(self, text: Bytes, ends: npt.NDArray[np.intp], quoted: bool) -> int:
        breaks = text[ends] == NEWLINE
        rows, rest = divmod(len(ends), self.fields)
        line_ends = ends[self.fields - 1 :: self.fields]
        sound = (
            not rest
            and rows > 0
            and int(breaks.sum()) == rows
            and bool(breaks[self.fields - 1 :: self.fields].all())
            and line_ends[-1] == len(text) - 1
            and self._no_blank(text, line_ends)
            and (not quoted or int(np.count_nonzero(text == NEWLINE)) == rows)
        )
        if not sound:
            return 0
        longest = int(np.diff(line_ends, prepend=-1).max())
        self._check_length(longest)
        self.rows += rows
        self.line += rows
        return len(text)

    def _no_blank(self, text: Bytes, line_ends: npt.NDArray[np.intp]) -> bool:
        if self.fields > 1:  # a blank line has too few fields anyway
            return True
        lengths = np.diff(line_ends, prepend=-1) - 1
        return bool((lengths > 1).all() or ((lengths > 0) & (text[line_ends - 1] != RETURN)).all())

    def _slow(self, block: bytes, start: int, cut: int, last: bool) -> int:
        """Walk the records one by one; stop early where a record may go on in the next block."""
        at = start
        self.tidy = False
        while at < cut:
            end = block.find(b"\n", at, cut) + 1 or cut
            if block[at:end].removesuffix(b"\n") in (b"", b"\r"):
                self._remove(at, end)
                at = end
                continue
            match = self._record.match(block, at, min(cut, max(end, at + MAX_RECORD_LINES_BYTES)))
            if match and match.end() < len(block) and block[match.end() - 1] != NEWLINE:
                match = None  # ended by the window, not by the record
            if match is None and not last and self._may_go_on(block, at, end):
                return at
            at = self._keep(block, at, match.end()) if match else self._break(block, at, end, last)
        return at

    def _may_go_on(self, block: bytes, at: int, end: int) -> bool:
        return len(block) - at < MAX_RECORD_LINES_BYTES and block.count(b'"', at, end) % 2 == 1

    def _keep(self, block: bytes, at: int, end: int) -> int:
        self._check_length(end - at)
        self.rows += 1
        lines = block.count(b"\n", at, end) or 1
        self.line += lines
        if lines > 1:
            self._gap(self.rows, lines - 1)
        return end

    def _break(self, block: bytes, at: int, end: int, last: bool) -> int:
        raw = block[at:end]
        self._check_length(len(raw))
        quoted = b'"' in raw
        fields = raw.count(self.delimiter) + 1
        self.unfinished = last and end == len(block) and not raw.endswith(b"\n") and (quoted or fields < self.fields)
        line = self.line
        self._remove(at, end)
        self.on_broken(Broken(line, self.position + at, -1 if quoted else fields, raw.rstrip(b"\r\n")))
        return end

    def _remove(self, at: int, end: int) -> None:
        first, last = self.position + at, self.position + end
        if self.removed and self.removed[-1][1] == first:
            first = self.removed.pop()[0]
        self.removed.append((first, last))
        self.line += 1
        self._gap(self.rows, 1)

    def _gap(self, row: int, lines: int) -> None:
        """From row number `row` on, line numbers run `lines` further ahead."""
        total = (self.gap_lines[-1] if self.gap_lines else 0) + lines
        if self.gap_rows and self.gap_rows[-1] == row:
            self.gap_lines[-1] = total
        else:
            self.gap_rows.append(row)
            self.gap_lines.append(total)


def _outside_quotes(text: Bytes, edges: Mask) -> npt.NDArray[np.intp] | None:
    """Return positions of separators and line ends outside quotes; None where a quote is out of place."""
    found = np.flatnonzero(edges | (text == QUOTE))
    quotes = text[found] == QUOTE
    inside = (np.cumsum(quotes) & 1).astype(bool)
    if len(inside) and inside[-1]:
        return None
    opening, closing = found[quotes & inside], found[quotes & ~inside]
    last = len(text) - 1
    before, after = np.maximum(opening - 1, 0), np.minimum(closing + 1, last)
    returned = (text[after] == RETURN) & (text[np.minimum(closing + 2, last)] == NEWLINE)
    fits_before = (opening == 0) | edges[before] | (text[before] == QUOTE)
    fits_after = edges[after] | (text[after] == QUOTE) | returned
    if not (fits_before.all() and fits_after.all()):
        return None
    ends: npt.NDArray[np.intp] = found[~quotes & ~inside]
    return ends
