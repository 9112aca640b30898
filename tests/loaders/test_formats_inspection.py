"""The inspection templates, filled in as institutions fill them in: workbooks with notes above the table."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from claims.reader import Claims
from claims.workspace import Workspace
from loaders.formats.inspection import inspection
from loaders.load import load
from tests.loaders.extracts import notes_of, raw_tables, rows_of
from tests.scenarios import Row, certno

ONE, TWO = certno(serial="123"), certno(serial="124")
VISIT: Row = {
    "序号": "1",
    "机构编码": "H1",
    "机构名称": "新河镇卫生院",
    "机构等级": "一级",
    "险种类别": "城乡居民",
    "持证类别": "",
    "参保地区划": "450102",
    "人员姓名": "王小明",
    "人员性别": "男",
    "人员年龄": "65",
    "身份证号": ONE,
    "门诊号": "M1",
    "门诊日期": "2026-01-05",
    "门诊科室名称": "内科",
    "首诊医生姓名": "赵医生",
    "疾病编码ICD": "I10.x00",
    "疾病诊断名称": "原发性高血压",
    "次要诊断组合": "",
    "结算流水号": "1001",
    "结算类别": "普通门诊",
    "结算日期": "2026-01-05 09:10:00",
    "医疗金额": "100.00",
    "医保范围金额": "100.00",
    "基金支付": "80.00",
    "个账支付": "0.00",
    "现金支付": "20.00",
}
ITEM: Row = {
    "序号": "1",
    "机构编码": "H1",
    "机构名称": "新河镇卫生院",
    "身份证号": ONE,
    "人员姓名": "王小明",
    "门诊号": "M1",
    "处方号": "R1",
    "处方组号": "1",
    "项目代码": "Y1",
    "项目名称": "院内名",
    "国标代码": "XC09AA002A001010100001",
    "国标名称": "示例药品",
    "天数": "7",
    "收费项目类别": "西药费",
    "数量": "2",
    "单价": "10.00",
    "金额": "20.00",
    "费用发生日期": "2026-01-05 09:00:00",
    "费用科室名称": "内科",
    "结算流水号": "1001",
}
ORDER: Row = {
    "机构编码": "H1",
    "门诊号": "M1",
    "处置类型": "西成药方",
    "处方号": "R1",
    "处方开具日期": "2026-01-05 08:55:00",
    "处方科室名称": "内科",
    "开具医生姓名": "钱医生",
}
MOVE: Row = {
    "序号": "1",
    "机构编码": "H1",
    "机构名称": "新河镇卫生院",
    "药房名称": "门诊药房",
    "项目代码": "Y1",
    "国标代码": "XC09AA002A001010100001",
    "出入库类型": "门诊销售",
    "出入库数量": "-2",
    "出入库单位": "盒",
    "购入价": "8.00",
    "零售价": "10.00",
    "业务日期": "2026-01-05",
    "对方部门": "王小明",
}


def stay() -> Row:
    row = {name: value for name, value in VISIT.items() if not name.startswith(("门诊", "首诊"))}
    extra = {
        "住院号": "Z1",
        "入院日期": "2026-01-06",
        "出院日期": "2026-01-10",
        "住院天数": "4",
        "住院科室名称": "内科",
        "主管医生姓名": "孙医生",
        "结算类别": "普通住院",
        "结算日期": "2026-01-10 10:00:00",
        "身份证号": TWO,
        "人员性别": "女",
        "人员姓名": "李秀英",
    }
    return row | extra


def write_template(folder: Path, name: str, sheet: str, rows: Sequence[Row]) -> None:
    """Write a filled-in template: notes, a row of types, the header, the rows, and an empty sheet behind."""
    folder.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(folder / f"{name}.xlsx") as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, ["数据规格：", "险种类别：按“城镇职工、城乡居民”填写"])
        page.write_row(1, 1, ["日期：按“2024-01-01”格式填写"])
        header = list(rows[0])
        page.write_row(3, 0, ["可空不填", *["字符型"] * (len(header) - 1)])
        page.write_row(4, 0, header)
        for number, row in enumerate(rows):
            page.write_row(5 + number, 0, [row.get(column, "") for column in header])
        book.add_worksheet("SQL语句")


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    again = VISIT | {"机构编码": "H2", "机构名称": "康民大药房", "机构等级": "药店", "身份证号": TWO, "人员性别": "女"}
    write_template(folder, "2.1-机构门诊就医提取表", "门诊就医", [VISIT, again])
    write_template(folder, "3.1-机构住院就医提取表", "住院就医", [stay() | {"结算流水号": "1002"}])
    write_template(folder, "2.2-机构门诊结算提取表", "门诊结算", [ITEM, ITEM, ITEM | {"处方号": ""}])
    write_template(folder, "2.3-机构门诊处方提取表", "门诊处方", [ORDER, ORDER])
    sold = [("门诊销售", "-2"), ("门诊销售", "1")]
    kinds = [*sold, ("物资采购", "50"), ("药房调拨", "-5"), ("采购退货", "-5"), ("库存盘点", "-1")]
    moves = [MOVE | {"出入库类型": kind, "出入库数量": count} for kind, count in kinds]
    write_template(folder, "5.4-机构药房消耗提取表", "药房出入库", moves)
    operation = {"序号": "1", "机构编码": "H1", "手术操作编码": "1", "手术者姓名": "孙医生", "手术等级": "二类手术"}
    write_template(folder, "3.4-机构住院手术提取表", "住院手术", [operation])
    return folder


def test_visits_and_stays_are_settlements_under_computed_keys(filled: Path, tmp_path: Path) -> None:
    rows = rows_of(raw_tables(inspection(), filled, tmp_path), "settlements")
    assert [row["setl_id"] for row in rows] == ["H1-1001", "H2-1001", "H1-1002"]
    assert [row["med_type"] for row in rows] == ["11", "41", "21"]
    assert rows[0]["psn_no"] == ONE
    assert rows[0]["chfpdr_code"] == "H1/赵医生"
    assert (rows[2]["begntime"], rows[2]["endtime"]) == ("2026-01-06", "2026-01-10")


def test_items_take_their_doctor_from_the_prescription(filled: Path, tmp_path: Path) -> None:
    rows = rows_of(raw_tables(inspection(), filled, tmp_path), "fee_items")
    assert [row["bilg_dr_code"] for row in rows] == ["H1/钱医生", "H1/钱医生", None]
    assert len({row["bkkp_sn"] for row in rows}) == 3
    assert (rows[0]["med_list_codg"], rows[0]["med_chrgitm_type"]) == ("XC09AA002A001010100001", "09")


def test_stock_moves_count_what_was_sold(filled: Path, tmp_path: Path) -> None:
    tables = raw_tables(inspection(), filled, tmp_path)
    moves = [(row["inv_chg_type"], row["cnt"]) for row in rows_of(tables, "stock_moves")]
    assert moves == [("102", "2"), ("102", "-1"), ("101", "50"), ("103", "5"), ("104", "-1")]
    assert "1 rows of 5.4-机构药房消耗提取表.xlsx were left out: 出入库类型 is 药房调拨" in notes_of(tables)


def test_computed_keys_and_idle_templates_are_told(filled: Path, tmp_path: Path) -> None:
    notes = notes_of(raw_tables(inspection(), filled, tmp_path))
    assert "persons are known by certificate number only" in notes
    assert "namesakes fall together" in notes
    assert "bkkp_sn is computed" in notes
    assert "3.4-机构住院手术提取表.xlsx was recognised and is not used" in notes


def test_registers_are_derived(filled: Path, tmp_path: Path) -> None:
    tables = raw_tables(inspection(), filled, tmp_path)
    types = {row["fixmedins_code"]: row["fixmedins_type"] for row in rows_of(tables, "institutions")}
    assert types == {"H1": "1", "H2": "2"}
    assert {row["psn_no"]: row["gend"] for row in rows_of(tables, "insured")} == {ONE: "1", TWO: "2"}
    assert {row["dr_name"] for row in rows_of(tables, "practitioners")} >= {"赵医生", "钱医生", "孙医生"}


def test_the_institutions_own_template_is_a_register(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"序号": "1", "机构编码": "H1", "机构名称": "甲", "机构等级": "三级", "机构类型": "综合", "核定床位": "40",
         "定点开始日期": "2020-01-01", "所属区划": "450102"},
        {"序号": "2", "机构编码": "P1", "机构名称": "乙", "机构等级": "", "机构类型": "连锁药店", "核定床位": "",
         "定点开始日期": "2020-01-01", "所属区划": "450102"},
    ]  # fmt: skip
    write_template(tmp_path / "in", "1.1-机构执业信息提取表", "机构参数", rows)
    tables = raw_tables(inspection(), tmp_path / "in", tmp_path)
    assert [row["fixmedins_type"] for row in rows_of(tables, "institutions")] == ["1", "2"]
    assert not tables[0].derived


def test_a_filled_in_folder_loads_whole(filled: Path, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    report = load(workspace, filled)
    assert report.format == "inspection"
    assert sum(table.quarantined for table in report.tables) == 0
    claims = Claims.open(workspace)
    with claims.connect() as connection:
        lines = connection.execute("SELECT source_line FROM settlements WHERE setl_id = 'H2-1001'").fetchall()
        items = connection.execute("SELECT count(*) FROM fee_items").fetchone()
    assert lines == [(7,)]  # the row of the sheet, notes counted
    assert items == (3,)
    assert load(workspace, filled).version is None  # sent again: nothing changes
