"""One referral: its files, each handed out once; what became of it; and the time limits that run from that."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from cases.exports.clocks import FACT_TITLES, STATE_TITLES, Clock, FactName, State
from claims.language import _
from ui.auth.roles import Action
from ui.pages import referral_words, sheet, states, words
from ui.pages.navigation import link
from ui.service.house import Context
from ui.service.referrals import ReferralLine
from ui.service.referrals_files import Parcel
from ui.service.referrals_query import STANDING_TITLES

HANDED = "referral.handed"


def draw(context: Context, number: int) -> None:
    """Draw a referral."""
    line = context.referrals.line(number)
    _head(line)
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _files(context, line)
        _facts(context, line)
    with right:
        st.subheader(_("Time limits"), anchor=False)
        _clocks(line)


def _head(line: ReferralLine) -> None:
    referral = line.referral
    title, ways = st.columns([3, 2], vertical_alignment="center")
    with title:
        st.title(_("Referral {number} · {to}", number=referral.id,
                   to=words.plain(referral_words.destination(referral.destination))), anchor=False)  # fmt: skip
    with ways, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        referral_words.go(_("All referrals"), ":material/arrow_back:")
        link("ring", words.plain(referral.ring), ":material/hub:", ring=referral.ring)
        if referral.case:
            link("case", words.plain(referral.case), ":material/folder_open:", case=referral.case)
    st.badge(_(STANDING_TITLES[line.standing]), color="blue")
    told = _(
        "Made by {actor} on {at}: {reason}", actor=referral.actor, at=words.moment(referral.at), reason=referral.reason
    )
    st.markdown(words.plain(told))


def _files(context: Context, line: ReferralLine) -> None:
    st.subheader(_("Files"), anchor=False)
    parcels = context.referrals.parcels(line.referral.id)
    if not parcels:
        states.empty(_("No file of this referral lies here any more."), _("The ledger keeps the digest of every file."))
    for parcel in parcels:
        with st.container(border=True):
            _parcel(context, line, parcel)
    with st.expander(_("Digests of the files (SHA-256)")):
        sheet.draw(sheet.table((_("File"), "SHA-256"), sorted(line.referral.files.items())))


def _parcel(context: Context, line: ReferralLine, parcel: Parcel) -> None:
    what = _("Key table, encrypted: goes by another way than the package") if parcel.secret else _("Package")
    icon = ":material/key:" if parcel.secret else ":material/folder_zip:"
    st.markdown(f"{icon} **{words.plain(what)}** · {referral_words.size(parcel.size)}")
    st.caption(words.plain(parcel.name))
    for taken in parcel.taken:
        at = words.moment(datetime.fromisoformat(taken.at))
        st.caption(words.plain(_("{actor} took it on {at}: {reason}", actor=taken.actor, at=at, reason=taken.reason)))
    if context.may(Action.SEND_REFERRALS):
        _take(context, line.referral.id, parcel)


def _take(context: Context, number: int, parcel: Parcel) -> None:
    """Offer the file: once without more ado, again for a reason; what was handed out waits until it is saved."""
    handed = st.session_state.get(HANDED)
    if isinstance(handed, tuple) and handed[:2] == (number, parcel.name):
        st.download_button(
            _("Save the file"), handed[2], parcel.name, key=f"referral.save.{parcel.name}", type="primary",
            icon=":material/download:", on_click=lambda: st.session_state.pop(HANDED, None),
        )  # fmt: skip
        return
    again = ""
    if parcel.taken:
        again = st.text_input(
            _("Why it is needed again"), key=f"referral.why.{parcel.name}", label_visibility="collapsed",
            placeholder=_("handed out already; why it is needed again"),
        )  # fmt: skip
    label = _("Hand out again") if parcel.taken else _("Hand out, once")
    if st.button(label, key=f"referral.take.{parcel.name}", icon=":material/output:"):
        _taken(context, number, parcel.name, again)


def _taken(context: Context, number: int, name: str, again: str) -> None:
    with states.told():
        st.session_state[HANDED] = number, name, context.referrals.take(number, name, again)
        st.rerun()


def _clocks(line: ReferralLine) -> None:
    if not line.clocks:
        states.empty(_("No time limit is kept for this destination."), _("The limits of the law run for police only."))
        return
    now = datetime.now()
    begun = [clock for clock in line.clocks if clock.state is not State.WAITING]
    for clock in begun:
        with st.container(border=True):
            _clock(clock, now)
    waiting = [clock for clock in line.clocks if clock.state is State.WAITING]
    if waiting:
        with st.expander(_("Not begun ({count})", count=len(waiting)), expanded=not begun):
            for clock in waiting:
                _clock(clock, now)
    st.caption(_("Days are natural days; holidays are not known. Check the official text in force."))


def _clock(clock: Clock, now: datetime) -> None:
    limit = clock.limit
    allowed = _("{hours} h", hours=limit.hours) if limit.hours else _("{days} days", days=limit.days)
    with st.container(horizontal=True, vertical_alignment="center"):
        rest = referral_words.left(clock, now) if clock.state in (State.RUNNING, State.PASSED) else ""
        referral_words.badge(clock, " · ".join(filter(None, (_(STATE_TITLES[clock.state]), rest))))
        st.markdown(f"**{words.plain(limit.title)}** ({words.plain(allowed)})", width="stretch")
    parts = [
        _("from: {fact} {at}", fact=_(FACT_TITLES[limit.starts]), at=words.moment(clock.began) or "–"),
        _("until: {at}", at=words.moment(clock.due)) if clock.due else "",
        _("done: {at}", at=words.moment(clock.done)) if clock.done else "",
        limit.who,
    ]
    unchecked = "" if limit.checked else _("text not checked")
    sheet.draw(
        sheet.paragraph(" · ".join(filter(None, parts))),
        sheet.paragraph(" · ".join(filter(None, (limit.source, unchecked))), "dim"),
    )


def _facts(context: Context, line: ReferralLine) -> None:
    st.subheader(_("What became of it"), anchor=False)
    if line.facts:
        rows = [
            (_(FACT_TITLES[fact.name]), words.moment(fact.at), fact.actor, fact.note)
            for fact in sorted(line.facts, key=lambda fact: fact.at)
        ]
        sheet.draw(sheet.table((_("What"), _("When"), _("Written down by"), _("Note")), rows))
    else:
        st.caption(_("Nothing is recorded yet: it is made, not sent."))
    rest = [name for name in FactName if name not in line.done]
    if context.may(Action.SEND_REFERRALS) and rest:
        _record(context, line.referral.id, rest)


def _record(context: Context, number: int, rest: Sequence[FactName]) -> None:
    with st.form(f"referral.fact.{number}", border=True):
        first, second, third = st.columns([3, 2, 2])
        with first:
            name = st.selectbox(
                _("What happened"), rest, format_func=lambda fact: _(FACT_TITLES[fact]), key="referral.fact",
                index=rest.index(FactName.SENT) if FactName.SENT in rest else 0,
            )  # fmt: skip
        with second:
            day = st.date_input(_("Day"), "today", key="referral.day", format="YYYY-MM-DD", max_value="today")
        with third:
            hour = st.time_input(_("Time"), "now", key="referral.time", step=60)
        note = st.text_input(_("Note (number of the document)"), key="referral.note", max_chars=200)
        if st.form_submit_button(_("Record"), icon=":material/edit_note:"):
            with states.told():
                context.referrals.record(number, name, datetime.combine(day, hour), note)
                st.rerun()
    st.caption(_("Facts are never overwritten; the ledger keeps who wrote them down and when."))
