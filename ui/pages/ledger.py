"""The ledger: its newest head, whether all of it holds, and its entries as far as one's rights reach."""

import streamlit as st

from claims.errors import RinghoundError
from claims.language import _
from claims.ledger.verify import Report
from ui.pages import states, words
from ui.pages.ledger_entries import entries
from ui.pages.ledger_head import head, keys
from ui.service.house import Context
from ui.service.ledger import Overview

REPORT = "ledger.report"
MOST_TOLD = 30  # problems shown; whoever tampered with one entry often shows in many places


def render(context: Context) -> None:
    """Draw head and check above, entries below."""
    st.title(_("Evidence ledger"))
    found = context.ledger.overview()
    if not found.size:
        states.empty(_("There is no ledger yet."), _("It begins with the first load, run or account."))
        return
    left, right = st.columns([1, 1], gap="medium")
    with left:
        head(found)
    with right:
        _check(context, found)
        keys(found)
    with states.told():
        entries(context)


def _check(context: Context, found: Overview) -> None:
    with st.container(border=True):
        st.subheader(_("Does it hold?"), anchor=False)
        given = st.file_uploader(
            _("A head that a witness kept (.json or .eml), if there is one"), type=["json", "eml"], key="ledger.witness"
        )
        if st.button(_("Check the whole ledger"), icon=":material/verified:", type="primary", key="ledger.verify"):
            _verify(context, found, given.name if given else "", given.getvalue() if given else b"")
        report = st.session_state.get(REPORT)
        if isinstance(report, Report):
            _told(report)
        else:
            st.caption(_("Checks every entry, every signed head, the keys, and the rows the ledger vouches for."))


def _verify(context: Context, found: Overview, name: str, content: bytes) -> None:
    st.session_state.pop(REPORT, None)
    doing = _("Reading {count} entries and their signed heads …", count=words.count(found.size))
    try:
        with st.spinner(doing, show_time=True):
            st.session_state[REPORT] = context.ledger.verify(name, content)
    except RinghoundError as error:
        st.error(words.plain(str(error)), icon=":material/error:")


def _told(report: Report) -> None:
    looked = _(
        "{size} entries, {heads} signed heads, {witnesses} witnessed heads.",
        size=report.size, heads=report.heads, witnesses=report.witnesses,
    )  # fmt: skip
    if report.problems:
        st.error(_("{count} points do not hold.", count=len(report.problems)), icon=":material/gpp_bad:")
        st.markdown("\n".join(f"- {words.plain(str(problem))}" for problem in report.problems[:MOST_TOLD]))
        if len(report.problems) > MOST_TOLD:
            st.caption(_("and {count} more", count=len(report.problems) - MOST_TOLD))
        st.caption(_("Change nothing, keep the database and the heads of witnesses, and tell the auditor."))
    elif not report.signed:
        st.warning(_("The entries fit each other, but nothing is signed yet."), icon=":material/gpp_maybe:")
    else:
        st.success(_("The ledger is whole."), icon=":material/verified_user:")
        if not report.witnesses:
            st.caption(_("Without a head kept outside, an older copy put back would not show. See to a witness."))
    st.caption(looked)
