"""Invented extracts in the platform's own layout, and helpers to read them as raw tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from claims.language import translate
from loaders.base import Format, RawTable
from loaders.source import prepare
from tests.scenarios import Row, certno, write_csv

PERSON = {"psn_cert_type": "01", "insutype": "390", "psn_type": "15", "insu_admdvs": "450102", "vali_flag": "1"}


def setl_d(number: str, **values: str) -> Row:
    """One settlement of the platform; give what matters to the test."""
    row = {
        "setl_id": number,
        "mdtrt_id": "M" + number,
        "init_setl_id": "",
        "psn_no": "P1",
        "psn_name": "王小明",
        "certno": certno(),
        "gend": "1",
        "brdy": "1960-03-07",
        "fixmedins_code": "H45010200001",
        "fixmedins_name": "新河镇卫生院",
        "begndate": "2026-01-05",
        "enddate": "2026-01-05",
        "setl_time": "2026-01-05 09:00:00",
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": "C1",
        "med_type": "11",
        "medfee_sumamt": "100.00",
        "fund_pay_sumamt": "80.00",
        "acct_pay": "0.00",
        "cash_payamt": "20.00",
        "refd_setl_flag": "0",
        "clr_optins": "450102",
        "updt_time": "2026-01-05 09:00:01",
        "pt": "20260106",
    }
    return row | PERSON | values


def mdtrt_d(number: str, **values: str) -> Row:
    """The visit of settlement `number`."""
    row = {
        "mdtrt_id": "M" + number,
        "psn_no": "P1",
        "psn_name": "王小明",
        "certno": certno(),
        "gend": "1",
        "tel": "13900000001",
        "addr": "平安县新河镇一村8号",
        "fixmedins_code": "H45010200001",
        "begntime": "2026-01-05 08:41:00",
        "endtime": "2026-01-05 09:00:00",
        "chfpdr_code": "D450102000001",
        "chfpdr_name": "赵医生",
        "adm_dept_codg": "A01",
        "adm_bed": "",
        "dscg_maindiag_code": "I10.x00",
        "ipt_otp_no": "1",
        "inhosp_stas": "1",
        "updt_time": "2026-01-05 09:00:01",
        "pt": "20260106",
    }
    return row | PERSON | values


def fee_list_d(number: str, serial: str, **values: str) -> Row:
    """One fee line of settlement `number`."""
    row = {
        "bkkp_sn": serial,
        "mdtrt_id": "M" + number,
        "setl_id": number,
        "fee_ocur_time": "2026-01-05 08:50:00",
        "fixmedins_code": "H45010200001",
        "med_list_codg": "XC09AA002A001010100001",
        "hilist_name": "示例药品",
        "medins_list_codg": "Y1",
        "cnt": "1",
        "pric": "100.00",
        "det_item_fee_sumamt": "100.00",
        "bilg_dr_code": "D450102000002",
        "bilg_dr_name": "钱医生",
        "vali_flag": "1",
    }
    return row | values


def diag_d(number: str, code: str, **values: str) -> Row:
    """One diagnosis of settlement `number`."""
    row = {
        "setl_list_diag_id": f"{number}-{code}",
        "setl_id": number,
        "diag_code": code,
        "diag_name": "示例诊断",
        "maindiag_flag": "1",
        "vali_flag": "1",
    }
    return row | values


def write_extracts(folder: Path, tables: Mapping[str, Sequence[Row]]) -> Path:
    """Write extracts as CSV files named after the platform's tables."""
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", rows)
    return folder


def raw_tables(form: Format, folder: Path, scratch: Path) -> list[RawTable]:
    """Prepare a folder and read it with a format that must recognise it."""
    source = prepare(folder, scratch)
    assert form.recognises(source)
    return list(form.read(source))


def rows_of(tables: Sequence[RawTable], name: str) -> list[dict[str, str | None]]:
    """Rows of one canonical table in order of file and line, without the line numbers."""
    found = [raw for raw in tables if raw.table.name == name]
    frames = [raw.rows.collect(engine="streaming").sort("source_line") for raw in found]
    return pl.concat(frames, how="diagonal").drop("source_line").to_dicts() if frames else []


def notes_of(tables: Sequence[RawTable]) -> str:
    """All notes as one text."""
    notes = [note for raw in tables for note in raw.notes]
    return "\n".join(note if isinstance(note, str) else translate(note[0], **note[1]) for note in notes)
