"""The question sheet of one institution, looked at before it is sent."""

from functools import partial

import streamlit as st

from claims.language import _
from ui.pages import words
from ui.pages.case_acts import done, reason_box, written
from ui.pages.sheet import draw, lines, paragraph, table, two_lines
from ui.service.cases_hearing import Asked, Place
from ui.service.cases_paper import CasePaper
from ui.service.house import Context
from ui.service.ring_sheet import RingPaper

SHEET = "case.sheet"
MOST = 30  # records of the sheet that are shown


def sheet(context: Context, paper: CasePaper, rings: tuple[RingPaper, ...], places: tuple[Place, ...]) -> None:
    """Draw the way to the sheet, and the sheet."""
    st.subheader(_("Question sheet"))
    names = {place.code: f"{place.name} · {_('{count} records', count=place.records)}" for place in places}
    which, reason = f"case.sheet.place.{paper.file.id}", f"case.sheet.reason.{paper.file.id}"
    with st.form("case.sheet.form", border=False, enter_to_submit=False):
        st.selectbox(_("Institution"), list(names), format_func=lambda code: names.get(code, code), key=which)
        reason_box(reason)
        st.form_submit_button(
            _("Draw it up"), key="case.sheet.do", on_click=done,
            args=(context, paper.file.id, partial(_drawn, context, paper, which, reason), (reason,)),
        )  # fmt: skip
    held = st.session_state.get(SHEET)
    if isinstance(held, Asked) and held.case == paper.file.id:
        _preview(held, names.get(held.institution, held.institution))


def _drawn(context: Context, paper: CasePaper, which: str, reason: str) -> str:
    found = context.case_work.hearing.sheet(paper.file.id, str(st.session_state[which]), written(reason))
    st.session_state[SHEET] = found
    return _("The sheet is below; that it was drawn up is written down.")


def _preview(asked: Asked, name: str) -> None:
    with st.container(border=True, key="case.sheet.preview"):
        until = _("answer until {day}", day=words.day(asked.due)) if asked.due else ""
        rows = [
            (two_lines(f"{record.time:%Y-%m-%d %H:%M}", record.id), record.person, record.doctor, f"{record.fund:,.2f}")
            for record in asked.records[:MOST]
        ]
        draw(
            paragraph(" · ".join(filter(None, (name, until))), "lead"),
            *(paragraph(words.sentence(statement)) for statement in asked.statements),
            lines(words.sentence(question) for question in asked.questions),
            table((_("settlement"), _("insured person"), _("doctor"), _("fund (yuan)")), rows, {3}),
        )
        if len(asked.records) > MOST:
            st.caption(_("… and {count} more", count=len(asked.records) - MOST))
        st.caption(_("Shown masked here; the institution receives its own records in full, others under pseudonyms."))
