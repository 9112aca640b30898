"""Institutions by quarter: how their confirmed rings stand to what was expected, and how surely that is known."""

import streamlit as st

from cases.evaluation.evaluate import Ask
from cases.evaluation.model import KIND_TITLES, TIER_TITLES, Evaluation, Kind, Mark, Standing, Tier
from cases.evaluation.quarter import Quarter
from cases.evaluation.ratios import LEAST_COMPARED
from cases.people import EVERYWHERE
from claims.errors import NotFoundError
from claims.language import _
from ui.auth.roles import Action
from ui.pages import evaluation_help, evaluation_line, evaluation_report, states, words
from ui.pages.evaluation_charts import funnel
from ui.pages.evaluation_table import table
from ui.service.evaluation import ask_of
from ui.service.house import Context

WRITTEN = "evaluation.address"


def render(context: Context) -> None:
    """Draw the quarter that the address asks for."""
    st.title(_("Institutions by quarter"))
    ask = _asked()
    try:
        found = context.evaluations.evaluate(ask)
    except NotFoundError as error:
        if ask.quarter is None:
            states.empty(_("There is nothing to evaluate yet."), _("Load settlements first: ringhound load"))
        else:
            states.gone(error)
            st.button(_("Show the newest quarter"), on_click=st.query_params.clear)
        return
    _filters(context, found)
    _said(found)
    if not found.lines:
        states.empty(_("No institution fits these filters."), _("Choose another kind, level or quarter above."))
        return
    _figures(found)
    chosen = table(found)
    left, right = st.columns(2, gap="medium")
    with left:
        funnel(found, context.evaluations.limits(found), chosen)
        evaluation_help.draw()
    with right:
        evaluation_line.draw(found, chosen)


def _asked() -> Ask:
    """Return what the address asks for; widgets are set from it whenever it was changed from outside."""
    given = {name: str(value) for name, value in st.query_params.items() if name != "lang"}
    ask = ask_of(given)
    if st.session_state.get(WRITTEN) != given:
        st.session_state["evaluation.quarter"] = str(ask.quarter) if ask.quarter else None
        st.session_state["evaluation.kind"] = ask.kind
        st.session_state["evaluation.level"] = ask.tier.value if ask.tier else ""
        st.session_state[WRITTEN] = given
    return ask


def _filters(context: Context, found: Evaluation) -> None:
    names = [str(quarter) for quarter in reversed(found.quarters)]
    if st.session_state.get("evaluation.quarter") not in names:
        st.session_state["evaluation.quarter"] = str(found.quarter)
    with st.container(horizontal=True, vertical_alignment="bottom", key="evaluation.filters"):
        st.selectbox(
            _("Quarter"), names, key="evaluation.quarter", width=170, label_visibility="collapsed", on_change=_write,
            format_func=lambda name: quarter_title(Quarter.parse(name)),
        )  # fmt: skip
        st.segmented_control(
            _("Kind"), list(Kind), key="evaluation.kind", required=True, label_visibility="collapsed",
            format_func=lambda kind: _(KIND_TITLES[kind]).capitalize(), on_change=_write,
        )  # fmt: skip
        st.selectbox(
            _("Level"), ["", *(tier.value for tier in Tier)], key="evaluation.level", width=190,
            label_visibility="collapsed", format_func=_level, on_change=_write,
        )  # fmt: skip
        if context.may(Action.EXPORT):
            with st.popover(_("Report"), icon=":material/description:"):
                evaluation_report.draw(context, found)


def _level(name: str) -> str:
    return _(TIER_TITLES[Tier(name)]).capitalize() if name else _("All levels")


def _write() -> None:
    """Put the filters into the address."""
    quarter, kind, level = (st.session_state.get(f"evaluation.{name}") for name in ("quarter", "kind", "level"))
    asked = {"quarter": quarter, "kind": kind if kind != Kind.ALL else "", "level": level}
    address = {name: str(value) for name, value in asked.items() if value}
    st.query_params.from_dict(address)
    st.session_state[WRITTEN] = address


def quarter_title(quarter: Quarter) -> str:
    """2026年第1季度, Q1 2026."""
    return _("Q{number} {year}", number=quarter.number, year=quarter.year)


def _said(found: Evaluation) -> None:
    """Say what is compared with what, and whether anything can be said at all."""
    scope = _("{count} institutions with settlements in the quarter", count=words.count(len(found.lines)))
    whose = _("of all regions") if EVERYWHERE in found.regions else _("of your regions only")
    st.caption(
        _("Compared: {scope}, {whose}. Data version {version}, settlements up to {day}.", scope=scope, whose=whose,
          version=found.data_version, day=words.day(found.newest.date() if found.newest else None))
    )  # fmt: skip
    if not found.complete:
        st.info(_("The data do not reach the end of this quarter yet."), icon=":material/hourglass_top:")
    if found.lines and not found.confirmed:
        st.info(
            _("No ring with settlements in this quarter has been confirmed by review: there is nothing to rank by. "
              "Open rings are shown apart and say nothing about an institution."),
            icon=":material/info:",
        )  # fmt: skip
    elif found.lines and not found.compared:
        st.info(
            _("Fewer than {count} institutions: too few to compare with each other.", count=LEAST_COMPARED),
            icon=":material/info:",
        )


def _figures(found: Evaluation) -> None:
    rings = {mark: sum(line.tallies[mark].rings for line in found.lines) for mark in Mark}
    apart = {standing: sum(line.standing is standing for line in found.lines) for standing in Standing}
    shown = [
        (_("Settlements"), sum(line.settlements for line in found.lines), ""),
        (_("Confirmed"), found.confirmed, _("Rings confirmed at each institution, fully or partly; one ring may "
                                            "count at several institutions.")),
        (_("Cleared"), rings[Mark.CLEARED], ""),
        (_("Open, not reviewed"), rings[Mark.OPEN], _("Nobody has concluded on them; they say nothing.")),
    ]  # fmt: skip
    if found.compared:
        shown += [
            (_("Above expected"), apart[Standing.ABOVE], ""),
            (_("Below expected"), apart[Standing.BELOW], ""),
            (_("Too small to tell"), apart[Standing.TOO_SMALL], ""),
        ]
    with st.container(horizontal=True, gap="large", key="evaluation.figures"):
        for title, number, meaning in shown:
            st.metric(title, words.count(number), help=meaning or None, width="content")
