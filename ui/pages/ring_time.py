"""A ring in time: weeks by members as a heat map, and every settlement on a time axis that zooms to the minute."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import streamlit as st

from claims.language import N_, _
from detectors.finding import Grade
from ui.pages import words
from ui.service.ring_sheet import RingPaper
from ui.service.ring_story import Burst, Lane, RecordLine, monday, weeks

MOST_LANES = 40
LANE = 17  # pixels a line takes
WEEKS, MINUTES = "weeks", "minutes"
VIEWS: Mapping[str, str] = {WEEKS: N_("Weeks"), MINUTES: N_("To the minute")}
COLOURS = {"light": ["#dbe7f3", "#1f5f99"], "dark": ["#22384d", "#6fb1e8"]}
GRADES: Mapping[Grade, tuple[str, str, str]] = {  # title, colour, sign: colour alone never tells
    Grade.CERTAIN: (N_("certain"), "#D55E00", "diamond"),
    Grade.PROBABLE: (N_("probable"), "#0072B2", "circle"),
    Grade.CONTESTED: (N_("contested"), "#999999", "triangle"),
    Grade.LAWFUL: (N_("lawful"), "#44AA99", "emptyCircle"),
}
# Figures read alike in both languages; the library knows months by their English names only.
TICKS: Mapping[str, str] = {
    "year": "{yyyy}-{MM}-{dd}", "month": "{MM}-{dd}", "day": "{MM}-{dd}", "hour": "{HH}:{mm}", "minute": "{HH}:{mm}",
    "second": "{HH}:{mm}:{ss}",
}  # fmt: skip
AROUND = timedelta(minutes=3)  # shown before and after a burst


def timeline(paper: RingPaper, records: Sequence[RecordLine]) -> None:
    """Draw the timeline of the records."""
    st.subheader(_("Timeline"))
    if not records:
        st.caption(_("No settlement to show: refunded since, or none names who is selected."))
        return
    lanes = _lanes(paper, records)
    with st.container(horizontal=True, vertical_alignment="bottom", key="ring.time"):
        view = st.segmented_control(
            _("View"), list(VIEWS), default=WEEKS, required=True, key="ring.view", label_visibility="collapsed",
            format_func=lambda name: _(VIEWS[name]), on_change=_no_burst,
        )  # fmt: skip
        burst = _burst(paper.story.bursts)
    if burst is not None or view == MINUTES:
        _minutes(lanes, records, burst)
    else:
        _weeks(lanes, records)
    total = len({line.record.person for line in records})
    if total > len(lanes):
        st.caption(_("{shown} of {total} persons are shown, members first.", shown=len(lanes), total=total))


def _lanes(paper: RingPaper, records: Sequence[RecordLine]) -> list[Lane]:
    present = {line.record.person for line in records}
    return [lane for lane in paper.story.lanes if lane.key[1] in present][:MOST_LANES]


def _burst(bursts: Sequence[Burst]) -> Burst | None:
    """Let the reader choose a burst to look at; None for the whole time."""
    if not bursts:
        return None
    names = {number: _spelled(burst) for number, burst in enumerate(bursts)}
    number = st.selectbox(
        _("Bursts of the evidence"), [-1, *names], key="ring.burst", width=330, label_visibility="collapsed",
        format_func=lambda n: names.get(n, _("{count} bursts of the evidence: choose one", count=len(names))),
    )  # fmt: skip
    return bursts[number] if 0 <= number < len(bursts) else None


def _spelled(burst: Burst) -> str:
    return _(
        "{day} {first}–{last}: {people} persons, {where}",
        day=f"{burst.first:%Y-%m-%d}",
        first=f"{burst.first:%H:%M}",
        last=f"{burst.last:%H:%M}",
        people=burst.people,
        where=burst.where,
    )


def _no_burst() -> None:
    st.session_state["ring.burst"] = -1


def _weeks(lanes: Sequence[Lane], records: Sequence[RecordLine]) -> None:
    days, cells = weeks(records)
    data = [
        [days.index(day), place, cells[lane.key, day][0]]
        for place, lane in enumerate(lanes)
        for day in days
        if (lane.key, day) in cells
    ]
    dark = st.context.theme.type == "dark"
    spec = {
        "tooltip": {"renderMode": "richText", "position": "top"},
        "grid": _grid(lanes),
        "xAxis": {"type": "category", "data": [words.short(day) for day in days], "splitArea": {"show": True}},
        "yAxis": _names(lanes),
        "visualMap": {
            "min": 1, "max": max(2, *(cell[2] for cell in data)), "show": False,
            "inRange": {"color": COLOURS["dark" if dark else "light"]},
        },
        "series": [{
            "type": "heatmap", "name": _("Settlements in the week"), "data": data,
            "label": {"show": len(days) <= 14, "fontSize": 10},
        }],
    }  # fmt: skip
    st.echarts_chart(spec, height=_height(lanes, 44), key="ring.weeks", alt=_("Settlements per week and person"))


def _minutes(lanes: Sequence[Lane], records: Sequence[RecordLine], burst: Burst | None) -> None:
    numbers = {lane.key[1]: place for place, lane in enumerate(lanes)}
    first = min(line.record.time for line in records)
    last = max(line.record.time for line in records)
    since, until = (burst.first - AROUND, burst.last + AROUND) if burst else (first, last)
    zoom = {"xAxisIndex": 0, "minValueSpan": 60_000, "startValue": since.isoformat(), "endValue": until.isoformat()}
    spec = {
        "tooltip": {"renderMode": "richText", "confine": True},
        "legend": {"top": 0, "right": 10, "itemHeight": 9, "itemWidth": 9},
        "grid": _grid(lanes, top=26),
        "xAxis": {
            "type": "time",
            "min": monday(first).isoformat(),
            "splitLine": {"show": True},
            "axisLabel": {"formatter": TICKS, "hideOverlap": True},
        },
        "yAxis": _names(lanes),
        "dataZoom": [{"type": "inside", **zoom}, {"type": "slider", "bottom": 4, "height": 18, **zoom}],
        "series": [_dots(grade, records, numbers) for grade in GRADES if any(r.grade is grade for r in records)],
    }
    name = f"ring.minutes.{burst.first.isoformat() if burst else ''}"
    st.echarts_chart(spec, height=_height(lanes, 84), key=name, alt=_("Every settlement by time and person"))
    st.caption(_("Turn the wheel over the chart, or drag its lower edge, to zoom; the finest view is one minute."))


def _dots(grade: Grade, records: Sequence[RecordLine], numbers: Mapping[str, int]) -> Mapping[str, object]:
    title, colour, sign = GRADES[grade]
    return {
        "type": "scatter",
        "name": _(title),
        "symbol": sign,
        "symbolSize": 9,
        "itemStyle": {"color": colour, "opacity": 0.85},
        "dimensions": [_("time"), _("person"), _("fund (yuan)"), _("institution"), _("till")],
        "encode": {"x": 0, "y": 1, "tooltip": [0, 2, 3, 4]},
        "data": [
            [
                line.record.time.isoformat(),
                numbers[line.record.person],
                float(line.record.fund),
                line.place,
                _till(line),
            ]
            for line in records
            if line.grade is grade and line.record.person in numbers
        ],
    }


def _till(line: RecordLine) -> str:
    return line.terminal.rpartition("/")[2]


def _grid(lanes: Sequence[Lane], top: int = 6) -> Mapping[str, object]:
    return {"left": 8, "right": 36, "top": top, "height": len(lanes) * LANE, "containLabel": True}


def _names(lanes: Sequence[Lane]) -> Mapping[str, object]:
    return {
        "type": "category",
        "inverse": True,
        "data": [lane.label if lane.member else f"({lane.label})" for lane in lanes],
        "axisLabel": {"width": 150, "overflow": "truncate", "fontSize": 11, "interval": 0},
        "axisTick": {"show": False},
    }


def _height(lanes: Sequence[Lane], around: int) -> int:
    return max(4, len(lanes)) * LANE + around
