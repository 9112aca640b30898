"""移送函 to the health authority: practice of institutions and staff that is its business, not the fund's."""

from cases.exports.forms.common import amounts, institutions, people, shared
from cases.exports.forms.form import Context, Form
from cases.exports.forms.reasons import legal
from cases.exports.legal import said
from cases.exports.paper import Errand
from graph.model import NodeType


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    return {
        **shared(errand),
        **amounts(said(errand.dossier)),
        "institutions": institutions(errand, errand.dossier.places),
        "staff": people(errand, (NodeType.DOCTOR,)),
        "legal": legal(errand),
    }


FORM = Form(
    "health-letter", "关于移送医疗执业行为疑点线索的函", "letter to the health authority", context, red_head=True
)
