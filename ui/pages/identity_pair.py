"""One pair of enrolments: what speaks for one person and what against, side by side, and the keys that decide."""

from collections.abc import Mapping

import streamlit as st
from markupsafe import Markup

from claims.errors import RinghoundError
from claims.language import N_, _
from detectors.identity_reuse.judgements import Ruling
from ui.auth.roles import Action
from ui.pages import words
from ui.pages.identity_acts import RULING_TITLES, Judging, judge, note_key, shown, undo
from ui.pages.identity_group import group
from ui.pages.identity_time import closest, timeline
from ui.pages.identity_weight import balance, spoken, weighed
from ui.pages.sheet import draw, lines, paragraph, table, two_lines, whole
from ui.service.house import Context
from ui.service.identity import Queue, Unmasked
from ui.service.identity_paper import FieldLine, Ground, PairPaper, Sign

UNMASKED = "identity.unmasked"
KEYS: Mapping[Ruling, tuple[str, str]] = {
    Ruling.SAME: ("S", "join_full"),
    Ruling.NOT_SAME: ("N", "join_inner"),
    Ruling.UNSURE: ("U", "question_mark"),
}
SIGNS: Mapping[Sign, tuple[str, str]] = {
    Sign.SAME: ("＝", N_("same")),
    Sign.NEAR: ("≈", N_("nearly the same")),
    Sign.DIFFERS: ("≠", N_("different")),
    Sign.UNKNOWN: ("", N_("not known on both sides")),
}
COLUMNS: Mapping[str, str] = {
    "psn_no": N_("enrolment no."), "psn_name": N_("name"), "certno": N_("certificate"), "gend": N_("sex"),
    "brdy": N_("birth date"), "tel": N_("telephone"), "addr": N_("address"), "bankacct": N_("bank account"),
    "emp_no": N_("employer"), "emp_name": N_("employer"), "insutype": N_("insurance scheme"),
    "insu_admdvs": N_("division"), "die_date": N_("date of death"), "agnter_tel": N_("agent's telephone"),
}  # fmt: skip


def pair(context: Context, queue: Queue, asked: str) -> None:
    """Draw the pair that is looked at."""
    held = st.session_state.get(UNMASKED)
    unmasked = held if isinstance(held, Unmasked) and held.pair == asked else None
    paper = context.identities.paper(asked, unmasked)
    _head(context, paper)
    _decide(context, queue, paper)
    _grounds(paper)
    _history(paper)
    timeline(paper)
    left, right = st.columns([7, 5], gap="medium")
    with left:
        closest(paper)
    with right:
        _shared(paper)
    group(context, paper, unmasked)
    shown()


def _head(context: Context, paper: PairPaper) -> None:
    proposal = paper.proposal
    title, tools = st.columns([4, 1.4], vertical_alignment="center")
    names = [words.plain(name) or "—" for name in paper.names]
    title.subheader(f"{names[0]} · {names[1]}", anchor=False)
    if context.may(Action.REVEAL):
        with tools, st.container(horizontal_alignment="right"):
            _reveal(context, paper)
    with st.container(horizontal=True, gap="large", key="identity.metrics"):
        st.metric(
            _("One person, by the model"), words.share(proposal.probability), width="content",
            help=_("What registers, use and templates say together, before any explanation that rules it out."),
        )  # fmt: skip
        st.metric(_("Weight"), _("{bits} bits", bits=f"{proposal.total:+.1f}"), width="content")
        st.metric(_("Settlements"), " + ".join(words.count(n) for n in proposal.visits), width="content")
        st.metric(_("Fund"), words.money(sum(proposal.fund, start=proposal.fund[0] * 0)), width="content")
        st.metric(
            _("In turn"), _("{count} times", count=words.count(proposal.turns)), width="content",
            help=_("How often use passes from one enrolment to the other, day by day."),
        )  # fmt: skip
    for _test, said in proposal.vetoes:
        st.warning(words.plain(words.sentence(said)), icon=":material/block:")


def _reveal(context: Context, paper: PairPaper) -> None:
    if not paper.masked:
        st.button(_("Mask again"), icon=":material/visibility_off:", key="identity.mask", on_click=_mask)
        return
    with st.popover(_("Show personal data…"), icon=":material/visibility:"):
        reason = st.text_input(_("Reason (kept in the audit)"), key="identity.reason", max_chars=500)
        if st.button(_("Show"), key="identity.reveal", type="primary"):
            try:
                st.session_state[UNMASKED] = context.identities.reveal(paper.proposal.id, reason)
            except RinghoundError as error:
                st.error(words.plain(str(error)), icon=":material/error:")
                return
            st.rerun()


def _mask() -> None:
    st.session_state.pop(UNMASKED, None)


def _decide(context: Context, queue: Queue, paper: PairPaper) -> None:
    if not context.may(Action.DECIDE_IDENTITIES):
        st.caption(_("Your roles let you look at pairs, not decide about them."))
        return
    asked = paper.proposal.id
    judging = Judging(asked, paper.seen, " · ".join(paper.names), queue.next_open(asked))
    now = paper.history[-1].ruling if paper.history else None
    with st.container(horizontal=True, vertical_alignment="center", key="identity.keys"):
        for ruling, (key, icon) in KEYS.items():
            st.button(
                _(RULING_TITLES[ruling]), key=f"identity.{ruling.value}.{asked}", icon=f":material/{icon}:",
                shortcut=key, type="primary" if ruling is now else "secondary", on_click=judge,
                args=(context, judging, ruling),
            )  # fmt: skip
        undo(context, queue)
        st.text_input(
            _("Note"), key=note_key(asked), placeholder=_("note (optional, kept with the judgement)"),
            label_visibility="collapsed", max_chars=500,
        )  # fmt: skip


def _grounds(paper: PairPaper) -> None:
    rows: list[tuple[object, ...]] = []
    for ground in paper.grounds:
        rows += _rows(ground, paper)
    heads = _("compared"), _("Enrolment A"), "", _("Enrolment B"), _("what it says"), _("weight of evidence")
    draw(table(heads, [*rows, *balance(paper.proposal)]))


def _rows(ground: Ground, paper: PairPaper) -> list[tuple[object, ...]]:
    said: tuple[object, object] = ("", "")
    if ground.bits is not None:
        level = _(ground.level) if ground.level else _("not known on both sides")
        said = two_lines(level, spoken(ground.bits)), weighed(ground.bits)
    if not ground.fields:
        return [(_(ground.title), *_use(ground, paper), *said)]
    first = [_field(line) for line in ground.fields]
    return [(*cells, *(said if n == 0 else ("", ""))) for n, cells in enumerate(first)]


def _use(ground: Ground, paper: PairPaper) -> tuple[object, object, object]:
    if ground.name != "lives":
        return "", "", ""
    proposal = paper.proposal
    visits = [_("{count} settlements", count=words.count(n)) for n in proposal.visits]
    common = _("{places} places in common, {together} uses at one place on one day",
               places=proposal.places, together=proposal.together)  # fmt: skip
    return visits[0], "", two_lines(visits[1], common)


def _field(line: FieldLine) -> tuple[object, ...]:
    sign, meaning = SIGNS[line.sign]
    mark = Markup('<span title="{}">{}</span>').format(_(meaning), sign)
    where = _("differs at place {places}", places=", ".join(map(str, line.places))) if line.places else ""
    other = two_lines(whole(line.other), where) if where else whole(line.other)
    return column_title(line.column), whole(line.one) or "—", mark, other or "—"


def column_title(column: str) -> str:
    """Name a column of the register."""
    return _(COLUMNS[column])


def _history(paper: PairPaper) -> None:
    if not paper.history:
        return
    told = []
    for entry in reversed(paper.history):
        what = _(RULING_TITLES[entry.ruling]) if entry.ruling else _("open again")
        if entry.takes_back:
            what = _("taken back: {what}", what=what)
        told.append(
            f"{words.moment(entry.at)} · {entry.owner} · {what}" + (f" · {entry.reason}" if entry.reason else "")
        )
    st.markdown(words.bold(_("What was said of this pair")))
    draw(lines(told))


def _shared(paper: PairPaper) -> None:
    st.subheader(_("What both hold"))
    if not paper.shared:
        draw(paragraph(_("No telephone, account, address, employer or agent in common."), "dim"))
        return
    rows = [
        (column_title(held.column), held.value, _("{count} enrolments", count=held.holders) if held.holders else "—")
        for held in paper.shared
    ]
    draw(table((_("handle"), _("value"), _("held by")), rows))
