"""Values of database columns as the ledger's JSON spells them, the same for every engine."""

from decimal import Decimal

from claims.ledger.canonical import Json, storable


def plain_value(value: object) -> Json:
    """Return text and whole numbers as they are, amounts and fractions as text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, float | Decimal):
        return repr(float(value))
    return storable(repr(value))
