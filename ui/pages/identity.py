"""Identity review: pairs of enrolments one by one, decided by keyboard; the address holds where one is."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from claims.language import N_, _
from detectors.identity_reuse.judgements import Ruling
from ui.auth.roles import Action
from ui.pages import states, words
from ui.pages.identity_acts import step, tell, undo
from ui.pages.identity_pair import pair
from ui.service.house import Context
from ui.service.identity import PairRow, Queue
from ui.service.identity_query import LEAST, MOST, PairQuery, Standing, from_url, to_url

LINES = 11  # pairs shown at once beside the one that is looked at
STANDINGS: Mapping[Standing, str] = {
    Standing.OPEN: N_("Not judged"),
    Standing.JUDGED: N_("Judged"),
    Standing.MINE: N_("By me"),
    Standing.ALL: N_("All"),
}
KINDS: Mapping[str, str] = {
    "duplicate_identity": N_("registers and use alike"),
    "same_certificate": N_("one certificate number"),
    "same_face": N_("one face or finger"),
    "linkage": N_("registers alone"),
}
MARKS: Mapping[Ruling, str] = {
    Ruling.SAME: ":material/join_full:",
    Ruling.NOT_SAME: ":material/join_inner:",
    Ruling.UNSURE: ":material/question_mark:",
}


def render(context: Context) -> None:
    """Draw the queue and the pair that is looked at."""
    query = from_url({name: str(value) for name, value in st.query_params.items()})
    with st.spinner(_("The pairs of the last run are being read…"), show_time=True):
        queue = context.identities.queue(query)
    _head(queue)
    _filters(query, queue)
    current = query.pair or (queue.rows[0].id if queue.rows else "")
    if not current:
        _nothing(context, query, queue)
        return
    left, right = st.columns([2.3, 7.7], gap="medium")
    with left:
        _list(query, queue, current)
    with right:
        tell()
        pair(context, queue, current)


def _head(queue: Queue) -> None:
    title, progress = st.columns([3, 2], vertical_alignment="center")
    title.title(_("Identity review"))
    if queue.total:
        text = _("{done} of {total} judged", done=words.count(queue.done), total=words.count(queue.total))
        progress.progress(queue.done / queue.total, text=text)


def _filters(query: PairQuery, queue: Queue) -> None:
    state = st.session_state
    state["identity.standing"], state["identity.kind"] = query.standing, query.kind
    state["identity.weight"] = (query.least, query.most)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            _("Which"), tuple(STANDINGS), format_func=lambda name: _(STANDINGS[name]), key="identity.standing",
            required=True, label_visibility="collapsed", on_change=_filtered, args=(query,),
        )  # fmt: skip
        st.selectbox(
            _("Proposed by"), ("", *sorted({*queue.kinds, *filter(None, [query.kind])})), key="identity.kind",
            format_func=_kind, width=230, label_visibility="collapsed", on_change=_filtered, args=(query,),
        )  # fmt: skip
        with st.popover(_("Weight"), icon=":material/filter_alt:"):
            st.slider(
                _("Weight of the evidence (bits)"), LEAST, MOST, key="identity.weight", on_change=_filtered,
                args=(query,), width=320,
                help=_(
                    "Each bit doubles the odds of one person: 0 is even odds, 10 a thousand to one for, -10 a thousand "
                    "to one against. The ends of the scale take in all that lies beyond."
                ),
            )  # fmt: skip
        if query.filtered:
            st.button(
                _("Clear filters"), key="identity.clear", type="tertiary", icon=":material/close:",
                on_click=_write, args=(PairQuery(query.standing),),
            )  # fmt: skip
            st.caption(_described(query))


def _kind(name: str) -> str:
    return _(KINDS[name]) if name in KINDS else name or _("all")


def _described(query: PairQuery) -> str:
    parts = [_kind(query.kind)] if query.kind else []
    if query.least > LEAST or query.most < MOST:
        parts.append(_("weight {least} to {most} bits", least=query.least, most=query.most))
    return " · ".join(parts)


def _filtered(query: PairQuery) -> None:
    """Put the filters as they stand into the address; the queue then begins at its first pair."""
    state = st.session_state
    least, most = state["identity.weight"]
    chosen = replace(
        query, standing=state["identity.standing"], kind=state["identity.kind"], least=least, most=most, pair=""
    )
    _write(chosen)


def _write(query: PairQuery) -> None:
    st.query_params.from_dict(to_url(query))


def _list(query: PairQuery, queue: Queue, current: str) -> None:
    """Draw the pairs around the one that is looked at."""
    ids = [row.id for row in queue.rows]
    at = ids.index(current) if current in ids else -1
    start = max(0, min(at - LINES // 2, len(ids) - LINES))
    place = _("{at} of {count}", at=at + 1, count=len(ids)) if at >= 0 else _("not in this queue")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(_("Pair {place}", place=place), width="content")
        for ahead, key, label in ((-1, "Up", _("before")), (1, "Down", _("next"))):
            target = queue.after(current, ahead)
            st.button(
                label, key=f"identity.{key}", shortcut=key, type="tertiary",
                on_click=step, args=(target,), disabled=target in ("", current),
            )  # fmt: skip
    with st.container(gap=None, key="identity.list"):
        for row in queue.rows[start : start + LINES]:
            st.button(
                _line(row), key=f"identity.row.{row.id}", width="stretch", on_click=step, args=(row.id,),
                type="primary" if row.id == current else "tertiary", wrap=False,
            )  # fmt: skip


def _line(row: PairRow) -> str:
    one, other = (words.plain(name) or "—" for name in row.names)
    mark = f" {MARKS[row.ruling]}" if row.ruling else ""
    return f"{one} · {other} {words.plain(words.share(row.probability))}{mark}"


def _nothing(context: Context, query: PairQuery, queue: Queue) -> None:
    tell()
    if queue.total and query.standing is Standing.OPEN:
        states.empty(_("Every pair here is judged."), _("“Judged” above shows them; the next run may propose more."))
        if context.may(Action.DECIDE_IDENTITIES):
            undo(context, queue)
    elif query.filtered or query.standing is not Standing.OPEN:
        states.empty(_("No pair fits these filters."), _("Clear the filters, or choose another group above."))
    else:
        states.empty(_("The last run proposes no pair."), _("Pairs of your regions appear here after a detection run."))
