"""移送函 to the market regulator: drugs that come back, and how pharmacies buy and sell them."""

from cases.exports.forms.common import amounts, institutions, shared
from cases.exports.forms.form import Context, Form
from cases.exports.legal import repeated_boxes, said
from cases.exports.paper import Errand


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    return {
        **shared(errand),
        **amounts(said(errand.dossier)),
        "institutions": institutions(errand, errand.dossier.places),
        "boxes": len(repeated_boxes(errand.dossier)),
    }


FORM = Form("market-letter", "关于移送药品经营疑点线索的函", "letter to the market regulator", context, red_head=True)
