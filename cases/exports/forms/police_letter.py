"""涉嫌犯罪案件移送书: what goes to police first, after annex 2 of 医保发〔2021〕49号."""

from cases.exports.forms.common import amounts, institutions, people, shared
from cases.exports.forms.form import Context, Form
from cases.exports.forms.reasons import legal
from cases.exports.legal import said
from cases.exports.paper import Errand


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    records = said(errand.dossier)
    return {
        **shared(errand),
        **amounts(records),
        "institutions": institutions(errand, errand.dossier.places),
        "people": people(errand),
        "legal": legal(errand),
    }


FORM = Form("police-letter", "涉嫌犯罪案件移送书", "transfer of a suspected crime", context)
