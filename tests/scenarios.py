"""Small named worlds in the data standard's own shape. Start here to understand a test."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

Row = dict[str, str]
World = dict[str, list[Row]]


def certno(region: str = "450102", birth: str = "19600307", serial: str = "123") -> str:
    """Make an 18-digit identity number with a right check digit (odd serial: male)."""
    body = f"{region}{birth}{serial}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def village() -> World:
    """Three persons, one card used by two of them, a clinic, a pharmacy, a refund, a shared phone."""
    people = [
        ("P1", "王小明", certno(serial="123"), "1", "13900000001"),
        ("P2", "李秀英", certno(serial="124"), "2", "13900000001"),
        ("P3", "张伟", certno(serial="125"), "1", "13900000003"),
    ]
    settlements = [
        settlement("S1", "P1", "2026-01-05 09:00:00", card_no="C1", fund="80.00", total="100.00"),
        settlement("S2", "P2", "2026-01-05 09:03:00", card_no="C1", fund="40.00", total="50.00"),
        settlement("S3", "P1", "2026-02-10 10:00:00", "H2", med_type="41", fund="0.00", total="30.00"),
        settlement("S4", "P3", "2026-02-11 11:00:00", card_no="C3", fund="60.00", total="75.00"),
        settlement("S5", "P3", "2026-02-12 11:00:00", card_no="C3", fund="-60.00", total="-75.00")
        | {"refd_setl_flag": "1", "init_setl_id": "S4"},
    ]
    return {
        "insured": [
            {
                "psn_no": number,
                "psn_name": name,
                "psn_cert_type": "01",
                "certno": cert,
                "gend": sex,
                "brdy": "1960-03-07",
                "tel": tel,
                "addr": "平安县新河镇一村8号",
                "insutype": "390",
            }
            for number, name, cert, sex, tel in people
        ],
        "relations": [{"psn_no": "P1", "rel_psn_no": "P2", "rel_type": "3", "begndate": "2020-01-01"}],
        "institutions": [
            {
                "fixmedins_code": "H1",
                "fixmedins_name": "新河镇卫生院",
                "fixmedins_type": "1",
                "bed_cnt": "40",
            },
            {"fixmedins_code": "H2", "fixmedins_name": "康民大药房", "fixmedins_type": "2"},
        ],
        "practitioners": [
            {"dr_code": "D1", "dr_name": "赵医生", "fixmedins_code": "H1", "prac_type": "1"},
        ],
        "cards": [
            {"card_no": "C1", "psn_no": "P1", "card_type": "03", "iss_date": "2019-05-01"},
            {"card_no": "C3", "psn_no": "P3", "card_type": "03", "iss_date": "2019-05-01"},
        ],
        "settlements": settlements,
        "fee_items": [
            fee_item("S1", "1", "80.00"),
            fee_item("S1", "2", "20.00"),
            fee_item("S2", "1", "50.00"),
        ],
        "diagnoses": [{"setl_id": "S1", "diag_code": "I10.x00", "diag_name": "原发性高血压"}],
    }


def settlement(
    setl_id: str,
    psn_no: str,
    time: str,
    place: str = "H1",
    *,
    card_no: str = "",
    med_type: str = "11",
    fund: str,
    total: str,
) -> Row:
    """One settlement row; what the fund does not pay is cash."""
    return {
        "setl_id": setl_id,
        "mdtrt_id": "M" + setl_id,
        "psn_no": psn_no,
        "mdtrt_cert_type": "03" if card_no else "01",
        "card_no": card_no,
        "fixmedins_code": place,
        "chfpdr_code": "D1" if med_type == "11" else "",
        "med_type": med_type,
        "begntime": time,
        "setl_time": time,
        "diag_code": "I10.x00",
        "medfee_sumamt": total,
        "fund_pay_sumamt": fund,
        "acct_pay": "0.00",
        "acct_mulaid_pay": "0.00",
        "cash_payamt": f"{float(total) - float(fund):.2f}",
        "term_id": "T1",
    }


def fee_item(setl_id: str, serial: str, amount: str, *, trace: str = "") -> Row:
    """One item of one unit."""
    return {
        "setl_id": setl_id,
        "bkkp_sn": serial,
        "fee_ocur_time": "2026-01-05 09:00:00",
        "med_list_codg": "XA01",
        "med_list_name": "示例药品",
        "cnt": "1",
        "pric": amount,
        "det_item_fee_sumamt": amount,
        "drug_trac_codg": trace,
    }


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], encoding: str = "utf-8") -> Path:
    """Write rows (columns: union of their keys, in order of appearance) as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_world(folder: Path, world: World) -> Path:
    """Write a world as a source folder of the data standard."""
    for table, rows in world.items():
        write_csv(folder / f"{table}.csv", rows)
    return folder
