"""What a form of handing out rings is, and the cells that tables share."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from cases.handout.sheet import RingSheet
from cases.history import Run

Cell = str | int | float | Decimal | None

# Spreadsheet programs compute what begins like this, also after white space and full-width signs.
_LIVE = re.compile(r"[\s\x00-\x1f\ufeff]*[=+\-@＝＋－＠|%]|[\t\r\n\x00]")
_LOOKS_NUMERIC = re.compile(r"\s*(?:0\d+|\d{12,}|\d+(?:\.\d*)?[eE]\d+)\s*")


@dataclass(frozen=True)
class Batch:
    """Rings to hand out, best first; `masked` says whether personal data are hidden in the sheets."""

    sheets: Sequence[RingSheet]
    run: Run
    masked: bool


class Form(Protocol):
    """One way to write rings; a pure function of the batch.

    `contract` forms carry the real ids, as other programs match by them. `render` returns one entry
    per file: the key goes between the chosen name and the suffix, empty for a form of one file.
    """

    @property
    def name(self) -> str:
        """Name on the command line."""

    @property
    def contract(self) -> bool:
        """Whether programs read it by the data standard, with real ids."""

    def render(self, batch: Batch) -> Mapping[str, bytes]:
        """Return the content of each file."""


def safe(text: str) -> str:
    """Text that no spreadsheet computes or shortens: an apostrophe goes before what it would."""
    text = text.replace("\x00", "\ufffd")
    return "'" + text if _LIVE.match(text) or _LOOKS_NUMERIC.fullmatch(text) else text
