"""What in a claim or register is a key of the graph, as SQL over our own column names.

Every function returns an expression that is NULL where the value is no key; what is left out that
way is counted, never lost silently.
"""

_DIGITS = "regexp_replace(translate({0}, '０１２３４５６７８９', '0123456789'), '[^0-9]', '', 'g')"
_SHORTEST = 7  # digits of a local telephone number, characters of an account


def filled(column: str) -> str:
    """The text of a column; NULL where it is empty."""
    return f"nullif(trim({column}), '')"


def phone(column: str) -> str:
    """Digits of a telephone number, without China's country code; junk is NULL."""
    digits = f"regexp_replace({_DIGITS.format(column)}, '^(?:00)?86(1[0-9]{{10}})$', '\\1')"
    return _unless_junk(digits)


def account(column: str) -> str:
    """Digits and letters of a bank account, in upper case; junk is NULL."""
    return _unless_junk(f"regexp_replace(upper({column}), '[^0-9A-Z]', '', 'g')")


def _unless_junk(text: str) -> str:
    """NULL where `text` is too short to tell anybody apart, or one character all along."""
    return (
        f"CASE WHEN length({text}) >= {_SHORTEST} AND {text} <> repeat(left({text}, 1), length({text})) THEN {text} END"
    )


def fen(amount: str) -> str:
    """An amount in yuan (a column or an expression) as whole fen."""
    return f"CAST(({amount}) * 100 AS BIGINT)"


def day(column: str) -> str:
    """A date as ISO text."""
    return f"strftime({column}, '%Y-%m-%d')"


# 03 is a social-security card; its number may stand under the certificate shown (platform extracts
# have no other place for it). E-credential (a token that changes), identity card and face are never
# cards. Where the kind was not recorded, a card number is taken at its word.
CARD = f"""
    CASE WHEN mdtrt_cert_type = '03' THEN coalesce({filled("card_no")}, {filled("mdtrt_cert_no")})
         WHEN {filled("mdtrt_cert_type")} IS NULL THEN {filled("card_no")} END
"""
TERMINAL = f"fixmedins_code || '/' || {filled('term_id')}"
