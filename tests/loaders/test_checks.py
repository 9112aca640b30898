"""Every check from both sides: the value just inside is kept, the one just outside is not."""

from pathlib import Path

import polars as pl
import pytest

from claims.flags import RowFlag
from claims.tables import BY_NAME
from loaders.quarantine import reason_counts
from loaders.source import prepare
from loaders.stage import Part, stage
from loaders.standard import read_table
from tests.loaders.kit import NOW
from tests.scenarios import Row, certno, settlement, village, write_csv

BASE = settlement("S", "P1", "2026-01-05 09:00:00", card_no="C1", fund="80.00", total="100.00")


def staged(tmp_path: Path, table: str, rows: list[Row]) -> tuple[dict[str, int], pl.DataFrame]:
    """Check rows without a workspace; return why rows are unusable, and the rows kept."""
    path = write_csv(tmp_path / "source" / f"{table}.csv", rows)
    file = prepare(path, tmp_path / "scratch").files[0]
    found = stage(BY_NAME[table], [Part(read_table(file, BY_NAME[table]), 1)], tmp_path / "staged", NOW)
    kept = pl.concat([pl.read_parquet(path, hive_partitioning=False) for path in found.folder.rglob("*.parquet")])
    return dict(reason_counts(found.unusable, ())), kept


def outcome(tmp_path: Path, table: str, row: Row, key: str) -> dict[str, int]:
    """Check one row beside a sound one; return the reasons it is quarantined for."""
    sound = village()[table][0]
    return staged(tmp_path, table, [{**sound, key: "sound"}, row])[0]


def flags_of(tmp_path: Path, table: str, row: Row) -> RowFlag:
    reasons, kept = staged(tmp_path, table, [row])
    assert reasons == {}
    return RowFlag(kept["row_flags"][0])


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("setl_id", "", "missing"),
        ("psn_no", "", "missing"),
        ("psn_no", "  ", "missing"),
        ("setl_time", "2026-01-05 09:00:00", None),
        ("setl_time", "2026/01/05 09:00:00", None),
        ("setl_time", "20260105090000", None),
        ("setl_time", "2026-01-05", None),
        ("setl_time", "2026/01/05", None),
        ("setl_time", "20260105", None),
        ("setl_time", "", "missing"),
        ("setl_time", "2026-1-5 9:00:00", "not_a_time"),
        ("setl_time", "2026-02-30 09:00:00", "not_a_time"),
        ("setl_time", "2026-01-05 24:00:00", "not_a_time"),
        ("setl_time", "2026-01-05 23:59:60", "not_a_time"),
        ("setl_time", "2026-01-05T09:00:00", "not_a_time"),
        ("setl_time", "2026-01-05 09:00", "not_a_time"),
        ("setl_time", "05/01/2026", "not_a_time"),
        ("setl_time", "46027.375", "not_a_time"),
        ("setl_time", "1899-12-31 09:00:00", "not_a_time"),
        ("setl_time", "2026-06-01 12:00:00", None),
        ("setl_time", "2026-06-01 12:00:01", "future"),
        ("medfee_sumamt", "100", None),
        ("medfee_sumamt", "100.5", None),
        ("medfee_sumamt", "100.5000", None),
        ("medfee_sumamt", ".5", None),
        ("medfee_sumamt", "-100.55", None),
        ("medfee_sumamt", "99999999999999.99", None),
        ("medfee_sumamt", "100000000000000.00", "not_an_amount"),
        ("medfee_sumamt", "100.555", "not_an_amount"),
        ("medfee_sumamt", "1,000.00", "not_an_amount"),
        ("medfee_sumamt", "1e2", "not_an_amount"),
        ("medfee_sumamt", "+5", "not_an_amount"),
        ("medfee_sumamt", "１００", "not_an_amount"),
        ("medfee_sumamt", ".", "not_an_amount"),
        ("medfee_sumamt", "NaN", "not_an_amount"),
        ("medfee_sumamt", "", "missing"),
        ("cash_payamt", "", None),
        ("med_type", "41", None),
        ("med_type", "9101", "not_in_list"),
        ("med_type", "", "missing"),
        ("refd_setl_flag", "2", "not_in_list"),
        ("endtime", "2026-01-05 09:00:00", None),
        ("endtime", "2026-01-05 08:59:59", "end_before_begin"),
    ],
)
def test_settlement_rows_kept_or_quarantined(tmp_path: Path, column: str, value: str, reason: str | None) -> None:
    row = {**BASE, column: value}
    assert outcome(tmp_path, "settlements", row, "setl_id") == ({reason: 1} if reason else {})


@pytest.mark.parametrize(
    ("table", "key", "column", "value", "reason"),
    [
        ("institutions", "fixmedins_code", "bed_cnt", "40", None),
        ("institutions", "fixmedins_code", "bed_cnt", "40.0", None),
        ("institutions", "fixmedins_code", "bed_cnt", "40.5", "not_an_integer"),
        ("institutions", "fixmedins_code", "lnt", "108.123456", None),
        ("institutions", "fixmedins_code", "lnt", "108.1234567", "not_an_amount"),
        ("insured", "psn_no", "brdy", "19600307", None),
        ("insured", "psn_no", "brdy", "1960-03-07 00:00:00", None),
        ("insured", "psn_no", "brdy", "1960.3.7", "not_a_date"),
        ("insured", "psn_no", "brdy", "2026-06-01", None),
        ("insured", "psn_no", "brdy", "2026-06-02", "future"),
        ("relations", "psn_no", "enddate", "2099-12-31", None),
        ("relations", "psn_no", "enddate", "2019-12-31", "end_before_begin"),
        ("cards", "card_no", "stop_date", "2099-12-31", None),
        ("fee_items", "bkkp_sn", "cnt", "0.3333", None),
        ("fee_items", "bkkp_sn", "cnt", "0.33333", "not_an_amount"),
        ("fee_items", "bkkp_sn", "fee_ocur_time", "", None),
    ],
)
def test_rows_of_other_tables(
    tmp_path: Path, table: str, key: str, column: str, value: str, reason: str | None
) -> None:
    row = {**village()[table][0], column: value}
    assert outcome(tmp_path, table, row, key) == ({reason: 1} if reason else {})


def test_one_of_several_columns_must_hold_a_value(tmp_path: Path) -> None:
    row = {"rev_id": "R", "setl_id": "S1", "mdtrt_id": "", "field_name": "x", "rev_time": "2026-01-05 09:00:00"}
    by_visit = {**row, "setl_id": "", "mdtrt_id": "M1", "rev_id": "A"}
    by_nothing = {**row, "setl_id": "", "rev_id": "B"}
    reasons, kept = staged(tmp_path, "record_revisions", [row, by_visit, by_nothing])
    assert reasons == {"one_of": 1}
    assert sorted(kept["rev_id"]) == ["A", "R"]


FLAGS = [
    ({}, RowFlag(0)),
    ({"cash_payamt": "20.01"}, RowFlag(0)),
    ({"cash_payamt": "20.02"}, RowFlag.AMOUNTS),
    ({"cash_payamt": ""}, RowFlag(0)),
    ({"diag_code": "J11.100"}, RowFlag(0)),
    ({"diag_code": "I10.x00x002"}, RowFlag(0)),
    ({"diag_code": "感冒"}, RowFlag.ICD_SHAPE),
    ({"diag_code": "10.I00"}, RowFlag.ICD_SHAPE),
    ({"setl_time": "2026-01-05 21:59:59"}, RowFlag(0)),
    ({"setl_time": "2026-01-05 22:00:00"}, RowFlag.CLOSED_HOURS),
    ({"setl_time": "2026-01-05 05:59:59"}, RowFlag.CLOSED_HOURS),
    ({"setl_time": "2026-01-05 06:00:00"}, RowFlag(0)),
    ({"setl_time": "2026-01-05 00:00:00"}, RowFlag(0)),
    ({"setl_time": "2026-01-05 00:00:01"}, RowFlag.CLOSED_HOURS),
    ({"setl_time": "2026-01-05 23:00:00", "med_type": "13"}, RowFlag(0)),
    ({"setl_time": "2026-01-05 23:00:00", "med_type": "41"}, RowFlag.CLOSED_HOURS),
    ({"refd_setl_flag": "1"}, RowFlag.REFUND_UNREFERENCED),
    ({"refd_setl_flag": "1", "init_setl_id": "S0"}, RowFlag(0)),
    ({"medfee_sumamt": "-100.00", "fund_pay_sumamt": "-80.00", "cash_payamt": "-20.00"}, RowFlag.REFUND_UNREFERENCED),
    ({"mdtrt_cert_type": "01"}, RowFlag.TOKEN_AS_CARD),
    ({"mdtrt_cert_type": "01", "card_no": ""}, RowFlag(0)),
]


@pytest.mark.parametrize(("change", "expected"), FLAGS)
def test_settlements_flagged_and_kept(tmp_path: Path, change: Row, expected: RowFlag) -> None:
    assert flags_of(tmp_path, "settlements", {**BASE, **change}) == expected


PERSON = village()["insured"][0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, RowFlag(0)),
        ({"certno": certno(serial="123").replace("X", "x")}, RowFlag(0)),
        ({"certno": "450102600307123"}, RowFlag(0)),
        ({"certno": ""}, RowFlag(0)),
        ({"certno": certno(serial="123")[:17] + "5"}, RowFlag.CERTNO_CHECK_DIGIT),
        ({"certno": certno(birth="19600308")}, RowFlag.CERTNO_BIRTH),
        ({"certno": "450102600308123"}, RowFlag.CERTNO_BIRTH),
        ({"certno": certno(serial="124")}, RowFlag.CERTNO_SEX),
        ({"certno": "450102600307124"}, RowFlag.CERTNO_SEX),
        ({"certno": certno(serial="124"), "gend": ""}, RowFlag(0)),
        ({"certno": "E12345678"}, RowFlag.CERTNO_SHAPE),
        ({"certno": "E12345678", "psn_cert_type": "02"}, RowFlag(0)),
        ({"certno": "E12345678", "psn_cert_type": ""}, RowFlag.CERTNO_SHAPE),
        ({"certno": certno(birth="19600231")}, RowFlag.CERTNO_SHAPE),
    ],
)
def test_certificates_flagged_and_kept(tmp_path: Path, change: Row, expected: RowFlag) -> None:
    assert flags_of(tmp_path, "insured", {**PERSON, **change}) == expected


@pytest.mark.parametrize(
    ("cnt", "pric", "amount", "odd"),
    [("3", "3.33", "9.99", 0), ("3", "3.333", "10.00", 0), ("3", "3.33", "10.00", 0), ("3", "3.33", "10.01", 1)],
)
def test_items_must_multiply_out(tmp_path: Path, cnt: str, pric: str, amount: str, odd: int) -> None:
    row = {**village()["fee_items"][0], "cnt": cnt, "pric": pric, "det_item_fee_sumamt": amount}
    assert flags_of(tmp_path, "fee_items", row) == (RowFlag.AMOUNTS if odd else RowFlag(0))


def test_white_space_around_values_does_not_count(tmp_path: Path) -> None:
    row = {
        **BASE,
        "setl_id": " S ",
        "med_type": "11\u3000",
        "medfee_sumamt": "\u00a0100.00",
        "setl_time": "2026-01-05 ",
    }
    found = staged(tmp_path, "settlements", [row])[1].row(0, named=True)
    assert (found["setl_id"], found["med_type"], str(found["medfee_sumamt"])) == ("S", "11", "100.00")
