"""A ring on the map: its institutions, the towns of its people, moves within a day. Drawn offline, without tiles."""

from collections.abc import Mapping, Sequence
from math import sqrt
from zlib import crc32

import streamlit as st

from claims.language import _
from ui.pages import states, words
from ui.service.house import Context
from ui.service.places import RingMap, Site, Town, ring_map
from ui.service.ring_sheet import RingPaper
from ui.service.ring_story import RecordLine

WIDE, HIGH = 500, 340  # pixels of the map; fixed, so that a kilometre is as long to the north as to the east
MARGIN = 1.35
LEAST = 1.0  # kilometres from the middle to the edge, for rings at one place
MOST_MOVES = 30
MOST_LABELS = 12
_SITE, _TOWN, _MOVE, _GREY = "#0072b2", "#2a9d8f", "#d55e00", "#8795a5"
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)  # kilometres a scale bar may show


def map_part(context: Context, paper: RingPaper, records: Sequence[RecordLine]) -> tuple[str, ...]:
    """Draw the map where it is opened; return the institutions selected on it."""
    key = f"ring.map.{paper.ring.id}"
    part = st.expander(_("Map"), icon=":material/map:", key=f"{key}.open", on_change="rerun")
    if not part.open or not records:
        return ()
    with part:
        found = ring_map(context.workspace, paper, records)
        if not found.sites:
            states.empty(
                _("The register gives no coordinates for these institutions."),
                _("They come with the institutions table (longitude, latitude); ask the operator to load them."),
            )
            return ()
        chosen = _chart(found, key)
        _told(found)
    return chosen


def _chart(found: RingMap, key: str) -> tuple[str, ...]:
    # A selection is kept by numbers of institutions: other institutions are another chart.
    drawn = crc32(" ".join(site.code for site in found.sites).encode())
    state = st.echarts_chart(
        spec_of(found), width=WIDE + 40, height=HIGH + 44, key=f"{key}.{drawn}", on_select="rerun",
        alt=_("Map of the institutions, {count} places", count=len(found.sites)),
    )  # fmt: skip
    return selected_places(state, found.sites)


def selected_places(state: object, sites: Sequence[Site]) -> tuple[str, ...]:
    """Read which institutions are selected out of what the chart reports; they are its first series."""
    selection = state.get("selection", {}) if isinstance(state, Mapping) else {}
    groups = selection.get("selected", []) if isinstance(selection, Mapping) else []
    numbers = [n for group in groups if group.get("series_index") == 0 for n in group.get("data_indices", [])]
    return tuple(sites[n].code for n in numbers if 0 <= n < len(sites))


def spec_of(found: RingMap) -> Mapping[str, object]:
    """The map as a chart: axes in kilometres, as many pixels to each kilometre either way."""
    reach = reach_of(found)
    wide, high = reach * max(1.0, WIDE / HIGH), reach * max(1.0, HIGH / WIDE)
    step = scale_of(wide)
    axis = {"type": "value", "axisLabel": {"show": False}, "axisTick": {"show": False},
            "splitLine": {"show": True, "lineStyle": {"color": _GREY, "opacity": 0.18}},
            "axisLine": {"show": False}, "interval": step}  # fmt: skip
    return {
        "tooltip": {"renderMode": "richText", "confine": True},
        "legend": {"top": 0, "left": 0, "itemHeight": 9, "selectedMode": False,
                   "data": [_("institution"), _("town"), *([_("same day")] if found.moves else [])]},
        "grid": {"left": 6, "top": 30, "width": WIDE, "height": HIGH, "show": True, "borderColor": _GREY},
        "xAxis": {**axis, "min": -wide, "max": wide},
        "yAxis": {**axis, "min": -high, "max": high},
        "series": [_sites(found.sites), _towns(found, wide, high), *_moves(found), *_furniture(wide, high, step)],
    }  # fmt: skip


def reach_of(found: RingMap) -> float:
    """Kilometres from the middle that hold every institution."""
    across = max((abs(site.x) * HIGH / WIDE for site in found.sites), default=0.0)
    return MARGIN * max(LEAST, across, *(abs(site.y) for site in found.sites))


def scale_of(wide: float) -> float:
    """Length of the scale bar: the longest round one below a third of the half width."""
    return max((step for step in _STEPS if step <= wide / 2.5), default=_STEPS[0])


def _sites(sites: Sequence[Site]) -> Mapping[str, object]:
    most = max(site.records for site in sites)
    busy = {site.code for site in sorted(sites, key=lambda site: -site.records)[:MOST_LABELS]}
    # Names stand towards the middle, where the map does not cut them.
    sides = {site.code: "left" if site.x > 0 else "right" for site in sites}
    data = [
        {"value": [site.x, site.y, site.name, site.records, site.people],
         "symbolSize": 8 + 20 * sqrt(site.records / most),
         "label": {"show": site.code in busy, "position": sides[site.code]}}
        for site in sites
    ]  # fmt: skip
    return {
        "type": "scatter", "name": _("institution"), "data": data, "selectedMode": "multiple", "z": 5,
        "itemStyle": {"color": _SITE, "opacity": 0.75},
        "select": {"itemStyle": {"borderColor": _MOVE, "borderWidth": 4, "opacity": 1}},
        "dimensions": ["x", "y", _("institution"), _("settlements"), _("persons")],
        "encode": {"x": 0, "y": 1, "tooltip": [2, 3, 4]},
        "label": {"formatter": "{@[2]}", "fontSize": 11, "width": 130, "overflow": "truncate"},
        "labelLayout": {"hideOverlap": True},
    }  # fmt: skip


def _towns(found: RingMap, wide: float, high: float) -> Mapping[str, object]:
    inside = [town for town in found.towns if abs(town.x) <= wide and abs(town.y) <= high]
    return {
        "type": "scatter", "name": _("town"), "symbol": "diamond", "z": 3, "selectedMode": False,
        "itemStyle": {"color": _TOWN, "opacity": 0.65},
        "dimensions": ["x", "y", _("town"), _("persons of the ring living there")],
        "encode": {"x": 0, "y": 1, "tooltip": [2, 3]},
        "label": {"show": True, "formatter": "{@[2]}", "position": "top", "fontSize": 11, "opacity": 0.8},
        "labelLayout": {"hideOverlap": True},
        "data": [{"value": [town.x, town.y, town.name, town.people], "symbolSize": _town_size(town)}
                 for town in inside],
    }  # fmt: skip


def _town_size(town: Town) -> float:
    return 6 + 3 * sqrt(town.people)


def _moves(found: RingMap) -> list[Mapping[str, object]]:
    spots = {site.code: [site.x, site.y] for site in found.sites}
    shown = found.moves[:MOST_MOVES]
    if not shown:
        return []
    most = max(move.days for move in shown)
    data = [
        [{"coord": spots[move.start]}, {"coord": spots[move.end],
         "lineStyle": {"width": 1 + 4 * move.days / most}}]
        for move in shown
    ]  # fmt: skip
    return [{
        "type": "scatter", "name": _("same day"), "data": [], "itemStyle": {"color": _MOVE}, "symbol": "arrow",
        "markLine": {"silent": True, "symbol": ["none", "arrow"], "symbolSize": 8, "animation": False,
                     "label": {"show": False}, "data": data,
                     "lineStyle": {"color": _MOVE, "opacity": 0.6, "type": "solid", "curveness": 0.18}},
    }]  # fmt: skip


def _furniture(wide: float, high: float, step: float) -> list[Mapping[str, object]]:
    """Scale bar and north: lines in the map's own kilometres, so they are right at every size."""
    left, low = -wide * 0.96, -high * 0.93
    label = {"show": True, "position": "end", "fontSize": 11}
    bar = {"type": "line", "silent": True, "symbol": "rect", "symbolSize": [2, 8], "z": 6, "tooltip": {"show": False},
           "data": [[left, low], {"value": [left + step, low], "label": {**label, "formatter": _km(step),
                                                                        "position": "right"}}],
           "lineStyle": {"color": _GREY, "width": 3}, "itemStyle": {"color": _GREY}}  # fmt: skip
    east = wide * 0.93
    north = {"type": "line", "silent": True, "symbol": "none", "z": 6, "tooltip": {"show": False},
             "data": [[east, high * 0.68], [east, high * 0.86]], "lineStyle": {"color": _GREY, "width": 2},
             "markPoint": {"symbol": "arrow", "symbolSize": 10, "itemStyle": {"color": _GREY},
                           "label": {"formatter": _("N"), "position": "right", "fontSize": 12},
                           "data": [{"coord": [east, high * 0.86]}]}}  # fmt: skip
    return [bar, north]


def _km(step: float) -> str:
    return _("{count} m", count=int(step * 1000)) if step < 1 else _("{count} km", count=int(step))


def _told(found: RingMap) -> None:
    parts = [_("Click institutions to see only their records; click again to leave them out.")]
    if found.moves:
        parts.append(_("Lines join places where one person settled on one day: {count} pairs, most often {days} times.",
                       count=words.count(len(found.moves)), days=words.count(found.moves[0].days)))  # fmt: skip
    parts.append(_("Towns stand where their institutions stand in the mean; homes are not shown."))
    if found.missing:
        parts.append(_("{count} institutions have no coordinates.", count=words.count(found.missing)))
    st.caption(" ".join(parts))
