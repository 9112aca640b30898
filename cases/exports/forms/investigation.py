"""案件调查报告: facts, amounts, tests, explanations tried, articles, gaps (annex 3 of 医保发〔2021〕49号)."""

from cases.exports.forms.common import amounts, institutions, people, shared
from cases.exports.forms.form import Context, Form
from cases.exports.forms.reasons import findings, gaps, legal
from cases.exports.legal import said
from cases.exports.meter import meter_of
from cases.exports.paper import Errand
from cases.exports.words import day, moment, printable, yuan
from detectors.finding import Grade


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    dossier = errand.dossier
    meter = meter_of(dossier, errand.destination)
    shown = {reading.required.name: reading.shown for reading in meter.readings}
    steps = dossier.case.steps if dossier.case else ()
    return {
        **shared(errand),
        **amounts(dossier.records),
        "code": dossier.run.code_version,
        "newest": day(dossier.newest),
        "version": dossier.read_version,
        "steps": [f"{moment(s.at)}，{errand.naming.text(f'{s.actor}：{s.what}。{s.reason}')}" for s in steps],
        "review": printable(shown.get("review", "")),
        "answer": errand.naming.text(shown.get("answer", "")),
        "institutions": institutions(errand, dossier.places),
        "people": people(errand),
        "others": len({r.person for r in said(dossier)} - {member.id for member in dossier.members}),
        "findings": findings(errand),
        "crossings": _crossings(errand),
        "legal": legal(errand),
        "gaps": gaps(errand),
        "needed": len(meter.readings),
        "filled": meter.filled,
    }


def _crossings(errand: Errand) -> list[str]:
    """How the bracket stands to each amount of the law."""
    words = {"large": "数额较大", "huge": "数额巨大", "exceptional": "数额特别巨大"}
    grades = {
        Grade.CERTAIN: "仅计确定部分即达到",
        Grade.PROBABLE: "计入很可能部分后达到",
        Grade.CONTESTED: "计入存疑部分后才达到",
    }
    return [
        f"对照“{words.get(c.threshold, c.threshold)}”{yuan(c.amount)}："
        + (grades[c.reached] if c.reached else "未达到")
        + (f"，其中{len(c.movers)}笔为关键记录。" if c.movers else "。")
        for c in errand.dossier.exposure.crossings
    ]


FORM = Form("investigation", "案件调查报告", "report of the investigation", context)
