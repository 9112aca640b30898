"""What a letter to an institution says: its own records only, others' people by alias, nothing of the ring's reach."""

from cases.exports.facts import Record
from cases.exports.forms.common import amounts, kind, records, shared
from cases.exports.forms.form import Row
from cases.exports.legal import bases_of, law_data, said
from cases.exports.paper import Errand
from cases.exports.words import day, printable
from detectors.finding import ALERT_LINE, Grade


def own_records(errand: Errand) -> tuple[Record, ...]:
    """The ring's records settled at the institution, those held to be lawful left out."""
    return tuple(record for record in said(errand.dossier) if record.place == errand.institution)


def letter(errand: Errand) -> dict[str, object]:
    """What every letter to an institution may use."""
    own = own_records(errand)
    times = [record.time for record in own]
    place = errand.dossier.place(errand.institution)
    return {
        **shared(errand),
        **amounts(own),
        "code": printable(place.code),
        "count": len(own),
        "period": f"{day(min(times))}至{day(max(times))}" if times else "—",
        "patients": len({record.person for record in own}),
        "kinds": _kinds(errand, own),
        "records": records(errand, own),
    }


def articles(errand: Errand) -> list[Row]:
    """Bases that speak of institutions, with whether our words were compared with the text."""
    return [
        {"title": basis.title, "text": basis.paraphrase, "checked": "" if basis.checked else "（转述未核对）"}
        for basis in bases_of(errand.dossier)
        if basis.subject == "institution"
    ]


def questions(errand: Errand) -> list[str]:
    """What to ask about the families of kinds found, each question once."""
    asked = law_data("rules.yaml")["questions"]
    own = {record.id for record in own_records(errand)}
    families = {f.kind.split("/")[0] for f in errand.dossier.findings if f.score >= ALERT_LINE and own & set(f.records)}
    return [question for family in sorted(families) for question in asked.get(family, ())]


def _kinds(errand: Errand, own: tuple[Record, ...]) -> list[Row]:
    """Kinds of findings that rest on the institution's own records, and on how many of them."""
    rows: list[Row] = []
    counted: dict[str, set[str]] = {}
    ids = {record.id for record in own}
    for finding in errand.dossier.findings:
        if finding.score >= ALERT_LINE:
            graded = {r for r, grade in finding.records.items() if grade is not Grade.LAWFUL}
            counted.setdefault(finding.kind, set()).update(ids & graded)
    for name, found in counted.items():
        if found:
            fund = sum((record.fund for record in own if record.id in found), start=own[0].fund * 0)
            rows.append({"no": len(rows) + 1, "kind": kind(name), "count": len(found), "fund": f"{fund:,.2f}"})
    return rows
