"""The table of institutions: intervals as bars, ranks as ranges."""

from base64 import b64encode
from collections.abc import Mapping
from math import log2

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from cases.evaluation.model import STANDING_TITLES, TIER_TITLES, Evaluation, Line, Mark, Ratio, Standing
from claims.language import _
from ui.pages import words

HEIGHT = 388
# Ratios are drawn from 1/8 to 8: twice and half are equally far from 1.
_SPAN = 3.0
_WIDE, _HIGH = 168, 26
COLOURS: Mapping[bool, Mapping[Standing, str]] = {
    False: {Standing.ABOVE: "#c4530a", Standing.BELOW: "#1f6fb2"},
    True: {Standing.ABOVE: "#f0a53a", Standing.BELOW: "#6fb1e8"},
}
PLAIN = {False: "#6b7683", True: "#aab4c0"}
_AXIS = {False: "#c3cad3", True: "#4a5562"}


def table(found: Evaluation) -> Line:
    """Draw the institutions; return the one that is chosen, the first where none is."""
    dark = st.context.theme.type == "dark"
    columns = _columns(found)
    answer = st.dataframe(
        pd.DataFrame(_frame(found, dark))[list(columns)],
        key=f"evaluation.table.{found.quarter}.{found.kind}.{found.tier}",
        hide_index=True,
        height=min(HEIGHT, 38 + 35 * len(found.lines)),
        on_select="rerun",
        selection_mode="single-row",
        column_config=columns,
        alt=_("Institutions of the quarter, one line each"),
    )
    rows = answer["selection"]["rows"]
    return found.lines[rows[0]] if rows and rows[0] < len(found.lines) else found.lines[0]


def _frame(found: Evaluation, dark: bool) -> Mapping[str, list[object]]:
    lines, size = found.lines, len(found.lines)
    return {
        "name": [line.name for line in lines],
        "level": [_(TIER_TITLES[line.tier]) for line in lines],
        "settlements": [line.settlements for line in lines],
        "observed": [line.observed for line in lines],
        "expected": [line.expected for line in lines],
        "interval": [picture(line, dark) for line in lines],
        "ratio": [_spelled(line.ratio) for line in lines],
        "ranks": [f"{r.first}–{r.last} / {size}" if (r := line.ratio) else "" for line in lines],
        "worst": [100 * line.ratio.worst if line.ratio else None for line in lines],
        "standing": [_(STANDING_TITLES[line.standing]) for line in lines],
        "per_10k": [line.per_10k for line in lines],
        "open": [line.tallies[Mark.OPEN].rings for line in lines],
        "fund": [words.money_column(line.fund) for line in lines],
    }


def _spelled(ratio: Ratio | None) -> str:
    return f"{ratio.shrunk:.1f} ({ratio.low:.1f}–{ratio.high:.1f})" if ratio else ""


def _columns(found: Evaluation) -> dict[str, ColumnConfig]:
    column = st.column_config
    always = {
        "name": column.TextColumn(_("Institution"), width=150, pinned=True),
        "standing": column.TextColumn(_("What can be said"), width=130),
        "observed": column.NumberColumn(
            _("Confirmed"), format="%d", width=70, help=_("Rings confirmed at it by review, fully or partly.")
        ),
    }
    compared = {
        "expected": column.NumberColumn(
            _("Expected"), format="%.1f", width=66,
            help=_("Confirmed rings one would expect at an average institution with the same patients, kinds of "
                   "care and number of settlements."),
        ),
        "interval": column.ImageColumn(
            "⅛ · ¼ · ½ · 1 · 2 · 4 · 8", width=185,
            help=_("Confirmed over expected, drawn towards 1 by how little is known, with its 90 % interval. "
                   "The line in the middle is 1: as expected."),
        ),
        "ratio": column.TextColumn(_("Ratio (90 %)"), width=100),
        "ranks": column.TextColumn(
            _("Rank, from–to"), width=88, help=_("The ranks that 90 % of 4,000 simulations stay within; 1 is highest.")
        ),
        "worst": column.ProgressColumn(
            _("Worst tenth"), format="%.0f %%", min_value=0.0, max_value=100.0, width=92,
            help=_("Probability of being among the tenth with the highest true ratios."),
        ),
    }  # fmt: skip
    apart = {
        "settlements": column.NumberColumn(_("Settlements"), format="localized", width=80),
        "level": column.TextColumn(_("Level"), width=95),
        "per_10k": column.NumberColumn(
            _("Per 10,000"), format="%.1f", width=70,
            help=_("Confirmed records per 10,000 settlements, as counted: not adjusted for anything."),
        ),
        "open": column.NumberColumn(
            _("Open"), format="%d", width=48, help=_("Rings nobody has concluded on; they say nothing.")
        ),
        "fund": column.NumberColumn(
            _("Fund ({unit})", unit=words.money_unit()), format=words.money_format(), width=78
        ),
    }  # fmt: skip
    return always | (compared if found.compared else {}) | apart


def picture(line: Line, dark: bool) -> str:
    """Draw an interval as a small picture; empty where nothing was compared."""
    if line.ratio is None:
        return ""
    low, middle, high = (_across(value) for value in (line.ratio.low, line.ratio.shrunk, line.ratio.high))
    colour = COLOURS[dark].get(line.standing, PLAIN[dark])
    ticks = "".join(
        f'<path d="M{_across(2.0**power):.1f} {4 if power == 0 else 10}V{_HIGH - (4 if power == 0 else 10)}" '
        f'stroke="{_AXIS[dark]}" stroke-width="{2 if power == 0 else 1}"/>'
        for power in range(-3, 4)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}">'
        f'{ticks}<path d="M{low:.1f} 13H{high:.1f}" stroke="{colour}" stroke-width="3"/>'
        f'<path d="M{low:.1f} 8V18M{high:.1f} 8V18" stroke="{colour}" stroke-width="2"/>'
        f'<circle cx="{middle:.1f}" cy="13" r="5" fill="{colour}"/></svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _across(ratio: float) -> float:
    """Where a ratio lies; what is beyond the ends stands at them."""
    place = min(_SPAN, max(-_SPAN, log2(ratio))) if ratio > 0 else -_SPAN
    return _WIDE / 2 + place / _SPAN * (_WIDE / 2 - 8)
