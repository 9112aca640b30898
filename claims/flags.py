"""Oddities that are flagged and kept, because the oddity may itself be evidence.

`RowFlag` bits are found in one row alone and stored with it (`row_flags`). `CrossFlag` oddities
depend on other tables, which may arrive later, so they are views over a data version.
"""

from enum import IntFlag, StrEnum


class RowFlag(IntFlag):
    """What is odd about one row; bits are stored, so they are never renumbered."""

    CERTNO_SHAPE = 1 << 0  # an identity-card number that is neither 15 nor 18 characters of its form
    CERTNO_CHECK_DIGIT = 1 << 1  # GB 11643-1999, MOD 11-2
    CERTNO_BIRTH = 1 << 2  # the number's birth date is not brdy
    CERTNO_SEX = 1 << 3  # the number's sex digit is not gend
    AMOUNTS = 1 << 4  # parts and total differ by more than 0.01 yuan
    ICD_SHAPE = 1 << 5  # not of ICD-10 shape
    CLOSED_HOURS = 1 << 6  # outside opening hours
    REFUND_UNREFERENCED = 1 << 7  # a refund or negative amount that does not say what it cancels
    TOKEN_AS_CARD = 1 << 8  # a card number beside an e-credential, identity card or face
    DERIVED = 1 << 9  # taken from claim headers, not from the register


class CrossFlag(StrEnum):
    """What is odd about a row only in the light of other rows."""

    UNKNOWN_REFERENCE = "unknown_reference"  # points to an entity that is not in its table
    SHARED_CERTNO = "shared_certno"  # the same certificate under two persons
    AFTER_DEATH = "after_death"  # a visit after the person's death
    REFUND_ORPHAN = "refund_orphan"  # cancels a settlement that is not in the data
