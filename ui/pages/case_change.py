"""Score and exposure of a case's rings before and after what institutions answered."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from cases.handout.tables import GRADE_TITLES
from cases.work.answers import AnswerState, Rescore, Scored
from claims.language import N_, _
from detectors.finding import Grade
from ui.pages import words
from ui.pages.sheet import draw, paragraph, table
from ui.service.cases_paper import CasePaper
from ui.service.house import Context

_STANDINGS = {"alert": N_("above the line"), "explained": N_("explained"), "below_line": N_("below the line")}


def accepted_change(context: Context, paper: CasePaper) -> None:
    """Draw what the accepted answers changed, if any were accepted."""
    answers = context.case_work.hearing.answers(paper.file.id)
    if any(answer.state is AnswerState.ACCEPTED for answer in answers):
        st.subheader(_("Before and after the accepted answers"))
        change(context.case_work.hearing.change(paper.file.id))


def change(found: Sequence[Rescore]) -> None:
    """Draw rings before and after."""
    for one in found:
        rows = [
            (_("suspicion"), f"{one.before.score:.3f}", f"{one.after.score:.3f}"),
            (_("standing"), _standing(one.before), _standing(one.after)),
            (_("records counted"), words.count(one.before.records), words.count(one.after.records)),
            (_("fund at stake"), words.money(one.before.fund), words.money(one.after.fund)),
            *((_("of it {grade}", grade=_(GRADE_TITLES[grade])), words.money(_sum(one.before, grade)),
               words.money(_sum(one.after, grade))) for grade in Grade),
        ]  # fmt: skip
        told = _("{ring}: {count} records are touched.", ring=one.ring, count=words.count(len(one.touched)))
        draw(
            table((_("what changes"), _("before the answers"), _("after the answers")), rows, {1, 2}),
            paragraph(told, "dim"),
        )


def _sum(scored: Scored, grade: Grade) -> Decimal:
    sums = {
        Grade.CERTAIN: scored.certain,
        Grade.PROBABLE: scored.probable,
        Grade.CONTESTED: scored.contested,
        Grade.LAWFUL: scored.lawful,
    }
    return sums[grade]


def _standing(scored: Scored) -> str:
    return _(_STANDINGS.get(scored.standing, scored.standing))
