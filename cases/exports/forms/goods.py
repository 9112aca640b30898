"""涉案物品清单: trace codes seen more than once (electronic data), and blank rows for what is found on the spot."""

from cases.exports.forms.common import shared
from cases.exports.forms.form import Context, Form, Row
from cases.exports.legal import repeated_boxes
from cases.exports.paper import Errand
from cases.exports.words import printable, shortened

MOST_BOXES = 120


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    boxes = repeated_boxes(errand.dossier)
    names = {item.trace: item.name or item.code for item in errand.dossier.items}
    rows: list[Row] = [
        {
            "no": number,
            "name": shortened(printable(names[code]), 24),
            "code": printable(code),
            "count": len(settlements),
            "first": settlements[0],
        }
        for number, (code, settlements) in enumerate(list(boxes.items())[:MOST_BOXES], 1)
    ]
    return {
        **shared(errand),
        "boxes": rows,
        "total": len(boxes),
        "shown": len(rows),
        "hole": "〔待补：现场查获物品；提供者：承办人员（现场检查、先行登记保存）〕",
        "empty": [{"no": number} for number in range(1, 6)],
    }


FORM = Form("goods", "涉案物品清单", "list of goods", context)
