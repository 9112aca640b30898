"""All net settlements of one thing by pages of the server, and what was taken back."""

from datetime import date

import streamlit as st
from markupsafe import Markup

from claims.language import N_, _
from graph.model import NodeRef, NodeType
from ui.neighbourhood import visit_refs
from ui.pages import words
from ui.pages.entity_figures import care_title
from ui.pages.entity_links import pick
from ui.pages.sheet import draw, table, two_lines
from ui.service.entity import Entity
from ui.service.entity_faces import Face, Faces
from ui.service.entity_figures import Month
from ui.service.entity_records import AT_ONCE, SORTING_TITLES, Ask, RecordLine, RecordPage, Sorting
from ui.service.house import Context

NET, TAKEN_BACK = "net", "refunds"
VIEWS = {NET: N_("Net of refunds"), TAKEN_BACK: N_("Taken back")}


def records(context: Context, entity: Entity) -> None:
    """Draw one page of the settlements."""
    view = st.segmented_control(
        _("View"), list(VIEWS), default=NET, required=True, format_func=lambda name: _(VIEWS[name]),
        key="entity.view", label_visibility="collapsed",
    )  # fmt: skip
    if view == TAKEN_BACK:
        _refunds(context, entity)
    else:
        _net(context, entity)


def _net(context: Context, entity: Entity) -> None:
    whose = str(entity.face.ref)
    every = context.entities.records(entity, Ask())
    with st.container(horizontal=True, vertical_alignment="center", key="entity.records"):
        orders = [sorting.value for sorting in Sorting]
        order = st.selectbox(
            _("Order"), orders, format_func=lambda name: _(SORTING_TITLES[Sorting(name)]), key="entity.order",
            width=170, label_visibility="collapsed",
        )  # fmt: skip
        sorting = Sorting(order)
        month = st.selectbox(
            _("Month"), [None, *(month.first for month in reversed(every.months))], key=f"entity.month.{whose}",
            format_func=lambda first: _month(first, every.months), width=230, label_visibility="collapsed",
        )  # fmt: skip
        plain = sorting is Sorting.NEWEST and month is None
        first = every if plain else context.entities.records(entity, Ask(sorting, month))
        page = 1
        if first.pages > 1:
            name = f"entity.page.{whose}.{sorting}.{month}"
            page = st.pagination(first.pages, max_visible_pages=5, key=name)
    shown = first if page == 1 else context.entities.records(entity, Ask(sorting, month, page))
    if not shown.lines:
        st.caption(_("No net settlement names it: there is nothing to count."))
        return
    low = (page - 1) * AT_ONCE + 1
    st.caption(_("{first}–{last} of {total} settlements; the fund paid {fund} on all of them, refunds taken off.",
                 first=words.count(low), last=words.count(low + len(shown.lines) - 1),
                 total=words.count(shown.total), fund=words.money(shown.fund)))  # fmt: skip
    _draw(shown, entity)


def _draw(shown: RecordPage, entity: Entity) -> None:
    heads = (
        _("time"),
        _("insured person"),
        _("institution, till, doctor"),
        _("diagnosis"),
        _("fund (yuan)"),
        _("cash (yuan)"),
    )
    draw(table(heads, (_row(line, shown.faces) for line in shown.lines), {4, 5}))
    named = dict.fromkeys(ref for line in shown.lines for ref in visit_refs(line.visit) if ref != entity.real)
    pick([shown.faces[ref] for ref in named], _("Open somebody or something of this page"), "entity.pick.records")


def _row(line: RecordLine, faces: Faces) -> tuple[Markup, ...]:
    visit, bill = line.visit, line.bill
    person = faces[NodeRef(NodeType.PERSON, visit.person)]
    place = faces[NodeRef(NodeType.INSTITUTION, visit.institution)]
    card = faces[NodeRef(NodeType.CARD, visit.card)].ref.id if visit.card else ""
    doctor = faces[NodeRef(NodeType.DOCTOR, visit.doctor)].name if visit.doctor else ""
    till = (visit.terminal or "").rpartition("/")[2]
    whole = _("of {total}", total=f"{bill.total:,.2f}")
    if bill.paid_back:
        whole += " · " + _("refunded {amount}", amount=f"{bill.paid_back:,.2f}")
    return (
        Markup('<span class="rh-w">{}</span>').format(two_lines(f"{visit.time:%Y-%m-%d %H:%M:%S}", visit.setl_id)),
        two_lines(person.name, " · ".join(filter(None, (person.label and person.number, card)))),
        two_lines(place.name, " · ".join(filter(None, (care_title(visit.med_type), till, doctor)))),
        two_lines(line.diagnosis or bill.diagnosis, bill.diagnosis if line.diagnosis else ""),
        two_lines(f"{line.fund:,.2f}", whole),
        two_lines(f"{bill.cash:,.2f}", ""),
    )


def _month(first: date | None, months: tuple[Month, ...]) -> str:
    if first is None:
        return _("All months")
    found = next((month for month in months if month.first == first), None)
    return f"{first:%Y-%m} ({words.count(found.visits)})" if found else f"{first:%Y-%m}"


def _refunds(context: Context, entity: Entity) -> None:
    shown = context.entities.refunds(entity)
    found = shown.refunds
    if not found.count:
        st.caption(_("Nothing was taken back."))
        return
    told = _("{count} rows take settlements back, {fund} of the fund's part in all.",
             count=words.count(found.count), fund=words.money(found.fund))  # fmt: skip
    if found.count > len(found.lines):
        told += " " + _("The newest {count} are shown.", count=words.count(len(found.lines)))
    st.caption(words.plain(told))
    heads = _("time"), _("insured person"), _("institution"), _("total (yuan)"), _("fund (yuan)"), _("takes back")
    rows = [
        (
            Markup('<span class="rh-w">{}</span>').format(two_lines(f"{line.time:%Y-%m-%d %H:%M:%S}", line.id)),
            _two(shown.faces[NodeRef(NodeType.PERSON, line.person)]),
            _two(shown.faces[NodeRef(NodeType.INSTITUTION, line.place)]),
            f"{line.total:,.2f}",
            f"{line.fund:,.2f}",
            line.cancels or _("names no settlement"),
        )
        for line in found.lines
    ]
    draw(table(heads, rows, {3, 4}))


def _two(face: Face) -> Markup:
    return two_lines(face.name, face.number if face.label else "")
