"""The numbers of the board: open cases by stage and age, precision by detector, workload, time to decision."""

from decimal import Decimal

import streamlit as st

from cases.work.board import AGES
from cases.work.stages import STAGE_TITLES
from claims.language import _
from ui.pages import case_words, states, words
from ui.pages.navigation import link
from ui.pages.sheet import bar, draw, paragraph, table
from ui.service.cases_numbers import Numbers
from ui.service.house import Context

MOST_OWING = 10


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
            _money(found)


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
        (case_words.detector(name), bar(share.value, words.share(share.value)), f"{share.count} / {share.of}",
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


def _money(found: Numbers) -> None:
    if not found.money:
        return
    st.subheader(_("Money ordered back and received"))
    rows = [(month, words.money(sums.ordered), words.money(sums.received)) for month, sums in found.money.items()]
    draw(table((_("month"), _("ordered back"), _("received")), rows, {1, 2}))
    if found.owing:
        total = sum((sums.outstanding for _case, sums in found.owing), Decimal("0.00"))
        st.markdown(words.plain(_("Still to come: {amount}, of {count} cases.", amount=words.money(total),
                                  count=words.count(len(found.owing)))))  # fmt: skip
        for case, sums in found.owing[:MOST_OWING]:
            label = f"{case} · {words.money(sums.outstanding)} →"
            link("case", words.plain(label), case=case, part="money")
        if len(found.owing) > MOST_OWING:
            st.caption(_("… and {count} more", count=len(found.owing) - MOST_OWING))
