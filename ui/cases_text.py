"""Cases as text: lines, and a case with its history."""

from rich.console import Console
from rich.markup import escape

from cases.kinds import kind_title
from cases.people import Actor
from cases.work.book import CaseBook
from cases.work.model import ORIGIN_TITLES, OUTCOME_TITLES, CaseFile
from cases.work.stages import STAGE_TITLES, STEP_TITLES
from cases.work.words import ACT_TITLES
from claims.language import _, join_words
from ui.rings_text import grid, yuan
from ui.rows import mask_keys


def draw_case(out: Console, book: CaseBook, actor: Actor, file: CaseFile) -> None:
    """Draw a case with what can be done now and its history."""
    out.print(escape(f"{file.id}  {mask_keys(file.title)}"), style="bold")
    facts = {
        _("stage"): stage_of(file),
        _("kind"): kind_of(file),
        _("began with"): f"{_(ORIGIN_TITLES[file.origin])}: {mask_keys(file.source)}",
        _("rings"): join_words(file.bound),
        _("owner"): file.owner or _("nobody"),
        _("priority"): str(file.priority),
        _("due"): due_of(file),
        _("fund, yuan"): yuan(file.fund),
        _("outcome"): _(OUTCOME_TITLES[file.outcome]) if file.outcome else "",
        _("can do now"): join_words(_(STEP_TITLES[name]) for name in book.steps(actor, file.id)),
    }
    for title, value in facts.items():
        if value:
            out.print(escape(f"{title}: {value}"), soft_wrap=True)
    table = grid(_("when"), _("who"), _("act"), last=_("reason"))
    for event in book.history(actor, file.id):
        when = f"{event.at.astimezone():%Y-%m-%d %H:%M}"
        title = _(ACT_TITLES[event.act])
        act = _("{act} (refused)", act=title) if event.refused else title
        table.add_row(when, escape(event.actor), act, escape(_(event.reason) if event.reason else ""))
    out.print(table)


def kind_of(case: CaseFile) -> str:
    """Kind of its ring, or the title it was given."""
    return kind_title(case.family) if case.family else mask_keys(case.title)


def stage_of(case: CaseFile) -> str:
    """Stage, or until when it is put aside."""
    asleep = _("aside until {day}", day=case.snoozed_until) if case.snoozed_until else ""
    return asleep or _(STAGE_TITLES[case.stage])


def due_of(case: CaseFile) -> str:
    """Day the time limit ends, with a mark where it has passed."""
    if case.due is None:
        return ""
    return f"{case.due.astimezone():%Y-%m-%d}" + (" !" if case.escalated else "")


def line_of(case: CaseFile) -> str:
    """Where a case stands, in a line."""
    owner = _(" · {owner}", owner=case.owner) if case.owner else ""
    return f"{case.id}: {stage_of(case)}{owner}"
