"""约谈通知书: an institution's head is asked to come and explain."""

from cases.exports.forms.form import Context, Form
from cases.exports.forms.own import articles, letter
from cases.exports.meter import reading_of
from cases.exports.paper import Errand


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    return {
        **letter(errand),
        "articles": articles(errand),
        "meeting": reading_of(errand.dossier, "meeting").shown,
    }


FORM = Form("interview", "约谈通知书", "notice of an interview to an institution", context)
