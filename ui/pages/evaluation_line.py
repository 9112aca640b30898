"""One institution of the quarter: what was reviewed about it, who came to it, how it goes on."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from cases.evaluation import groups
from cases.evaluation.model import (
    COURSE_TITLES,
    MARK_TITLES,
    STANDING_TITLES,
    TIER_TITLES,
    Evaluation,
    Line,
    Mark,
    Standing,
    Trend,
)
from cases.evaluation.ratios import LEAST_EXPECTED
from claims.language import _, language
from graph.model import NodeType
from ui.pages import words
from ui.pages.evaluation_charts import course
from ui.pages.navigation import link
from ui.pages.sheet import bar, paragraph, table
from ui.pages.sheet import draw as draw_sheet

_ORDER = (Mark.CONFIRMED, Mark.PARTLY, Mark.CLEARED, Mark.UNPROVEN, Mark.OPEN)


def draw(found: Evaluation, line: Line) -> None:
    """Draw the chosen institution."""
    st.subheader(_("The chosen institution"), anchor=False)
    link("entity", words.plain(f"{line.name} →"), type=NodeType.INSTITUTION.value, id=line.code)
    settled = _("{settlements} settlements of {persons} persons, {fund} from the fund",
                settlements=words.count(line.settlements), persons=words.count(line.persons),
                fund=words.money(line.fund))  # fmt: skip
    draw_sheet(paragraph(f"{_(TIER_TITLES[line.tier])} · {settled}", "dim"), paragraph(_told(found, line), "lead"))
    _tallies(line)
    st.markdown(f"**{_('Quarter by quarter')}**")
    course(line)
    draw_sheet(paragraph(_trend(line.trend), "dim"))
    _mix(line)


def _told(found: Evaluation, line: Line) -> str:
    """Say in one sentence what may be said, and no more."""
    ratio = line.ratio
    if ratio is None:
        return _(STANDING_TITLES[Standing.NOT_COMPARED]).capitalize()
    if line.standing is Standing.TOO_SMALL:
        return _(
            "Too small to tell: {expected} expected, and below {least} even none at all could be chance.",
            expected=f"{line.expected:.1f}", least=f"{LEAST_EXPECTED:g}",
        )  # fmt: skip
    return _(
        "{standing}: the true ratio lies between {low} and {high} with 90 %, its rank between {first} and {last} of "
        "{count}.",
        standing=_(STANDING_TITLES[line.standing]).capitalize(), low=f"{ratio.low:.2f}", high=f"{ratio.high:.2f}",
        first=ratio.first, last=ratio.last, count=len(found.lines),
    )  # fmt: skip


def _tallies(line: Line) -> None:
    heads = (_("outcome"), _("rings"), _("records"), _("Fund"))
    rows = [
        (_(MARK_TITLES[mark]), words.count(tally.rings), words.count(tally.records), words.money(tally.fund))
        for mark in _ORDER
        if (tally := line.tallies[mark])
    ]
    done, whole = line.reviewed
    told = _("{done} of {whole} rings reviewed.", done=words.count(done), whole=words.count(whole))
    draw_sheet(table(heads, rows, {1, 2, 3}), paragraph(told, "dim"))


def _trend(trend: Trend) -> str:
    if trend.factor is None:
        return _("No trend: fewer than two quarters in which anything was confirmed anywhere.")
    return _(
        "Against its like, per quarter: ×{factor} (90 %: ×{low} to ×{high}), {course}.",
        factor=f"{trend.factor:.2f}", low=f"{trend.low:.2f}", high=f"{trend.high:.2f}",
        course=_(COURSE_TITLES[trend.course]),
    )  # fmt: skip


def _mix(line: Line) -> None:
    chinese = language() == "zh_CN"
    parts: Sequence[tuple[str, Mapping[str, float], Callable[[str, bool], str]]] = (
        (_("Age"), line.mix.ages, groups.age),
        (_("Kind of care"), line.mix.care, groups.care),
        (_("Diagnosis"), line.mix.chapters, groups.chapter),
    )
    with st.expander(_("Who came, and for what")):
        for title, shares, name in parts:
            rows = [(name(code, chinese), bar(part, words.share(part))) for code, part in list(shares.items())[:6]]
            draw_sheet(table((title, _("share of settlements")), rows))
