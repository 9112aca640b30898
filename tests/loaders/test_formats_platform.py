"""The platform's warehouse extracts read as they come."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from loaders.formats.platform import platform
from loaders.source import prepare
from tests.loaders.extracts import (
    diag_d,
    fee_list_d,
    mdtrt_d,
    notes_of,
    raw_tables,
    rows_of,
    setl_d,
    write_extracts,
)
from tests.scenarios import Row, certno


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """Two visits, a stay, a purchase, a refund, an invalid row; visits in two files."""
    setl = [
        setl_d("S1"),
        setl_d("S2", psn_no="P2", psn_name="李秀英", gend="9", mdtrt_cert_type="01", mdtrt_cert_no="token-7f"),
        setl_d("S3", med_type="210104", begndate="2026-01-01", enddate="2026-01-09", mdtrt_cert_type="02"),
        setl_d("S4", med_type="41", fixmedins_code="P45010200007", fixmedins_name="康民大药房"),
        setl_d("S5", refd_setl_flag="1", init_setl_id="S1", fund_pay_sumamt="-80.00", medfee_sumamt="-100.00"),
        setl_d("S6", vali_flag="0"),
        setl_d("S7", med_type="9907"),
    ]
    first = [mdtrt_d("S1"), mdtrt_d("S2", psn_no="P2", psn_name="李秀英", tel="13900000002")]
    second = [mdtrt_d("S3", begntime="2026-01-01 10:00:00", endtime="", adm_bed="12"), mdtrt_d("S7", vali_flag="0")]
    fees = [fee_list_d("S1", "1"), fee_list_d("", "2"), fee_list_d("S1", "3", vali_flag="0")]
    return write_extracts(
        tmp_path / "extract",
        {
            "setl_d": setl,
            "mdtrt_d_202601": first,
            "mdtrt_d_202602": second,
            "fee_list_d": fees,
            "setl_list_diag_d": [diag_d("S4", "E11.900"), diag_d("S4", "I10.x00", maindiag_flag="0")],
            "setl_list_oprn_d": [{"setl_list_oprn_id": "1", "setl_id": "S3"}],
        },
    )


def by_id(rows: list[dict[str, str | None]], key: str = "setl_id") -> dict[str | None, dict[str, str | None]]:
    return {row[key]: row for row in rows}


def test_settlements_take_times_doctor_and_diagnosis_from_the_visit(county: Path, tmp_path: Path) -> None:
    rows = by_id(rows_of(raw_tables(platform(), county, tmp_path), "settlements"))
    assert list(rows) == ["S1", "S2", "S3", "S4", "S5", "S7"]
    assert rows["S1"]["begntime"] == "2026-01-05 08:41:00"
    assert rows["S1"]["endtime"] == "2026-01-05 09:00:00"
    assert (rows["S1"]["chfpdr_code"], rows["S1"]["diag_code"]) == ("D450102000001", "I10.x00")
    assert rows["S3"]["adm_bed"] == "12"
    assert rows["S4"]["diag_code"] == "E11.900"  # no visit: the main diagnosis of the settlement list


def test_a_day_is_an_end_only_when_later_than_the_begin(county: Path, tmp_path: Path) -> None:
    rows = by_id(rows_of(raw_tables(platform(), county, tmp_path), "settlements"))
    assert rows["S3"]["endtime"] == "2026-01-09"
    assert (rows["S4"]["begntime"], rows["S4"]["endtime"]) == ("2026-01-05", None)
    assert rows["S7"]["begntime"] == "2026-01-05"  # its visit is invalid


def test_only_a_social_security_card_is_a_card(county: Path, tmp_path: Path) -> None:
    rows = by_id(rows_of(raw_tables(platform(), county, tmp_path), "settlements"))
    assert (rows["S1"]["card_no"], rows["S2"]["card_no"], rows["S3"]["card_no"]) == ("C1", None, None)
    assert rows["S2"]["mdtrt_cert_no"] == "token-7f"


@pytest.mark.parametrize(
    ("national", "standard"),
    [
        ("11", "11"),
        ("12", "11"),
        ("120", "13"),
        ("13", "13"),
        ("140104", "14"),
        ("140201", "14"),
        ("21", "21"),
        ("210104", "21"),
        ("24", "21"),
        ("28", "21"),
        ("41", "41"),
        ("51", "11"),
        ("52", "21"),
        ("71", "21"),
        ("991702", "14"),
        ("9907", "9907"),
        ("53", "53"),
    ],
)
def test_national_kinds_of_care_are_mapped_by_name(tmp_path: Path, national: str, standard: str) -> None:
    folder = write_extracts(tmp_path / "in", {"setl_d": [setl_d("S1", med_type=national)]})
    rows = rows_of(raw_tables(platform(), folder, tmp_path), "settlements")
    assert rows[0]["med_type"] == standard


def test_what_is_left_out_is_named_and_counted(county: Path, tmp_path: Path) -> None:
    notes = notes_of(raw_tables(platform(), county, tmp_path))
    assert "1 rows of setl_d.csv were left out: vali_flag is 0." in notes
    assert "1 rows of fee_list_d.csv were left out: setl_id is empty." in notes
    assert "1 rows of fee_list_d.csv were left out: vali_flag is 0." in notes
    assert "setl_list_oprn_d.csv was recognised and is not used" in notes


def test_registers_are_derived_from_the_newest_row(tmp_path: Path) -> None:
    newer = {"psn_name": "王晓明", "updt_time": "2026-02-01 00:00:00"}
    folder = write_extracts(
        tmp_path / "in",
        {
            "setl_d_1": [setl_d("S1"), setl_d("S2", psn_no="P2", gend="0")],
            "setl_d_2": [setl_d("S3", **newer), setl_d("S4", vali_flag="0", psn_no="P9")],
            "mdtrt_d": [mdtrt_d("S1", die_date="2026-03-01")],
        },
    )
    tables = raw_tables(platform(), folder, tmp_path)
    people = by_id(rows_of(tables, "insured"), "psn_no")
    assert set(people) == {"P1", "P2"}
    assert people["P1"]["tel"] == "13900000001"  # a visit knows more than a newer settlement
    assert people["P1"]["die_date"] == "2026-03-01"
    assert people["P2"]["gend"] is None
    assert all(raw.derived == (raw.table.name != "settlements") for raw in tables)


def test_newest_settlement_wins_where_there_are_no_visits(tmp_path: Path) -> None:
    folder = write_extracts(
        tmp_path / "in",
        {
            "setl_d_1": [setl_d("S3", psn_name="王晓明", updt_time="2026-02-01 00:00:00")],
            "setl_d_2": [setl_d("S1"), setl_d("S2")],
        },
    )
    tables = raw_tables(platform(), folder, tmp_path)
    assert [row["psn_name"] for row in rows_of(tables, "insured")] == ["王晓明"]


def test_a_person_of_whom_nothing_but_the_number_is_known_is_not_derived(tmp_path: Path) -> None:
    nameless = dict.fromkeys(("psn_name", "certno", "gend", "brdy", "psn_cert_type", "insutype", "psn_type"), "")
    rows = [setl_d("S1"), setl_d("S2", psn_no="P9", insu_admdvs="", **nameless)]
    tables = raw_tables(platform(), write_extracts(tmp_path / "in", {"setl_d": rows}), tmp_path)
    assert [row["psn_no"] for row in rows_of(tables, "insured")] == ["P1"]
    assert len(rows_of(tables, "settlements")) == 2


def test_institution_type_comes_from_the_code_or_what_was_settled(tmp_path: Path) -> None:
    folder = write_extracts(
        tmp_path / "in",
        {
            "setl_d": [
                setl_d("S1"),
                setl_d("S2", fixmedins_code="P45010200007", med_type="14"),
                setl_d("S3", fixmedins_code="0771001", med_type="41"),
                setl_d("S4", fixmedins_code="0771002", med_type="21"),
                setl_d("S5", fixmedins_code="0771003", med_type="140104"),
            ]
        },
    )
    found = by_id(rows_of(raw_tables(platform(), folder, tmp_path), "institutions"), "fixmedins_code")
    assert {code: row["fixmedins_type"] for code, row in found.items()} == {
        "H45010200001": "1",
        "P45010200007": "2",
        "0771001": "2",
        "0771002": "1",
    }


def test_practitioners_come_from_visits_and_fees(county: Path, tmp_path: Path) -> None:
    found = by_id(rows_of(raw_tables(platform(), county, tmp_path), "practitioners"), "dr_code")
    assert {code: row["dr_name"] for code, row in found.items()} == {
        "D450102000001": "赵医生",
        "D450102000002": "钱医生",
    }


def test_of_repeated_visits_the_newest_counts(tmp_path: Path) -> None:
    folder = write_extracts(
        tmp_path / "in",
        {
            "setl_d": [setl_d("S1"), setl_d("S2")],
            "mdtrt_d": [
                mdtrt_d("S1", chfpdr_code="D2", updt_time="2026-01-07 00:00:00"),
                mdtrt_d("S1", chfpdr_code="D1"),
                mdtrt_d("S2", chfpdr_code="D3"),
            ],
        },
    )
    rows = rows_of(raw_tables(platform(), folder, tmp_path), "settlements")
    assert [row["chfpdr_code"] for row in rows] == ["D2", "D3"]


def test_columns_nobody_knows_are_named_and_known_ones_are_ignored_by_name(tmp_path: Path) -> None:
    folder = write_extracts(tmp_path / "in", {"setl_d": [setl_d("S1", local_remark="x")]})
    first = raw_tables(platform(), folder, tmp_path)[0]
    assert first.unknown == ("local_remark",)
    assert {"clr_optins", "pt"} <= set(first.ignored)
    assert "psn_name" not in first.ignored  # the register of persons uses it


@pytest.mark.parametrize("kind", ["upper", "gzip", "parquet", "xlsx", "folder"])
def test_the_same_extract_in_any_wrapping_reads_the_same(county: Path, tmp_path: Path, kind: str) -> None:
    plain = rows_of(raw_tables(platform(), county, tmp_path / "a"), "settlements")
    wrapped = tmp_path / "wrapped"
    wrapped.mkdir()
    for path in county.iterdir():
        _wrap(path, wrapped, kind)
    assert rows_of(raw_tables(platform(), wrapped, tmp_path / "b"), "settlements") == plain


def _wrap(path: Path, folder: Path, kind: str) -> None:
    frame = pl.read_csv(path, infer_schema=False)
    if kind == "upper":
        frame.rename(str.upper).write_csv(folder / path.name.upper())
    elif kind == "gzip":
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    elif kind == "parquet":
        frame.write_parquet(folder / f"{path.stem}.parquet")
    elif kind == "xlsx":
        frame.write_excel(folder / f"{path.stem}.xlsx", worksheet="工作表1")
    else:
        part = folder / path.stem / "pt=20260106"
        part.mkdir(parents=True)
        frame.write_parquet(part / "part-000.parquet")


def test_words_for_nothing_and_fractions_of_seconds_of_a_warehouse_are_understood(tmp_path: Path) -> None:
    rows: list[Row] = [setl_d("S1", init_setl_id="\\N", acct_pay="NULL", setl_time="2026-01-05 09:00:00.0")]
    folder = write_extracts(tmp_path / "in", {"setl_d": rows})
    found = rows_of(raw_tables(platform(), folder, tmp_path), "settlements")[0]
    assert (found["init_setl_id"], found["acct_pay"]) == (None, None)
    assert found["setl_time"] == "2026-01-05 09:00:00"


def test_registers_in_the_standards_own_shape_may_lie_beside(tmp_path: Path) -> None:
    folder = write_extracts(
        tmp_path / "in",
        {"setl_d": [setl_d("S1")], "cards": [{"card_no": "C1", "psn_no": "P1", "card_type": "03"}]},
    )
    tables = raw_tables(platform(), folder, tmp_path)
    assert rows_of(tables, "cards") == [{"card_no": "C1", "psn_no": "P1", "card_type": "03"}]


def test_a_folder_of_the_standard_is_not_the_platforms(tmp_path: Path) -> None:
    folder = write_extracts(tmp_path / "in", {"insured": [{"psn_no": "P1", "psn_name": "王", "certno": certno()}]})
    assert not platform().recognises(prepare(folder, tmp_path / "scratch"))


def test_renamed_extracts_are_known_by_their_columns(tmp_path: Path) -> None:
    folder = write_extracts(tmp_path / "in", {"export1": [setl_d("S1")], "export2": [mdtrt_d("S1")]})
    rows = rows_of(raw_tables(platform(), folder, tmp_path), "settlements")
    assert rows[0]["chfpdr_code"] == "D450102000001"
