"""The final decision: what the outcomes amount to, its reason, and the button that closes the case."""

from functools import partial

import streamlit as st

from cases.model import Key
from cases.work.model import OUTCOME_TITLES, CaseError, Outcome
from claims.language import _
from ui.pages import words
from ui.pages.case_acts import done, reason_box, written
from ui.pages.case_draft import Draft
from ui.service.cases_paper import CasePaper
from ui.service.house import Context

Drafts = tuple[Draft[Key], Draft[str]]


def decide(context: Context, paper: CasePaper, drafts: Drafts, has_members: bool) -> None:
    """Draw the decision."""
    st.subheader(_("Decision"))
    whole = f"case.whole.{paper.file.id}"
    if has_members:
        _comes_to(context, paper, drafts)
    else:
        st.selectbox(
            _("Outcome of the case"), list(Outcome), format_func=lambda o: _(OUTCOME_TITLES[o]), key=whole, width=260
        )
    reason = f"case.decide.reason.{paper.file.id}"
    with st.form("case.decide", border=False, enter_to_submit=False):
        reason_box(reason)
        st.form_submit_button(
            _("Decide and close"), key="case.decide.do", type="primary", icon=":material/gavel:", on_click=done,
            args=(context, paper.file.id, partial(_decide, context, paper, drafts, whole, reason), (reason,)),
        )  # fmt: skip
    st.caption(_("The outcomes become verdicts that later runs read; the case can be opened again by a lead."))


def _comes_to(context: Context, paper: CasePaper, drafts: Drafts) -> None:
    members, records = drafts
    try:
        found = context.case_work.acts.conclusion(paper.file.id, members.said, records.said)
    except CaseError as error:
        st.info(words.plain(str(error)), icon=":material/pending:")
    else:
        told = _("As a whole this comes to: {outcome}.", outcome=_(OUTCOME_TITLES[found.whole]))
        st.success(words.plain(told), icon=":material/check:")


def _decide(context: Context, paper: CasePaper, drafts: Drafts, whole: str, reason: str) -> str:
    acts = context.case_work.acts
    members, records = drafts
    given = st.session_state.get(whole, Outcome.NOT_ENOUGH)
    conclusion = acts.conclusion(paper.file.id, members.said, records.said, given)
    acts.decide(paper.file.id, conclusion, written(reason), paper.file.version)
    return _("{case} is closed: {outcome}.", case=paper.file.id, outcome=_(OUTCOME_TITLES[conclusion.whole]))
