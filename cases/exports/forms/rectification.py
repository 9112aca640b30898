"""整改意见建议书: what an institution is asked to put right, on its own records."""

from cases.exports.forms.form import Context, Form
from cases.exports.forms.own import articles, letter
from cases.exports.paper import Errand


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    return {**letter(errand), "articles": articles(errand)}


FORM = Form("rectification", "整改意见建议书", "letter of rectification to an institution", context)
