"""Identity-card numbers by GB 11643-1999 (18 characters) and its 1989 form (15 digits).

The first functions take one number and are plain; `odd_certno` judges columns of them and is held
to the plain ones by a property test. Numbers are never corrected, only read.
"""

import re
from datetime import date

import numpy as np
import polars as pl

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
SHAPE_18 = r"^[1-9][0-9]{16}[0-9Xx]$"
SHAPE_15 = r"^[1-9][0-9]{14}$"
MALE, FEMALE = "1", "2"


def check_character(body: str) -> str:
    """Return the 18th character of a number whose first 17 digits are `body` (MOD 11-2)."""
    return CHECK_CHARACTERS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def upgrade(number: str) -> str:
    """Return the 18-character form of a 15-digit number (all of them were born in the 1900s)."""
    if not re.match(SHAPE_15, number):
        raise ValueError(number)
    body = f"{number[:6]}19{number[6:]}"
    return body + check_character(body)


def has_shape(number: str) -> bool:
    """Say whether the number has a lawful form and a birth date that exists."""
    return bool(re.match(SHAPE_18, number) or re.match(SHAPE_15, number)) and birth_date(number) is not None


def check_digit_holds(number: str) -> bool:
    """Say whether the last of 18 characters is right; 15-digit numbers have none to be wrong."""
    return len(number) == 15 or check_character(number[:17]) == number[17].upper()


def birth_date(number: str) -> date | None:
    """Return the birth date in the number; None where no such day exists."""
    digits = number[6:14] if len(number) == 18 else f"19{number[6:12]}"
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """Return the sex in the number: an odd 17th (of 15: last) digit is male."""
    return MALE if int(number[16 if len(number) == 18 else 14]) % 2 else FEMALE


def certno_shape(number: pl.Expr) -> pl.Expr:
    """Whether each number has a lawful form; null stays null."""
    form = number.str.contains(SHAPE_18) | number.str.contains(SHAPE_15)
    return pl.when(number.is_not_null()).then(form & certno_birth(number).is_not_null())


def certno_check(number: pl.Expr) -> pl.Expr:
    """Whether the check character of each well-formed 18-character number is right; true for all others."""
    return number.map_batches(_checks, return_dtype=pl.Boolean, is_elementwise=True)


def certno_birth(number: pl.Expr) -> pl.Expr:
    """The birth date in each number; null where there is none."""
    long = number.str.len_bytes() == 18
    digits = pl.when(long).then(number.str.slice(6, 8)).otherwise(pl.lit("19") + number.str.slice(6, 6))
    whole = pl.when(digits.str.contains(r"^[0-9]{8}$")).then(digits)
    return whole.str.to_date("%Y%m%d", strict=False)


def certno_sex(number: pl.Expr) -> pl.Expr:
    """The sex in each well-formed number; null for others."""
    long = number.str.len_bytes() == 18
    digit = pl.when(long).then(number.str.slice(16, 1)).otherwise(number.str.slice(14, 1))
    odd = digit.cast(pl.Int8, strict=False) % 2 == 1
    return pl.when(odd).then(pl.lit(MALE)).when(odd.not_()).then(pl.lit(FEMALE))


def _checks(numbers: pl.Series) -> pl.Series:
    """Check a column at once: the characters as a matrix times the weights."""
    right = np.ones(len(numbers), dtype=bool)
    judged = (numbers.str.contains(SHAPE_18)).fill_null(False).to_numpy()
    if judged.any():
        characters = np.frombuffer("".join(numbers.filter(pl.Series(judged)).str.to_uppercase()).encode(), np.uint8)
        matrix = characters.reshape(-1, 18)
        sums = (matrix[:, :17].astype(np.int32) - ord("0")) @ np.array(WEIGHTS, dtype=np.int32)
        expected = np.frombuffer(CHECK_CHARACTERS.encode(), np.uint8)[sums % 11]
        right[judged] = matrix[:, 17] == expected
    return pl.Series(right)
