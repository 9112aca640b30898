"""Resident identity numbers (GB 11643): one spelling, their parts, and whether they are right."""

from collections.abc import Mapping

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def expanded(certno: str) -> str | None:
    """Return the 17 digits before the check character; numbers of 15 digits are of the 1900s.

    >>> expanded("110105491231002"), expanded("11010519491231002X"), expanded("G12345678")
    ('11010519491231002', '11010519491231002', None)
    """
    text = certno.strip().upper()
    if len(text) == 18 and text[:17].isdigit() and (text[17].isdigit() or text[17] == "X"):
        return text[:17]
    return f"{text[:6]}19{text[6:]}" if len(text) == 15 and text.isdigit() else None


def check_character(body: str) -> str:
    """Return the check character of 17 digits (MOD 11-2)."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


# The same in SQL, as steps over a relation with certno; letters other than X never get through.
_SUM = " + ".join(f"{weight} * CAST(substr(body, {n}, 1) AS INTEGER)" for n, weight in enumerate(_WEIGHTS, 1))

PARTS: Mapping[str, str] = {
    "plain": "regexp_replace(upper(certno), '[\\s\\-—_.·]', '', 'g')",
    "body": """
        CASE WHEN regexp_full_match(plain, '[0-9]{17}[0-9X]') THEN left(plain, 17)
             WHEN regexp_full_match(plain, '[0-9]{15}') THEN left(plain, 6) || '19' || right(plain, 9) END
    """,
    "cert_birth": "TRY_CAST(try_strptime(substr(body, 7, 8), '%Y%m%d') AS DATE)",
    "checked": f"length(plain) = 18 AND substr('10X98765432', CAST(({_SUM}) % 11 AS INTEGER) + 1, 1) = right(plain, 1)",
    "placeholder": "replace(body, left(body, 1), '') = '' OR cert_birth IS NULL",
}
