"""Columns of numbers to columns of text, as they stand in the files."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from claims.simulator.dice import Ints
from claims.simulator.identity import CERT_15, CERT_SWAPPED, GIVEN, Identity
from claims.simulator.words import SURNAMES

_CHECK = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK_LETTERS = pl.Series("10X98765432"[i] for i in range(11))
_CLOCK = pl.Series(f" {s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400))
_BEFORE = 5000  # days before the start that may be written


class Lookup:
    """Text by index; negative indexes are empty."""

    def __init__(self, values: Sequence[str] | pl.Series) -> None:
        self._values = pl.Series(values, dtype=pl.String)

    def __call__(self, index: Ints) -> pl.Series:
        """The text of each index."""
        found = self._values.gather(np.maximum(index, 0))
        return found if (index >= 0).all() else found.set(pl.Series(index < 0), None)


class Dates:
    """Days and seconds of the period as text."""

    def __init__(self, start: date, days: int) -> None:
        span = range(-_BEFORE, days + 800)
        self._days = pl.Series((start + timedelta(days=i)).isoformat() for i in span)

    def day(self, day: Ints) -> pl.Series:
        """`YYYY-MM-DD` of days since the start."""
        return self._days.gather(np.clip(day, -_BEFORE, len(self._days) - _BEFORE - 1) + _BEFORE)

    def time(self, second: Ints) -> pl.Series:
        """`YYYY-MM-DD HH:MM:SS` of seconds since the first midnight."""
        return self.day(second // 86_400) + _CLOCK.gather(second % 86_400)


def decimals(units: Ints, places: int = 2) -> pl.Series:
    """Whole numbers of the last place as decimal text."""
    scaled: pl.Series = pl.Series(units) / 10**places
    return scaled.round(places).cast(pl.Decimal(16, places)).cast(pl.String)


def padded(numbers: Ints, width: int) -> pl.Series:
    """Numbers with leading zeros."""
    if width >= 18:
        return pl.Series(numbers).cast(pl.String).str.zfill(width)
    raised: pl.Series = pl.Series(numbers) + 10**width
    return raised.cast(pl.String).str.slice(1)


def blank(series: pl.Series, empty: pl.Series) -> pl.Series:
    """Leave rows empty where `empty` holds."""
    return series.set(empty, None)


def ymd(birth: Ints) -> Ints:
    """Days since 1970 as the number YYYYMMDD."""
    when = np.array(birth, "datetime64[D]")
    year = when.astype("datetime64[Y]").astype(np.int64) + 1970
    month = when.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (when - when.astype("datetime64[M]")).astype(np.int64) + 1
    return np.asarray(year * 10_000 + month * 100 + day, np.int64)


def birthdays(birth: Ints) -> pl.Series:
    """Days since 1970 as `YYYY-MM-DD`."""
    return pl.Series(birth, dtype=pl.Int32).cast(pl.Date).cast(pl.String)


def certificates(identity: Identity, person: Ints) -> pl.Series:
    """Certificate numbers (GB 11643-1999, MOD 11-2; some of the old form with 15 digits)."""
    region, day, serial = identity.region[person], ymd(identity.birth[person]), identity.serial[person]
    body = region * 10**11 + day * 1000 + serial
    total = np.zeros(len(body), np.int64)
    for place, weight in enumerate(_CHECK):
        total += body // 10 ** (16 - place) % 10 * weight
    full = pl.Series(body).cast(pl.String) + _CHECK_LETTERS.gather(total % 11)
    old = (pl.Series(region * 10**9 + day % 10**6 * 1000 + serial)).cast(pl.String)
    form = identity.form[person]
    written = full.zip_with(pl.Series(form != CERT_15), old)
    swapped = np.flatnonzero(form == CERT_SWAPPED)
    return written.scatter(swapped, [_swap(written[int(i)], int(identity.swapped[person[i]])) for i in swapped])


def _swap(number: str, at: int) -> str:
    """Swap two neighbouring digits that differ: the slip of a typist."""
    while number[at] == number[at + 1] and at > 6:
        at -= 1
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def names(identity: Identity, person: Ints) -> pl.Series:
    """Names of persons."""
    given = Lookup(list(GIVEN))
    second = given(identity.names.second[person]).fill_null("")
    return Lookup(SURNAMES)(identity.names.surname[person]) + given(identity.names.first[person]) + second


def filled(numbers: Ints) -> pl.Series:
    """Numbers as text, 0 as empty: telephones and accounts."""
    return pl.Series(numbers).replace(0, None).cast(pl.String)
