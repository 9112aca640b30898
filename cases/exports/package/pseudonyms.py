"""Keyed names for persons and what leads to them: stable in one package, meaning nothing outside it."""

import base64
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from claims.masking import is_certificate
from graph.model import NodeType

CERTIFICATE, CLERK, SETTLEMENT = "certificate", "clerk", "settlement"
LETTERS: Mapping[str, str] = MappingProxyType(
    {
        NodeType.PERSON: "P",
        NodeType.CARD: "C",
        NodeType.DOCTOR: "D",
        NodeType.PHONE: "T",
        NodeType.ADDRESS: "A",
        NodeType.ACCOUNT: "B",
        NodeType.EMPLOYER: "E",
        CERTIFICATE: "N",
        CLERK: "K",
        SETTLEMENT: "S",
    }
)
KEY_BYTES = 32
_LENGTH = 8  # base32 characters: 40 bits; equal names of two values are lengthened
_SPEAKING = 6  # characters from which an id inside another one tells of its person
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![0-9A-Za-z])")


@dataclass
class Pseudonyms:
    """Gives names under one random key and remembers them, for the key table alone."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(KEY_BYTES), repr=False)
    given: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    words: dict[str, str] = field(default_factory=dict, repr=False)

    def name(self, kind: str, value: str | None) -> str:
        """Return the name of a value, the same every time; an empty value stays empty."""
        if not value or kind not in LETTERS:
            return value or ""
        if (kind, value) not in self.given:
            self.given[kind, value] = self._fresh(kind, value)
        return self.given[kind, value]

    def settlement(self, number: str, *speaking: str | None) -> str:
        """Keep a settlement's number, unless it tells an id of its person."""
        tells = any(value and len(value) >= _SPEAKING and value in number for value in speaking)
        if tells or is_certificate(number) or (SETTLEMENT, number) in self.given:
            return self.name(SETTLEMENT, number)
        return number

    def called(self, word: str, name: str) -> None:
        """Have a person's name replaced in sentences."""
        if len(word) > 1:
            self.words.setdefault(word, name)

    def text(self, sentence: str) -> str:
        """Replace ids and names in a sentence, then whatever reads as a personal number."""
        ids: dict[str, str] = {}
        for (_kind, value), name in self.given.items():
            ids.setdefault(value, name)  # a number that is also a card's stands for its person
        wanted = [value for value in ids if value in sentence]
        for value in sorted(wanted, key=lambda value: (-len(value), value)):
            whole = rf"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])"
            sentence = re.sub(whole, ids[value], sentence)
        for word in sorted(self.words, key=lambda word: (-len(word), word)):
            sentence = sentence.replace(word, self.words[word])
        return _NUMBER.sub(lambda found: self.name(CERTIFICATE, found.group()), sentence)

    def _fresh(self, kind: str, value: str) -> str:
        digest = hmac.digest(self.key, f"{kind}\0{value}".encode("utf-8", "surrogatepass"), "sha256")
        spelled, length = base64.b32encode(digest).decode(), _LENGTH
        taken = set(self.given.values())
        while (name := f"{LETTERS[kind]}-{spelled[:length]}") in taken:
            length += 4
        return name
