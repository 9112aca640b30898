"""Below the canvas: the scene as a table or on a map, under the same time window and the same selection."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from claims.language import N_, _
from graph.titles import yuan
from ui.scene.desk import SceneDesk
from ui.scene.looking import sight_of
from ui.scene.rows import Row, Spot, headings, rows_of, spots_of
from ui.scene.wording import moment

MOST_ROWS = 500
CHOSEN, WHOLE = N_("{count} selected"), N_("{count} nodes in the scene")
VIEWS = {"table": N_("Table"), "map": N_("Map")}
FRAME = 0.01  # degrees, about a kilometre: a single place still has surroundings


def below(desk: SceneDesk) -> None:
    """Draw what the selection (or the whole scene) comes to within the time window."""
    sight = sight_of(desk)
    if not sight.facts.nodes:
        return
    rows = rows_of(sight, desk.selected)
    spots = spots_of(sight, rows_of(sight))
    said, switch = st.columns([3, 1], vertical_alignment="center")
    said.caption(_summary(desk, rows))
    view = "table"
    if spots:
        chosen = switch.segmented_control(
            _("View"), list(VIEWS), default="table", format_func=lambda name: _(VIEWS[name]),
            key="explorer.below", label_visibility="collapsed",
        )  # fmt: skip
        view = chosen or "table"
    if view == "map":
        _map(desk, spots)
    else:
        _table(rows)


def _summary(desk: SceneDesk, rows: Sequence[Row]) -> str:
    since, until = desk.scene.window
    parts = [_(CHOSEN if desk.selected else WHOLE, count=len(rows))]
    if since or until:
        parts.append(_("{since} to {until}", since=moment(since) or "…", until=moment(until) or "…"))
    if len(rows) > MOST_ROWS:
        parts.append(_("the first {count}", count=MOST_ROWS))
    return " · ".join(parts)


def _table(rows: Sequence[Row]) -> None:
    cells = [
        (r.type, r.number, r.name, r.relations, r.count, yuan(r.fund), moment(r.first), moment(r.last), r.score, r.note)
        for r in rows[:MOST_ROWS]
    ]
    frame = pd.DataFrame(cells, columns=headings())
    config = {_("Suspicion"): st.column_config.NumberColumn(format="%.2f", width="small")}
    st.dataframe(frame, hide_index=True, height=250, width="stretch", column_config=config)


def _map(desk: SceneDesk, spots: Sequence[Spot]) -> None:
    """Institutions where they lie (degrees of longitude and latitude), as large as their settlements in the window."""
    most = max(spot.row.count for spot in spots) or 1
    chosen = set(desk.selected)
    spec = {
        "tooltip": {"renderMode": "richText", "confine": True},
        "grid": {"left": 62, "right": 24, "top": 14, "bottom": 34},
        "xAxis": _axis(_("Longitude"), [spot.east for spot in spots]),
        "yAxis": _axis(_("Latitude"), [spot.north for spot in spots]),
        "dataZoom": [{"type": "inside", "xAxisIndex": 0}, {"type": "inside", "yAxisIndex": 0}],
        "series": [{
            "type": "scatter",
            "dimensions": [_("Longitude"), _("Latitude"), _("Count"), _("Fund (yuan)"), _("Name")],
            "encode": {"x": 0, "y": 1, "tooltip": [2, 3], "itemName": 4},
            "label": {"show": len(spots) <= 30, "formatter": "{b}", "position": "right", "fontSize": 11},
            "labelLayout": {"hideOverlap": True},
            "data": [_dot(spot, most, spot.row.key in chosen) for spot in spots],
        }],
    }  # fmt: skip
    st.echarts_chart(spec, height=330, key="explorer.map", alt=_("Institutions of the scene by place"))


def _axis(name: str, values: Sequence[float]) -> dict[str, object]:
    low, high = min(values), max(values)
    room = max(FRAME, (high - low) * 0.08)
    ends = {"min": round(low - room, 3), "max": round(high + room, 3)}
    return {"type": "value", "name": name, "nameLocation": "middle", "nameGap": 22, "scale": True, **ends}


def _dot(spot: Spot, most: int, chosen: bool) -> dict[str, object]:
    row = spot.row
    style = {"color": "#d55e00", "opacity": 0.8 if row.count else 0.25}
    return {
        "name": row.name,
        "value": [spot.east, spot.north, row.count, yuan(row.fund), row.name],
        "symbolSize": round(8 + 26 * (row.count / most) ** 0.5, 1),
        "itemStyle": style | ({"borderColor": "#0b5cad", "borderWidth": 3, "opacity": 1} if chosen else {}),
    }
