"""What the registers say of one thing, masked; one field is shown with a reason."""

from dataclasses import replace

import streamlit as st

from claims.errors import RinghoundError
from claims.language import _
from graph.model import NodeRef
from graph.store import Value
from ui.auth.roles import Action
from ui.pages import words
from ui.pages.sheet import draw, table, whole
from ui.scene.wording import heading, node_facts, readable
from ui.service.entity import Entity
from ui.service.house import Context
from ui.service.reveal import LABEL, NUMBER

REVEALED = "entity.revealed"


def facts(context: Context, entity: Entity) -> None:
    """Draw the register's facts and the way to see one unmasked."""
    shown = _revealed(context, entity)
    lines = list(node_facts(replace(entity.node, ref=NodeRef(entity.type, entity.face.number)), bare=True))
    lines += [
        (f"{_title(entity, name)} ({_('unmasked')})", _value(entity, name, value)) for name, value in shown.items()
    ]
    draw(table((_("Fact"), _("Value")), ((title, whole(value)) for title, value in lines)))
    version = _("Data version {version}", version=entity.data_version)
    st.caption(version)
    if context.may(Action.REVEAL):
        _reveal(context, entity)


def _revealed(context: Context, entity: Entity) -> dict[str, Value]:
    """What this visitor has revealed of this thing; another account in the same window sees none of it."""
    held: dict[tuple[str, str], dict[str, Value]] = st.session_state.setdefault(REVEALED, {})
    return held.setdefault((context.account.name, str(entity.face.ref)), {})


def _reveal(context: Context, entity: Entity) -> None:
    hidden = context.entities.hidden(entity)
    shown = _revealed(context, entity)
    left = [name for name in hidden if name not in shown]
    if left:
        with st.popover(_("Show personal data…"), icon=":material/visibility:"):
            field = st.selectbox(
                _("Field"), left, format_func=lambda name: _title(entity, name), key=f"entity.field.{len(left)}"
            )
            reason = st.text_input(_("Reason (kept in the audit)"), key="entity.reason", max_chars=500)
            if st.button(_("Show"), key="entity.reveal", type="primary"):
                _show(context, entity, field, reason)
    if shown:
        st.button(_("Mask again"), icon=":material/visibility_off:", key="entity.mask", on_click=shown.clear)


def _show(context: Context, entity: Entity, field: str, reason: str) -> None:
    try:
        value = context.entities.reveal(entity, field, reason)
    except RinghoundError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return
    _revealed(context, entity)[field] = value
    st.rerun()


def _title(entity: Entity, name: str) -> str:
    titles = {LABEL: _("Name"), NUMBER: _("Number")}
    return titles[name] if name in titles else heading(entity.type, name)


def _value(entity: Entity, name: str, value: Value) -> str:
    return str(value) if name in (LABEL, NUMBER) else readable(entity.type, name, value)
