"""The rings: a ranked list with filters in the address, a look at one ring, and giving rings to people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import ceil

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from cases.kinds import kind_title
from claims.language import _
from graph.exports.looks import LOOKS
from ui.auth.roles import Action
from ui.pages import ring_filters, states, words
from ui.pages.navigation import ring_link
from ui.pages.ring_picture import TYPE_TITLES, WIDTH, drawing
from ui.service.house import Context
from ui.service.ring_query import PAGE_SIZES, Group, RingQuery, to_url
from ui.service.rings import Preview, RingPage, RingRow

TABLE_HEIGHT = 418


def render(context: Context) -> None:
    """Draw the list and what is chosen in it."""
    st.title(_("Rings"))
    query = ring_filters.draw(context, ring_filters.asked())
    query = replace(query, size=st.session_state.get("rings.size", query.size))
    page = context.rings.page(query)
    last = max(1, ceil(page.total / query.size))
    if query.page > last:
        query = replace(query, page=last)
        page = context.rings.page(query)
    ring_filters.write(query)
    _head(context, query, page)
    if not page.rows:
        _nothing(query)
        return
    chosen = _table(query, page.rows)
    _turn(query, last)
    if context.may(Action.ASSIGN_RINGS) and chosen:
        _assign(context, chosen)
    _preview(context, (chosen or [page.rows[0]])[0])


def _head(context: Context, query: RingQuery, page: RingPage) -> None:
    text = _("{count} rings", count=words.count(page.total))
    if query.filtered:
        names = {place.code: place.name for place in context.rings.places()} if query.place else {}
        text += f" · {ring_filters.described(query, names)}"
    st.caption(words.plain(text))


def _nothing(query: RingQuery) -> None:
    if query.filtered:
        states.empty(_("No ring fits these filters."), _("Clear the filters, or look at another group above."))
    elif query.group is Group.OPEN:
        states.empty(_("There is no ring to look at."), _("Rings appear after a detection run: ringhound detect"))
    else:
        states.empty(_("There is no ring in this group."), _("The groups above the list show the others."))


def _table(query: RingQuery, rows: Sequence[RingRow]) -> list[RingRow]:
    """Draw the page; return the rows that are ticked. Another page or filter starts with none ticked."""
    answer = st.dataframe(
        _frame(rows),
        key="rings.table." + "&".join(f"{name}={value}" for name, value in to_url(query).items()),
        hide_index=True,
        height=min(TABLE_HEIGHT, 38 + 35 * len(rows)),
        on_select="rerun",
        selection_mode="multi-row",
        column_config=_columns(),
        alt=_("Rings, one line each"),
    )
    return [rows[number] for number in answer["selection"]["rows"] if number < len(rows)]


def _frame(rows: Sequence[RingRow]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "number": [row.number for row in rows],
            "kind": [kind_title(row.kind) for row in rows],
            "place": [row.place_name for row in rows],
            "score": [row.score for row in rows],
            "fund": [words.money_column(row.fund) for row in rows],
            "people": [row.people for row in rows],
            "trend": [list(row.trend) for row in rows],
            "status": [ring_filters.status_title(row.status) for row in rows],
            "first_seen": [words.short(row.first_seen) for row in rows],
            "changed": [words.short(row.changed_at) for row in rows],
            "owner": [row.owner for row in rows],
        }
    )


def _columns() -> dict[str, ColumnConfig]:
    column = st.column_config
    return {
        "number": column.NumberColumn(_("No."), format="%d", width=48, pinned=True),
        "kind": column.TextColumn(_("Kind"), width=150),
        "place": column.TextColumn(_("Main institution"), width=130),
        "score": column.ProgressColumn(
            _("Suspicion"), format="%.2f", min_value=0.0, max_value=1.0, width=85,
            help=_("0 to 1: how surely chance and innocent reasons fail to explain the ring. It is no verdict."),
        ),
        "fund": column.NumberColumn(
            _("Fund ({unit})", unit=words.money_unit()), format=words.money_format(), width=85,
            help=_("What the fund paid on the ring's records, without those with an innocent explanation."),
        ),
        "people": column.NumberColumn(_("People"), format="%d", width=55, help=_("insured persons in the ring")),
        "trend": column.AreaChartColumn(_("Fund per week"), width=75, y_min=0),
        "status": column.TextColumn(_("Status"), width=60),
        "first_seen": column.TextColumn(_("First seen"), width=82),
        "changed": column.TextColumn(_("Changed"), width=82),
        "owner": column.TextColumn(_("Assigned to"), width=66),
    }  # fmt: skip


def _turn(query: RingQuery, last: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if last > 1:
            st.session_state["rings.page"] = query.page
            st.pagination(last, key="rings.page", on_change=_turned)
        st.selectbox(
            _("Lines per page"), PAGE_SIZES, key="rings.size", width=110, label_visibility="collapsed",
            format_func=lambda size: _("{count} lines", count=size),
        )  # fmt: skip


def _turned() -> None:
    """Turn the page in the address; everything else follows from there."""
    st.query_params["page"] = str(st.session_state["rings.page"])


def _assign(context: Context, chosen: Sequence[RingRow]) -> None:
    people = {account.name: account.title for account in context.people.investigators()}
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        st.markdown(_("**{count} rings chosen**", count=len(chosen)), width="content")
        owner = st.selectbox(
            _("Assign to"), ("", *people), format_func=lambda name: people.get(name, _("nobody")), width=220,
            key="rings.assign.owner",
        )  # fmt: skip
        due = st.date_input(_("Due"), value=None, min_value=date.today(), format="YYYY-MM-DD", width=160)
        if st.button(_("Assign"), type="primary", key="rings.assign"):
            with states.told():
                day = due if isinstance(due, date) else None
                done = context.rings.assign([row.id for row in chosen], owner or "", day)
                st.toast(_("{count} rings changed hands.", count=done), icon=":material/check:")


def _preview(context: Context, row: RingRow) -> None:
    with states.told(), st.container(border=True):
        preview = context.rings.preview(row.id)
        shape, facts = st.columns([1, 2.4], gap="medium")
        with shape:
            st.image(drawing(preview), width=WIDTH)
            st.html(_legend(preview))
        with facts:
            title = _("No. {number} · {kind}", number=row.number, kind=kind_title(row.kind))
            ring_link(row.id, row.number, words.plain(f"{title} →"))
            st.markdown(words.plain(words.sentence(preview.statement)))
            with st.container(horizontal=True, gap="large"):
                st.metric(_("Fund"), words.money(row.fund), width="content")
                st.metric(_("People"), words.count(row.people), width="content")
                st.metric(_("Suspicion"), f"{row.score:.2f}", width="content")
                if row.trend:
                    st.metric(
                        _("Fund in the last week"), words.money(Decimal(str(row.trend[-1]))),
                        chart_data=list(row.trend), chart_type="area", width=220,
                    )  # fmt: skip
            st.caption(words.plain(words.sentence(row.change)))


def _legend(preview: Preview) -> str:
    parts = [
        f'<span style="white-space:nowrap;margin-right:.8rem"><span style="color:{LOOKS[type_].colour}">●</span> '
        f"{words.count(number)} {_(TYPE_TITLES[type_])}</span>"
        for type_, number in preview.members.items()
    ]
    return f'<div style="font-size:.82rem;line-height:1.7">{" ".join(parts)}</div>'
