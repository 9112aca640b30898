"""医保支付资格记分建议单: a proposal to the agency, with its reasons, and nothing decided."""

from cases.exports.forms.common import shared
from cases.exports.forms.form import Context, Form
from cases.exports.legal import law_data
from cases.exports.meter import reading_of
from cases.exports.paper import Errand
from cases.exports.points import forecasts_of
from cases.exports.words import printable


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    rules = law_data("points.yaml")
    staff = [
        {
            "no": number,
            "name": errand.naming.name(forecast.party.key),
            "unit": printable(forecast.party.unit) or "—",
            "count": len(forecast.records),
            "fund": f"{forecast.fund:,.2f}",
            "band": f"{forecast.band.least}至{forecast.band.most}分",
            "reasons": "；".join(forecast.reasons),
            "when": forecast.band.when,
        }
        for number, forecast in enumerate(forecasts_of(errand.dossier), 1)
    ]
    base = shared(errand)
    return {
        **base,
        "rule": rules["source"],
        "law": rules["notice"],
        "checked": "" if rules["checked"] else "（档次条件为转述，未与官方文本逐条核对，以本省细则为准）",
        "staff": staff,
        "consequences": [entry["text"] for entry in rules["consequences"]],
        "review": reading_of(errand.dossier, "review").shown,
    }


FORM = Form("points", "医保支付资格记分建议单", "points of staff (proposal)", context)
