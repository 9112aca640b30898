"""What only one type of thing has: money, an institution's case mix, a till's bursts, who stood beside a card."""

import streamlit as st

from claims.language import _
from graph.model import NodeRef, NodeType
from graph.titles import node_title
from ui.pages import words
from ui.pages.entity_links import pick
from ui.pages.sheet import bar, draw, paragraph, table, two_lines
from ui.service.entity import Entity
from ui.service.entity_books import Money
from ui.service.entity_kinds import Special
from ui.service.entity_ties import TieGroup
from ui.service.house import Context


def special(context: Context, entity: Entity) -> None:
    """Draw it."""
    found = context.entities.special(entity)
    if found.money:
        _money(found.money)
    if found.shares:
        draw(paragraph(_("It received {share} of what the fund paid to all institutions, {kind} of its kind.",
                         share=words.share(found.shares[0]), kind=words.share(found.shares[1]))))  # fmt: skip
    if found.cases:
        _cases(found)
    for group in found.tops:
        _top(found, group, entity)
    if entity.type is NodeType.TERMINAL:
        _till(found)
    if entity.type is NodeType.CARD:
        _card(found)


def _money(money: Money) -> None:
    st.subheader(_("Who paid"), anchor=False)
    whole = money.total or 1
    parts = ((_("the fund"), money.fund), (_("personal account"), money.account), (_("cash"), money.cash))
    rows = [
        (name, words.money(part), bar(float(part / whole), words.share(float(part / whole)))) for name, part in parts
    ]
    heads = (_("payer"), _("amount"), _("of the total charge, {total}", total=words.money(money.total)))
    draw(table(heads, rows, {1}))


def _cases(found: Special) -> None:
    st.subheader(_("Main diagnoses by fund"), anchor=False)
    heads = (_("diagnosis"), _("settlements"), _("Fund"), _("total charge"))
    rows = [
        (two_lines(case.name or _("not given"), case.code), words.count(case.visits), words.money(case.money.fund),
         words.money(case.money.total))
        for case in found.cases
    ]  # fmt: skip
    draw(table(heads, rows, {1, 2, 3}))


def _top(found: Special, group: TieGroup, entity: Entity) -> None:
    if not group.total:
        return
    filled = entity.type is NodeType.DOCTOR and group.type is NodeType.INSTITUTION
    title = _("Where prescriptions are filled") if filled else node_title(group.type)
    counted = f"{title} · {words.count(group.total)}"
    st.subheader(words.plain(counted), anchor=False)
    heads = (_("Name"), _("settlements"), _("Fund"), _("First"), _("Last"))
    rows = [
        (two_lines(found.faces[tie.ref].name, found.faces[tie.ref].number if found.faces[tie.ref].label else ""),
         words.count(tie.count), words.money(tie.fund), f"{tie.first:%Y-%m-%d}" if tie.first else "",
         f"{tie.last:%Y-%m-%d}" if tie.last else "")
        for tie in group.ties
    ]  # fmt: skip
    draw(table(heads, rows, {1, 2}))
    pick([found.faces[tie.ref] for tie in group.ties], _("Open one of these"), f"entity.pick.{group.type}")


def _till(found: Special) -> None:
    st.subheader(_("Bursts at this till"), anchor=False)
    if not found.bursts:
        st.caption(_("Three different persons never settled here without a pause of five minutes."))
    else:
        heads = (_("day"), _("from"), _("to"), _("persons"), _("settlements"))
        rows = [
            (f"{one.first:%Y-%m-%d}", f"{one.first:%H:%M:%S}", f"{one.last:%H:%M:%S}", words.count(one.people),
             words.count(one.records))
            for one in found.bursts
        ]  # fmt: skip
        draw(table(heads, rows, {3, 4}))
        st.caption(_("The tightest first: persons a minute without a pause of five minutes. Opening hours and market "
                     "days make such runs too."))  # fmt: skip
    st.subheader(_("Its busiest hours"), anchor=False)
    hours = [(f"{one.start:%Y-%m-%d %H}:00", words.count(one.people), words.count(one.records)) for one in found.hours]
    draw(table((_("hour"), _("persons"), _("settlements")), hours, {1, 2}))


def _card(found: Special) -> None:
    users = [found.faces[ref] for ref in found.users]
    st.subheader(_("Used by"), anchor=False)
    draw(table((_("insured person"),), [(two_lines(face.name, face.number),) for face in users]))
    st.subheader(_("Others at the same till within ten minutes"), anchor=False)
    if not found.beside:
        st.caption(_("Nobody else settled within ten minutes at a till this card was used at."))
        return
    heads = (_("insured person"), _("times"), _("Last"))
    rows = [
        (two_lines(found.faces[one.person].name, found.faces[one.person].number), words.count(one.times),
         f"{one.last:%Y-%m-%d %H:%M}")
        for one in found.beside
    ]  # fmt: skip
    draw(table(heads, rows, {1}))
    st.caption(_("At a busy till strangers meet by chance; whether it is more than chance is what the detectors test."))
    refs: list[NodeRef] = [*found.users, *(one.person for one in found.beside)]
    pick([found.faces[ref] for ref in dict.fromkeys(refs)], _("Open one of these"), "entity.pick.beside")
