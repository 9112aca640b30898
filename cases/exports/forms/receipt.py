"""回执: what the receiver signs and sends back (annex 4 of 医保发〔2021〕49号 for police; the like for others)."""

from cases.exports.destinations import BY_NAME
from cases.exports.forms.common import shared
from cases.exports.forms.form import Context, Form
from cases.exports.paper import Errand

_COMMON = ("签收日期和时刻", "材料份数、页数和载体", "接收人和联系电话")
_POLICE = ("是否属于本机关管辖；不属于的，转送机关", "是否立案；立案或者不予立案通知书文号", "不予立案的理由")
_OTHERS = ("是否属于本机关职责；不属于的，转送机关", "办理意见和预计答复日期")


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    police = errand.destination == "police"
    items = (*_COMMON, *(_POLICE if police else _OTHERS))
    return {
        **shared(errand),
        "title": "涉嫌犯罪案件移送书" if police else f"线索移送函（{BY_NAME[errand.destination].receiver}）",
        "items": [{"title": item, "value": ""} for item in items],
    }


FORM = Form("receipt", "回执", "receipt for the receiver to sign", context)
