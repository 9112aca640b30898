"""疑点问题单: what an institution is asked before anybody concludes anything, with room for its answers."""

from cases.exports.forms.form import Context, Form
from cases.exports.forms.own import letter, questions
from cases.exports.paper import Errand


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    asked = [{"no": number, "text": text} for number, text in enumerate(questions(errand), 1)]
    return {**letter(errand), "questions": asked}


FORM = Form("questions", "疑点问题单", "questions to an institution before any conclusion", context)
