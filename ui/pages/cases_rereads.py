"""Second readings: draw at random, take the next one, and what the readings say about what was let go."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import streamlit as st

from cases.work.drawings import Drawing, Pool
from cases.work.model import OUTCOME_TITLES
from cases.work.rereads import MOST, Reread
from claims.language import N_, _
from ui.auth.roles import Action
from ui.pages import states, words
from ui.pages.case_acts import done, reason_box, written
from ui.pages.cases_agreement import agreement
from ui.pages.cases_reading import READING, reading
from ui.pages.navigation import link
from ui.pages.sheet import draw, paragraph, table
from ui.service.house import Context

MOST_SHOWN = 12
POOL_TITLES = {
    Pool.CLOSED: N_("closed cases"),
    Pool.SNOOZED: N_("cases put aside"),
    Pool.EXPLAINED: N_("explained rings"),
}
SHOWN_TO = (Action.DRAW_REREADS, Action.REREAD, Action.SEE_BOARD)


def rereads(context: Context) -> None:
    """Draw the reading the address names, else what this account may of all."""
    if not any(map(context.may, SHOWN_TO)):
        with states.told():
            context.guard(Action.REREAD)
        return
    if asked := str(st.query_params.get(READING, "")):
        reading(context, asked)
        return
    draw(paragraph(_(
        "A sample of what was closed, put aside or explained is read by a second person who does not know how it "
        "ended. The share on which both agree, and what the second one would have confirmed, tell how much is missed."
    ), "dim"))  # fmt: skip
    left, right = st.columns([1, 1], gap="medium")
    with left, states.told():
        if context.may(Action.REREAD):
            _mine(context)
        if context.may(Action.DRAW_REREADS):
            _draw(context)
    with right, states.told():
        if context.may(Action.SEE_BOARD):
            _report(context)


def _mine(context: Context) -> None:
    st.subheader(_("Your readings"))
    service = context.case_work.rereads
    waiting, mine = service.waiting(), service.mine()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Take the next reading"), key="rereads.take", type="primary", icon=":material/menu_book:",
            disabled=not waiting, on_click=done, args=(context, "", partial(_take, context)),
        )  # fmt: skip
        st.caption(_("{count} readings wait that you could take.", count=words.count(waiting)))
    open_ = [reread for reread in mine if reread.second is None]
    for reread in open_:
        st.button(
            _("Go on with reading {number}", number=reread.id), key=f"rereads.open.{reread.id}",
            icon=":material/menu_book:", on_click=_open, args=(reread.id,),
        )  # fmt: skip
    _answered([reread for reread in mine if reread.second is not None])


def _answered(readings: Sequence[Reread]) -> None:
    if not readings:
        return
    newest = sorted(readings, key=lambda reread: -reread.id)[:MOST_SHOWN]
    rows = [
        (reread.id, reread.case or reread.ring, _outcome(reread.second), _outcome(reread.first),
         _("agree") if reread.second is reread.first else _("differ"))
        for reread in newest
    ]  # fmt: skip
    draw(table((_("reading"), _("case or ring"), _("you"), _("first outcome"), _("do they agree")), rows))
    with st.container(horizontal=True):
        for reread in newest[:3]:
            if reread.case:
                link("case", words.plain(f"{reread.case} →"), case=reread.case)
            else:
                link("ring", words.plain(f"{reread.ring} →"), ring=reread.ring)


def _outcome(outcome: object) -> str:
    return next((_(title) for known, title in OUTCOME_TITLES.items() if known is outcome), "")


def _take(context: Context) -> str:
    got = context.case_work.rereads.take(_("random second reading"))
    if got is None:
        return _("Nothing waits for you.")
    _open(got.id)
    return _("Reading {number} is yours; give your outcome when you have read it.", number=got.id)


def _open(number: int) -> None:
    st.query_params[READING] = str(number)


def _draw(context: Context) -> None:
    st.subheader(_("Draw at random"))
    sizes = context.case_work.rereads.sizes()
    rows = [(_(POOL_TITLES[pool]), words.count(size)) for pool, size in sizes.items()]
    draw(table((_("to draw from"), _("how many")), rows, {1}))
    if not any(sizes.values()):
        st.caption(_("There is nothing to draw from yet."))
        return
    with st.form("rereads.draw", border=True, enter_to_submit=False):
        first, second = st.columns(2)
        with first:
            st.number_input(_("Of each kind, at most"), 1, MOST, 10, key="rereads.each")
        with second:
            st.number_input(_("Seed"), 0, 99_999_999, int(f"{date.today():%Y%m%d}"), key="rereads.seed",
                            help=_("The drawing can be repeated with it; it is kept."))  # fmt: skip
        reason_box("rereads.reason")
        st.form_submit_button(
            _("Draw"), key="rereads.draw.do", on_click=done,
            args=(context, "", partial(_drawn, context), ("rereads.reason",)),
        )  # fmt: skip


def _drawn(context: Context) -> str:
    each, seed = int(st.session_state["rereads.each"]), int(st.session_state["rereads.seed"])
    number = context.case_work.rereads.draw(each, seed, written("rereads.reason"))
    return _("Drawing {number} is made; its readings wait for those who did not work on them.", number=number)


def _report(context: Context) -> None:
    st.subheader(_("What second readings say"))
    drawings = context.case_work.rereads.drawings()
    if not drawings:
        states.empty(_("No drawing was made yet."), _("A lead or an auditor draws; reviewers and leads read."))
        return
    names = {one.id: _named(one) for one in drawings}
    chosen = st.selectbox(_("Drawing"), list(names), format_func=lambda id_: names[id_], key="rereads.drawing")
    one = next(one for one in drawings if one.id == chosen)
    st.caption(_("{drawn} drawn, {answered} answered, {taken} being read, {free} wait; seed {seed}.",
                 drawn=one.drawn, answered=one.answered, taken=one.taken,
                 free=one.drawn - one.answered - one.taken, seed=one.seed))  # fmt: skip
    agreement(context.case_work.rereads.agreement(one.id), POOL_TITLES)


def _named(one: Drawing) -> str:
    return _("no. {number} of {day}, by {who}", number=one.id, day=words.short(one.at.astimezone().date()), who=one.by)
