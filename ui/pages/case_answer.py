"""Entering what an institution answered: about whom, for which days, resting on which file."""

from datetime import date
from functools import partial

import streamlit as st

from cases.work.answers import ANSWER_TITLES, EFFECTS, Answer, AnswerKind
from cases.work.model import CaseError
from claims.language import N_, _
from graph.titles import node_title
from ui.pages.case_acts import done, reason_box, written
from ui.pages.case_sheet import place_box
from ui.service.cases_hearing import SETTLEMENT, Place, touched_by
from ui.service.cases_paper import CasePaper, people_of
from ui.service.house import Context
from ui.service.ring_sheet import RingPaper


def enter(context: Context, paper: CasePaper, rings: tuple[RingPaper, ...], places: tuple[Place, ...]) -> None:
    """Draw the form."""
    st.subheader(_("Enter an answer"))
    files = {line.id: f"{line.id} · {line.name}" for line in context.case_work.files(paper.file.id)}
    if not files:
        st.caption(_("Attach the paper it rests on first (part Files)."))
        return
    base = f"case.answer.{paper.file.id}"
    kind = st.selectbox(
        _("It rests on"), list(AnswerKind), format_func=lambda k: _(ANSWER_TITLES[k]), key=f"{base}.kind"
    )
    about = _about(rings, kind or AnswerKind.BED_BOOK)
    with st.form("case.answer", border=False, enter_to_submit=False):
        place_box(places, f"{base}.place")
        st.selectbox(
            _("About"),
            list(about),
            format_func=lambda k: about.get(k, ""),
            key=f"{base}.about",
            index=None,
            placeholder=_("members and records of the case"),
        )
        left, right = st.columns(2)
        left.date_input(_("First day"), value=None, key=f"{base}.first", max_value=date.today(), format="YYYY-MM-DD")
        right.date_input(_("Last day"), value=None, key=f"{base}.last", format="YYYY-MM-DD")
        st.selectbox(_("File"), list(files), format_func=lambda id_: files.get(id_, str(id_)), key=f"{base}.file")
        st.text_input(_("What it says"), key=f"{base}.words", max_chars=500)
        reason_box(f"{base}.reason")
        st.form_submit_button(
            _("Enter"), key="case.answer.do", type="primary", on_click=done,
            args=(context, paper.file.id, partial(_entered, context, paper, rings, base),
                  (f"{base}.reason", f"{base}.words")),
        )  # fmt: skip


def _about(rings: tuple[RingPaper, ...], kind: AnswerKind) -> dict[tuple[str, str], str]:
    """Whom an answer of this kind can be about, under names that may be shown."""
    found: dict[tuple[str, str], str] = {}
    people = people_of(rings)
    for paper in rings:
        for (type_, id_), line in paper.story.members.items():
            if type_.value in EFFECTS[kind].about:
                found[type_.value, id_] = f"{node_title(type_)} {people.get((type_, id_)) or f'{line.name} {line.id}'}"
        if SETTLEMENT in EFFECTS[kind].about:
            found |= {(SETTLEMENT, r.record.id): f"{r.record.time:%Y-%m-%d %H:%M} {r.record.id}" for r in paper.records}
    return found


def _entered(context: Context, paper: CasePaper, rings: tuple[RingPaper, ...], base: str) -> str:
    place, about, first, last, file = (
        st.session_state.get(f"{base}.{name}") for name in ("place", "about", "first", "last", "file")
    )
    if not place or not about or not isinstance(first, date) or not isinstance(last, date) or not file:
        raise CaseError(N_("Say about whom, from which day to which, and on which file it rests."))
    kind = AnswerKind(st.session_state[f"{base}.kind"])
    given = Answer(str(place), kind, about[0], about[1], first, last, int(file), written(f"{base}.words"))
    answer = context.case_work.hearing.enter(paper.file.id, given, written(f"{base}.reason"))
    told = _("Answer {number} is entered; somebody else judges it.", number=answer.id)
    if touched_by(rings, given):
        return told
    return f"{told} {_('Careful: no record of the case at this institution and in these days is about it.')}"
