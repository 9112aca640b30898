"""Where rings and cases meet: the ring's button that opens or shows its case, and adding a ring to a case."""

from functools import partial

import streamlit as st

from claims.language import _
from ui.auth.roles import Action
from ui.pages import words
from ui.pages.case_acts import done, reason_box, written
from ui.pages.navigation import link
from ui.service.cases_paper import CasePaper
from ui.service.house import Context


def case_of_ring(context: Context, ring: str) -> None:
    """Draw the link to a ring's open case; where it has none, the way to open it."""
    if not context.may(Action.SEE_CASES):
        return
    case = context.case_work.of_ring(ring)
    if case is not None:
        link("case", _("Case {case}", case=case.id), icon=":material/folder_open:", case=case.id)
    elif context.may(Action.OPEN_CASE):
        key = f"ring.case.reason.{ring}"
        box = st.popover(_("Open a case…"), icon=":material/create_new_folder:")
        with box, st.form("ring.case", border=False, enter_to_submit=False):
            st.caption(_("Whoever opens a case prepares it and does not review it later."))
            reason_box(key)
            st.form_submit_button(
                _("Open the case"), key="ring.case.open", type="primary", on_click=done,
                args=(context, "", partial(_open, context, ring, key), (key,)),
            )  # fmt: skip


def _open(context: Context, ring: str, key: str) -> str:
    case = context.case_work.acts.open_ring(ring, written(key))
    return _("{case} is open.", case=case.id)


def add_ring(context: Context, paper: CasePaper) -> None:
    """Draw the form that lets another ring be worked on under this case."""
    ring, reason = f"case.ring.id.{paper.file.id}", f"case.ring.reason.{paper.file.id}"
    with st.expander(_("Add a ring…")), st.form("case.ring", border=False, enter_to_submit=False):
        st.text_input(_("Number of the ring"), key=ring, max_chars=20, placeholder="R-2026-000001")
        reason_box(reason)
        st.form_submit_button(
            _("Add"), key="case.ring.add", on_click=done,
            args=(context, paper.file.id, partial(_add, context, paper, ring, reason), (ring, reason)),
        )  # fmt: skip


def _add(context: Context, paper: CasePaper, ring: str, reason: str) -> str:
    context.case_work.acts.add_ring(paper.file.id, written(ring), written(reason))
    return _("{ring} is worked on under {case} now.", ring=words.plain(written(ring).upper()), case=paper.file.id)
