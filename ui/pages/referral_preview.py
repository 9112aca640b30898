"""The documents as they would leave, page by page; people are masked until a reason is given."""

from collections.abc import Sequence

import streamlit as st

from claims.errors import RinghoundError
from claims.language import _
from ui.auth.roles import Action
from ui.pages import states, words
from ui.service.house import Context
from ui.service.referrals_ground import Subject
from ui.service.referrals_papers import Paper
from ui.service.ring_sheet import Revealed

REVEALED = "referral.revealed"


def preview(context: Context, subject: Subject, to: str) -> None:
    """Draw the pages of one document beside the list of all."""
    given = st.session_state.get(REVEALED)
    revealed = given if isinstance(given, Revealed) and given.ring == subject.row.id else None
    with st.spinner(_("Setting the documents …"), show_time=True):
        papers = context.referrals.papers(subject, to, revealed)
    left, right = st.columns([2, 5], gap="medium")
    with left:
        paper = _chosen(papers, to)
        _masks(context, subject, named=revealed is not None)
    with right:
        if paper is None:
            states.empty(_("This destination gets no letters."), _("It gets rows in the national form."))
        else:
            _pages(context, subject, paper)


def _chosen(papers: Sequence[Paper], to: str) -> Paper | None:
    if not papers:
        return None
    number = st.radio(
        _("Documents"),
        range(len(papers)),
        format_func=lambda place: words.plain(papers[place].name),
        captions=[_("{count} pages", count=paper.pages) for paper in papers],
        key=f"referral.paper.{to}",
    )
    return papers[number or 0]


def _masks(context: Context, subject: Subject, *, named: bool) -> None:
    if named:
        st.warning(_("People are named; why is in the ledger."), icon=":material/visibility:")
        if st.button(_("Mask again"), icon=":material/visibility_off:", key="referral.mask"):
            del st.session_state[REVEALED]
            st.rerun()
        return
    st.caption(_("Names and numbers of people are shortened here and in the package; the key table goes apart."))
    if not context.may(Action.REVEAL):
        return
    with st.popover(_("Show people by name"), icon=":material/visibility:"):
        reason = st.text_input(_("Reason"), key="referral.reveal_reason", placeholder=_("it stands in the ledger"))
        if st.button(_("Show"), key="referral.reveal"):
            _reveal(context, subject, reason)


def _reveal(context: Context, subject: Subject, reason: str) -> None:
    try:
        st.session_state[REVEALED] = context.sheets.reveal(subject.row.id, reason)
    except RinghoundError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
    else:
        st.rerun()


def _pages(context: Context, subject: Subject, paper: Paper) -> None:
    number = 1
    if paper.pages > 1:
        number = st.pagination(paper.pages, key=f"referral.page.{paper.name}")
    picture = context.referrals.picture(subject, paper, number)
    told = _("Page {page} of {count}: {name}", page=number, count=paper.pages, name=paper.name)
    with st.container(border=True):
        st.image(picture, width="stretch", alt=told)
    st.caption(words.plain(told))
