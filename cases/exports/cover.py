"""The English cover page: what each Chinese document is, for a reader who does not read Chinese."""

from cases.exports.forms import Form
from cases.exports.forms.common import amounts, footer
from cases.exports.forms.form import Context
from cases.exports.legal import said
from cases.exports.paper import Errand
from cases.exports.words import NOT_GUILT, printable
from cases.kinds import kind_title
from claims.language import speaking


def context(errand: Errand, forms: tuple[Form, ...]) -> Context:
    """Fill the places of the cover page."""
    dossier = errand.dossier
    money = amounts(said(dossier))
    with speaking("en"):
        kind = kind_title(dossier.ring.picture.kind)
    return {
        "lead": dossier.ring.id,
        "case": printable(dossier.case.number) if dossier.case else "no case opened",
        "kind": kind,
        "statement": errand.naming.text(dossier.ring.picture.statement.en),
        "count": len(said(dossier)),
        "certain": str(money["certain"]).rstrip("元"),
        "likely": str(money["likely"]).rstrip("元"),
        "upper": str(money["upper"]).rstrip("元"),
        "forms": [{"no": number, "zh": form.title, "en": form.english} for number, form in enumerate(forms, 1)],
        "not_guilt": NOT_GUILT,
        "footer": footer(errand),
    }
