"""The quarantine, as part of runs and data: which rows wait and why, out to the sender, and back in."""

from math import ceil

import streamlit as st

from claims.language import _
from ui.auth.roles import Action
from ui.load_report import table_title
from ui.pages import states, words
from ui.pages.grid import grid
from ui.service.house import Context
from ui.service.quarantine import FORMS, TriedAgain, WaitingRows

SIZE = 50


def draw(context: Context) -> None:
    """Draw what waits in quarantine and what can be done about it."""
    waiting = context.quarantine.waiting()
    told_before()
    if not waiting:
        states.empty(
            _("The quarantine is empty."), _("Rows that cannot be used are kept here, whole, with the reason.")
        )
        return
    chosen = st.selectbox(
        _("Load and table"), range(len(waiting)), format_func=lambda place: _title(waiting[place]), key="runs.waiting"
    )
    part = waiting[chosen or 0]
    pages = ceil(part.rows / SIZE)
    number = st.session_state.get("runs.quarantine.page", 1)
    rows = context.quarantine.page(part.load, part.table, min(number, pages), SIZE)
    grid(
        {
            _("line"): [row.line for row in rows],
            _("column"): [row.column for row in rows],
            _("value (masked)"): [row.value for row in rows],
            _("why it cannot be used"): [row.reason for row in rows],
            _("file"): [row.file for row in rows],
            _("row"): [row.id for row in rows],
        }
    )
    if pages > 1:
        st.pagination(pages, key="runs.quarantine.page")
    left, right = st.columns(2, gap="medium")
    if context.may(Action.EXPORT_QUARANTINE):
        with left:
            _take_out(context, part)
    if context.may(Action.RETRY_QUARANTINE):
        with right:
            _try_again(context, part)


def _title(part: WaitingRows) -> str:
    name = table_title(part.table)
    return _("Load {number} · {table} · {count} rows", number=part.load, table=name, count=words.count(part.rows))


def _take_out(context: Context, part: WaitingRows) -> None:
    with st.container(border=True):
        st.markdown(words.bold(_("Out to the sender")))
        st.caption(_("The file holds the rows unmasked. Who took it and why is recorded before it is made."))
        reason = st.text_input(_("Reason"), key="runs.reason", placeholder=_("for example: sent back to the agency"))
        form = st.segmented_control(
            _("Form"), FORMS, format_func=str.upper, default=FORMS[1], required=True, label_visibility="collapsed"
        )
        if st.button(_("Make the file"), icon=":material/output:", key="runs.make"):
            with states.told():
                made = context.quarantine.file(part.load, part.table, form or FORMS[1], reason)
                name = f"quarantine-{part.load}-{part.table}.{form}"
                st.download_button(_("Save {name}", name=name), made, name, on_click="ignore", type="primary")


def _try_again(context: Context, part: WaitingRows) -> None:
    with st.container(border=True):
        st.markdown(words.bold(_("Back in")))
        st.caption(_("Rows that pass now are loaded and make a new data version; the others stay."))
        if st.button(_("Try the rows of this load again"), icon=":material/replay:", key="runs.retry"):
            with states.told(), st.spinner(_("Checking and loading …")):
                _tell(context.quarantine.retry(part.load))
        file = st.file_uploader(_("Or a corrected file (.csv, .xlsx)"), type=list(FORMS), key="runs.corrected")
        if file is not None and st.button(_("Load the corrected file"), type="primary", key="runs.load_corrected"):
            with states.told(), st.spinner(_("Checking and loading …")):
                _tell(context.quarantine.retry(None, file.name, file.getvalue()))


def _tell(done: TriedAgain) -> None:
    """Keep the outcome for the next run: the list above must be read anew first."""
    st.session_state["runs.retried"] = done
    st.rerun()


def told_before() -> None:
    """Say what came of the last try."""
    done = st.session_state.pop("runs.retried", None)
    if isinstance(done, TriedAgain):
        text = _(
            "{resolved} rows resolved, {staying} stay in quarantine.", resolved=done.resolved, staying=done.staying
        )
        st.success(text, icon=":material/check:")
