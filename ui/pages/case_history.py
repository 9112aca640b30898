"""Every step of a case: when, who, what, why, and its place in the ledger; what was refused too."""

from markupsafe import Markup

from cases.work.model import OUTCOME_TITLES, CaseEvent, Outcome
from cases.work.recoveries import FLOW_TITLES, Flow
from cases.work.stages import STAGE_TITLES, Stage
from claims.language import N_, _
from ui.pages import case_words, words
from ui.pages.sheet import draw, paragraph, table, two_lines
from ui.service.cases_paper import CasePaper
from ui.service.house import Context

_NAMED = {
    "to": N_("to {value}"),
    "into": N_("into {value}"),
    "case": N_("case {value}"),
    "ring": N_("ring {value}"),
    "until": N_("until {value}"),
    "day": N_("for {value}"),
    "outcome": N_("outcome: {value}"),
    "institution": N_("institution {value}"),
    "flow": N_("money: {value}"),
    "amount": N_("{value} yuan"),
}


def history(context: Context, paper: CasePaper) -> None:
    """Draw the history, newest first."""
    events = context.case_work.history(paper.file.id)
    rows = [_row(paper, event) for event in reversed(events)]
    draw(
        paragraph(_("Nothing here can be changed or taken out; each line is an entry of the ledger."), "dim"),
        table((_("when"), _("acted by"), _("step"), _("reason given"), _("ledger")), rows, {4}),
    )


def _row(paper: CasePaper, event: CaseEvent) -> tuple[object, ...]:
    when = words.moment(event.at.astimezone().replace(tzinfo=None))
    what = two_lines(case_words.act(event), " · ".join(_details(paper, event)))
    return Markup('<span class="rh-w">{}</span>').format(when), case_words.actor(event, paper.names), what, \
        case_words.reason(event), event.leaf  # fmt: skip


def _details(paper: CasePaper, event: CaseEvent) -> list[str]:
    if event.refused:
        return []
    return [
        _(title, value=_value(paper, event.details[name])) for name, title in _NAMED.items() if event.details.get(name)
    ]


def _value(paper: CasePaper, value: object) -> str:
    text = str(value)
    if text in set(Stage):
        return _(STAGE_TITLES[Stage(text)])
    if text in set(Flow):
        return _(FLOW_TITLES[Flow(text)])
    return _(OUTCOME_TITLES[Outcome(text)]) if text in set(Outcome) else paper.called(text)
