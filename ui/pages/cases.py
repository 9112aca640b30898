"""Cases: a board by stage, a list, the numbers; whose and which is in the address."""

from dataclasses import replace

import streamlit as st

from cases.work.stages import OPEN_STAGES, STAGE_TITLES, Stage
from claims.language import N_, _
from ui.auth.roles import Action
from ui.pages import case_acts, states, words
from ui.pages.cases_board import board
from ui.pages.cases_numbers import numbers
from ui.pages.cases_open import open_by_hand, take_next
from ui.pages.cases_preview import preview
from ui.pages.cases_rereads import SHOWN_TO, rereads
from ui.pages.cases_table import table
from ui.service.cases_cards import Listed
from ui.service.cases_query import LONGEST, CaseQuery, Scope, View, from_url
from ui.service.house import Context

SCOPES = {Scope.MINE: N_("Mine"), Scope.OPEN: N_("Open"), Scope.ALL: N_("All"), Scope.CLOSED: N_("Closed")}
VIEWS = {
    View.BOARD: N_("Board"),
    View.LIST: N_("List"),
    View.NUMBERS: N_("Numbers"),
    View.REREADS: N_("Second readings"),
}

OPEN_TO = {View.NUMBERS: (Action.SEE_BOARD,), View.REREADS: SHOWN_TO}


def render(context: Context) -> None:
    """Draw the cases that the address asks for."""
    query = from_url({name: str(value) for name, value in st.query_params.items()})
    _head(context)
    case_acts.said()
    query = _filters(context, query)
    if query.view is View.NUMBERS:
        numbers(context)
        return
    if query.view is View.REREADS:
        rereads(context)
        return
    listed = context.case_work.listed(query)
    if not listed.files:
        _nothing(context, query)
        return
    if query.view is View.BOARD and query.scope in (Scope.MINE, Scope.OPEN):
        board(context, query, listed)
        chosen = query.case
    else:
        chosen = table(context, query, listed)
    preview(context, _shown(listed, chosen))


def _head(context: Context) -> None:
    title, tools = st.columns([2, 3], vertical_alignment="center")
    with title:
        st.title(_("Cases"), anchor=False)
    with tools, st.container(horizontal=True, horizontal_alignment="right", key="cases.tools"):
        if context.may(Action.WORK_CASE):
            take_next(context)
        if context.may(Action.OPEN_CASE):
            open_by_hand(context)


def _filters(context: Context, query: CaseQuery) -> CaseQuery:
    views = [view for view in View if any(map(context.may, OPEN_TO.get(view, (Action.SEE_CASES,))))]
    for name, value in (("scope", query.scope), ("view", query.view), ("text", query.text)):
        st.session_state[f"cases.{name}"] = value
    st.session_state["cases.stage"] = query.stage
    with st.container(horizontal=True, vertical_alignment="bottom", key="cases.filters"):
        if query.view in (View.BOARD, View.LIST):
            st.segmented_control(
                _("Whose"), list(Scope), format_func=lambda scope: _(SCOPES[scope]), key="cases.scope", required=True,
                on_change=_write, args=("scope",), label_visibility="collapsed",
            )  # fmt: skip
            _narrow(query)
        if query.view in views:
            st.segmented_control(
                _("Shown as"), views, format_func=lambda view: _(VIEWS[view]), key="cases.view", required=True,
                on_change=_write, args=("view",), label_visibility="collapsed",
            )  # fmt: skip
    return query


def _narrow(query: CaseQuery) -> None:
    if query.view is View.LIST or query.scope in (Scope.ALL, Scope.CLOSED):
        stages: list[Stage | None] = [None, *(OPEN_STAGES if query.scope is not Scope.ALL else Stage)]
        if query.stage in stages and query.scope is not Scope.CLOSED:
            st.selectbox(
                _("Stage"), stages, format_func=lambda s: _(STAGE_TITLES[s]) if s else _("every stage"), width=190,
                key="cases.stage", on_change=_write, args=("stage",), label_visibility="collapsed",
            )  # fmt: skip
    st.text_input(
        _("Search"), key="cases.text", placeholder=_("number, title, ring"), max_chars=LONGEST, width=220,
        icon=":material/search:", on_change=_write, args=("text",), label_visibility="collapsed",
    )  # fmt: skip


def _write(name: str) -> None:
    """Put what was chosen into the address; everything follows from there."""
    value = st.session_state[f"cases.{name}"]
    if value:
        st.query_params[name] = str(value)
    else:
        st.query_params.pop(name, None)


def _shown(listed: Listed, chosen: str) -> str:
    """The case to look at: the chosen one while it is in the list, else the first."""
    ids = [file.id for file in listed.files]
    return chosen if chosen in ids else ids[0]


def _nothing(context: Context, query: CaseQuery) -> None:
    if query.text or query.stage:
        states.empty(_("No case fits."), _("Clear the search, or look at all cases."))
    elif query.scope is Scope.MINE:
        waiting = context.case_work.listed(replace(query, scope=Scope.OPEN)).files
        free = sum(not file.owner for file in waiting)
        states.empty(
            _("You have no open case."),
            _("{count} open cases are nobody's; take the next one above.", count=words.count(free)),
        )
    elif query.scope is Scope.CLOSED:
        states.empty(_("No case was closed yet."), _("A case is closed by the final review."))
    else:
        states.empty(_("There is no open case."), _("A case is opened from a ring, or by hand above."))
