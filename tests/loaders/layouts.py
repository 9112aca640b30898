"""Invented layouts of local systems, and rows to fill them: what drafts of mappings are measured on."""

import random
from dataclasses import dataclass

from tests.scenarios import Row, certno

KINDS = {"11": "普通门诊", "13": "急诊", "14": "慢特病", "21": "住院", "41": "药店购药"}


def insured(rng: random.Random, number: int) -> Row:
    birth = f"{rng.randrange(1940, 2005)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
    serial = rng.randrange(1000)
    return {
        "psn_no": f"4501{number:010}",
        "psn_name": rng.choice("王李张赵") + rng.choice("明英伟芳") + rng.choice(["", "华"]),
        "certno": certno(birth=birth, serial=f"{serial:03}"),
        "gend": "1" if serial % 2 else "2",
        "brdy": f"{birth[:4]}-{birth[4:6]}-{birth[6:]}",
        "tel": f"139{rng.randrange(10**8):08}",
        "addr": f"平安县新河镇{rng.randrange(9)}村{rng.randrange(99)}号",
        "emp_name": "平安县供销公司",
    }


def settlement(rng: random.Random, number: int) -> Row:
    fund = rng.randrange(1, 9000) / 100
    return {
        "setl_id": f"J{number:08}",
        "mdtrt_id": f"M{number:08}",
        "psn_no": f"4501{rng.randrange(90):010}",
        "fixmedins_code": f"H450102{rng.randrange(30):05}",
        "med_type": rng.choice(list(KINDS)),
        "begntime": f"2026-01-{rng.randrange(1, 29):02} 09:{rng.randrange(60):02}:00",
        "setl_time": f"2026-01-{rng.randrange(1, 29):02} 10:{rng.randrange(60):02}:00",
        "diag_code": rng.choice(["I10.x00", "E11.900", "J06.900"]),
        "medfee_sumamt": f"{fund * 1.3:.2f}",
        "fund_pay_sumamt": f"{fund:.2f}",
        "acct_pay": "0.00",
        "cash_payamt": f"{fund * 0.3:.2f}",
    }


def fee_item(rng: random.Random, number: int) -> Row:
    return {
        "setl_id": f"J{number // 4:08}",
        "bkkp_sn": str(number),
        "fee_ocur_time": f"2026-01-{rng.randrange(1, 29):02} 09:{rng.randrange(60):02}:00",
        "med_list_codg": f"XC09AA002A0010101{rng.randrange(99999):05}"[:23],
        "med_list_name": rng.choice(["示例药品甲", "示例药品乙"]),
        "cnt": str(rng.randrange(1, 5)),
        "pric": f"{rng.randrange(100, 9999) / 100:.2f}",
        "det_item_fee_sumamt": f"{rng.randrange(100, 9999) / 100:.2f}",
    }


MAKERS = {"insured": insured, "settlements": settlement, "fee_items": fee_item}


@dataclass(frozen=True)
class Layout:
    """Names of files and columns, and the least share of columns a draft must find."""

    files: dict[str, str]
    columns: dict[str, dict[str, str]]
    least: float


def layout(files: str, insured_: str, settlements: str, items: str, least: float) -> Layout:
    """Read a layout from names in the order the makers write their columns."""
    rng = random.Random(0)
    names = dict(zip(MAKERS, (insured_.split(), settlements.split(), items.split()), strict=True))
    columns = {table: dict(zip(MAKERS[table](rng, 0), given, strict=True)) for table, given in names.items()}
    return Layout(dict(zip(MAKERS, files.split(), strict=True)), columns, least)


LAYOUTS = {
    "chinese": layout(
        "参保人员信息 结算记录 费用明细",
        "个人编号 姓名 身份证号码 性别 出生年月日 手机号码 家庭住址 工作单位",
        "结算流水号 就诊号 个人编号 医疗机构编码 就诊类型 就诊时间 结算日期 主要诊断编码 医疗总费用 "
        "统筹基金支付 个人账户支付 现金支付",
        "结算流水号 明细序号 费用日期 项目编码 项目名称 数量 单价 金额",
        0.95,
    ),
    "long chinese": layout(
        "t_1 t_2 t_3",
        "参保人员编号 参保人姓名 参保人身份证号码 参保人性别 参保人出生日期 本人联系电话 常住家庭住址 所在单位名称",
        "医保结算流水号 本次就诊流水号 参保人编号 定点医疗机构编码 本次医疗类别 就诊开始时间 费用结算时间 "
        "出院主要诊断编码 医疗费总额(元) 统筹基金支付金额 个人账户支付额 个人现金支付额",
        "医保结算流水号 费用明细流水号 费用发生时间 医保目录编码 医保目录名称 数量 单价 明细金额",
        0.75,
    ),
    "initials": layout(
        "ryxx jsxx fymx",
        "rybh ryxm sfzh xb csrq lxdh jtzz gzdw",
        "jsid jzid rybh yljgbm yllb kssj jsrq zdbm ylfze jjzf grzhzf xjzf",
        "jsid mxlsh fyfssj xmbm xmmc sl dj je",
        0.85,
    ),
    "pinyin": layout(
        "a b c",
        "renyuanbianhao xingming shenfenzhenghao xingbie chushengriqi lianxidianhua jiatingzhuzhi gongzuodanwei",
        "jiesuanliushuihao jiuzhenhao renyuanbianhao jigoubianma yiliaoleibie ruyuanriqi jiesuanriqi "
        "zhenduanbianma zongfeiyong tongchouzhifu gerenzhanghuzhifu xianjinzhifu",
        "jiesuanliushuihao mingxiliushuihao feiyongriqi xiangmubianma xiangmumingcheng shuliang danjia jine",
        0.95,
    ),
    "english": layout(
        "PERSON CLAIM CLAIM_ITEM",
        "PERSON_ID NAME ID_CARD SEX BIRTH_DATE MOBILE ADDRESS EMPLOYER",
        "CLAIM_ID VISIT_ID PERSON_ID HOSPITAL_CODE VISIT_TYPE ADMISSION_TIME SETTLEMENT_TIME ICD10_CODE TOTAL_FEE "
        "FUND_PAY ACCOUNT_PAY CASH_PAY",
        "CLAIM_ID LINE_NO CHARGE_TIME ITEM_CODE ITEM_NAME QUANTITY UNIT_PRICE AMOUNT",
        0.95,
    ),
    "older codes": layout(
        "AC01 KC24 KC22",
        "AAC001 AAC003 AAC002 AAC004 AAC006 AAE005 AAE006 AAB004",
        "AAZ216 AKC190 AAC001 AKB020 AKA130 AKC192 JSRQ AKA120 AKC264 AKE039 AKB066 AKC228",
        "AAZ216 MXXH AKC221 AKC222 AKC223 AKC226 AKC225 AKC227",
        0.9,
    ),
}
