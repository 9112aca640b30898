"""One case at a glance, below the board or the list."""

import streamlit as st

from claims.errors import NotFoundError
from claims.language import _
from ui.auth.errors import NoRightError
from ui.pages import case_words, states, words
from ui.pages.navigation import link, ring_link
from ui.pages.ring_picture import WIDTH, drawing
from ui.service.cases_paper import CasePaper
from ui.service.house import Context
from ui.service.rings import Preview

LAST = 3  # entries of the history shown


def preview(context: Context, case: str) -> None:
    """Draw what the case is about and what happened last."""
    with states.told(), st.container(border=True, key="cases.preview"):
        paper = context.case_work.paper(case)
        ring = _ring(context, paper)
        if ring is None:
            _facts(context, paper)
            return
        shape, facts = st.columns([1, 2.6], gap="medium")
        with shape:
            st.image(drawing(ring), width=WIDTH)
        with facts:
            _facts(context, paper)
            st.markdown(words.plain(words.sentence(ring.statement)))
            ring_link(ring.row.id, ring.row.number, words.plain(_("Ring {ring} →", ring=ring.row.id)))


def _ring(context: Context, paper: CasePaper) -> Preview | None:
    try:
        return context.rings.preview(paper.file.bound[0]) if paper.file.bound else None
    except (NotFoundError, NoRightError):
        return None


def _facts(context: Context, paper: CasePaper) -> None:
    file = paper.file
    link("case", words.plain(f"{file.id} · {case_words.kind(paper.card)} →"), case=file.id)
    colour = case_words.clock_colour(paper.card.clock)
    badges = f":blue-badge[{words.plain(case_words.stage(file))}]"
    if file.open:
        badges += f" :{colour}-badge[{words.plain(case_words.clock(paper.card.clock))}]"
    held = _("with {name}", name=paper.card.holder) if paper.card.holder else _("with nobody")
    st.markdown(f"{badges} {words.plain(held)} · {words.plain(case_words.bracket(paper.card))}")
    for event in reversed(context.case_work.history(file.id)[-LAST:]):
        when = words.moment(event.at.astimezone().replace(tzinfo=None))
        who, why = case_words.actor(event, paper.names), case_words.reason(event)
        st.caption(words.plain(f"{when} {who}: {case_words.act(event)}" + (f" – {why}" if why else "")))
