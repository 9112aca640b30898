"""Dirty rows at the rates one meets, each written down with what a loader should do with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from claims.simulator.county import County
from claims.simulator.dice import Ints
from claims.tables import BY_NAME

FLAGGED, QUARANTINED = "flagged", "quarantined"
Change = Callable[[str], str]


@dataclass(frozen=True)
class Spoil:
    """One way a cell goes wrong: share of rows, change of the text, and the expected outcome."""

    column: str
    rate: float
    outcome: str
    reason: str
    change: Change


def _wrong_check(text: str) -> str:
    last = "0123456789X".find(text[-1])
    return text[:-1] + str((max(last, 0) + 3) % 10) if len(text) == 18 else text[:-1] + "?"


def _other_sex(text: str) -> str:
    return "2" if text == "1" else "1"


def _a_year_off(text: str) -> str:
    return f"{int(text[:4]) - 1}-02-17"


def _more(text: str) -> str:
    yuan, _, cents = text.partition(".")
    return f"{int(yuan) + 7}.{cents}" if not yuan.startswith("-") else f"{int(yuan) - 7}.{cents}"


def _fixed(text: str) -> Change:
    return lambda _: text


def _late_year(text: str) -> str:
    return f"{int(text[:4]) + 74}{text[4:]}"


SPOILS: Final[Mapping[str, tuple[Spoil, ...]]] = {
    "insured": (
        Spoil("certno", 0.003, FLAGGED, "check digit", _wrong_check),
        Spoil("gend", 0.002, FLAGGED, "sex disagrees with the number", _other_sex),
        Spoil("brdy", 0.002, FLAGGED, "birth date disagrees with the number", _a_year_off),
        Spoil("brdy", 0.0008, QUARANTINED, "unreadable date", _fixed("19620230")),
        Spoil("gend", 0.0005, QUARANTINED, "outside the code list", _fixed("9")),
        Spoil("psn_no", 0.0003, QUARANTINED, "missing key", _fixed("")),
    ),
    "practitioners": (Spoil("certno", 0.004, FLAGGED, "check digit", _wrong_check),),
    "cards": (
        Spoil("card_type", 0.0005, QUARANTINED, "outside the code list", _fixed("99")),
        Spoil("iss_date", 0.0005, QUARANTINED, "unreadable date", _fixed("2019.5.1")),
    ),
    "settlements": (
        Spoil("cash_payamt", 0.003, FLAGGED, "amounts do not add up", _more),
        Spoil("diag_code", 0.001, FLAGGED, "not of ICD-10 shape", _fixed("10.I00")),
        Spoil("med_type", 0.0006, QUARANTINED, "outside the code list", _fixed("1l")),
        Spoil("setl_time", 0.0006, QUARANTINED, "unreadable time", _fixed("2025-02-30 10:61:00")),
        Spoil("endtime", 0.0005, QUARANTINED, "end before begin", _fixed("2001-01-01 00:00:00")),
        Spoil("fund_pay_sumamt", 0.0004, QUARANTINED, "unreadable amount", _fixed("12,3元")),
        Spoil("setl_time", 0.0002, QUARANTINED, "future time", _late_year),
        Spoil("psn_no", 0.0002, QUARANTINED, "missing value", _fixed("")),
    ),
    "fee_items": (
        Spoil("det_item_fee_sumamt", 0.001, FLAGGED, "amounts do not add up", _more),
        Spoil("cnt", 0.0002, QUARANTINED, "missing value", _fixed("")),
        Spoil("pric", 0.0002, QUARANTINED, "unreadable amount", _fixed("见附表")),
        Spoil("fee_ocur_time", 0.0002, QUARANTINED, "unreadable time", _fixed("昨日")),
    ),
    "diagnoses": (
        Spoil("diag_code", 0.001, FLAGGED, "not of ICD-10 shape", _fixed("J0Z")),
        Spoil("diag_code", 0.0004, QUARANTINED, "missing key", _fixed("")),
    ),
    "stock_moves": (Spoil("inv_chg_type", 0.0004, QUARANTINED, "outside the code list", _fixed("110")),),
    "bio_checks": (Spoil("result", 0.0005, QUARANTINED, "outside the code list", _fixed("unknown")),),
}
REPEATED, CONFLICTING = 0.0004, 0.0003  # shares of settlements sent twice: alike, and with other content


@dataclass
class Dirt:
    """Spoils frames of text and keeps the book of what was spoiled."""

    county: County
    on: bool
    book: list[dict[str, str | int]] = field(default_factory=list)

    def entries(self) -> list[dict[str, str | int]]:
        """The book in an order that does not depend on slices."""
        return sorted(self.book, key=lambda entry: [str(value) for value in entry.values()])

    def apply(self, table: str, frame: pl.DataFrame, first: int) -> pl.DataFrame:
        """Spoil some rows of a slice whose first row is number `first` of its table."""
        spoils = SPOILS.get(table, ())
        if not self.on or not spoils or not frame.height:
            return frame
        luck = self.county.dice.uniform(f"dirt of {table}", np.arange(first, first + frame.height))
        base = 0.0
        clean = frame
        for spoil in spoils:
            rows = np.flatnonzero((luck >= base) & (luck < base + spoil.rate))
            base += spoil.rate
            frame = self._spoil(table, clean, frame, spoil, rows)
        return self._twice(clean, frame, first) if table == "settlements" else frame

    def _spoil(self, table: str, clean: pl.DataFrame, frame: pl.DataFrame, spoil: Spoil, rows: Ints) -> pl.DataFrame:
        column = clean[spoil.column]
        rows = rows[column.gather(rows).is_not_null().to_numpy()]
        if not len(rows):
            return frame
        changed = [spoil.change(str(text)) for text in column.gather(rows)]
        for row, text in zip(rows.tolist(), changed, strict=True):
            self._note(table, clean, row, spoil.column, text, spoil.outcome, spoil.reason)
        return frame.with_columns(frame[spoil.column].scatter(rows, changed))

    def _note(
        self,
        table: str,
        frame: pl.DataFrame,
        row: int,
        column: str,
        value: str,
        outcome: str,
        reason: str,
        rows: int = 1,
    ) -> None:
        keys = {name: str(frame[name][row]) for name in BY_NAME[table].key}
        self.book.append(
            {
                "table": table,
                **keys,
                "column": column,
                "value": value,
                "outcome": outcome,
                "reason": reason,
                "rows": rows,
            }
        )

    def _twice(self, clean: pl.DataFrame, frame: pl.DataFrame, first: int) -> pl.DataFrame:
        """Rows sent twice: the same again, or with another amount of cash under the same key."""
        luck = self.county.dice.uniform("sent twice", np.arange(first, first + frame.height))
        spoiled = self.county.dice.uniform("dirt of settlements", np.arange(first, first + frame.height)) < 0.01
        alike = np.flatnonzero((luck < REPEATED) & ~spoiled)
        other = np.flatnonzero((luck >= REPEATED) & (luck < REPEATED + CONFLICTING) & ~spoiled)
        for row in alike.tolist():
            self._note("settlements", clean, row, "", "", "repeated", "the same row twice")
        for row in other.tolist():
            self._note(
                "settlements", clean, row, "opter_id", "", QUARANTINED, "two different rows with one key", rows=2
            )
        copies = frame[np.concatenate([alike, other])]
        changed = pl.Series(["999999"]).new_from_index(0, len(other))
        operators = pl.concat([copies["opter_id"].head(len(alike)), changed])
        at = np.concatenate(
            [np.arange(frame.height), np.minimum(np.concatenate([alike, other]) + 1, frame.height) - 0.5]
        )
        both = pl.concat([frame, copies.with_columns(operators.alias("opter_id"))])
        return both[np.argsort(at, kind="stable")]
