"""The list of referrals: whom for, how far, what time is left; the filters are the address."""

from dataclasses import replace
from datetime import datetime

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from cases.exports.clocks import FactName, State
from cases.exports.destinations import DESTINATIONS
from claims.language import _
from ui.auth.roles import Action
from ui.pages import referral_words, states, words
from ui.service.house import Context
from ui.service.referrals import ReferralLine
from ui.service.referrals_query import STANDING_TITLES, ReferralPage, ReferralQuery, Standing, from_url, to_url

ADDRESS = "referrals.address"
TALLEST = 560


def draw(context: Context) -> None:
    """Draw filters and list; a line that is ticked opens."""
    st.title(_("Referrals"))
    query = _filters(_asked())
    page = context.referrals.page(query)
    if not page.total:
        _nothing(query)
    else:
        chosen = _table(query, page)
        _below(query, page, chosen)
    _begin(context)


def _asked() -> ReferralQuery:
    given = {name: str(value) for name, value in st.query_params.items() if name != "lang"}
    query = from_url(given)
    if st.session_state.get(ADDRESS) != given:
        st.session_state[ADDRESS] = given
        st.session_state["referrals.for"] = query.to
        st.session_state["referrals.standing"] = query.standing.value if query.standing else ""
        st.session_state["referrals.text"] = query.text
    return query


def _filters(query: ReferralQuery) -> ReferralQuery:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = [destination.name for destination in DESTINATIONS]
        to = st.selectbox(
            _("Where to"), ["", *names], key="referrals.for", width=230, label_visibility="collapsed",
            format_func=lambda name: referral_words.destination(name) if name else _("all destinations"),
        )  # fmt: skip
        standing = st.selectbox(
            _("State"), ["", *(state.value for state in Standing)], key="referrals.standing", width=230,
            format_func=lambda name: _(STANDING_TITLES[Standing(name)]) if name else _("all states"),
            label_visibility="collapsed",
        )  # fmt: skip
        text = st.text_input(
            _("Number of ring or case"), key="referrals.text", width=200, icon=":material/search:",
            placeholder=_("Number of ring or case"), label_visibility="collapsed",
        )  # fmt: skip
    chosen = replace(query, to=to or "", standing=Standing(standing) if standing else None, text=text or "")
    return _written(chosen if chosen == query else replace(chosen, page=1))


def _written(query: ReferralQuery) -> ReferralQuery:
    address = dict(to_url(query))
    if st.session_state[ADDRESS] != address:
        st.query_params.from_dict(address)
        st.session_state[ADDRESS] = address
    return query


def _nothing(query: ReferralQuery) -> None:
    if query == ReferralQuery(page=query.page):
        states.empty(_("Nothing was referred yet."), _("A referral is put together from a ring or a case; see below."))
    else:
        states.empty(_("No referral is like this."), _("Take a filter back to see more."))


def _table(query: ReferralQuery, page: ReferralPage[ReferralLine]) -> int | None:
    answer = st.dataframe(
        pd.DataFrame(_frame(page)),
        key="referrals.table." + "&".join(f"{name}={value}" for name, value in to_url(query).items()),
        hide_index=True,
        height=min(TALLEST, 38 + 35 * len(page.lines)),
        on_select="rerun",
        selection_mode="single-row",
        column_config=_columns(),
        alt=_("Referrals, one line each"),
    )
    rows = [number for number in answer["selection"]["rows"] if number < len(page.lines)]
    return page.lines[rows[0]].referral.id if rows else None


def _frame(page: ReferralPage[ReferralLine]) -> dict[str, list[object]]:
    now, lines = datetime.now(), page.lines
    return {
        "number": [line.referral.id for line in lines],
        "ring": [line.referral.case or line.referral.ring for line in lines],
        "to": [referral_words.destination(line.referral.destination) for line in lines],
        "standing": [_(STANDING_TITLES[line.standing]) for line in lines],
        "clock": [_clock(line, now) for line in lines],
        "made": [words.moment(line.referral.at) for line in lines],
        "sent": [_day(line, FactName.SENT) for line in lines],
        "received": [_day(line, FactName.RECEIVED) for line in lines],
        "answered": [_day(line, FactName.ANSWERED) for line in lines],
        "by": [line.referral.actor for line in lines],
    }


def _clock(line: ReferralLine, now: datetime) -> str:
    running = [clock for clock in line.clocks if clock.state in (State.RUNNING, State.PASSED)]
    first = min(running, key=lambda clock: clock.due or now, default=None)
    if first is None:
        return ""
    sign = "⚠ " if referral_words.urgent(first, now) else ""
    return f"{sign}{referral_words.left(first, now)}"


def _day(line: ReferralLine, name: FactName) -> str:
    fact = line.done.get(name)
    return words.short(fact.at) if fact else ""


def _columns() -> dict[str, ColumnConfig]:
    column = st.column_config
    return {
        "number": column.NumberColumn(_("No."), format="%d", width=50, pinned=True),
        "ring": column.TextColumn(_("Case or ring"), width=125),
        "to": column.TextColumn(_("Where to"), width=200),
        "standing": column.TextColumn(_("State"), width=175),
        "clock": column.TextColumn(_("Time limit"), width=105, help=_("The limit that ends first.")),
        "made": column.TextColumn(_("Made"), width=150),
        "sent": column.TextColumn(_("Sent"), width=90),
        "received": column.TextColumn(_("Receipt"), width=90),
        "answered": column.TextColumn(_("Answer"), width=90),
        "by": column.TextColumn(_("By"), width=70),
    }


def _below(query: ReferralQuery, page: ReferralPage[ReferralLine], chosen: int | None) -> None:
    pages = -(-page.total // query.size)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        if chosen is None:
            st.caption(_("{count} referrals. Tick a line to open it.", count=words.count(page.total)))
        else:
            label = _("Open referral {number}", number=chosen)
            referral_words.go(label, ":material/open_in_new:", referral=str(chosen))
        if pages > 1:
            turned = st.pagination(pages, default=min(query.page, pages), key=f"referrals.page.{to_url(query)}")
            if turned != query.page:
                _written(replace(query, page=turned))
                st.rerun()


def _begin(context: Context) -> None:
    """Where to begin a referral: the number of a ring or a case."""
    if not context.may(Action.SEND_REFERRALS):
        st.caption(_("Referrals are put together by team leads, from a ring or a case."))
        return
    with st.form("referrals.begin", border=True), st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.text_input(_("Put a referral together for"), placeholder="R-2026-000123 / C-2026-000012", width=300)
        asked = st.form_submit_button(_("Begin"), icon=":material/outgoing_mail:")
    if asked and (wanted := number.strip().upper()):
        st.query_params.from_dict({"case" if wanted.startswith("C-") else "ring": wanted})
        st.rerun()
