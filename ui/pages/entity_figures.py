"""Figures of one thing, how its settlements lie in week and year, and where it stands among its like."""

from collections.abc import Mapping
from decimal import Decimal

import streamlit as st

from claims.language import N_, _, join_words, language
from claims.tables import BY_NAME
from graph.model import NodeType
from ui.pages import words
from ui.pages.ring_time import COLOURS
from ui.pages.sheet import bar, draw, paragraph, table
from ui.service.entity import Entity
from ui.service.entity_figures import Figures, Rhythm
from ui.service.entity_peers import Measure, Peers, Standing, Trait
from ui.service.house import Context

_CARE = BY_NAME["settlements"].column("med_type").codes or {}
_ACCENT = {False: ("#b9cde2", "#d55e00"), True: ("#37556f", "#f0a53a")}
MEASURES: Mapping[Measure, str] = {
    Measure.VISITS: N_("Settlements"),
    Measure.FUND: N_("Fund"),
    Measure.EACH: N_("Fund per settlement"),
}
TRAITS: Mapping[Trait, str] = {
    Trait.KIND: N_("kind"),
    Trait.LEVEL: N_("level"),
    Trait.AGE: N_("decade of birth"),
    Trait.DEPARTMENT: N_("department"),
    Trait.REGION: N_("region"),
}
COUNTED: Mapping[NodeType, str] = {
    NodeType.PERSON: N_("Persons"),
    NodeType.CARD: N_("Cards"),
    NodeType.DOCTOR: N_("Doctors"),
    NodeType.INSTITUTION: N_("Institutions"),
    NodeType.TERMINAL: N_("Tills"),
}
ACCOUNT_REGIONS = N_("Only settlements within your regions are counted.")


def overview(context: Context, entity: Entity) -> None:
    """Draw figures, rhythm and peers."""
    found = context.entities.overview(entity)
    figures(found.figures)
    if "*" not in context.account.regions:
        st.caption(_(ACCOUNT_REGIONS))
    if not found.figures.visits:
        st.caption(_("No net settlement names it: there is nothing to count."))
        return
    with st.container(horizontal=True, gap="medium", key="entity.rhythm"):
        with st.container(width="stretch"):
            _months(found.rhythm)
        with st.container(width="stretch"):
            _hours(found.rhythm)
    _weeks(found.rhythm)
    _care(found.figures)
    if found.peers:
        _peers(found.peers)


def figures(found: Figures) -> None:
    """Draw the numbers that stand first."""
    with st.container(horizontal=True, gap="medium", key="entity.metrics"):
        st.metric(_("Settlements"), words.count(found.visits), width="content")
        st.metric(_("Fund"), words.money(found.fund), width="content")
        for type_, number in found.others.items():
            if number:
                st.metric(_(COUNTED[type_]), words.count(number), width="content")
    if found.first and found.last:
        st.caption(
            _("First {first}, last {last}.", first=words.day(found.first.date()), last=words.day(found.last.date()))
        )


def _months(found: Rhythm) -> None:
    st.subheader(_("By month"), anchor=False)
    spec = {
        "tooltip": {"trigger": "axis", "renderMode": "richText", "confine": True},
        "legend": {"top": 0, "right": 0, "itemHeight": 8},
        "grid": {"left": 4, "right": 4, "top": 30, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": [f"{month.first:%Y-%m}" for month in found.months]},
        "yAxis": [{"type": "value", "minInterval": 1}, {"type": "value", "splitLine": {"show": False}}],
        "series": [
            {"type": "line", "name": _("Settlements"), "symbol": "circle", "symbolSize": 6,
             "data": [month.visits for month in found.months]},
            {"type": "line", "name": _("Fund ({unit})", unit=words.money_unit()), "yAxisIndex": 1, "symbol": "diamond",
             "symbolSize": 7, "lineStyle": {"type": "dashed"},
             "data": [round(words.money_column(month.fund), 4) for month in found.months]},
        ],
    }  # fmt: skip
    st.echarts_chart(spec, height=210, key="entity.months", alt=_("Settlements and fund by month"))


def _hours(found: Rhythm) -> None:
    st.subheader(_("By weekday and hour"), anchor=False)
    cells = [[hour, day, count] for day, hours in enumerate(found.by_hour) for hour, count in enumerate(hours) if count]
    hours = [f"{hour}" for hour in range(24)]
    st.echarts_chart(_heat(cells, hours), height=210, key="entity.hours", alt=_("Settlements by weekday and hour"))
    if found.at_night:
        st.caption(_("Between 22:00 and 6:00: {count} settlements.", count=words.count(found.at_night)))


def _weeks(found: Rhythm) -> None:
    st.subheader(_("By week and weekday"), anchor=False)
    cells = [[week, day, count] for week, days in enumerate(found.by_week) for day, count in enumerate(days) if count]
    names = [words.short(day) for day in found.weeks]
    st.echarts_chart(_heat(cells, names), height=170, key="entity.weeks", alt=_("Settlements by week and weekday"))


def _heat(cells: list[list[int]], across: list[str]) -> Mapping[str, object]:
    dark = st.context.theme.type == "dark"
    return {
        "tooltip": {"renderMode": "richText", "position": "top", "confine": True},
        "grid": {"left": 4, "right": 8, "top": 8, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": across, "splitArea": {"show": True}},
        "yAxis": {"type": "category", "inverse": True, "data": weekdays(), "axisTick": {"show": False}},
        "visualMap": {"min": 0, "max": max((cell[2] for cell in cells), default=1), "show": False,
                      "inRange": {"color": COLOURS["dark" if dark else "light"]}},
        "series": [{"type": "heatmap", "name": _("Settlements"), "data": cells}],
    }  # fmt: skip


def weekdays() -> list[str]:
    """Names of the days, Monday first."""
    if language() == "zh_CN":
        return [f"周{day}" for day in "一二三四五六日"]
    return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def care_title(code: str) -> str:
    """Name of a kind of care."""
    return _CARE.get(code, (code, code))[language() != "zh_CN"]


def _care(found: Figures) -> None:
    st.subheader(_("By kind of care"), anchor=False)
    heads = (_("kind of care"), _("settlements"), _("share of settlements"), _("Fund"))
    rows = [
        (care_title(code), words.count(count), bar(count / found.visits, words.share(count / found.visits)),
         words.money(fund))
        for code, count, fund in found.care
    ]  # fmt: skip
    draw(table(heads, rows, {1, 3}))


def _peers(found: Peers) -> None:
    st.subheader(_("Among its like"), anchor=False)
    alike = join_words(_(TRAITS[trait]) for trait in found.traits)
    told = _("Compared with {count} others of the same {traits} that have settlements.",
             count=words.count(found.size), traits=alike)  # fmt: skip
    draw(paragraph(told, "dim"))
    for place, (column, standing) in enumerate(zip(st.columns(3), found.standings, strict=True)):
        with column:
            draw(paragraph(sentence(standing)))
            _distribution(standing, place)
    warning = _("A high place alone says little: large households, chronic illness and busy places stand high too.")
    draw(paragraph(warning, "dim"))


def sentence(standing: Standing) -> str:
    """Say where one stands: above how many, and what is usual."""
    return _(
        "{measure}: {value}, above {share} of them. Half of them have up to {median}, nine in ten up to {high}.",
        measure=_(MEASURES[standing.measure]),
        value=_amount(standing.measure, standing.value),
        share=words.share(standing.below),
        median=_amount(standing.measure, standing.median),
        high=_amount(standing.measure, standing.high),
    )


def _amount(measure: Measure, value: Decimal) -> str:
    return words.count(int(value)) if measure is Measure.VISITS else words.money(value)


def _distribution(standing: Standing, place: int) -> None:
    usual, own = _ACCENT[st.context.theme.type == "dark"]
    names = [f"{low:,.0f}–{high:,.0f}" for low, high in zip(standing.edges, standing.edges[1:], strict=False)]
    # The bar one stands in has a colour and a mark of its own, also where no peer is in it.
    data = [
        {"value": count, "itemStyle": {"color": own if number == standing.place else usual}}
        for number, count in enumerate(standing.counts)
    ]
    spec = {
        "tooltip": {"trigger": "axis", "renderMode": "richText", "confine": True},
        "grid": {"left": 2, "right": 2, "top": 16, "bottom": 2, "containLabel": False},
        "xAxis": {"type": "category", "data": names, "axisLabel": {"show": False}, "axisTick": {"show": False}},
        "yAxis": {"type": "value", "show": False},
        "series": [{
            "type": "bar", "name": _("others"), "data": data, "barCategoryGap": "8%",
            "markPoint": {"symbol": "triangle", "symbolSize": 9, "symbolRotate": 180, "itemStyle": {"color": own},
                          "label": {"show": False},
                          "data": [{"coord": [names[standing.place], standing.counts[standing.place]],
                                    "symbolOffset": [0, -7]}]},
        }],
    }  # fmt: skip
    st.echarts_chart(spec, height=96, key=f"entity.peers.{place}", alt=sentence(standing))
