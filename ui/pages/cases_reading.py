"""One second reading: what it is about, without anything that tells how it ended, and the outcome the reader gives."""

from functools import partial

import streamlit as st

from cases.kinds import kind_title
from cases.work.model import OUTCOME_TITLES, CaseError, Outcome
from claims.language import N_, _
from detectors.finding import ROLE_TITLES, Role
from graph.titles import node_title
from ui.pages import states, words
from ui.pages.case_acts import done, reason_box, written
from ui.pages.grid import grid
from ui.pages.sheet import draw, lines, paragraph
from ui.service.cases_paper import Concluded, members_of, records_of
from ui.service.cases_rereads import ReadingSheet
from ui.service.house import Context
from ui.service.ring_sheet import RingPaper

READING = "reading"  # parameter of the address: the reading that is open
NOTHING = Concluded({}, {})


def reading(context: Context, asked: str) -> None:
    """Draw the reading the address names."""
    st.button(_("All second readings"), icon=":material/arrow_back:", key="reading.back", type="tertiary",
              on_click=_close)  # fmt: skip
    with states.told():
        found = context.case_work.rereads.sheet(int(asked) if asked.isdecimal() and len(asked) < 10 else 0)
        left, right = st.columns([7, 3], gap="medium")
        with right, st.container(border=True, key="reading.answer"):
            _answer(context, found)
        with left:
            _about(found)


def _about(found: ReadingSheet) -> None:
    st.subheader(_("Reading {number}", number=found.reread.id))
    draw(paragraph(_(
        "Read it as if it were new. Case number, status, outcome, comments, files and history stay hidden until "
        "you have answered; do not look for them elsewhere."
    ), "dim"))  # fmt: skip
    if found.source:
        st.markdown(words.plain(_("It began with: {what}", what=found.source)))
    if not found.rings and not found.source:
        states.empty(_("What this is about is not shown to you any more."), _("Answer: not enough evidence."))
    for paper in found.rings:
        _ring(paper)
    if found.rings:
        _tables(found.rings)


def _ring(paper: RingPaper) -> None:
    with st.container(border=True):
        st.markdown(words.bold(words.plain(kind_title(paper.ring.picture.kind))))
        picture = paper.ring.picture
        told = _(
            "{people} insured persons, {claims} settlements, {first} to {last}.",
            people=words.count(paper.row.people), claims=words.count(len(picture.records)),
            first=words.day(picture.first_seen), last=words.day(picture.last_seen),
        )  # fmt: skip
        sentences = list(dict.fromkeys(words.sentence(finding.statement) for finding in paper.findings))
        draw(paragraph(told), lines(sentences))


def _tables(rings: tuple[RingPaper, ...]) -> None:
    column = st.column_config
    st.subheader(_("Members"))
    members = members_of(rings, NOTHING)
    grid(
        {
            "type": [node_title(row.key[0]) for row in members],
            "name": [row.name for row in members],
            "role": [_(ROLE_TITLES[Role(row.role)]) for row in members],
            "records": [row.records for row in members],
        },
        {
            "type": column.TextColumn(_("Type"), width=90),
            "name": column.TextColumn(_("Who or what")),
            "role": column.TextColumn(_("Role (proposal)"), width=130),
            "records": column.NumberColumn(_("Records"), format="%d", width=70),
        },
    )
    st.subheader(_("Records"))
    held = [(row, row.line) for row in records_of(rings, NOTHING) if row.line]
    grid(
        {
            "time": [f"{line.record.time:%Y-%m-%d %H:%M}" for _number, line in held],
            "person": [row.person for row, _there in held],
            "place": [line.place for _number, line in held],
            "till": [line.terminal.rpartition("/")[2] for _number, line in held],
            "doctor": [line.doctor for _number, line in held],
            "fund": [float(line.record.fund) for _number, line in held],
        },
        {
            "time": column.TextColumn(_("Time"), width=125),
            "person": column.TextColumn(_("Insured person"), width=195),
            "place": column.TextColumn(_("Institution"), width=150),
            "till": column.TextColumn(_("Terminal"), width=90),
            "doctor": column.TextColumn(_("Doctor"), width=90),
            "fund": column.NumberColumn(_("Fund (yuan)"), format="%.2f", width=90),
        },
    )


def _answer(context: Context, found: ReadingSheet) -> None:
    st.subheader(_("Your outcome"))
    number = found.reread.id
    outcome, reason = f"reading.outcome.{number}", f"reading.reason.{number}"
    with st.form("reading.form", border=False, enter_to_submit=False):
        st.radio(_("As a whole"), list(Outcome), format_func=lambda o: _(OUTCOME_TITLES[o]), key=outcome, index=None)
        reason_box(reason)
        st.form_submit_button(
            _("Give it"), key="reading.do", type="primary", icon=":material/check:", on_click=done,
            args=(context, "", partial(_given, context, number, outcome, reason), (reason,)),
        )  # fmt: skip
    st.caption(_("It is given once and stays. It changes nothing about the case; the numbers count it."))


def _given(context: Context, number: int, outcome: str, reason: str) -> str:
    said = st.session_state.get(outcome)
    if said is None:
        raise CaseError(N_("Say which outcome you come to."))
    given = context.case_work.rereads.answer(number, Outcome(said), written(reason))
    _close()
    first = _(OUTCOME_TITLES[given.first]) if given.first else ""
    told = _("You: {second}. First outcome: {first}.", second=_(OUTCOME_TITLES[Outcome(said)]), first=first)
    return f"{told} {_('Both agree.') if given.first is given.second else _('They differ.')}"


def _close() -> None:
    st.query_params.pop(READING, None)
