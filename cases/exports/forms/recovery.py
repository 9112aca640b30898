"""追回通知书: what a decision asks an institution to return; a draft until there is a decision."""

from cases.exports.forms.form import Context, Form
from cases.exports.forms.own import articles, letter
from cases.exports.meter import reading_of
from cases.exports.paper import Errand


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    return {
        **letter(errand),
        "articles": articles(errand),
        "decision": reading_of(errand.dossier, "decision").shown,
        "review": reading_of(errand.dossier, "review").shown,
    }


FORM = Form("recovery", "追回通知书", "notice of recovery to an institution", context)
