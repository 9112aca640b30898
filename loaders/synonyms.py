"""What a header means: the national name, the Chinese title, another name, or one of these in pinyin.

The other names are data (synonyms.yaml); pinyin and its initials (rybh for 人员编号) are computed.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from pathlib import Path

import yaml
from pypinyin import Style, pinyin

from claims.language import N_
from claims.tables import TABLES
from loaders.readers.names import normal

# What a header that is a name says of a column, and how sure it is.
EXACT = (1.0, N_("the name of the field"))
SYNONYM = (0.95, N_("another name of the field"))
PINYIN = (0.85, N_("the field's name in pinyin"))
INITIALS = (0.72, N_("pinyin initials of the field's name"))
CONTAINS = (0.68, N_("contains a name of the field"))
SHORTEST_PART = 2  # Chinese characters a contained name must have
LEAST_SHARE = 0.45  # of a longer header that a contained name must cover
READINGS = 16  # of a Chinese name with characters of several readings

WORDS = Path(__file__).with_name("synonyms.yaml")

_SPLIT = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class NameMatch:
    """A field a header may mean, how sure that is (0–1), and why (a catalogue key)."""

    field: str
    confidence: float
    reason: str


def match_header(header: str) -> list[NameMatch]:
    """Return the fields a header may mean, each once with its best reason, surest first."""
    best: dict[str, NameMatch] = {}
    for match in _matches(plain(header)):
        if match.confidence > best.get(match.field, NameMatch("", 0.0, "")).confidence:
            best[match.field] = match
    return sorted(best.values(), key=lambda match: -match.confidence)


def plain(name: str) -> str:
    """Return a name as names are compared here: small letters, digits and Chinese characters only."""
    return _SPLIT.sub("", normal(name).casefold())


def table_hint(file: str) -> set[str]:
    """Return the tables a file's name speaks of."""
    text = normal(file).casefold()
    return {table for table, names in _words("tables").items() if table in text or any(name in text for name in names)}


def _matches(header: str) -> Iterator[NameMatch]:
    for index, (confidence, reason) in ((_exact(), EXACT), (_synonyms(), SYNONYM), *_pinyin_indexes()):
        for field in index.get(header, ()):
            yield NameMatch(field, confidence, reason)
    for name, field in _parts():
        share = len(name) / len(header) if header else 0
        if name != header and name in header and share >= LEAST_SHARE:
            yield NameMatch(field, CONTAINS[0] * (0.6 + 0.4 * share), CONTAINS[1])


def _pinyin_indexes() -> tuple[tuple[Mapping[str, set[str]], tuple[float, str]], ...]:
    return (_readings(Style.NORMAL), PINYIN), (_readings(Style.FIRST_LETTER), INITIALS)


@cache
def _words(part: str) -> Mapping[str, tuple[str, ...]]:
    """Return one part of synonyms.yaml."""
    read = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return {str(name): tuple(map(str, words)) for name, words in read[part].items()}


@cache
def _exact() -> Mapping[str, set[str]]:
    index: dict[str, set[str]] = defaultdict(set)
    for column in (column for table in TABLES for column in table.columns):
        index[plain(column.name)].add(column.name)
        index[plain(column.title)].add(column.name)
    return index


@cache
def _synonyms() -> Mapping[str, set[str]]:
    index: dict[str, set[str]] = defaultdict(set)
    for field, names in _words("fields").items():
        for name in names:
            index[plain(name)].add(field)
    return index


@cache
def _parts() -> tuple[tuple[str, str], ...]:
    """Chinese names long enough to mean something inside a longer header."""
    found = [(name, field) for index in (_exact(), _synonyms()) for name, fields in index.items() for field in fields]
    return tuple((name, field) for name, field in found if len(_CHINESE.findall(name)) >= SHORTEST_PART)


@cache
def _readings(style: Style) -> Mapping[str, set[str]]:
    """Index the Chinese names by how they are typed: whole pinyin, or initials of three letters and more."""
    index: dict[str, set[str]] = defaultdict(set)
    for names in (_exact(), _synonyms()):
        for name, fields in names.items():
            for text in _spelled(name, style) if _CHINESE.search(name) else ():
                if len(text) >= 2:
                    index[text] |= fields
    return index


def _spelled(name: str, style: Style) -> Iterator[str]:
    """Yield the usual reading first, then others of characters with several (重: zhong, chong)."""
    yield "".join(syllable[0] for syllable in pinyin(name, style=style))
    every = pinyin(name, style=style, heteronym=True)
    yield from ("".join(parts) for parts in islice(product(*every), READINGS))
