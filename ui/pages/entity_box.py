"""The life of a drug box drawn as a line: stock, sale, settlement, return, second sale."""

from collections.abc import Mapping
from datetime import timedelta

import streamlit as st
from markupsafe import Markup

from claims.language import _, join_words
from graph.model import NodeRef, NodeType
from ui.pages import states, words
from ui.pages.entity_links import pick
from ui.pages.sheet import draw, paragraph, table, two_lines
from ui.service.entity import BoxSheet, Entity
from ui.service.entity_box import STEP_TITLES, Step, StepKind
from ui.service.house import Context

LANE = 34
_SIGNS: Mapping[StepKind, tuple[str, str]] = {  # sign and colour: colour alone never tells
    StepKind.BOUGHT: ("rect", "#2a9d8f"),
    StepKind.SOLD: ("triangle", "#7a8794"),
    StepKind.RETURNED: ("arrow", "#8a4fa3"),
    StepKind.COUNTED: ("roundRect", "#7a8794"),
    StepKind.SETTLED: ("circle", "#0072b2"),
    StepKind.REFUNDED: ("emptyCircle", "#8a4fa3"),
}
_ODD = "#d55e00"


def box(context: Context, entity: Entity) -> None:
    """Draw the life of a box."""
    sheet = context.entities.box(entity)
    life = sheet.life
    if not life.steps:
        states.empty(_("Nothing is recorded about this box."), _("The trace code may be typed wrongly."))
        return
    told = _("{drug}: {steps} records, settled with the fund {paid} times.",
             drug=life.drug or _("the drug is not named"), steps=words.count(len(life.steps)),
             paid=words.count(life.paid))  # fmt: skip
    odd = sum(bool(step.odd) for step in life.steps)
    draw(paragraph(told, "lead"))
    if odd:
        draw(
            paragraph(
                _("{count} steps do not fit the life of one box; what may explain them stands beside.", count=odd)
            )
        )
    _line(sheet)
    _steps(sheet)
    persons = [face for ref, face in sheet.faces.items() if ref.type is NodeType.PERSON]
    places = [face for ref, face in sheet.faces.items() if ref.type is NodeType.INSTITUTION]
    pick([*persons, *places], _("Open somebody or something of this page"), "entity.pick.box")


def _line(sheet: BoxSheet) -> None:
    steps = sheet.life.steps
    lanes = list(dict.fromkeys(_place(sheet, step) for step in steps))
    path = [[number, lanes.index(_place(sheet, step))] for number, step in enumerate(steps)]
    series: list[Mapping[str, object]] = [
        {"type": "line", "name": _("order of time"), "data": path, "symbol": "none", "silent": True, "step": False,
         "lineStyle": {"width": 1.4, "color": "#8795a5"}, "tooltip": {"show": False}}
    ]  # fmt: skip
    for kind, (sign, colour) in _SIGNS.items():
        dots = [_dot(sheet, step, (n, lanes), colour) for n, step in enumerate(steps) if step.kind is kind]
        if dots:
            series.append({
                "type": "scatter", "name": _(STEP_TITLES[kind]), "symbol": sign, "symbolSize": 13, "data": dots,
                "itemStyle": {"color": colour}, "dimensions": ["x", "y", _("time"), _("insured person"), _("record")],
                "encode": {"x": 0, "y": 1, "tooltip": [2, 3, 4]},
            })  # fmt: skip
    spec = {
        "tooltip": {"renderMode": "richText", "confine": True},
        "legend": {"top": 0, "left": 0, "itemHeight": 9, "data": [one["name"] for one in series[1:]]},
        "grid": {"left": 8, "right": 24, "top": 34, "bottom": 8, "containLabel": True},
        # Steps stand at equal distances: minutes and months lie side by side in one life. The table tells the gaps.
        "xAxis": {"type": "category", "data": [f"{step.time:%Y-%m-%d}\n{step.time:%H:%M}" for step in steps],
                  "splitLine": {"show": True}, "axisLabel": {"fontSize": 10}},
        "yAxis": {"type": "category", "inverse": True, "data": lanes, "axisTick": {"show": False},
                  "axisLabel": {"width": 150, "overflow": "truncate"}},
        "series": series,
    }  # fmt: skip
    st.echarts_chart(spec, height=96 + LANE * max(2, len(lanes)), key="entity.box", alt=_("Life of the box"))


def _dot(sheet: BoxSheet, step: Step, at: tuple[int, list[str]], colour: str) -> Mapping[str, object]:
    edge = {"borderColor": _ODD, "borderWidth": 3} if step.odd else {}
    number, lanes = at
    when = f"{step.time:%Y-%m-%d %H:%M:%S}"
    value = [number, lanes.index(_place(sheet, step)), when, _person(sheet, step), _record(sheet, step)]
    return {"value": value, "itemStyle": {"color": colour, **edge}, "symbolSize": 17 if step.odd else 12}


def _steps(sheet: BoxSheet) -> None:
    heads = (_("time"), _("since the step before"), _("what happened"), _("place, insured person"),
             _("charge (yuan)"), _("what is odd, and what may explain it"))  # fmt: skip
    draw(table(heads, (_row(sheet, step) for step in sheet.life.steps), {4}))


def _row(sheet: BoxSheet, step: Step) -> tuple[Markup | str, ...]:
    odd = join_words(_(sentence) for sentence in step.odd)
    explains = join_words(_(sentence) for sentence in step.explains)
    title = _(STEP_TITLES[step.kind])
    happened = Markup("<b>{}</b>").format(title) if step.odd else title
    return (
        Markup('<span class="rh-w">{}</span>').format(f"{step.time:%Y-%m-%d %H:%M}"),
        gap(step.gap),
        Markup('<span class="rh-w">{}</span>').format(two_lines(happened, _record(sheet, step))),
        two_lines(_place(sheet, step), _person(sheet, step)),
        f"{step.charge:,.2f}" if step.charge else "",
        two_lines(f"▲ {odd}" if odd else "", explains),
    )


def gap(value: timedelta | None) -> str:
    """Write how long after the step before, in the unit that fits."""
    if value is None:
        return ""
    minutes = int(value.total_seconds()) // 60
    if minutes < 90:
        return _("{count} min", count=words.count(minutes))
    if minutes < 2 * 24 * 60:
        return _("{count} h", count=words.count(minutes // 60))
    return _("{count} days", count=words.count(minutes // (24 * 60)))


def _inside(sheet: BoxSheet, step: Step) -> bool:
    return NodeRef(NodeType.INSTITUTION, step.place) in sheet.faces


def _place(sheet: BoxSheet, step: Step) -> str:
    face = sheet.faces.get(NodeRef(NodeType.INSTITUTION, step.place))
    return face.name if face else _("in another region")


def _person(sheet: BoxSheet, step: Step) -> str:
    face = sheet.faces.get(NodeRef(NodeType.PERSON, step.person)) if step.person else None
    return f"{face.label} {face.number}".strip() if face else ""


def _record(sheet: BoxSheet, step: Step) -> str:
    return step.record if _inside(sheet, step) else ""
