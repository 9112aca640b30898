"""移送函 to fund supervision elsewhere: institutions or insured persons of another region."""

from cases.exports.forms.common import amounts, institutions, people, shared
from cases.exports.forms.form import Context, Form
from cases.exports.legal import said
from cases.exports.paper import Errand
from graph.model import NodeType


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    return {
        **shared(errand),
        **amounts(said(errand.dossier)),
        "institutions": institutions(errand, errand.dossier.places),
        "people": people(errand, (NodeType.PERSON,)),
    }


FORM = Form(
    "region-letter",
    "关于移送（协查）疑点线索的函",
    "letter to fund supervision of another region",
    context,
    red_head=True,
)
