"""Two enrolments in time: one line each, days on which both were used, and what lies closest: two bodies?"""

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st
from markupsafe import Markup

from claims.language import N_, _
from ui.pages import words
from ui.pages.ring_time import TICKS
from ui.pages.sheet import draw, paragraph, table, two_lines
from ui.service.identity_facts import Meeting, Use, same_days
from ui.service.identity_paper import PairPaper

HEIGHT = 190
FAR = 30.0  # km nobody covers within the quarter of an hour that detectors take for "at once"
AT_ONCE = 15
_SERIES = (
    (False, N_("one enrolment used that day"), "circle", "#0072B2"),
    (True, N_("both used that day"), "diamond", "#D55E00"),
)


def timeline(paper: PairPaper) -> None:
    """Draw the uses of both, one line each; stays are bars."""
    st.subheader(_("Both in time"))
    uses = paper.facts.uses
    if not uses:
        draw(paragraph(_("Neither is used: there is no settlement of either."), "dim"))
        return
    lanes = {number: place for place, number in enumerate(paper.proposal.key)}
    days = set(same_days(uses))
    sides = _("Enrolment A"), _("Enrolment B")
    slider = {"bottom": 4, "height": 18, "showDataShadow": False}
    span = {"start": 0, "end": 100, "minValueSpan": 60_000}
    spec = {
        "tooltip": {"renderMode": "richText", "confine": True},
        "legend": {"top": 0, "right": 10, "itemHeight": 9, "itemWidth": 9},
        "grid": {"left": 8, "right": 24, "top": 28, "bottom": 46, "containLabel": True},
        "xAxis": {"type": "time", "splitLine": {"show": True}, "axisLabel": {"formatter": TICKS, "hideOverlap": True}},
        "yAxis": {
            "type": "category", "inverse": True, "axisTick": {"show": False},
            "data": [f"{side} {name}" for side, name in zip(sides, paper.names, strict=True)],
        },
        "dataZoom": [{"type": "inside", **span}, {"type": "slider", **slider, **span}],
        "series": [*_dots(uses, lanes, days), *_stays(uses, lanes)],
    }  # fmt: skip
    alt = _("Uses of both enrolments by time; {count} days with both", count=len(days))
    st.echarts_chart(spec, height=HEIGHT, key=f"identity.time.{paper.proposal.id}", alt=alt)
    st.caption(_("{count} days on which both were used. Bars are hospital stays; the wheel zooms to the minute.",
                 count=words.count(len(days))))  # fmt: skip


def _dots(uses: Sequence[Use], lanes: Mapping[str, int], days: set[date]) -> list[Mapping[str, object]]:
    return [
        {
            "type": "scatter", "name": _(title), "symbol": symbol, "symbolSize": 10, "itemStyle": {"color": colour},
            "dimensions": [_("time"), _("enrolment"), _("fund (yuan)"), _("institution")],
            "encode": {"x": 0, "y": 1, "tooltip": [0, 2, 3]},
            "data": [
                [use.time.isoformat(), lanes[use.person], float(use.fund), use.place_name]
                for use in uses if (use.time.date() in days) is both
            ],
        }
        for both, title, symbol, colour in _SERIES
    ]  # fmt: skip


def _stays(uses: Sequence[Use], lanes: Mapping[str, int]) -> list[Mapping[str, object]]:
    return [
        {
            "type": "line", "name": _("hospital stay"), "symbol": "none", "silent": True,
            "itemStyle": {"color": "#888888"},
            "lineStyle": {"width": 9, "opacity": 0.55, "color": "#888888", "cap": "butt"},
            "data": [[use.first.isoformat(), lanes[use.person]], [use.last.isoformat(), lanes[use.person]]],
        }
        for use in uses if use.stay
    ]  # fmt: skip


def closest(paper: PairPaper) -> None:
    """List the uses of both at different places that lie closest in time."""
    st.subheader(_("Two bodies? Different places, closest in time"))
    if not paper.closest:
        draw(paragraph(_("The two were never used at different places."), "dim"))
        return
    rows = [(*_side(m.one), *_side(m.other), _gap(m)) for m in paper.closest]
    draw(table((_("A, when"), _("where"), _("B, when"), _("where"), _("between")), rows))


def _side(use: Use) -> tuple[object, object]:
    when = f"{use.time:%m-%d %H:%M}"
    stay = _("stay {first} to {last}", first=f"{use.first:%m-%d}", last=f"{use.last:%m-%d}") if use.stay else ""
    kind = _("pharmacy: others may fetch") if use.pharmacy else stay
    return Markup('<span class="rh-w" title="{}">{}</span>').format(f"{use.time}", when), two_lines(
        use.place_name, kind
    )


def _gap(meeting: Meeting) -> object:
    far = _("{km} km", km=f"{meeting.km:.0f}") if meeting.km is not None else ""
    if meeting.minutes == 0:
        gap = _("at the same time")
    elif meeting.minutes < 120:
        gap = _("{count} min", count=meeting.minutes)
    else:
        gap = _("{count} h", count=round(meeting.minutes / 60))
    apart = meeting.bodies and meeting.minutes <= AT_ONCE and (meeting.km or 0.0) > FAR
    overlap = meeting.bodies and meeting.one.stay and meeting.other.stay and meeting.minutes == 0
    return two_lines(Markup("<b>{}</b>").format(gap) if apart or overlap else gap, far)
