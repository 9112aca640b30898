"""The filters of the rings list: widgets that live in the address, so that a link opens the same list."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import streamlit as st

from cases.kinds import FAMILY_TITLES
from cases.model import STATUS_TITLES
from claims.language import N_, _
from ui.pages import words
from ui.service.house import Context
from ui.service.ring_query import PAGE_SIZES, Group, Ranking, RingQuery, from_url, to_url

WRITTEN = "rings.address"
WAN = 10_000
GROUPS: Mapping[Group, str] = {
    Group.OPEN: N_("To look at"),
    Group.EXPLAINED: N_("With an innocent explanation"),
    Group.BELOW: N_("Below the line or put aside"),
}
RANKINGS: Mapping[Ranking, str] = {
    Ranking.SUSPICION: N_("Most suspicious first"),
    Ranking.MONEY: N_("Most money first"),
    Ranking.CHANGED: N_("Last changed first"),
    Ranking.NEWEST: N_("First seen last, first"),
    Ranking.DUE: N_("Due soonest first"),
}


def asked() -> RingQuery:
    """Return what the address asks for; widgets are set from it whenever it was changed from outside."""
    given = {name: str(value) for name, value in st.query_params.items() if name != "lang"}
    query = from_url(given)
    if st.session_state.get(WRITTEN) != given:
        _set_widgets(query)
        st.session_state[WRITTEN] = given
    return query


def write(query: RingQuery) -> None:
    """Put a question into the address."""
    address = to_url(query)
    if st.session_state.get(WRITTEN) != address:
        st.query_params.from_dict(address)
        st.session_state[WRITTEN] = address


def draw(context: Context, query: RingQuery) -> RingQuery:
    """Draw the filters and return the question as they stand."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = st.segmented_control(
            _("Which"), tuple(GROUPS), format_func=_titles(GROUPS), key="rings.group", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        ranking = st.selectbox(
            _("Order"), tuple(RANKINGS), format_func=_titles(RANKINGS), key="rings.ranking", width=185,
            label_visibility="collapsed",
        )  # fmt: skip
        text = st.text_input(
            _("Number or institution"), key="rings.text", width=175, label_visibility="collapsed",
            placeholder=_("Number or institution"), icon=":material/search:",
        )  # fmt: skip
        with st.popover(_("Filters"), icon=":material/filter_alt:"):
            narrowed = _narrow(context, query)
        if query.filtered:
            st.button(_("Clear filters"), on_click=_clear, type="tertiary", icon=":material/close:", key="rings.clear")
    chosen = replace(narrowed, group=group or Group.OPEN, ranking=ranking or Ranking.SUSPICION, text=text or "")
    same = to_url(replace(chosen, page=query.page)) == to_url(query)
    return chosen if same else replace(chosen, page=1)


def _narrow(context: Context, query: RingQuery) -> RingQuery:
    families = context.rings.families()
    names = {place.code: place.name for place in context.rings.places()}
    if query.place:
        names.setdefault(query.place, query.place)
    left, right = st.columns(2)
    with left:
        chosen_families = st.multiselect(
            _("Family"), sorted({*families, *query.families}), format_func=family_title, key="rings.families",
            placeholder=_("all"),
        )  # fmt: skip
        place = st.selectbox(
            _("Institution"), ("", *names), format_func=lambda code: names.get(code, _("all")), key="rings.place"
        )
        score = st.number_input(
            _("Suspicion at least (0 to 1)"), 0.0, 1.0, step=0.05, key="rings.score",
            help=_("How surely chance and innocent reasons fail to explain the ring. Rings from 0.5 are shown first."),
        )  # fmt: skip
        first_seen = st.date_input(_("First seen since"), value=None, key="rings.first_seen", format="YYYY-MM-DD")
    with right:
        statuses = st.multiselect(
            _("Status"), [status.value for status in STATUS_TITLES], format_func=status_title, key="rings.statuses",
            placeholder=_("all"),
        )  # fmt: skip
        fund = st.number_input(_("Fund at least (10,000 yuan)"), 0, None, step=1, key="rings.fund")
        owner = st.text_input(_("Assigned to (account)"), key="rings.owner")
        changed = st.date_input(_("Changed since"), value=None, key="rings.changed_since", format="YYYY-MM-DD")
    return replace(
        query,
        families=tuple(sorted(chosen_families)),
        statuses=tuple(sorted(statuses)),
        place=place or "",
        score=round(score or 0.0, 2),
        fund=_fund(query.fund, fund or 0),
        first_seen=first_seen if not isinstance(first_seen, tuple) else None,
        changed_since=_changed(query.changed_since, changed),
        owner=owner or "",
    )


def described(query: RingQuery, places: Mapping[str, str]) -> str:
    """Say in words what is filtered."""
    parts = [family_title(name) for name in query.families] + [status_title(name) for name in query.statuses]
    if query.place:
        parts.append(places.get(query.place, query.place))
    if query.text:
        parts.append(f"“{query.text}”")
    if query.owner:
        parts.append(_("assigned to {name}", name=query.owner))
    if query.score:
        parts.append(_("suspicion ≥ {score}", score=f"{query.score:g}"))
    if query.fund:
        parts.append(_("fund ≥ {money}", money=words.money(Decimal(query.fund))))
    if query.first_seen:
        parts.append(_("first seen since {day}", day=words.day(query.first_seen)))
    if query.changed_since:
        parts.append(_("changed since {moment}", moment=words.moment(query.changed_since)))
    return " · ".join(parts)


def _set_widgets(query: RingQuery) -> None:
    state = st.session_state
    state["rings.group"], state["rings.ranking"], state["rings.text"] = query.group, query.ranking, query.text
    state["rings.families"], state["rings.statuses"] = list(query.families), list(query.statuses)
    state["rings.place"], state["rings.owner"], state["rings.score"] = query.place, query.owner, query.score
    state["rings.fund"], state["rings.first_seen"] = query.fund // WAN, query.first_seen
    state["rings.changed_since"] = query.changed_since.date() if query.changed_since else None
    state["rings.page"], state["rings.size"] = query.page, query.size if query.size in PAGE_SIZES else PAGE_SIZES[0]


def _fund(before: int, wan: int) -> int:
    """Keep an address's own amount as long as the widget, which knows whole 万元 only, was not touched."""
    return before if before // WAN == wan else wan * WAN


def _changed(before: datetime | None, day: object) -> datetime | None:
    """Keep the hour of an address (the last visit) as long as the day was not touched."""
    if before is not None and before.date() == day:
        return before
    return datetime.combine(day, time()) if isinstance(day, date) else None


def _clear() -> None:
    st.query_params.clear()


def family_title(name: str) -> str:
    """Name a family in the language in force."""
    return _(FAMILY_TITLES.get(name, name))


def status_title(name: str) -> str:
    """Name a status in the language in force."""
    return next((_(title) for status, title in STATUS_TITLES.items() if status.value == name), name)


def _titles(titles: Mapping[Group, str] | Mapping[Ranking, str]) -> Callable[[object], str]:
    return lambda value: _(titles[value])  # type: ignore[index]
