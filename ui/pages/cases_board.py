"""Open cases as cards, one column for each stage."""

import streamlit as st

from cases.work.stages import OPEN_STAGES, STAGE_TITLES, Stage
from claims.language import _
from ui.pages import case_words, words
from ui.pages.case_acts import here
from ui.pages.navigation import link
from ui.pages.sheet import draw, paragraph
from ui.service.cases_cards import Card, Listed
from ui.service.cases_query import CaseQuery, View, to_url
from ui.service.house import Context

HEIGHT = 400
MOST = 8  # cards in a column; the list shows the others


def board(context: Context, query: CaseQuery, listed: Listed) -> None:
    """Draw the columns."""
    shown = {stage: [f for f in listed.files if f.stage is stage][:MOST] for stage in OPEN_STAGES}
    cards = {card.file.id: card for card in context.case_work.cards([f for files in shown.values() for f in files])}
    for column, stage in zip(st.columns(len(OPEN_STAGES), gap="small"), OPEN_STAGES, strict=True):
        with column:
            st.markdown(f"**{_(STAGE_TITLES[stage])}** :gray-badge[{listed.counts[stage]}]")
            with st.container(height=HEIGHT, border=False, gap="small", key=f"cases.stage.{stage}"):
                for file in shown[stage]:
                    if file.id in cards:
                        _card(cards[file.id], looked_at=file.id == query.case)
                _more(query, stage, listed.counts[stage])


def _card(card: Card, *, looked_at: bool) -> None:
    file = card.file
    with st.container(border=True, gap="xxsmall", key=f"cases.card.{file.id}"):
        link("case", words.plain(case_words.kind(card)), case=file.id)
        people = _("{count} people", count=words.count(card.people)) if card.people else _("no ring")
        held = f"{file.id[-6:]} · {card.holder or _('nobody')} · {people}"
        aside = case_words.stage(file) if file.snoozed_until else ""
        draw(paragraph(case_words.bracket(card), "dim"), paragraph(" · ".join(filter(None, (held, aside))), "dim"))
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
            clock = f":{case_words.clock_colour(card.clock)}-badge[{words.plain(case_words.clock(card.clock))}]"
            st.markdown(f"{clock} :gray-badge[P{file.priority}]")
            st.button(
                _("Look"), key=f"cases.look.{file.id}", type="tertiary", on_click=_look, args=(file.id,),
                icon=":material/visibility:" if looked_at else None,
            )  # fmt: skip


def _look(case: str) -> None:
    st.query_params["case"] = case


def _more(query: CaseQuery, stage: Stage, count: int) -> None:
    if count > MOST:
        address = to_url(CaseQuery(query.scope, View.LIST, stage, query.text))
        here(_("… and {count} more", count=count - MOST), **address)
    elif not count:
        st.caption(_("none"))
