"""What a case is about: what it began with, its rings, what the fund paid, and what answers changed."""

import streamlit as st

from cases.kinds import kind_title
from cases.work.model import ORIGIN_TITLES, Origin
from claims.language import _, join_words
from graph.masking import printed
from graph.titles import node_title
from ui.auth.roles import Action
from ui.pages import case_words, states, words
from ui.pages.case_acts import here
from ui.pages.case_change import accepted_change
from ui.pages.case_ring import add_ring
from ui.pages.navigation import link
from ui.pages.ring_money import money
from ui.pages.sheet import draw, lines, paragraph
from ui.service.cases_paper import CasePaper
from ui.service.house import Context
from ui.service.ring_sheet import RingPaper


def facts(context: Context, paper: CasePaper, rings: tuple[RingPaper, ...]) -> None:
    """Draw what it rests on."""
    _began(paper)
    if not rings:
        states.empty(
            _("No ring belongs to this case."),
            _("Add one below when an investigation finds it; a decision then speaks about its members and records."),
        )
    for ring in rings:
        _ring(ring)
    if rings and len(rings) < len(paper.file.bound):
        st.caption(_("{count} of its rings are not shown to you.", count=len(paper.file.bound) - len(rings)))
    accepted_change(context, paper)
    if paper.file.taken_in:
        st.subheader(_("Cases that came in"))
        for case in paper.file.taken_in:
            here(words.plain(f"{case} →"), case=case)
    if paper.file.open and context.may(Action.OPEN_CASE):
        add_ring(context, paper)


def _began(paper: CasePaper) -> None:
    file = paper.file
    if file.origin is Origin.RING:
        return  # it stands below
    st.markdown(words.plain(_("Began with: {what}", what=_(ORIGIN_TITLES[file.origin]))))
    if paper.ref is not None:
        label = f"{node_title(paper.ref.type)} {printed(paper.ref)} →"
        link("entity", words.plain(label), type=paper.ref.type.value, id=paper.ref.id)
    else:
        st.markdown(words.plain(paper.source))


def _ring(ring: RingPaper) -> None:
    with st.container(border=True):
        told = _("No. {number} · {kind}", number=ring.ring.number, kind=kind_title(ring.row.kind))
        link("ring", words.plain(f"{told} →"), ring=ring.ring.id)
        st.markdown(words.plain(words.sentence(ring.sheet.statement)))
        picture = ring.ring.picture
        said = _(
            "{people} insured persons, {claims} settlements, {first} to {last}; suspicion {score}; data {version}.",
            people=words.count(ring.row.people), claims=words.count(picture.exposure.claims),
            first=words.day(picture.first_seen), last=words.day(picture.last_seen), score=f"{picture.score:.3f}",
            version=picture.data_version,
        )  # fmt: skip
        draw(paragraph(said, "dim"))
        money(picture.exposure)
        reasons = [words.sentence(finding.statement) for finding in ring.findings[1:4]]
        if reasons:
            draw(paragraph(_("Further findings")), lines(reasons))
        draw(paragraph(_("Found by: {names}", names=join_words(map(case_words.detector, picture.detectors))), "dim"))
