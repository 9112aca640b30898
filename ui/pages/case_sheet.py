"""The question sheet of one institution: drawn up, looked at, and taken out as a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from cases.work.model import CaseError
from claims.language import N_, _
from ui.auth.roles import Action
from ui.pages import words
from ui.pages.case_acts import done, reason_box, written
from ui.pages.sheet import draw, lines, paragraph, table, two_lines
from ui.service.cases_hearing import Asked, Place
from ui.service.cases_paper import CasePaper
from ui.service.house import Context

SHEET, DOCUMENT = "case.sheet", "case.sheet.document"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST = 30  # records of the sheet that are shown


@dataclass(frozen=True)
class Held:
    """A sheet this session drew up, and why."""

    asked: Asked
    reason: str


def sheet(context: Context, paper: CasePaper, places: tuple[Place, ...]) -> None:
    """Draw the way to the sheet."""
    st.subheader(_("Question sheet"))
    which, reason = f"case.sheet.place.{paper.file.id}", f"case.sheet.reason.{paper.file.id}"
    with st.form("case.sheet.form", border=False, enter_to_submit=False):
        place_box(places, which)
        reason_box(reason)
        st.form_submit_button(
            _("Draw it up"), key="case.sheet.do", on_click=done,
            args=(context, paper.file.id, partial(_drawn, context, paper, which, reason), (reason,)),
        )  # fmt: skip


def drawn_up(context: Context, paper: CasePaper, places: tuple[Place, ...]) -> None:
    """Draw the sheet this session drew up, and the way to its document."""
    held = st.session_state.get(SHEET)
    if isinstance(held, Held) and held.asked.case == paper.file.id:
        names = {place.code: named(place) for place in places}
        if context.may(Action.EXPORT):
            _document(context, paper, held)
        _preview(held.asked, names.get(held.asked.institution, held.asked.institution))


def place_box(places: Sequence[Place], key: str) -> None:
    """Draw the choice of an institution: the only one is chosen, among several somebody chooses."""
    names = {place.code: named(place) for place in places}
    st.selectbox(
        _("Institution"), list(names), format_func=lambda code: names.get(code, code), key=key,
        index=0 if len(names) == 1 else None, placeholder=_("Choose the institution"),
    )  # fmt: skip


def named(place: Place) -> str:
    """Name an institution with how many of the case's records are its own."""
    return f"{place.name} · {_('{count} records', count=place.records)}"


def _drawn(context: Context, paper: CasePaper, which: str, reason: str) -> str:
    place, why = st.session_state.get(which), written(reason)
    if not place:
        raise CaseError(N_("Choose the institution that is asked."))
    st.session_state[SHEET] = Held(context.case_work.hearing.sheet(paper.file.id, str(place), why), why)
    st.session_state.pop(DOCUMENT, None)
    return _("The sheet is below; that it was drawn up is written down.")


def _preview(asked: Asked, name: str) -> None:
    with st.container(border=True, key="case.sheet.preview"):
        until = _("answer until {day}", day=words.day(asked.due)) if asked.due else ""
        rows = [
            (two_lines(f"{record.time:%Y-%m-%d %H:%M}", record.id), record.person, record.doctor, f"{record.fund:,.2f}")
            for record in asked.records[:MOST]
        ]
        heads = _("time and settlement number"), _("insured person"), _("doctor"), _("fund (yuan)")
        draw(
            paragraph(" · ".join(filter(None, (name, until))), "lead"),
            *(paragraph(words.sentence(statement)) for statement in asked.statements),
            lines(words.sentence(question) for question in asked.questions),
            table(heads, rows, {3}),
        )
        if len(asked.records) > MOST:
            st.caption(_("… and {count} more", count=len(asked.records) - MOST))
        st.caption(_("The document names settlements by number, and insured persons by aliases only."))


def _document(context: Context, paper: CasePaper, held: Held) -> None:
    """Offer the sheet as a document; it is made and written down when asked for, and handed over once."""
    st.button(
        _("Make the document (DOCX)"), key="case.sheet.docx", icon=":material/description:", on_click=done,
        args=(context, paper.file.id, partial(_made, context, held)),
    )  # fmt: skip
    made = st.session_state.get(DOCUMENT)
    if made is not None and made[0] == paper.file.id:
        st.download_button(
            _("Save {name}", name=words.plain(made[1])), made[2], made[1], mime=DOCX, key="case.sheet.save",
            type="primary", icon=":material/download:", on_click=lambda: st.session_state.pop(DOCUMENT, None),
        )  # fmt: skip


def _made(context: Context, held: Held) -> str:
    name, content = context.case_work.hearing.document(held.asked.case, held.asked.institution, held.reason)
    st.session_state[DOCUMENT] = held.asked.case, name, content
    return _("The document is ready below; who took it out, and why, is written down.")
