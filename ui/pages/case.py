"""The page of a case: what it is about on the left, clock, people and the next steps on the right."""

import streamlit as st

from cases.work.model import OUTCOME_TITLES
from cases.work.stages import Stage
from claims.errors import RinghoundError
from claims.language import N_, _, set_language
from ui.auth.roles import Action
from ui.pages import case_acts, case_words, states, words
from ui.pages.case_facts import facts
from ui.pages.case_files import files
from ui.pages.case_hearing import hearing
from ui.pages.case_history import history
from ui.pages.case_money import money
from ui.pages.case_side import side
from ui.pages.case_subjects import subjects
from ui.pages.case_talk import talk
from ui.pages.navigation import link
from ui.service.cases_paper import CasePaper
from ui.service.house import Context
from ui.service.ring_sheet import Revealed, RingPaper

PARAMETER, PART = "case", "part"
REVEALED = "case.revealed"
PARTS = {
    "facts": N_("Facts"),
    "subjects": N_("Members and records"),
    "hearing": N_("Statement of the institution"),
    "money": N_("Recovery"),
    "files": N_("Files"),
    "talk": N_("Comments and tasks"),
    "history": N_("History"),
}


def render(context: Context) -> None:
    """Draw the case that the address names."""
    asked = st.query_params.get(PARAMETER, "").strip()
    if not asked:
        st.title(_("Case"))
        states.empty(_("No case is chosen."), _("Open one from the list of cases or from the desk."))
        link("cases", _("All cases"), icon=":material/arrow_back:")
        return
    paper = context.case_work.paper(asked)
    rings = context.case_work.rings(paper.file, _revealed(context))
    _head(context, paper, rings)
    case_acts.said()
    if paper.blind:
        st.info(_("You are to read this case again: what was concluded first stays hidden until you have answered."))
    left, right = st.columns([7, 3], gap="medium")
    with left:
        _parts(context, paper, rings)
    with right:
        side(context, paper)


def _head(context: Context, paper: CasePaper, rings: tuple[RingPaper, ...]) -> None:
    file = paper.file
    title, tools = st.columns([6, 7], vertical_alignment="center")
    with title:
        st.title(f"{file.id} · {words.plain(case_words.kind(paper.card))}", anchor=False)
    with tools, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        link("cases", _("All cases"), icon=":material/arrow_back:")
        if rings and not paper.blind and context.may(Action.SEE_REFERRALS):
            refer = _("Refer…") if context.may(Action.SEND_REFERRALS) else _("Referral")
            link("referrals", refer, icon=":material/outgoing_mail:", case=file.id)
        if rings and context.may(Action.REVEAL):
            _reveal(context, rings)
        label = _("Watching") if paper.watched else _("Watch")
        st.button(
            label, icon=":material/notifications_active:" if paper.watched else ":material/notifications:",
            key="case.watch", on_click=case_acts.done, args=(context, file.id, lambda: _watch(context, paper)),
        )  # fmt: skip
    badges = [f":blue-badge[{words.plain(case_words.stage(file))}]"]
    if file.open:
        colour = case_words.clock_colour(paper.card.clock)
        badges.append(f":{colour}-badge[{words.plain(case_words.clock(paper.card.clock))}]")
        badges.append(f":gray-badge[{_('priority {number}', number=file.priority)}]")
    if file.outcome:
        badges.append(f":gray-badge[{words.plain(_(OUTCOME_TITLES[file.outcome]))}]")
    st.markdown(f"{' '.join(badges)} {words.plain(_sentence(paper))}")
    if file.stage is Stage.MERGED:
        case_acts.here(words.plain(_("It goes on in {case} →", case=file.merged_into)), case=file.merged_into)


def _sentence(paper: CasePaper) -> str:
    file = paper.file
    return _(
        "Opened on {day} by {who}; the fund paid {money} on its records; {people} insured persons.",
        day=words.day(file.opened_at.astimezone().date()), who=paper.called(file.opened_by),
        money=case_words.bracket(paper.card), people=words.count(paper.card.people),
    )  # fmt: skip


def _parts(context: Context, paper: CasePaper, rings: tuple[RingPaper, ...]) -> None:
    asked = st.query_params.get(PART, "facts")
    part = asked if asked in PARTS else "facts"
    st.session_state["case.part"] = part
    st.segmented_control(
        _("Part"), list(PARTS), format_func=lambda name: _(PARTS[name]), key="case.part", required=True,
        on_change=_write_part, label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    with states.told():
        if part == "facts":
            facts(context, paper, rings)
        elif part == "subjects":
            subjects(context, paper, rings)
        elif part == "hearing":
            hearing(context, paper, rings)
        elif part == "money":
            money(context, paper)
        elif part == "files":
            files(context, paper)
        elif part == "talk":
            talk(context, paper)
        else:
            history(context, paper)


def _write_part() -> None:
    st.query_params[PART] = st.session_state["case.part"]


def _watch(context: Context, paper: CasePaper) -> str:
    context.case_work.acts.watch(paper.file.id, on=not paper.watched)
    return _("You no longer watch this case.") if paper.watched else _("You watch this case.")


def _revealed(context: Context) -> tuple[Revealed, ...]:
    held = st.session_state.get(REVEALED, ())
    return tuple(one for one in held if isinstance(one, Revealed) and one.user == context.account.name)


def _reveal(context: Context, rings: tuple[RingPaper, ...]) -> None:
    if not all(paper.masked for paper in rings):
        st.button(_("Mask again"), icon=":material/visibility_off:", key="case.mask", on_click=_mask)
        return
    with st.popover(_("Show personal data…"), icon=":material/visibility:"), st.form("case.reveal", border=False):
        st.text_input(_("Reason (kept in the audit)"), key="case.reveal.reason", max_chars=500)
        st.form_submit_button(_("Show"), key="case.reveal.show", type="primary", on_click=_show, args=(context, rings))


def _show(context: Context, rings: tuple[RingPaper, ...]) -> None:
    set_language(context.language)
    try:
        st.session_state[REVEALED] = context.case_work.reveal(rings, case_acts.written("case.reveal.reason"))
    except RinghoundError as error:
        st.session_state[case_acts.SAID] = ("error", str(error))


def _mask() -> None:
    st.session_state.pop(REVEALED, None)
