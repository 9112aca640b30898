"""Oddities of one row that are flagged and kept, because they may be evidence (`claims.flags.RowFlag`)."""

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from claims.flags import RowFlag
from claims.table import Table
from loaders import identity

Values = Mapping[str, pl.Expr]  # typed values by canonical name; absent columns are absent
Oddity = tuple[RowFlag, pl.Expr]

RESIDENT_CARD = "01"
TOLERANCE = "0.01"  # yuan
TOLERANCE_FLOAT = 0.01 + 1e-9  # products of two decimals are compared as floats, stored never
ICD10 = r"^[A-Z][0-9]{2}(?:\.[0-9xX][0-9]{0,2}(?:[xX][0-9]{3})?)?[+*]?$"
CLOSING_HOUR, OPENING_HOUR = 22, 6
DAYTIME_CARE = ("11", "14", "41")  # outpatient, chronic, pharmacy; emergencies and stays settle at any hour
CARDLESS = ("01", "02", "04")  # e-credential, identity card, face: the card is the person


def flags(table: Table, values: Values) -> pl.Expr:
    """Return the row's flags as one number; what cannot be judged for want of a value is not flagged."""
    found = [*_certificates(table, values), *_icd(table, values)]
    for name, oddities in _OF_TABLE.items():
        if name == table.name:
            found += oddities(values)
    bits = [odd.fill_null(False).cast(pl.Int64) * flag.value for flag, odd in found]
    return pl.sum_horizontal(bits) if bits else pl.lit(0, dtype=pl.Int64)


def _certificates(table: Table, values: Values) -> Iterator[Oddity]:
    for column in table.columns:
        if column.shape != "certno" or column.name not in values:
            continue
        number = values[column.name]
        if "psn_cert_type" in values:
            kind = values["psn_cert_type"]
            number = pl.when(kind.is_null() | (kind == RESIDENT_CARD)).then(number)
        shaped = identity.certno_shape(number)
        yield RowFlag.CERTNO_SHAPE, ~shaped
        yield RowFlag.CERTNO_CHECK_DIGIT, ~identity.certno_check(number)
        if "brdy" in values:
            yield RowFlag.CERTNO_BIRTH, shaped & (identity.certno_birth(number) != values["brdy"])
        if "gend" in values:
            yield RowFlag.CERTNO_SEX, shaped & (identity.certno_sex(number) != values["gend"])


def _icd(table: Table, values: Values) -> Iterator[Oddity]:
    for column in table.columns:
        if column.shape == "icd10" and column.name in values:
            yield RowFlag.ICD_SHAPE, ~values[column.name].str.contains(ICD10)


def _settlement(values: Values) -> Iterator[Oddity]:
    parts = ("fund_pay_sumamt", "acct_pay", "acct_mulaid_pay", "cash_payamt")
    if all(part in values for part in parts):
        total = values[parts[0]] + values[parts[1]] + values[parts[2]] + values[parts[3]]
        gap = (total - values["medfee_sumamt"]).abs()
        yield RowFlag.AMOUNTS, gap > pl.lit(TOLERANCE).cast(pl.Decimal(16, 2))
    time = values["setl_time"]
    closed = (time.dt.hour() >= CLOSING_HOUR) | (time.dt.hour() < OPENING_HOUR)
    midnight = time.dt.time() == pl.time(0, 0, 0)  # a date without a clock: the hour is unknown
    yield RowFlag.CLOSED_HOURS, closed & ~midnight & values["med_type"].is_in(DAYTIME_CARE)
    yield from _refund(values)
    if "card_no" in values and "mdtrt_cert_type" in values:
        yield RowFlag.TOKEN_AS_CARD, values["card_no"].is_not_null() & values["mdtrt_cert_type"].is_in(CARDLESS)


def _refund(values: Values) -> Iterator[Oddity]:
    refund = (values["medfee_sumamt"] < 0) | (values["fund_pay_sumamt"] < 0)
    if "refd_setl_flag" in values:
        refund = refund | (values["refd_setl_flag"] == "1").fill_null(False)
    unnamed = values["init_setl_id"].is_null() if "init_setl_id" in values else pl.lit(True)
    yield RowFlag.REFUND_UNREFERENCED, refund & unnamed


def _fee_item(values: Values) -> Iterator[Oddity]:
    product = values["cnt"].cast(pl.Float64) * values["pric"].cast(pl.Float64)
    gap = (product - values["det_item_fee_sumamt"].cast(pl.Float64)).abs()
    yield RowFlag.AMOUNTS, gap > TOLERANCE_FLOAT


_OF_TABLE: Mapping[str, Callable[[Values], Iterator[Oddity]]] = {"settlements": _settlement, "fee_items": _fee_item}
