"""Hearing an institution: the sheet it is asked with, its answers as dated facts, and what they change."""

from functools import partial

import streamlit as st

from cases.work.answers import ANSWER_TITLES, EFFECTS, Answer, AnswerState
from claims.language import N_, _
from graph.model import NodeType
from graph.titles import node_title
from ui.auth.roles import Action
from ui.pages import states, words
from ui.pages.case_acts import done, reason_box, written
from ui.pages.case_answer import enter
from ui.pages.case_change import change
from ui.pages.case_sheet import drawn_up, sheet
from ui.pages.sheet import draw, table, two_lines
from ui.service.cases_hearing import HEARING, Place, places_of
from ui.service.cases_paper import CasePaper
from ui.service.house import Context
from ui.service.ring_sheet import RingPaper

STATES = {
    AnswerState.GIVEN: N_("to be judged"),
    AnswerState.ACCEPTED: N_("accepted"),
    AnswerState.REFUSED: N_("refused"),
}


def hearing(context: Context, paper: CasePaper, rings: tuple[RingPaper, ...]) -> None:
    """Draw questions and answers."""
    places = places_of(rings)
    answers = context.case_work.hearing.answers(paper.file.id)
    if paper.file.stage not in HEARING:
        st.caption(_("An institution is heard after the second review, until the facts are verified."))
    if not places:
        states.empty(_("No institution is named by the records of this case."), _("Records come with a ring."))
        return
    _answers(context, paper, answers, {place.code: place for place in places})
    if paper.file.stage in HEARING:
        left, right = st.columns(2, gap="medium")
        with left:
            if context.may(Action.STEP_CASE):
                sheet(context, paper, places)
        with right:
            if context.may(Action.WORK_CASE):
                enter(context, paper, rings, places)
        if context.may(Action.STEP_CASE):
            drawn_up(context, paper, places)


def _answers(context: Context, paper: CasePaper, answers: tuple[Answer, ...], places: dict[str, Place]) -> None:
    st.subheader(_("Answers"))
    if not answers:
        states.empty(_("No answer was entered yet."), _("An answer is a dated fact that rests on a file of the case."))
        return
    shown = context.case_work.hearing.shown(answers)
    rows = [
        (a.id, two_lines(_(ANSWER_TITLES[a.kind]), _(EFFECTS[a.kind].why)), two_lines(_subject(a), shown[a.id]),
         f"{a.begins} – {a.ends}", places[a.institution].name if a.institution in places else a.institution,
         two_lines(_(STATES[a.state]), paper.called(a.judged_by or a.entered_by)))
        for a in answers
    ]  # fmt: skip
    draw(table((_("no."), _("answer"), _("about"), _("first and last day"), _("institution"), _("state")), rows))
    waiting = [answer for answer in answers if answer.state is AnswerState.GIVEN]
    if waiting:
        _judge(context, paper, waiting)


def _subject(answer: Answer) -> str:
    known = answer.subject_type in set(NodeType)
    return node_title(NodeType(answer.subject_type)) if known else _("Settlement")


def _judge(context: Context, paper: CasePaper, waiting: list[Answer]) -> None:
    with st.container(border=True):
        chosen = st.selectbox(
            _("If this answer were accepted"), [a.id for a in waiting], key="case.answer.tried",
            format_func=lambda id_: _("answer {number}", number=id_), width=240,
        )  # fmt: skip
        if chosen is None:
            return
        change(context.case_work.hearing.change(paper.file.id, (int(chosen),)))
        answer = next(a for a in waiting if a.id == chosen)
        if answer.entered_by == context.account.name:
            st.caption(_("Whoever entered an answer does not judge it."))
        elif context.may(Action.JUDGE_ANSWERS):
            _verdict(context, paper, int(chosen))


def _verdict(context: Context, paper: CasePaper, answer: int) -> None:
    reason = f"case.answer.judged.{paper.file.id}.{answer}"
    with st.form("case.answer.judge", border=False, enter_to_submit=False):
        reason_box(reason)
        with st.container(horizontal=True):
            for accept, title in ((True, _("Accept")), (False, _("Refuse"))):
                st.form_submit_button(
                    title, key=f"case.answer.{'accept' if accept else 'refuse'}", on_click=done,
                    args=(context, paper.file.id, partial(_judged, context, paper, answer, reason, accept), (reason,)),
                )  # fmt: skip


def _judged(context: Context, paper: CasePaper, answer: int, reason: str, accept: bool) -> str:
    context.case_work.hearing.judge(paper.file.id, answer, accept=accept, reason=written(reason))
    if accept:
        return _("Answer {number} is accepted; what it explains is cleared from the next run on.", number=answer)
    return words.plain(_("Answer {number} is refused.", number=answer))
