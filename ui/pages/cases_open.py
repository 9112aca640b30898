"""Beginning work: take the next case, open one by hand."""

import streamlit as st

from cases.work.model import ORIGIN_TITLES, Origin
from claims.language import N_, _
from ui.auth.roles import EVERYWHERE
from ui.pages.case_acts import done, reason_box, written
from ui.service.house import Context

HANDS = (Origin.TIP, Origin.ENTITY, Origin.SCENE)
HINTS = {
    Origin.TIP: N_("what was reported, without names where possible"),
    Origin.ENTITY: N_("type:number, for example institution:H45120100001"),
    Origin.SCENE: N_("address of the drawing in the explorer"),
}
KEYS = ("cases.new.source", "cases.new.title", "cases.new.reason")


def take_next(context: Context) -> None:
    """Draw the button that takes the most pressing case that is nobody's."""
    st.button(
        _("Take the next case"), icon=":material/assignment_ind:", key="cases.next", type="primary",
        on_click=done, args=(context, "", lambda: _take(context)),
        help=_("The most pressing case that is nobody's and that you can move on. Two people never get the same."),
    )  # fmt: skip


def _take(context: Context) -> str:
    taken = context.case_work.acts.take_next(_("taken from the list"))
    if taken is None:
        return _("Nothing waits for you: every case you could move on is with somebody, put aside, or your own work.")
    st.query_params.from_dict({"scope": "mine", "case": taken.id})
    return _("{case} is yours now.", case=taken.id)


def open_by_hand(context: Context) -> None:
    """Draw the form of a case that no ring began."""
    with st.popover(_("Open by hand…"), icon=":material/add:"), st.container(width=420):
        st.caption(_("A case of a ring is opened on the ring's page."))
        origin = st.segmented_control(
            _("Begins with"), HANDS, format_func=lambda o: _(ORIGIN_TITLES[o]), default=Origin.TIP, required=True,
            key="cases.new.origin",
        )  # fmt: skip
        with st.form("cases.new", border=False, enter_to_submit=False):
            chosen = origin or Origin.TIP
            st.text_area(_("What it begins with"), key=KEYS[0], placeholder=_(HINTS[chosen]), max_chars=2000, height=68)
            st.text_input(_("Title"), key=KEYS[1], max_chars=200)
            _region(context)
            reason_box(KEYS[2])
            st.form_submit_button(
                _("Open the case"), type="primary", key="cases.new.open", on_click=done,
                args=(context, "", lambda: _open(context, chosen), KEYS),
            )  # fmt: skip


def _region(context: Context) -> None:
    own = sorted(context.account.regions - {EVERYWHERE})
    if own:
        st.selectbox(_("Division"), own, key="cases.new.region")
    else:
        st.text_input(_("Division (code; empty: the whole area)"), key="cases.new.region", max_chars=12)


def _open(context: Context, origin: Origin) -> str:
    case = context.case_work.acts.open_by_hand(
        origin, written(KEYS[0]), written(KEYS[1]), written("cases.new.region"), written(KEYS[2])
    )
    st.query_params.from_dict({"case": case.id})
    return _("{case} is open.", case=case.id)
