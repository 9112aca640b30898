"""Which encoding a text is in: UTF-8 or GB18030, strictly, never a guess between the two.

A file is UTF-8 when all of it is. Otherwise it is GB18030 when all of it is *and* it does not look
like UTF-8 with damage: runs of bytes that are whole UTF-8 characters of Chinese do not occur in
GB18030 text, save by a rare chance. What is neither is refused with the place of the first bad byte.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from claims.errors import LoadRefusedError
from claims.language import N_
from loaders.readers.limits import BLOCK

BOM = b"\xef\xbb\xbf"
UTF8, GB18030 = "utf-8", "gb18030"
ENCODINGS = {"utf-8": UTF8, "utf8": UTF8, "gb18030": GB18030, "gbk": GB18030, "gb2312": GB18030}

# A run of two or more UTF-8 characters of the blocks Chinese text is written in, between ASCII.
_UTF8_RUN = re.compile(rb"(?<![\x80-\xff])(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){2,}+(?![\x80-\xff])")
_LONG_RUN = re.compile(rb"[\x80-\xff]{6,}+")
_CHANCE = 0.001  # share of long runs in true GB18030 text that may pass for UTF-8: far above the 3 in a million due


class BadByteError(Exception):
    """The first byte that is not of the encoding: its offset."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def check_utf8(block: bytes, end: int, offset: int) -> None:
    """Raise BadByteError where `block` up to `end` is not UTF-8; it begins at `offset` of its file."""
    bounds = np.array([0, end], dtype=np.int32)
    text = pa.StringArray.from_buffers(1, pa.py_buffer(bounds), pa.py_buffer(block))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        try:
            block[:end].decode(UTF8)
        except UnicodeDecodeError as error:
            raise BadByteError(offset + error.start) from None


def gb18030_to_utf8(path: Path, target: Path, *, trusted: bool) -> None:
    """Write `path` (GB18030) as UTF-8; BadByteError where it is not, or looks like damaged UTF-8."""
    runs = lookalikes = offset = 0
    first: int | None = None
    with target.open("wb") as stream:
        for block in _lines(path):
            try:
                stream.write(block.decode(GB18030).encode(UTF8))
            except UnicodeError as error:
                raise BadByteError(offset + getattr(error, "start", 0)) from None
            if not trusted:
                runs += len(_LONG_RUN.findall(block))
                found = _UTF8_RUN.search(block)
                lookalikes += len(_UTF8_RUN.findall(block)) if found else 0
                first = offset + found.start() if found and first is None else first
            offset += len(block)
    if first is not None and lookalikes > runs * _CHANCE:
        raise BadByteError(first)


def _lines(path: Path) -> Iterator[bytes]:
    """Yield blocks of whole lines: no character of GB18030 holds a line feed."""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block + stream.readline(BLOCK)


def ends_inside_character(path: Path, offset: int) -> bool:
    """Say whether the bad byte at `offset` begins the last character, which is not all there."""
    with path.open("rb") as stream:
        stream.seek(offset)
        rest = stream.read(5)
    return len(rest) < 4 and not rest.endswith(b"\n")


def line_at(path: Path, offset: int) -> int:
    """Return the 1-based line in which the byte at `offset` stands."""
    line = 1
    with path.open("rb") as stream:
        while offset > 0 and (block := stream.read(min(BLOCK, offset))):
            line += block.count(b"\n")
            offset -= len(block)
    return line


def refuse_bytes(name: str, path: Path, offset: int) -> LoadRefusedError:
    """Say where a text stops being of one encoding."""
    return LoadRefusedError(
        N_("{file}: byte {offset} (line {line}) is neither UTF-8 nor GB18030, or the file mixes both."),
        file=name,
        offset=offset,
        line=line_at(path, offset),
    )
