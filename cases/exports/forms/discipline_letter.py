"""问题线索移送函 to discipline inspection: only where public officials may be concerned, which data cannot say."""

from cases.exports.forms.common import amounts, institutions, people, shared
from cases.exports.forms.form import Context, Form
from cases.exports.legal import said
from cases.exports.meter import reading_of
from cases.exports.paper import Errand
from graph.model import NodeType


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    return {
        **shared(errand),
        **amounts(said(errand.dossier)),
        "institutions": institutions(errand, errand.dossier.places),
        "staff": people(errand, (NodeType.DOCTOR,)),
        "status": reading_of(errand.dossier, "status").shown,
    }


FORM = Form("discipline-letter", "关于移送问题线索的函", "letter to discipline inspection", context, red_head=True)
