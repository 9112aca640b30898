"""What the keys of identity review do: judge, undo, step. They run before the page is drawn again."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from cases.identities import JudgedMeanwhileError
from claims.errors import RinghoundError
from claims.language import N_, _, set_language
from detectors.identity_reuse.judgements import Ruling
from ui.pages import words
from ui.service.house import Context
from ui.service.identity import Queue

SAID, SHOWN = "identity.said", "identity.shown"
LOOKED = 0.6  # seconds between a page or a press and the press that decides: a key held down decides once
RULING_TITLES: Mapping[Ruling, str] = {
    Ruling.SAME: N_("One person"),
    Ruling.NOT_SAME: N_("Two people"),
    Ruling.UNSURE: N_("Unsure"),
}
_ICONS = {"success": ":material/check:", "warning": ":material/group:", "error": ":material/error:"}


@dataclass(frozen=True)
class Judging:
    """What a key stands for when it is pressed: the pair, its last known entry, and where to go then."""

    pair: str
    seen: int
    names: str
    then: str


def note_key(pair: str) -> str:
    """Name the box of the note about a pair."""
    return f"identity.note.{pair}"


def shown() -> None:
    """Remember when the page was drawn."""
    st.session_state[SHOWN] = time.monotonic()


def step(pair: str) -> None:
    """Look at another pair."""
    st.session_state.pop(SAID, None)
    if pair:
        st.query_params["pair"] = pair


def judge(context: Context, judging: Judging, ruling: Ruling) -> None:
    """Write a judgement and go on to the next pair; say who came first where somebody did."""
    since = st.session_state.get(SHOWN, 0.0)
    shown()
    if time.monotonic() - since < LOOKED:
        return
    set_language(context.language)
    try:
        note = str(st.session_state.get(note_key(judging.pair), ""))
        context.identities.judge(judging.pair, ruling, judging.seen, note)
    except JudgedMeanwhileError as error:
        if (error.entry.owner, error.entry.ruling) != (context.account.name, ruling):  # else one press came twice
            _say("warning", _meanwhile(error))
            st.query_params["pair"] = judging.pair  # it is judged now, and would leave the queue unread
        return
    except RinghoundError as error:
        _say("error", str(error))
        return
    _say("success", _("{names}: {ruling}. Z undoes it.", names=judging.names, ruling=_(RULING_TITLES[ruling])))
    st.query_params["pair"] = judging.then


def undo(context: Context, queue: Queue) -> None:
    """Draw the button that takes one's newest judgement back."""
    st.button(
        _("Undo"), key="identity.undo", icon=":material/undo:", shortcut="Z", type="tertiary", on_click=_take_back,
        args=(context, queue.undo.id if queue.undo else 0), disabled=queue.undo is None,
    )  # fmt: skip


def _take_back(context: Context, entry: int) -> None:
    """Take a judgement back and show its pair."""
    set_language(context.language)
    try:
        written, pair = context.identities.take_back(entry)
    except RinghoundError as error:
        _say("warning", _meanwhile(error) if isinstance(error, JudgedMeanwhileError) else str(error))
        return
    now = _("{ruling} holds again", ruling=_(RULING_TITLES[written.ruling])) if written.ruling else _("open again")
    _say("success", _("Taken back: {now}.", now=now))
    if pair:
        st.query_params["pair"] = pair


def tell() -> None:
    """Say what the last key did."""
    said = st.session_state.get(SAID)
    if said is not None:
        kind, text = said
        getattr(st, kind)(words.plain(text), icon=_ICONS[kind])


def _meanwhile(error: JudgedMeanwhileError) -> str:
    entry = error.entry
    ruling = _(RULING_TITLES[entry.ruling]) if entry.ruling else _("taken back")
    moment = words.moment(entry.at)
    told = _("{owner} judged this pair at {moment}: {ruling}.", owner=entry.owner, moment=moment, ruling=ruling)
    return f"{told} {_('Nothing of yours was written. Look again; another press decides.')}"


def _say(kind: str, text: str) -> None:
    st.session_state[SAID] = kind, text
