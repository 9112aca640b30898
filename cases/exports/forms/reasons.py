"""Why a ring is suspected, as documents tell it: findings with their tests, articles with their facts, gaps."""

from collections.abc import Iterable

from cases.exports.forms.common import kind
from cases.exports.forms.form import Context, Row
from cases.exports.legal import Held, bases_of, held
from cases.exports.meter import meter_of
from cases.exports.paper import Errand
from cases.exports.words import day, ordinal
from cases.exports.words import hole as blank
from cases.kinds import trial_title
from claims.language import speaking
from detectors.finding import ALERT_LINE, Finding

MOST_LINES = 12  # lines of evidence of a finding in a letter; the tables hold all
CHECKED = "转述已与公开文本核对"
UNCHECKED = "转述未核对，条文内容和条号须先行核实"


def findings(errand: Errand) -> list[Context]:
    """Findings above the line, strongest first, with their chance tests and lines of evidence."""
    shown = [finding for finding in errand.dossier.findings if finding.score >= ALERT_LINE]
    return [_finding(errand, finding, number) for number, finding in enumerate(shown or errand.dossier.findings[:1], 1)]


def _finding(errand: Errand, finding: Finding, number: int) -> Context:
    text = errand.naming.text
    chance = finding.chance
    lines = [text(line.statement.zh) for line in finding.evidence[:MOST_LINES]]
    return {
        "no": ordinal(number),
        "kind": kind(finding.kind),
        "statement": text(finding.statement.zh),
        "test": f"{text(chance.statistic.zh)}：实际{_plain(chance.observed)}，偶然预期{_plain(chance.expected)}；"
        f"校正后偶然概率{chance_words(chance.p_value)}（零假设：{text(chance.null.zh)}）",
        "records": len(finding.records),
        "lines": lines,
        "more": max(0, len(finding.evidence) - MOST_LINES),
        "method": f"{finding.detector} {finding.version}",
        "denominator": f"{finding.denominator:,}{text(finding.denominator_of.zh)}",
        "trials": [
            {
                "test": trial_words(trial.test),
                "result": text(trial.result.zh),
                "share": f"{trial.explains:.0%}",
            }
            for trial in finding.trials
        ],
    }


def trial_words(test: str) -> str:
    """Name of an innocent explanation in Chinese."""
    with speaking("zh_CN"):
        return trial_title(test)


def chance_words(p_value: float) -> str:
    """A corrected p-value as a reader takes it in."""
    if p_value >= 0.001:
        return f"约{p_value:.3f}"
    return "小于百万分之一" if p_value < 1e-6 else f"约十万分之{p_value * 1e5:.1f}"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def legal(errand: Errand, subjects: Iterable[str] = ("institution", "person", "both")) -> list[Context]:
    """Bases with their elements, each with what shows it or a visible blank."""
    wanted = frozenset(subjects)
    found: list[Context] = []
    for basis in bases_of(errand.dossier):
        if basis.subject not in wanted:
            continue
        found.append(
            {
                "title": basis.title,
                "about": f"{basis.number}，{day(basis.in_force)}起施行",
                "checked": CHECKED if basis.checked else UNCHECKED,
                "text": basis.paraphrase,
                "lines": [_element(errand, line) for line in held(errand.dossier, basis)],
            }
        )
    return found


def _element(errand: Errand, line: Held) -> Row:
    """An element with what shows it, or a visible blank."""
    note = errand.naming.text(line.showing.note)
    return {
        "text": line.element.text,
        "shown": blank(note, line.element.who) if line.hole else note,
        "count": len(line.showing.records) or "—",
    }


def gaps(errand: Errand) -> list[Row]:
    """The completeness meter as rows."""
    return [
        {
            "no": number,
            "title": reading.required.title,
            "state": "已有" if reading.filled else "缺",
            "value": errand.naming.text(reading.value) or "—",
            "who": "—" if reading.filled else reading.required.who,
        }
        for number, reading in enumerate(meter_of(errand.dossier, errand.destination).readings, 1)
    ]
