"""Every form, one file each; to add one, write its file, add it here and run `make_templates`."""

from collections.abc import Mapping

from cases.exports.forms import (
    discipline_letter,
    evidence,
    goods,
    health_letter,
    interview,
    investigation,
    market_letter,
    points,
    police_letter,
    questions,
    receipt,
    recovery,
    rectification,
    region_letter,
    service,
    summary,
)
from cases.exports.forms.form import Form

FORMS: tuple[Form, ...] = (
    police_letter.FORM,
    investigation.FORM,
    goods.FORM,
    evidence.FORM,
    receipt.FORM,
    health_letter.FORM,
    market_letter.FORM,
    discipline_letter.FORM,
    region_letter.FORM,
    rectification.FORM,
    interview.FORM,
    recovery.FORM,
    questions.FORM,
    service.FORM,
    points.FORM,
    summary.FORM,
)
BY_NAME: Mapping[str, Form] = {form.name: form for form in FORMS}

__all__ = ["BY_NAME", "FORMS", "Form"]
