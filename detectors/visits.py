"""The columns of all visits as arrays, and finding some of them by a code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# The whole numbers of `Visits`, as expressions over the columns of `visit`.
NUMBERS: Mapping[str, str] = {
    "person": "p",
    "place": "i",
    "till": "till",
    "doctor": "doctor",
    "prescriber": "prescriber",
    "kind": "coalesce(TRY_CAST(med_type AS BIGINT), -1)",
    "minute": "minute",
    "day": "day",
    "fund": "fund",
    "account": "account",
    "total": "total",
}


@dataclass(frozen=True)
class Visits:
    """Columns of `visit` as arrays, one entry per net settlement, in the order of `v`.

    `minute` and `day` count from `Snapshot.origin`; `fund`, `account` and `total` are fen; `kind` is
    the number of med_type (11 outpatient, 13, 14, 21 stay, 41 pharmacy); -1 stands for unknown.
    """

    person: Ints
    place: Ints
    till: Ints
    doctor: Ints
    prescriber: Ints
    kind: Ints
    minute: Ints
    day: Ints
    fund: Ints
    account: Ints
    total: Ints
    timed: Flags


def distinct(values: Ints) -> Ints:
    """Sorted distinct numbers, for many of them: `np.unique` hashes, which takes seventy times as long for millions."""
    ordered = np.sort(values)
    new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    found: Ints = ordered[new]
    return found


def by_code(codes: Ints, size: int) -> tuple[Ints, Ints]:
    """Rows in order of their codes 0 … size - 1, and where those of each code begin."""
    rows = np.argsort(codes, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=size))])
    return rows.astype(np.int64), start.astype(np.int64)


def of_codes(by: tuple[Ints, Ints], codes: Sequence[int] | Ints) -> Ints:
    """Rows of some codes, in order; `by` is what `by_code` made."""
    rows, start = by
    chosen = np.asarray(codes, np.int64)
    low, length = start[chosen], start[chosen + 1] - start[chosen]
    first = np.repeat(low - (np.cumsum(length) - length), length)
    return np.sort(rows[first + np.arange(len(first))])
