"""Putting a referral together: whom for, what is missing, which article which fact, the pages, and making it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import streamlit as st

from cases.exports.destinations import DESTINATIONS
from cases.kinds import kind_title
from claims.language import N_, _
from ui.auth.roles import Action
from ui.pages import referral_words, states, words
from ui.pages.navigation import link
from ui.pages.referral_build import build
from ui.pages.referral_check import articles, meter
from ui.pages.referral_preview import preview
from ui.service.house import Context
from ui.service.referrals_ground import Choice, Subject

SEEN, ADDRESS = "referral.seen", "referral.address"
PARTS: Mapping[str, str] = MappingProxyType(
    {
        "meter": N_("1 · What is missing"),
        "law": N_("2 · Which article, which fact"),
        "preview": N_("3 · The documents"),
        "build": N_("4 · Make it"),
    }
)


def draw(context: Context, ring: str, case: str) -> None:
    """Draw the way of one ring or case towards its referral."""
    found = context.referrals.subject(ring, case)
    if isinstance(found, Choice):
        _choose(found)
        return
    _head(found)
    if found.ring.merged_into:
        _gone(found)
        return
    seen = _remembered(found)
    to, part = _asked(context)
    with states.told():
        DRAWN[part](context, seen, to)


def _head(subject: Subject) -> None:
    title, ways = st.columns([3, 2], vertical_alignment="center")
    with title:
        kind = words.plain(kind_title(subject.row.kind))
        st.title(_("Refer {number} · {kind}", number=subject.number, kind=kind), anchor=False)
    with ways, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        referral_words.go(_("All referrals"), ":material/arrow_back:")
        link("ring", words.plain(subject.ring.id), ":material/hub:", ring=subject.ring.id)
        if subject.case:
            link("case", words.plain(subject.case.id), ":material/folder_open:", case=subject.case.id)


def _choose(choice: Choice) -> None:
    st.title(_("Refer {number} · {kind}", number=choice.case.id, kind=words.plain(choice.case.title)))
    if not choice.case.bound:
        states.empty(_("This case is about no ring."), _("Referrals are made from rings; bind one to the case first."))
    else:
        st.markdown(_("This case is about several rings. Choose the one to refer."))
    for ring in choice.case.bound:
        referral_words.go(words.plain(ring), ":material/hub:", case=choice.case.id, ring=ring)
    link("case", words.plain(choice.case.id), ":material/folder_open:", case=choice.case.id)


def _gone(subject: Subject) -> None:
    told = _("{ring} went into another ring; it goes on there.", ring=subject.ring.id)
    st.info(words.plain(told), icon=":material/merge:")
    label = _("No. {number} · {kind}", number=subject.row.number, kind=kind_title(subject.row.kind))
    referral_words.go(words.plain(f"{label} →"), ":material/hub:", ring=subject.row.id)


def _remembered(subject: Subject) -> Subject:
    """What the reader began to look at; where it changed since, that is said and looked at anew when asked."""
    kept = st.session_state.get(SEEN)
    if not isinstance(kept, Subject) or (kept.ring.id, kept.number) != (subject.ring.id, subject.number):
        st.session_state[SEEN] = subject
        return subject
    if kept.seen != subject.seen:
        st.warning(
            _("This ring or its case changed while you were looking: a run, a decision or a setting is new."),
            icon=":material/sync_problem:",
        )
        if st.button(_("Look at it as it is now"), icon=":material/refresh:", key="referral.again"):
            st.session_state[SEEN] = subject
            st.rerun()
        return kept
    return kept


def _asked(context: Context) -> tuple[str, str]:
    """Destination and part, both in the address."""
    names = [destination.name for destination in DESTINATIONS]
    parts = [part for part in PARTS if part != "build" or context.may(Action.SEND_REFERRALS)]
    given = st.query_params.get("to", ""), st.query_params.get("part", "")
    if st.session_state.get(ADDRESS) != given:
        st.session_state[ADDRESS] = given
        st.session_state["referral.to"] = given[0] if given[0] in names else names[0]
        st.session_state["referral.part"] = given[1] if given[1] in parts else parts[0]
    left, right = st.columns([2, 5], vertical_alignment="top")
    with left:
        to = st.selectbox(_("Where to"), names, format_func=referral_words.destination, key="referral.to")
    with right, st.container():
        part = st.segmented_control(
            _("Steps"), parts, format_func=lambda name: _(PARTS[name]), key="referral.part", required=True
        )
    st.caption(_(referral_words.WHAT_FOR[to]))
    chosen = to, part or parts[0]
    if chosen != given:
        st.session_state[ADDRESS] = chosen
        st.query_params.update({"to": chosen[0], "part": chosen[1]})
    return chosen


DRAWN: Mapping[str, Callable[[Context, Subject, str], None]] = MappingProxyType(
    {"meter": meter, "law": articles, "preview": preview, "build": build}
)
