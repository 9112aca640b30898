"""The funnel of a quarter and the course of one institution."""

from collections.abc import Mapping, Sequence

import streamlit as st

from cases.evaluation.model import STANDING_TITLES, Evaluation, Line, Standing
from claims.language import _
from ui.pages.evaluation_table import COLOURS, PLAIN

_LEAST = 0.02  # where institutions with nothing confirmed stand on an axis of powers
_SIGNS = {Standing.ABOVE: "triangle", Standing.BELOW: "diamond"}
_LINES = {0.95: "dashed", 0.998: "solid"}


def funnel(found: Evaluation, limits: Mapping[float, Sequence[tuple[float, float, float]]], chosen: Line) -> None:
    """Draw confirmed over expected by expected, with what chance alone keeps within."""
    st.subheader(_("Funnel: confirmed over expected, by size"), anchor=False)
    if not found.compared:
        st.caption(_("Nothing was compared in this quarter."))
        return
    dark = st.context.theme.type == "dark"
    top = max(8.0, 1.2 * max(line.ratio.raw for line in found.lines if line.ratio))
    series = [_limit(points, share, side, dark, top) for share, points in limits.items() for side in (1, 2)]
    series += [_points(found, standing, dark) for standing in Standing]
    series.append(_point_of(chosen, dark))
    spec = {
        "tooltip": {"trigger": "item", "renderMode": "richText", "confine": True},
        "legend": {"bottom": 0, "itemHeight": 9, "data": [_(STANDING_TITLES[s]) for s in _present(found)]},
        "grid": {"left": 8, "right": 14, "top": 26, "bottom": 72, "containLabel": True},
        "xAxis": {"type": "log", "name": _("expected"), "nameLocation": "middle", "nameGap": 24, "min": _LEAST,
                  "splitLine": {"show": False}},
        "yAxis": {"type": "value", "name": _("confirmed / expected"), "nameTextStyle": {"align": "left"},
                  "min": 0, "max": round(top, 1),
                  "splitLine": {"lineStyle": {"opacity": 0.35}}},
        "series": [one for one in series if one["data"]],
    }  # fmt: skip
    st.echarts_chart(spec, height=350, key="evaluation.funnel", alt=_("Confirmed over expected by expected count"))
    st.caption(
        _("Between the dashed lines chance alone keeps 95 % of institutions, between the solid ones 99.8 %. "
          "The dots show the ratio as counted, not shrunk; the ring marks the chosen institution.")
    )  # fmt: skip


def _present(found: Evaluation) -> list[Standing]:
    return [standing for standing in Standing if any(line.standing is standing for line in found.lines)]


def _limit(
    points: Sequence[tuple[float, float, float]], share: float, side: int, dark: bool, top: float
) -> dict[str, object]:
    data = [[point[0], min(top, point[side])] for point in points]
    style = {"type": _LINES[share], "width": 1, "color": PLAIN[dark]}
    return {"type": "line", "name": f"{share:.1%}", "data": data, "symbol": "none", "silent": True, "lineStyle": style}


def _points(found: Evaluation, standing: Standing, dark: bool) -> dict[str, object]:
    colour = COLOURS[dark].get(standing, PLAIN[dark])
    data = [_dot(line) for line in found.lines if line.standing is standing and line.ratio and line.expected > 0]
    return {
        "type": "scatter", "name": _(STANDING_TITLES[standing]), "data": data, "itemStyle": {"color": colour},
        "symbol": _SIGNS.get(standing, "circle"), "symbolSize": 6 if standing is Standing.TOO_SMALL else 10,
    }  # fmt: skip


def _dot(line: Line) -> dict[str, object]:
    ratio = line.ratio.raw if line.ratio else 0.0
    told = _("{name}: {observed} confirmed, {expected} expected", name=line.name, observed=line.observed,
             expected=f"{line.expected:.1f}")  # fmt: skip
    return {"value": [max(line.expected, _LEAST), round(ratio, 3)], "name": told,
            "tooltip": {"formatter": told.replace("{", "").replace("}", "")}}  # fmt: skip


def _point_of(chosen: Line, dark: bool) -> dict[str, object]:
    """The ring around the chosen institution."""
    style = {"color": "transparent", "borderColor": "#e6e9ee" if dark else "#1b2530", "borderWidth": 2}
    data = [_dot(chosen)] if chosen.ratio and chosen.expected > 0 else []
    return {"type": "scatter", "name": chosen.name, "data": data, "symbol": "circle", "symbolSize": 17,
            "itemStyle": style, "silent": True}  # fmt: skip


def course(line: Line) -> None:
    """Draw what was confirmed and what was expected in each quarter."""
    steps = line.trend.steps
    spec = {
        "tooltip": {"trigger": "axis", "renderMode": "richText", "confine": True},
        "legend": {"top": 0, "right": 0, "itemHeight": 8},
        "grid": {"left": 4, "right": 8, "top": 28, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": [str(step.quarter) for step in steps]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"type": "bar", "name": _("Confirmed"), "data": [step.observed for step in steps], "barMaxWidth": 34},
            {"type": "line", "name": _("Expected"), "symbol": "diamond", "symbolSize": 9,
             "lineStyle": {"type": "dashed"}, "data": [round(step.expected, 2) for step in steps]},
        ],
    }  # fmt: skip
    st.echarts_chart(spec, height=170, key="evaluation.course", alt=_("Confirmed and expected rings by quarter"))
