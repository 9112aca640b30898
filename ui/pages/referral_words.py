"""Words of referrals that several parts of the page say: destinations with what each is for, clocks, files."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from types import MappingProxyType

import streamlit as st

from cases.exports.clocks import Clock, State
from cases.exports.destinations import BY_NAME
from claims.language import N_, _
from ui.pages import words
from ui.service.referrals_query import base_of

WHAT_FOR: Mapping[str, str] = MappingProxyType(
    {
        "police": N_("For suspected crime: transfer letter, report of the inquiry, lists of goods and evidence."),
        "health": N_("For doubts about practice: whether staff or institution kept the rules of medical practice."),
        "market": N_("For drugs that may have been sold on, or whose origin is in doubt."),
        "discipline": N_("For public officials and party members among those concerned; check their status first."),
        "region": N_("For people or institutions of another fund: asks its fund supervision to look or to help."),
        "rectification": N_("Tells an institution what to put right; only its own records, others under aliases."),
        "interview": N_("Calls the head of an institution in; time, place and officers stay blank."),
        "recovery": N_("Tells an institution what it is to pay back; the decision's number stays blank."),
        "questions": N_("Asks an institution before anything is concluded; its answers count in the case."),
        "points": N_("Proposes points for staff to the agency, with reasons; the agency decides."),
        "summary": N_("For the head of this bureau: the whole lead on a few pages. It does not leave the house."),
        "platform": N_("For the national platform: violations in the 3101 form, one line per settlement."),
    }
)
_COLOURS: Mapping[State, str] = MappingProxyType(
    {
        State.WAITING: "gray",
        State.RUNNING: "blue",
        State.PASSED: "red",
        State.MET: "green",
        State.LATE: "orange",
    }
)
_SOON = timedelta(hours=24)


def destination(name: str) -> str:
    """Name whom a referral is for; a letter for one institution carries its code."""
    base, _colon, code = name.partition(":")
    title = _(BY_NAME[base].title) if base in BY_NAME else name
    return f"{title} {code}" if code and base_of(name) in BY_NAME else title


def left(clock: Clock, now: datetime) -> str:
    """Say how much time a running clock has left, or for how long it has passed."""
    if clock.due is None:
        return ""
    rest = clock.due - now
    hours = ceil(abs(rest.total_seconds()) / 3600)
    if rest < timedelta():
        return _("{hours} h over", hours=hours) if hours < 48 else _("{days} days over", days=hours // 24)
    return _("{hours} h left", hours=hours) if hours < 48 else _("{days} days left", days=hours // 24)


def urgent(clock: Clock, now: datetime) -> bool:
    """Say whether a clock passed, or will within a day."""
    return clock.state is State.PASSED or (
        clock.state is State.RUNNING and clock.due is not None and clock.due - now < _SOON
    )


def badge(clock: Clock, title: str) -> None:
    """Draw how a clock stands."""
    st.badge(title, color=_COLOURS[clock.state])  # type: ignore[arg-type]


def size(count: int) -> str:
    """Write how large a file is."""
    return _("{count} kB", count=words.count(max(1, round(count / 1024))))


def go(label: str, icon: str, **parameters: str) -> None:
    """Draw a way to another address of this page; a link to the page one is on already leads nowhere."""
    key = "referral.go." + "&".join(f"{name}={value}" for name, value in parameters.items())
    st.button(label, icon=icon, type="tertiary", key=key, on_click=_gone_to, args=(parameters,))


def _gone_to(parameters: Mapping[str, str]) -> None:
    st.query_params.from_dict(dict(parameters))
