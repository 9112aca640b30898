"""送达回证: who took a letter in, when and how."""

from cases.exports.forms.form import Context, Form
from cases.exports.forms.own import letter
from cases.exports.paper import Errand

_SENT = {
    "rectification": "整改意见建议书",
    "interview": "约谈通知书",
    "recovery": "追回通知书",
    "questions": "疑点问题单",
}


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    shared = letter(errand)
    items = {
        "送达文书名称和文号": f"{_SENT[errand.destination]}　{shared['number']}",
        "受送达单位": f"{shared['recipient']}（{shared['code']}）",
        "送达地点": "",
        "送达方式（直接、留置、邮寄、电子等）": "",
        "收件人签名或者盖章、收件时间": "",
        "代收人签名及与受送达单位的关系": "",
        "拒收事由、见证人签名": "",
    }
    return {**shared, "items": [{"title": title, "value": value} for title, value in items.items()]}


FORM = Form("service", "送达回证", "proof of service", context)
