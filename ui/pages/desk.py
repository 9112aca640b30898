"""The desk: mine and due, what changed since last time, last night's work; one click to each."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from cases.kinds import kind_title
from claims.language import _, join_words
from ui.pages import states, words
from ui.pages.navigation import link, ring_link
from ui.service.desk import SHOWN, CaseLine, Morning
from ui.service.house import Context
from ui.service.loads import LoadLine
from ui.service.ring_query import Ranking, RingQuery, to_url
from ui.service.rings import RingPage, RingRow
from ui.service.runs import RunLine

DUE_SOON = 3  # days
NAMED_DAYS = 4


def render(context: Context) -> None:
    """Draw the desk."""
    morning = context.desk.morning()
    st.title(_("Good day, {name}", name=words.plain(morning.account.title)))
    last = morning.last_visit
    st.caption(_("Last visit: {moment}", moment=words.moment(last)) if last else _("This is your first visit."))
    if morning.mine is None and not morning.sees_runs:
        states.empty(_("Your roles show nothing here."), _("The menu on the left shows what you may open."))
        return
    if morning.mine is None:
        _night(morning)
        return
    wide, narrow = st.columns([2, 1], gap="medium")
    with wide:
        _mine(morning)
        _changed(morning)
    with narrow:
        if morning.sees_runs:
            _night(morning)
        if morning.cases is not None:
            _cases(morning.cases)


def _mine(morning: Morning) -> None:
    page = morning.mine or RingPage((), 0)
    st.subheader(_("Mine and due"))
    if not page.rows:
        states.empty(_("No ring is assigned to you."), _("A team lead assigns rings; open the list to look yourself."))
    _lines([(row, _due(row.due)) for row in page.rows])
    _more(page, RingQuery(owner=morning.account.name, ranking=Ranking.DUE))


def _changed(morning: Morning) -> None:
    page = morning.changed or RingPage((), 0)
    st.subheader(_("New and changed since your last visit") if morning.last_visit else _("Newest rings"))
    if not page.rows:
        states.empty(
            _("Nothing changed."), _("Rings appear here when a detection run finds new ones or old ones grow.")
        )
    _lines([(row, words.sentence(row.change)) for row in page.rows])
    _more(page, RingQuery(changed_since=morning.last_visit, ranking=Ranking.CHANGED))


def _lines(lines: Sequence[tuple[RingRow, str]]) -> None:
    if lines:
        with st.container(border=True, gap="small"):
            for row, remark in lines:
                _line(row, remark)


def _line(row: RingRow, remark: str) -> None:
    with st.container(gap=None):
        name = _("No. {number} · {kind}", number=row.number, kind=kind_title(row.kind))
        ring_link(row.id, row.number, words.plain(f"{name} · {row.place_name}"))
        facts = _(
            "{people} insured persons · **{money}** · suspicion {score}",
            people=words.count(row.people),
            money=words.plain(words.money(row.fund)),
            score=f"{row.score:.2f}",
        )
        st.caption(f"{facts} · {words.plain(remark)}" if remark else facts)


def _due(due: date | None) -> str:
    if due is None:
        return _("no date set")
    left = (due - date.today()).days
    if left < 0:
        return _("overdue since {day}", day=words.day(due))
    return _("due {day} (in {days} days)", day=words.day(due), days=left) if left <= DUE_SOON else words.day(due)


def _more(page: RingPage, query: RingQuery) -> None:
    if page.total > SHOWN:
        link("rings", _("All {count}", count=words.count(page.total)), icon=":material/arrow_forward:", **to_url(query))


def _night(morning: Morning) -> None:
    st.subheader(_("Last night"))
    with st.container(border=True, gap="small"):
        _run(morning.run)
        _load(morning.load)


def _run(run: RunLine | None) -> None:
    if run is None:
        st.markdown(words.bold(_("No detection run yet.")))
        st.caption(_("Rings appear after the first run: ringhound detect"))
        return
    link("runs", _("Detection run {number}", number=run.id), icon=":material/radar:", part="history")
    st.caption(
        _(
            "{moment} · {rings} rings, {new} new, {changed} changed · about {false} by chance",
            moment=words.moment(run.finished_at or run.started_at),
            rings=words.count(run.rings if run.above is None else run.above),
            new=words.count(run.new),
            changed=words.count(run.changed),
            false=f"{run.false_alarms:.1f}",
        )
    )
    for failure in run.failures:
        st.warning(words.plain(words.sentence(failure)), icon=":material/warning:")


def _load(load: LoadLine | None) -> None:
    if load is None:
        states.empty(_("Nothing was loaded yet."), _("Load claims first: ringhound load FOLDER"))
        return
    link("runs", _("Load {number}", number=load.id), icon=":material/download:", part="load")
    st.caption(
        _(
            "{moment} · {loaded} rows in, data version {version}",
            moment=words.moment(load.started_at),
            loaded=words.count(load.loaded),
            version=load.version or "–",
        )
    )
    if load.missing_days:
        first = [words.day(day) for day in load.missing_days[:NAMED_DAYS]]
        more = " …" if len(load.missing_days) > NAMED_DAYS else ""
        text = _("{count} days without rows: {days}", count=len(load.missing_days), days=join_words(first) + more)
        link("runs", text, icon=":material/event_busy:", part="days")
    else:
        st.caption(_("No day is missing."))
    if load.quarantined:
        text = _("{count} rows in quarantine", count=words.count(load.quarantined))
        link("runs", text, icon=":material/report:", part="quarantine")


def _cases(cases: Sequence[CaseLine]) -> None:
    st.subheader(_("My cases"))
    if not cases:
        states.empty(_("You have no open case."), _("A case is opened from a ring once a review supports it."))
    for case in cases:
        with st.container(border=True, gap=None):
            link("cases", words.plain(case.title), case=case.id)
            st.caption(words.plain(f"{case.status} · {words.money(case.fund)} · {_due(case.due)}"))
