"""Money of a case: what was ordered back, what came, and the form that enters either."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import streamlit as st

from cases.work.model import CaseError
from cases.work.recoveries import FLOW_TITLES, Flow, Recovery, standing_of
from claims.language import N_, _
from ui.auth.roles import Action
from ui.pages import states, words
from ui.pages.case_acts import done, reason_box, written
from ui.pages.sheet import draw, table
from ui.service.cases_paper import CasePaper
from ui.service.house import Context


def money(context: Context, paper: CasePaper) -> None:
    """Draw sums, entries and form."""
    if paper.blind:
        states.empty(_("Not shown to you yet."), _("What was ordered back tells how the case ended; answer first."))
        return
    entries = context.case_work.money.entries(paper.file.id)
    _sums(paper, entries)
    if not entries:
        states.empty(_("No money was ordered back or received yet."), _("Both are entered below, with their day."))
    else:
        _entries(paper, entries)
    if context.may(Action.WORK_CASE):
        _form(context, paper)


def _sums(paper: CasePaper, entries: Sequence[Recovery]) -> None:
    sums = standing_of(entries)
    with st.container(horizontal=True, gap="large", key="case.money.sums"):
        st.metric(_("Ordered back"), words.money(sums.ordered), width="content")
        st.metric(_("Received"), words.money(sums.received), width="content")
        st.metric(_("Still to come"), words.money(sums.outstanding), width="content")
        st.metric(
            _("Fund on the records"), words.money(paper.card.high), width="content",
            help=_("What the fund paid on all records of the case that are not lawful: no claim, only a measure."),
        )  # fmt: skip


def _entries(paper: CasePaper, entries: Sequence[Recovery]) -> None:
    rows = [
        (words.short(entry.day), _(FLOW_TITLES[entry.flow]), entry.reason, paper.called(entry.by),
         f"{entry.amount:,.2f}")
        for entry in entries
    ]  # fmt: skip
    draw(table((_("day"), _("kind of entry"), _("from whom, on which paper"), _("entered by"), _("yuan")), rows, {4}))


def _form(context: Context, paper: CasePaper) -> None:
    st.subheader(_("Enter money"))
    base = f"case.money.{paper.file.id}"
    with st.form("case.money", border=True, enter_to_submit=False):
        first, second, third = st.columns([2, 2, 2])
        with first:
            st.segmented_control(
                _("What"), list(Flow), format_func=lambda flow: _(FLOW_TITLES[flow]), key=f"{base}.flow",
                default=Flow.RECEIVED, required=True,
            )  # fmt: skip
        with second:
            st.number_input(_("Amount (yuan)"), value=None, step=0.01, format="%.2f", key=f"{base}.amount",
                            help=_("A negative amount takes back part of an earlier entry."))  # fmt: skip
        with third:
            st.date_input(_("Day of the order or of receipt"), value=None, key=f"{base}.day", max_value=date.today(),
                          format="YYYY-MM-DD")  # fmt: skip
        reason_box(f"{base}.reason", _("From whom, and on which paper it rests (kept in the history and the ledger)"))
        st.form_submit_button(
            _("Enter"), key="case.money.do", type="primary", on_click=done,
            args=(context, paper.file.id, partial(_entered, context, paper, base),
                  (f"{base}.reason", f"{base}.amount")),
        )  # fmt: skip


def _entered(context: Context, paper: CasePaper, base: str) -> str:
    flow, amount, day = (st.session_state.get(f"{base}.{name}") for name in ("flow", "amount", "day"))
    if flow is None or amount is None or not isinstance(day, date):
        raise CaseError(N_("Enter an amount and a day that has been."))
    context.case_work.money.enter(paper.file.id, Flow(flow), f"{amount:.2f}", day, written(f"{base}.reason"))
    return _("The entry is kept.")
