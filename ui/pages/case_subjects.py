"""Members and records of a case: what was concluded about each, or the boxes in which the final review says it."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from cases.handout.tables import GRADE_TITLES
from cases.model import Key
from cases.work.drafts import Draft as Kept
from cases.work.model import OUTCOME_TITLES, Outcome
from cases.work.stages import StepName
from claims.language import N_, _
from detectors.finding import ROLE_TITLES, Grade, Role
from graph.titles import node_title
from ui.auth.roles import Action
from ui.pages import states, words
from ui.pages.case_decide import decide
from ui.pages.case_draft import OUTCOME, Draft
from ui.pages.grid import grid
from ui.service.cases_paper import CasePaper, MemberRow, RecordRow, members_of, records_of
from ui.service.house import Context
from ui.service.ring_sheet import RingPaper

KEPT = "case.draft.kept"  # name of the draft, and what the server holds of it
OF_MEMBER = tuple(Outcome)
OF_RECORD = (Outcome.CONFIRMED, Outcome.CLEARED, Outcome.NOT_ENOUGH)
ALL, WITHOUT = N_("all"), N_("those without an outcome")


def subjects(context: Context, paper: CasePaper, rings: tuple[RingPaper, ...]) -> None:
    """Draw members and records."""
    found = context.case_work.concluded(paper.file.id)
    members, records = members_of(rings, found), records_of(rings, found)
    deciding = StepName.DECIDE in paper.steps and context.may(Action.STEP_CASE)
    if found.verdicts:
        st.caption(
            _("The outcomes are verdicts for later runs; {taken} of {all} were taken into the data so far.",
              taken=words.count(found.taken), all=words.count(found.verdicts))
        )  # fmt: skip
    if not members:
        states.empty(_("This case has no members and no records."), _("They come with a ring; see the facts."))
    elif deciding:
        _begun(context, paper, members, records)
        _drawn_up(paper, members, records)
        _kept(context, paper)
    else:
        _as_it_is(members, records)
    if deciding:
        decide(context, paper, drafts(paper), bool(members))


def drafts(paper: CasePaper) -> tuple[Draft[Key], Draft[str]]:
    """Return what is drawn up; after any act on the case it is begun anew from what was kept."""
    name = _draft_name(paper)
    return Draft(f"{name}.members"), Draft(f"{name}.records")


def _draft_name(paper: CasePaper) -> str:
    return f"case.draft.{paper.file.id}.{paper.file.version}"


def _begun(context: Context, paper: CasePaper, members: Sequence[MemberRow], records: Sequence[RecordRow]) -> None:
    """Take up what this account said before, in this session or another, of what is still there."""
    if KEPT not in st.session_state or st.session_state[KEPT][0] != _draft_name(paper):
        kept = context.case_work.acts.draft(paper.file.id)
        keys, ids = {row.key for row in members}, {row.id for row in records}
        people, facts = drafts(paper)
        people.begin({key: said for key, said in kept.members.items() if key in keys})
        facts.begin({id_: said for id_, said in kept.records.items() if id_ in ids})
        st.session_state[KEPT] = _draft_name(paper), Kept(people.said, facts.said)


def _kept(context: Context, paper: CasePaper) -> None:
    """Keep what is said now, where it is not what was kept last."""
    people, facts = drafts(paper)
    now = Kept(dict(people.said), dict(facts.said))
    if st.session_state[KEPT][1] != now:
        context.case_work.acts.keep_draft(paper.file.id, now)
        st.session_state[KEPT] = _draft_name(paper), now
    st.caption(_("What you choose is kept for you alone until the case is decided; nobody else sees it."))


def _drawn_up(paper: CasePaper, members: Sequence[MemberRow], records: Sequence[RecordRow]) -> None:
    people, facts = drafts(paper)
    keys, ids = [row.key for row in members], [row.id for row in records]
    st.subheader(_("Members ({said} of {all} have an outcome)", said=len(people.said), all=len(keys)))
    types = {title: [k for k in keys if node_title(k[0]) == title] for title in dict.fromkeys(map(_type, members))}
    _bulk(people, "members", keys, types, OF_MEMBER)
    people.table(keys, _member_frame(members), _member_columns(), OF_MEMBER)
    st.subheader(_("Records ({said} of {all} have an outcome)", said=len(facts.said), all=len(ids)))
    grades = {_(GRADE_TITLES[g]): [row.id for row in records if row.grade is g] for g in Grade}
    _bulk(facts, "records", ids, {title: some for title, some in grades.items() if some}, OF_RECORD)
    facts.table(ids, _record_frame(records), _record_columns(), OF_RECORD)


def _bulk(
    draft: Draft[Key] | Draft[str],
    name: str,
    subjects: Sequence[Key] | Sequence[str],
    groups: Mapping[str, Sequence[Key] | Sequence[str]],
    choices: Sequence[Outcome],
) -> None:
    """Draw the way to say the same of many at once."""
    which, outcome = f"{draft.name}.which", f"{draft.name}.outcome"
    parts = {_(ALL): subjects, _(WITHOUT): [s for s in subjects if s not in draft.said], **groups}
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"case.bulk.{name}"):
        st.selectbox(_("Of"), list(parts), key=which, width=190)
        st.selectbox(  # the outcome that accuses nobody stands first
            _("Say"), choices, format_func=lambda o: _(OUTCOME_TITLES[o]), key=outcome, width=170,
            index=choices.index(Outcome.NOT_ENOUGH),
        )  # fmt: skip
        st.button(_("Set"), key=f"case.set.{name}", on_click=_set, args=(draft, parts, which, outcome))
        st.button(_("Empty"), key=f"case.empty.{name}", on_click=_empty, args=(draft, parts, which))


def _set(draft: Draft[Key | str], parts: Mapping[str, Sequence[Key | str]], which: str, outcome: str) -> None:
    draft.say(parts[st.session_state[which]], st.session_state[outcome])


def _empty(draft: Draft[Key | str], parts: Mapping[str, Sequence[Key | str]], which: str) -> None:
    draft.say(parts[st.session_state[which]], None)


def _as_it_is(members: Sequence[MemberRow], records: Sequence[RecordRow]) -> None:
    said = partial(st.column_config.TextColumn, _("Outcome"), width=110)
    st.subheader(_("Members"))
    if not any(row.outcome for row in members):
        st.caption(_("Outcomes are given in the final review, for every member and every record."))
    grid(_member_frame(members) | _outcomes(members), _member_columns() | {OUTCOME: said()})
    st.subheader(_("Records"))
    grid(_record_frame(records) | _outcomes(records), _record_columns() | {OUTCOME: said()})


def _outcomes(rows: Sequence[MemberRow] | Sequence[RecordRow]) -> dict[str, list[object]]:
    if not any(row.outcome for row in rows):
        return {}
    return {OUTCOME: [_(OUTCOME_TITLES[row.outcome]) if row.outcome else "" for row in rows]}


def _type(row: MemberRow) -> str:
    return node_title(row.key[0])


def _member_frame(rows: Sequence[MemberRow]) -> dict[str, list[object]]:
    return {
        "type": [_type(row) for row in rows],
        "name": [row.name for row in rows],
        "role": [_(ROLE_TITLES[Role(row.role)]) for row in rows],
        "records": [row.records for row in rows],
    }


def _member_columns() -> dict[str, ColumnConfig]:
    column = st.column_config
    return {
        "type": column.TextColumn(_("Type"), width=90),
        "name": column.TextColumn(_("Who or what")),
        "role": column.TextColumn(_("Role (proposal)"), width=130),
        "records": column.NumberColumn(_("Records"), format="%d", width=70),
    }


def _record_frame(rows: Sequence[RecordRow]) -> dict[str, list[object]]:
    lines = [row.line for row in rows]
    return {
        "time": [f"{line.record.time:%Y-%m-%d %H:%M}" if line else _("refunded since") for line in lines],
        "person": [row.person for row in rows],
        "place": [line.place if line else "" for line in lines],
        "fund": [float(line.record.fund) if line else None for line in lines],
        "grade": [_(GRADE_TITLES[row.grade]) for row in rows],
        "id": [row.id for row in rows],
    }


def _record_columns() -> dict[str, ColumnConfig]:
    column = st.column_config
    return {
        "time": column.TextColumn(_("Time"), width=125),
        "person": column.TextColumn(_("Insured person"), width=195),
        "place": column.TextColumn(_("Institution"), width=130),
        "fund": column.NumberColumn(_("Fund (yuan)"), format="%.2f", width=90),
        "grade": column.TextColumn(_("How sure"), width=75),
        "id": column.TextColumn(_("Settlement number"), width=150),
    }
