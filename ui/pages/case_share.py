"""Sharing the work on a case: take, assign, put aside, note a date, merge; each with a reason."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import streamlit as st

from cases.decide import LONGEST_SNOOZE
from cases.work.model import CaseError
from cases.work.stages import REVIEWED, Stage
from claims.language import N_, _
from ui.auth.roles import Action
from ui.pages import case_words, words
from ui.pages.case_acts import done, reason_box, written
from ui.service.cases_paper import CasePaper
from ui.service.house import Context


def share(context: Context, paper: CasePaper) -> None:
    """Draw the acts that this account can do to the case as it stands."""
    file = paper.file
    mine = file.owner == context.account.name
    if file.open and not file.owner and paper.steps:
        _form(context, paper, "take", _("Take it"), lambda: None, _take)
    if file.open and context.may(Action.ASSIGN_CASE):
        _form(context, paper, "assign", _("Assign…"), partial(_whom, context, paper), _assign)
    if mine and file.stage in REVIEWED and not file.snoozed_until:
        _form(context, paper, "snooze", _("Put aside…"), partial(_day, paper, "snooze", LONGEST_SNOOZE), _snooze)
    if file.stage is not Stage.MERGED:
        _form(context, paper, "diary", _("Note a date…"), partial(_day, paper, "diary", 3 * 366), _diary)
    if file.open and context.may(Action.MERGE_CASES):
        _form(context, paper, "merge", _("Merge into another case…"), partial(_into, context, paper), _merge)
    if file.stage is Stage.MERGED and context.may(Action.MERGE_CASES):
        _form(context, paper, "unmerge", _("Separate it again…"), lambda: None, _unmerge)


def _form(
    context: Context,
    paper: CasePaper,
    name: str,
    title: str,
    fields: Callable[[], None],
    deed: Callable[[Context, CasePaper, str], str],
) -> None:
    """Draw one act: its fields, its reason, its button."""
    reason = _key(paper, name, "reason")
    with st.expander(title), st.form(f"case.{name}", border=False, enter_to_submit=False):
        fields()
        reason_box(reason)
        st.form_submit_button(
            title.rstrip("….").strip(), key=f"case.{name}.do", type="primary", on_click=done,
            args=(context, paper.file.id, partial(deed, context, paper, reason), (reason,)),
        )  # fmt: skip


def _key(paper: CasePaper, name: str, field: str) -> str:
    return f"case.{name}.{field}.{paper.file.id}"


def _whom(context: Context, paper: CasePaper) -> None:
    people = {account.name: account.title for account in context.case_work.movers(paper.file)}
    st.selectbox(
        _("Assign to"), list(people), format_func=lambda name: f"{people.get(name, name)} ({name})", index=None,
        key=_key(paper, "assign", "to"), placeholder=_("who can move it on from here"),
    )  # fmt: skip


def _into(context: Context, paper: CasePaper) -> None:
    others = context.case_work.joinable(paper.file)
    titles = {card.file.id: f"{card.file.id} · {case_words.kind(card)}" for card in context.case_work.cards(others)}
    st.selectbox(
        _("Into"), list(titles), format_func=lambda id_: titles.get(id_, id_), index=None,
        key=_key(paper, "merge", "into"), placeholder=_("open cases of your regions"),
    )  # fmt: skip


def _day(paper: CasePaper, name: str, most: int) -> None:
    first = date.today() + timedelta(days=1)
    last = date.today() + timedelta(days=most - 1)
    st.date_input(
        _("Until") if name == "snooze" else _("Look again on (empty: no longer)"),
        value=None, min_value=first, max_value=last, key=_key(paper, name, "day"), format="YYYY-MM-DD",
    )  # fmt: skip
    if name == "diary" and paper.file.stage is Stage.CLOSED:
        st.caption(_("A closed case opens again for a second review on that day."))


def _take(context: Context, paper: CasePaper, reason: str) -> str:
    context.case_work.acts.take(paper.file.id, written(reason))
    return _("{case} is yours now.", case=paper.file.id)


def _assign(context: Context, paper: CasePaper, reason: str) -> str:
    to = st.session_state.get(_key(paper, "assign", "to"))
    if not to:
        raise CaseError(N_("Choose who is to have it."))
    context.case_work.acts.assign(paper.file.id, str(to), written(reason), paper.file.version)
    return _("{case} is with {name} now.", case=paper.file.id, name=paper.called(str(to)))


def _snooze(context: Context, paper: CasePaper, reason: str) -> str:
    day = st.session_state.get(_key(paper, "snooze", "day"))
    if not isinstance(day, date):
        raise CaseError(N_("Choose a day."))
    context.case_work.acts.snooze(paper.file.id, day, written(reason), paper.file.version)
    return _("{case} is put aside until {day}.", case=paper.file.id, day=words.day(day))


def _diary(context: Context, paper: CasePaper, reason: str) -> str:
    day = st.session_state.get(_key(paper, "diary", "day"))
    given = day if isinstance(day, date) else None
    context.case_work.acts.note_date(paper.file.id, given, written(reason), paper.file.version)
    return _("It comes back on {day}.", day=words.day(given)) if given else _("No date is noted any more.")


def _merge(context: Context, paper: CasePaper, reason: str) -> str:
    into = st.session_state.get(_key(paper, "merge", "into"))
    if not into:
        raise CaseError(N_("Choose the case it goes into."))
    context.case_work.acts.merge(paper.file.id, str(into), written(reason), paper.file.version)
    return _(
        "{case} went into {into}; it can be separated again while that one is open.", case=paper.file.id, into=into
    )


def _unmerge(context: Context, paper: CasePaper, reason: str) -> str:
    context.case_work.acts.unmerge(paper.file.id, written(reason), paper.file.version)
    return _("{case} stands for itself again.", case=paper.file.id)
