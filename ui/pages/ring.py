"""The page of a ring: who, what, how much and since when in a sentence; why on the left, what on the right."""

from collections.abc import Sequence

import streamlit as st

from cases.kinds import kind_title
from cases.model import STATUS_TITLES, Status
from claims.errors import NotFoundError, RinghoundError
from claims.language import _, join_words
from ui.auth.roles import Action
from ui.pages import case_acts, states, words
from ui.pages.case_ring import case_of_ring
from ui.pages.navigation import link
from ui.pages.ring_what import what
from ui.pages.ring_why import why
from ui.service.house import Context
from ui.service.ring_sheet import Gone, Revealed, RingPaper

REVEALED = "ring.revealed"
PARAMETER = "ring"
MOST_PLACES = 3
_COLOURS = {Status.NEW: "orange", Status.CHANGED: "orange", Status.CONFIRMED: "red", Status.CLEARED: "green"}


def render(context: Context) -> None:
    """Draw the ring that the address names."""
    asked = st.query_params.get(PARAMETER, "").strip()
    if not asked:
        st.title(_("Ring"))
        states.empty(_("No ring is chosen."), _("Open one from the list of rings or from the desk."))
        link("rings", _("All rings"), icon=":material/arrow_back:")
        return
    revealed = st.session_state.get(REVEALED)
    try:
        paper = context.sheets.paper(asked, revealed if isinstance(revealed, Revealed) else None)
    except NotFoundError as error:
        st.title(_("Ring"))
        states.gone(error)
        link("rings", _("All rings"), icon=":material/arrow_back:")
        return
    if isinstance(paper, Gone):
        _gone(paper)
        return
    _head(context, paper)
    left, right = st.columns([5, 7], gap="medium")
    # Written at every run: a link from this page to this page changes what is drawn, not what the browser shows.
    st.query_params.from_dict(st.query_params.to_dict())
    with left:
        why(paper)
    with right:
        what(context, paper)


def _gone(gone: Gone) -> None:
    st.title(gone.ring.id)
    told = _("{ring} went into another ring; it goes on there.", ring=gone.ring.id)
    st.info(words.plain(told), icon=":material/merge:")
    label = _("No. {number} · {kind}", number=gone.heir.number, kind=kind_title(gone.heir.kind))
    link("ring", words.plain(f"{label} →"), ring=gone.heir.id)


def _head(context: Context, paper: RingPaper) -> None:
    ring, row = paper.ring, paper.row
    st.title(f"{ring.id} · {words.plain(kind_title(row.kind))}", anchor=False)
    case_acts.said()
    colour = _COLOURS.get(ring.status, "gray")
    st.markdown(f":{colour}-badge[{words.plain(_(STATUS_TITLES[ring.status]))}] {words.plain(sentence(paper))}")
    if paper.blind:
        told = _("You are reading this ring again: what was concluded of it is shown once you have given your outcome.")
        st.info(words.plain(told), icon=":material/visibility_off:")
    _tools(context, paper)
    with st.container(horizontal=True, gap="large", key="ring.metrics"):
        st.metric(_("Fund"), words.money(row.fund), width="content")
        st.metric(_("People"), words.count(row.people), width="content")
        st.metric(_("Settlements"), words.count(ring.picture.exposure.claims), width="content")
        st.metric(_("Suspicion"), f"{row.score:.3f}", width="content")
        st.metric(_("Data version"), str(ring.picture.data_version), width="content")
        if row.owner:
            due = f" · {words.short(row.due)}" if row.due else ""
            st.metric(_("Assigned to"), words.plain(row.owner) + due, width="content")


def _tools(context: Context, paper: RingPaper) -> None:
    """Draw what one can do with it, on one line also where the window is narrow."""
    with st.container(horizontal=True, vertical_alignment="center", key="ring.tools"):
        case_of_ring(context, paper.ring.id)
        if context.may(Action.SEND_REFERRALS):
            link("referrals", _("Refer…"), icon=":material/outgoing_mail:", ring=paper.ring.id)
        if context.may(Action.EXPLORE):
            link("explorer", _("Explore"), icon=":material/graph_3:", ring=paper.ring.id)
        if context.may(Action.REVEAL):
            _reveal(context, paper)


def sentence(paper: RingPaper) -> str:
    """Say who, where, how much, since when, and what changed last."""
    row, picture = paper.row, paper.ring.picture
    told = _(
        "{people} insured persons, mainly at {place}: the fund paid {fund} on {claims} settlements, {first} to {last}.",
        people=words.count(row.people),
        place=_where(paper.places),
        fund=words.money(row.fund),
        claims=words.count(picture.exposure.claims),
        first=words.day(picture.first_seen),
        last=words.day(picture.last_seen),
    )
    if paper.others:
        more = _("Its settlements also name {count} persons who are no members.", count=words.count(paper.others))
        told = f"{told} {more}"
    changed = _("Last change, {day}: {what}.", day=words.day(row.changed_at.date()), what=words.sentence(row.change))
    return f"{told} {changed}" if words.sentence(row.change) else told


def _where(places: Sequence[str]) -> str:
    if not places:
        return _("no single institution")
    more = len(places) - MOST_PLACES
    named = join_words(places[:MOST_PLACES])
    return _("{places} and {count} more", places=named, count=words.count(more)) if more > 0 else named


def _reveal(context: Context, paper: RingPaper) -> None:
    if not paper.masked:
        st.button(_("Mask again"), icon=":material/visibility_off:", key="ring.mask", on_click=_mask)
        return
    with st.popover(_("Show personal data…"), icon=":material/visibility:"):
        reason = st.text_input(_("Reason (kept in the audit)"), key="ring.reason", max_chars=500)
        if st.button(_("Show"), key="ring.reveal", type="primary"):
            try:
                st.session_state[REVEALED] = context.sheets.reveal(paper.ring.id, reason)
            except RinghoundError as error:
                st.error(words.plain(str(error)), icon=":material/error:")
                return
            st.rerun()


def _mask() -> None:
    st.session_state.pop(REVEALED, None)
