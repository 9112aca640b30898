"""The right side of a case: clock, people, the steps this account can take, and other acts."""

from functools import partial

import streamlit as st

from cases.people import ROLE_TITLES
from cases.work.stages import STAGE_TITLES, STEP_TITLES, Part, StepName, steps_from
from claims.language import N_, _, join_words
from ui.auth.roles import Action
from ui.pages import case_words, words
from ui.pages.case_acts import done, reason_box, written
from ui.pages.case_share import share
from ui.pages.sheet import draw, table
from ui.service.cases_paper import CasePaper
from ui.service.house import Context

PARTS = {Part.PREPARED: N_("Prepared by"), Part.SECOND: N_("Second review"), Part.FINAL: N_("Final review")}


def side(context: Context, paper: CasePaper) -> None:
    """Draw the side."""
    with st.container(border=True, key="case.steps"):
        _steps(context, paper)
    with st.container(border=True, key="case.clock"):
        _clock(paper)
        _people(paper)
    if context.may(Action.WORK_CASE):
        share(context, paper)


def _steps(context: Context, paper: CasePaper) -> None:
    st.subheader(_("Next steps"))
    steps = [name for name in paper.steps if name is not StepName.DECIDE]
    if not paper.steps or not context.may(Action.STEP_CASE):
        st.caption(_why_none(paper))
        return
    if StepName.DECIDE in paper.steps:
        st.markdown(words.plain(_("The decision says something about every member and record; it is taken there.")))
        st.button(_("To members and records"), key="case.to_subjects", icon=":material/gavel:", on_click=_to_subjects)
    if not steps:
        return
    key = f"case.step.reason.{paper.file.id}"
    with st.form("case.step", border=False, enter_to_submit=False):
        reason_box(key)
        for name in steps:
            to = steps_from(paper.file.stage)[name].to
            st.form_submit_button(
                _(STEP_TITLES[name]), key=f"case.step.{name}", width="stretch",
                type="primary" if name is steps[0] and StepName.DECIDE not in paper.steps else "secondary",
                help=_("leads to: {stage}", stage=_(STAGE_TITLES[to])), on_click=done,
                args=(context, paper.file.id, partial(_step, context, paper, name, key), (key,)),
            )  # fmt: skip


def _why_none(paper: CasePaper) -> str:
    if paper.own_work:
        return _("Nobody reviews own work: this step is for somebody who has not worked on it so far.")
    if not paper.workers:
        return _("Nothing can be done here.")
    roles = join_words(_(ROLE_TITLES[role]) for role in paper.workers)
    return _("The next step is for: {roles}.", roles=roles)


def _step(context: Context, paper: CasePaper, name: StepName, key: str) -> str:
    file = context.case_work.acts.step(paper.file.id, name, written(key), paper.file.version)
    return _("{step}: the case stands at {stage} now.", step=_(STEP_TITLES[name]), stage=_(STAGE_TITLES[file.stage]))


def _to_subjects() -> None:
    st.query_params["part"] = "subjects"


def _clock(paper: CasePaper) -> None:
    st.subheader(_("Time limit"))
    file, clock = paper.file, paper.card.clock
    if clock is None or not file.open:
        st.caption(_("No time limit runs."))
    else:
        colour, left = case_words.clock_colour(clock), words.plain(case_words.clock(clock))
        due = words.day(clock.due.astimezone().date())
        st.markdown(f":{colour}-badge[{left}] {words.plain(_('until {day}', day=due))}")
        limit = _("{stage}: {days} days.", stage=_(STAGE_TITLES[file.stage]), days=paper.days or 0)
        passed = _("When the limit passes, the case rises by one in priority and the history says so.")
        st.caption(f"{limit} {_('The limit has passed; the case rose in priority.') if file.escalated else passed}")
    if file.snoozed_until:
        st.caption(_("Put aside until {day}.", day=words.day(file.snoozed_until)))
    if file.diary:
        st.caption(_("It comes back on {day}.", day=words.day(file.diary)))


def _people(paper: CasePaper) -> None:
    rows = [(_("With"), paper.card.holder or _("nobody"))]
    rows += [(_(title), join_words(paper.who(part)) or "–") for part, title in PARTS.items()]
    draw(table((_("in the case"), _("name")), rows))
