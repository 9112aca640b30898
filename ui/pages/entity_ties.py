"""Whom one thing is tied to, lawful relations first, and the rings it stands in."""

import streamlit as st
from markupsafe import Markup

from cases.kinds import kind_title
from cases.model import STATUS_TITLES
from claims.language import _
from detectors.finding import ROLE_TITLES
from graph.titles import edge_title, node_title
from ui.pages import states, words
from ui.pages.entity_links import pick
from ui.pages.navigation import ring_link
from ui.pages.sheet import draw, paragraph, table, two_lines
from ui.scene.wording import edge_facts
from ui.service.entity import Entity, TieSheet
from ui.service.entity_ties import Tie, TieGroup, lawful
from ui.service.house import Context


def rings(context: Context, entity: Entity) -> None:
    """Draw the rings it stands in, with role and status."""
    st.subheader(_("Rings it stands in"), anchor=False)
    found = context.entities.stands(entity)
    if not found.known:
        st.caption(_("Nobody has looked for rings in this data yet."))
        return
    if not found.stands:
        st.caption(_("It stands in no ring that you may see."))
        return
    for stand in found.stands:
        ring_link(stand.row.id, stand.row.number, words.plain(stand.row.id))
        told = (kind_title(stand.row.kind), _(ROLE_TITLES[stand.role]), _(STATUS_TITLES[stand.status]),
                words.money(stand.row.fund))  # fmt: skip
        st.caption(words.plain(" · ".join(told)))
    st.caption(_("A ring is a lead under review. Its page says which innocent explanations were tried."))


def relations(context: Context, entity: Entity) -> None:
    """Draw the relations, those of the registers that may explain something first."""
    sheet = context.entities.ties(entity)
    if not sheet.groups:
        states.empty(_("It has no relations."), _("Boxes sold once and unused register entries link to nobody."))
        return
    rightful = lawful(sheet.groups)
    if rightful:
        st.subheader(_("Lawful relations"), anchor=False)
        draw(paragraph(_("Family accounts, households and registered agents may use a card or collect medicine for "
                         "somebody; look here before anything else."), "dim"))  # fmt: skip
        for group in rightful:
            _group(sheet, group)
    st.subheader(_("Strongest neighbours"), anchor=False)
    counts = [(_called(group), node_title(group.type), _total(group)) for group in sheet.groups]
    draw(table((_("relation"), _("to"), _("how many")), counts, {2}))
    for group in sheet.groups:
        if group not in rightful:
            _group(sheet, group)
    every = dict.fromkeys(tie.ref for group in sheet.groups for tie in group.ties)
    pick([sheet.faces[ref] for ref in every], _("Open one of these"), "entity.pick.ties")


def _group(sheet: TieSheet, group: TieGroup) -> None:
    settled = any(tie.settled for tie in group.ties)
    title = f"{_called(group)} · {node_title(group.type)} · {_total(group)}"
    rows = [_row(sheet, tie, settled=settled) for tie in group.ties]
    if settled:
        draw(table((title, _("times"), _("Fund"), _("First"), _("Last")), rows, {1, 2}))
    elif any(row[1] for row in rows):
        draw(table((title, _("details")), rows))
    else:
        draw(table((title,), [row[:1] for row in rows]))


def _row(sheet: TieSheet, tie: Tie, *, settled: bool) -> tuple[Markup | str, ...]:
    face = sheet.faces[tie.ref]
    name = two_lines(face.name, face.number if face.label not in ("", face.ref.id) else "")
    if not settled:
        return name, " · ".join(f"{title}: {value}" for title, value in (edge_facts(tie.edge) if tie.edge else ()))
    days = (f"{time:%Y-%m-%d}" if time else "" for time in (tie.first, tie.last))
    return name, words.count(tie.count), words.money(tie.fund), *days


def _called(group: TieGroup) -> str:
    if not group.relation:
        return _("named by the same settlements")
    return f"{'→' if group.outgoing else '←'} {edge_title(group.relation)}"


def _total(group: TieGroup) -> str:
    return words.count(group.total) + ("+" if group.more else "")
