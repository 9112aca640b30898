"""疑点线索汇总: one lead on a few pages, for whoever decides what becomes of it."""

from cases.exports.forms.common import amounts, institutions, people, shared
from cases.exports.forms.form import Context, Form
from cases.exports.forms.reasons import findings, gaps, legal
from cases.exports.meter import meter_of
from cases.exports.paper import Errand
from cases.model import STATUS_TITLES
from claims.language import speaking, translate


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    meter = meter_of(errand.dossier, errand.destination)
    with speaking("zh_CN"):
        status = translate(STATUS_TITLES[errand.dossier.ring.status])
    return {
        **shared(errand),
        **amounts(errand.dossier.records),
        "status": status,
        "institutions": institutions(errand, errand.dossier.places),
        "people": people(errand),
        "findings": findings(errand),
        "legal": legal(errand),
        "gaps": gaps(errand),
        "needed": len(meter.readings),
        "filled": meter.filled,
    }


FORM = Form("summary", "疑点线索汇总", "summary of the lead", context)
