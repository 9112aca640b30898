"""The entries of the ledger: filtered by the address, a page at a time; one of them with its proof."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

import pandas as pd
import streamlit as st

from claims.language import N_, _
from claims.ledger import Kind
from ui.pages import sheet, states, words
from ui.service.house import Context
from ui.service.ledger import LedgerPage, LedgerQuery, Line

ADDRESS = "ledger.address"
TALLEST = 520
KIND_TITLES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.LEDGER: N_("ledger begun"),
        Kind.KEY: N_("key in force"),
        Kind.LOAD: N_("load"),
        Kind.RUN: N_("run"),
        Kind.FINDING: N_("finding"),
        Kind.RING_DECISION: N_("decision on a ring"),
        Kind.CASE: N_("case"),
        Kind.REVIEW: N_("review"),
        Kind.REVEAL: N_("personal data shown"),
        Kind.VIEW: N_("personal data seen again"),
        Kind.EXPORT: N_("export"),
        Kind.SETTING: N_("setting"),
        Kind.RIGHTS: N_("rights"),
        Kind.REFERRAL: N_("referral"),
        Kind.APPEAL: N_("appeal"),
        Kind.FILE: N_("file"),
    }
)


def entries(context: Context) -> None:
    """Draw filters, a page of entries and the one that is ticked."""
    st.subheader(_("Entries"), anchor=False)
    query = _filters(_asked())
    page = context.ledger.page(query)
    if not page.total:
        states.empty(_("No entry is like this."), _("Take a filter back to see more."))
        return
    chosen = _table(query, page)
    _turn(query, page)
    if chosen is not None:
        _one(context, chosen)


def _asked() -> LedgerQuery:
    given = {name: str(value) for name, value in st.query_params.items() if name != "lang"}
    query = from_url(given)
    if st.session_state.get(ADDRESS) != given:
        st.session_state[ADDRESS] = given
        st.session_state["ledger.kind"] = query.kind.value if query.kind else ""
        st.session_state["ledger.subject"] = query.subject
        st.session_state["ledger.actor"] = query.actor
        st.session_state["ledger.since"] = _first(query.since)
        st.session_state["ledger.until"] = _last(query.until)
    return query


def from_url(address: Mapping[str, str]) -> LedgerQuery:
    """Read an address; what does not read filters nothing. Days are local."""
    kind, page = address.get("kind", ""), address.get("page", "")
    return LedgerQuery(
        kind=Kind(kind) if kind in set(Kind) else None,
        subject=address.get("subject", "")[:200],
        actor=address.get("actor", "")[:64],
        since=_moment(_day(address.get("since", ""))),
        until=_moment(_day(address.get("until", "")), 1),
        page=max(1, int(page)) if page.isdecimal() and len(page) < 8 else 1,
    )


def to_url(query: LedgerQuery) -> Mapping[str, str]:
    """Write a question as an address."""
    since, until = _first(query.since), _last(query.until)
    given = {
        "kind": query.kind.value if query.kind else "",
        "subject": query.subject,
        "actor": query.actor,
        "since": since.isoformat() if since else "",
        "until": until.isoformat() if until else "",
        "page": str(query.page) if query.page > 1 else "",
    }
    return {name: value for name, value in given.items() if value}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(day: date | None, later: int = 0) -> datetime | None:
    """The beginning of a local day, or of one `later`, in UTC."""
    if day is None or not date.min < day < date.max:
        return None
    return datetime.combine(day + timedelta(days=later), time()).astimezone(UTC)


def _first(since: datetime | None) -> date | None:
    return since.astimezone().date() if since else None


def _last(until: datetime | None) -> date | None:
    return until.astimezone().date() - timedelta(days=1) if until else None


def _filters(query: LedgerQuery) -> LedgerQuery:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            _("Kind"), ["", *(kind.value for kind in Kind)], key="ledger.kind", width=190,
            format_func=lambda name: _(KIND_TITLES[Kind(name)]) if name else _("all kinds"),
        )  # fmt: skip
        subject = st.text_input(_("About"), key="ledger.subject", width=220, placeholder="R-2026-000123")
        actor = st.text_input(_("Who"), key="ledger.actor", width=140)
        since = st.date_input(_("Since"), value=None, key="ledger.since", format="YYYY-MM-DD", width=150)
        until = st.date_input(_("Until"), value=None, key="ledger.until", format="YYYY-MM-DD", width=150)
    chosen = replace(
        query,
        kind=Kind(kind) if kind else None,
        subject=(subject or "").strip(),
        actor=(actor or "").strip(),
        since=_moment(since if isinstance(since, date) else None),
        until=_moment(until if isinstance(until, date) else None, 1),
    )
    return _written(chosen if chosen == query else replace(chosen, page=1))


def _written(query: LedgerQuery) -> LedgerQuery:
    address = dict(to_url(query))
    if st.session_state[ADDRESS] != address:
        st.query_params.from_dict(address)
        st.session_state[ADDRESS] = address
    return query


def _table(query: LedgerQuery, page: LedgerPage) -> Line | None:
    hidden = _("not for your rights")
    frame = {
        "index": [line.index for line in page.lines],
        "at": [words.moment(line.at) for line in page.lines],
        "kind": [_(KIND_TITLES[line.kind]) for line in page.lines],
        "subject": [line.subject if line.open else f"▒▒ {hidden}" for line in page.lines],
        "actor": [line.actor or "▒▒" for line in page.lines],
        "reason": [line.reason for line in page.lines],
        "hash": [line.hash[:16] for line in page.lines],
    }
    column = st.column_config
    answer = st.dataframe(
        pd.DataFrame(frame),
        key="ledger.table." + "&".join(f"{name}={value}" for name, value in to_url(query).items()),
        hide_index=True,
        height=min(TALLEST, 38 + 35 * len(page.lines)),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "index": column.NumberColumn(_("No."), format="%d", width=60, pinned=True),
            "at": column.TextColumn(_("When"), width=150),
            "kind": column.TextColumn(_("Kind"), width=130),
            "subject": column.TextColumn(_("About"), width=190),
            "actor": column.TextColumn(_("Who"), width=100),
            "reason": column.TextColumn(_("Reason"), width=260),
            "hash": column.TextColumn(_("hash"), width=140),
        },
        alt=_("Entries of the ledger, one line each"),
    )
    rows = [number for number in answer["selection"]["rows"] if number < len(page.lines)]
    return page.lines[rows[0]] if rows else None


def _turn(query: LedgerQuery, page: LedgerPage) -> None:
    pages = -(-page.total // query.size)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        more = _("at least {count} entries", count=words.count(page.total))
        count = more if page.capped else _("{count} entries", count=words.count(page.total))
        st.caption(f"{count}. {_('Tick one to see it whole.')}")
        if pages > 1:
            turned = st.pagination(pages, default=min(query.page, pages), key=f"ledger.page.{to_url(query)}")
            if turned != query.page:
                _written(replace(query, page=turned))
                st.rerun()


def _one(context: Context, line: Line) -> None:
    with st.container(border=True):
        st.markdown(words.bold(_("Entry {index}", index=line.index)))
        if not line.open:
            st.info(_("What it is about lies outside your rights or regions. That it is there, and its hash, all see."))
            return
        rows = [
            (_("About"), line.subject),
            (_("Who"), line.actor),
            (_("When"), words.moment(line.at)),
            (_("Reason"), line.reason or "–"),
            (_("What"), line.body),
            (_("hash"), line.hash),
        ]
        sheet.draw(sheet.table(("", ""), rows))
        index = line.index
        st.download_button(
            _("Save the proof that it is in the ledger"), lambda: context.ledger.proof(index), f"entry-{index}.json",
            "application/json", on_click="ignore", icon=":material/verified:", key=f"ledger.proof.{index}",
        )  # fmt: skip
        st.caption(_("Taking a proof out is itself entered in the ledger."))
