"""A calendar of rows per day, in which missing days stand out by a sign and not by colour alone."""

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from claims.language import _, language
from ui.pages import words

YEAR_HEIGHT = 150
SCALES = {False: ["#dbe7f3", "#1f5f99"], True: ["#22384d", "#6fb1e8"]}


def calendar(days: Mapping[date, int], missing: Sequence[date], *, dark: bool) -> None:
    """Draw one calendar per year."""
    years = sorted({day.year for day in days})
    spec = {
        "tooltip": {},
        "visualMap": {
            "min": 0,
            "max": max(days.values()),
            "calculable": False,
            "show": False,
            "seriesIndex": list(range(len(years))),
            "inRange": {"color": SCALES[dark]},
        },
        "calendar": [_year(place, year, dark) for place, year in enumerate(years)],
        "series": [*_rows(days, years), *_gaps(missing, years)],
    }
    st.echarts_chart(
        spec,
        height=40 + YEAR_HEIGHT * len(years),
        alt=_("Rows per day; {count} days are missing.", count=words.count(len(missing))),
    )


def _year(place: int, year: int, dark: bool) -> Mapping[str, object]:
    line = "#33404e" if dark else "#d5dbe3"
    names = "ZH" if language() == "zh_CN" else "EN"
    return {
        "range": str(year),
        "top": 34 + place * YEAR_HEIGHT,
        "left": 60,
        "right": 10,
        "cellSize": ["auto", 16],
        "itemStyle": {"color": "transparent", "borderWidth": 0.5, "borderColor": line},
        "splitLine": {"lineStyle": {"color": "#7a8794", "width": 1}},
        "dayLabel": {"nameMap": names, "firstDay": 1},
        "monthLabel": {"nameMap": names},
        "yearLabel": {"show": True, "margin": 34, "fontSize": 13},
    }


def _rows(days: Mapping[date, int], years: Sequence[int]) -> list[Mapping[str, object]]:
    return [
        {
            "type": "heatmap",
            "coordinateSystem": "calendar",
            "calendarIndex": place,
            "data": [[day.isoformat(), number] for day, number in sorted(days.items()) if day.year == year],
        }
        for place, year in enumerate(years)
    ]


def _gaps(missing: Sequence[date], years: Sequence[int]) -> list[Mapping[str, object]]:
    return [
        {
            "type": "scatter",
            "coordinateSystem": "calendar",
            "calendarIndex": place,
            "symbol": "path://M0,0 L2,0 L10,8 L10,10 L8,10 L0,2 Z M10,0 L10,2 L2,10 L0,10 L0,8 L8,0 Z",
            "symbolSize": 11,
            "itemStyle": {"color": "#c0392b"},
            "data": [[day.isoformat(), 0] for day in missing if day.year == year],
        }
        for place, year in enumerate(years)
    ]
