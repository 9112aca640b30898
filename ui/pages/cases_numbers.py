"""The numbers of the board: open cases by stage and age, precision by detector, workload, time to decision."""

import streamlit as st

from cases.work.board import AGES
from cases.work.stages import STAGE_TITLES
from claims.language import _
from ui.pages import states, words
from ui.pages.sheet import bar, draw, paragraph, table
from ui.service.cases_numbers import Numbers
from ui.service.house import Context


def numbers(context: Context) -> None:
    """Draw the numbers of one's regions."""
    with states.told():
        found = context.case_work.numbers()
        left, right = st.columns(2, gap="medium")
        with left:
            _open(found)
            _workload(found)
        with right:
            _precision(found)
            _delay(found)
            _recoveries(found)


def _open(found: Numbers) -> None:
    st.subheader(_("Open cases by stage and age"))
    heads = (_("stage"), *(_("up to {days} days", days=days) for days in AGES), _("older"), _("all"))
    rows = [(_(STAGE_TITLES[stage]), *counts, sum(counts)) for stage, counts in found.open.items()]
    draw(table(heads, rows, range(1, len(heads))))


def _workload(found: Numbers) -> None:
    st.subheader(_("Who has how much"))
    if not found.workload:
        st.caption(_("There is no open case."))
        return
    rows = [(found.names.get(load.owner, load.owner) or _("nobody"), load.open, load.late) for load in found.workload]
    draw(table((_("with"), _("open cases"), _("past the time limit")), rows, {1, 2}))


def _precision(found: Numbers) -> None:
    st.subheader(_("Confirmed share by detector"))
    if not found.precision:
        st.caption(_("No case was decided yet; shares appear with the first decisions."))
        return
    rows = [
        (name, bar(share.value, words.share(share.value)), f"{share.count} / {share.of}",
         f"{words.share(share.low)} – {words.share(share.high)}")
        for name, share in found.precision.items()
    ]  # fmt: skip
    told = _("Confirmed, fully or partly, of the cases decided; those closed for lack of evidence are left out.")
    heads = _("detector"), _("confirmed"), _("cases"), _("95 % interval (Wilson)")
    draw(table(heads, rows, {2, 3}), paragraph(told, "dim"))


def _delay(found: Numbers) -> None:
    st.subheader(_("Days from opening to decision"))
    if not found.delay.cases:
        st.caption(_("No case was decided yet."))
        return
    told = _(
        "{count} decided: half within {median} days, nine of ten within {p90}.",
        count=words.count(found.delay.cases), median=f"{found.delay.median:.1f}", p90=f"{found.delay.p90:.1f}",
    )  # fmt: skip
    draw(paragraph(told))


def _recoveries(found: Numbers) -> None:
    if found.recoveries:
        st.subheader(_("Money that came back"))
        rows = [(month, words.money(amount)) for month, amount in found.recoveries.items()]
        draw(table((_("month"), _("amount")), rows, {1}))
