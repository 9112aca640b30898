"""What a search matches, the same for every store: folded names, pinyin initials, phone tails.

A node is found by the best of its ranks; answers are sorted by rank, node type, the text that
matched, and id. Ids are compared as they are, names folded (NFKC, case), initials as `a-z0-9`.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PINYIN_DICT

from graph.model import NodeType

NAMED = (NodeType.DOCTOR, NodeType.EMPLOYER, NodeType.INSTITUTION, NodeType.PERSON)  # found by initials
PHONE_TAIL = re.compile(r"[0-9]{4}")
_INITIALS = re.compile(r"[a-z0-9]+")
_LONG_NAME = 4  # from here on a label is a phrase (an institution's name), read by its words


class Rank(IntEnum):
    """How a search text matched, best first."""

    ID = 0
    NAME = 1
    PHONE_TAIL = 2
    INITIALS = 3
    ID_PREFIX = 4
    NAME_PREFIX = 5
    INITIALS_PREFIX = 6


# Characters read otherwise as a surname than by themselves (double surnames first).
_SURNAMES = {
    "万俟": "mq", "尉迟": "yc", "单于": "cy", "长孙": "zs", "澹台": "tt", "令狐": "lh",
    "单": "s", "曾": "z", "解": "x", "仇": "q", "查": "z", "朴": "p", "区": "o", "盖": "g", "翟": "z",
    "缪": "m", "员": "y", "秘": "b", "乐": "y", "折": "s", "祭": "z", "种": "c", "召": "s", "隗": "w",
    "覃": "q", "宓": "f", "尉": "y", "那": "n", "洗": "x", "句": "g", "都": "d", "行": "x",
}  # fmt: skip


class _Letters(dict[int, str]):
    """First letter of each character's usual reading; what has none is left out."""

    def __missing__(self, _: int) -> str:
        return ""


def _first_letter(readings: str) -> str:
    return unicodedata.normalize("NFD", readings[0])[0]


_LETTERS = _Letters({code: _first_letter(readings) for code, readings in PINYIN_DICT.items()})
_LETTERS.update({ord(char): char for char in "abcdefghijklmnopqrstuvwxyz0123456789"})


def fold(text: str) -> str:
    """Return `text` as names are compared."""
    if text.isascii():  # most labels are numbers
        return text.strip().lower()
    return unicodedata.normalize("NFKC", text).strip().casefold()


def initials(label: str) -> tuple[str, ...]:
    """Pinyin initials of a name, with those of its other reading where a surname has one.

    >>> initials("曾小明"), initials("长安医院")
    (("cxm", "zxm"), ("cayy", "zayy"))
    """
    text = fold(label)
    if text.isascii():
        return ()
    found = {text.translate(_LETTERS), *_other_readings(text)}
    return tuple(sorted(found - {""}))


def _other_readings(text: str) -> Iterator[str]:
    for length in (2, 1):
        if letters := _SURNAMES.get(text[:length]):
            yield letters + text[length:].translate(_LETTERS)
            break
    if len(text) >= _LONG_NAME:
        yield "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors=lambda rest: rest.translate(_LETTERS)))


def as_initials(text: str) -> str | None:
    """Return `text` as it is looked up among initials; None when it cannot be any."""
    folded = fold(text)
    return folded if _INITIALS.fullmatch(folded) else None
