"""Runs and data: what was loaded, how complete it is, what waits in quarantine, what was detected with what."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from claims.language import N_, _, join_words, language
from ui.auth.roles import Action
from ui.load_report import table_title
from ui.pages import detection_part, quarantine_part, states, words
from ui.pages.calendar_part import calendar
from ui.pages.grid import grid
from ui.service.house import Context
from ui.service.loads import LoadLine, TableLine

PARTS: Mapping[str, str] = {
    "load": N_("Loads"),
    "complete": N_("Completeness"),
    "days": N_("Missing days"),
    "quarantine": N_("Quarantine"),
    "history": N_("Detection runs"),
    "detectors": N_("Detectors"),
}
ADDRESS = "runs.address"


def render(context: Context) -> None:
    """Draw the part that the address or the reader chose."""
    st.title(_("Runs and data"))
    part = _part(context)
    with states.told():
        DRAWN[part](context)


def _part(context: Context) -> str:
    parts = [part for part in PARTS if part != "quarantine" or context.may(Action.SEE_QUARANTINE)]
    asked = st.query_params.get("part", "load")
    if st.session_state.get(ADDRESS) != asked:
        st.session_state[ADDRESS] = asked
        st.session_state["runs.part"] = asked if asked in parts else "load"
    part = st.segmented_control(
        _("Part"), parts, format_func=lambda name: _(PARTS[name]), key="runs.part", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    chosen = part or "load"
    if chosen != st.session_state[ADDRESS]:
        st.query_params["part"] = st.session_state[ADDRESS] = chosen
    return chosen


def _loads(context: Context) -> None:
    load = _chosen(context)
    if load is None:
        return
    with st.container(horizontal=True, gap="large"):
        st.metric(_("Rows read"), words.count(load.read), width="content")
        st.metric(_("New rows"), words.count(load.loaded), width="content")
        st.metric(_("In quarantine"), words.count(load.quarantined), width="content")
        st.metric(_("Missing days"), words.count(len(load.missing_days)), width="content")
        st.metric(_("Took"), words.seconds(load.seconds), width="content")
        st.metric(_("Data version"), str(load.version or _("unchanged")), width="content")
    tables = context.loads.tables(load.id)
    frame: dict[str, Sequence[object]] = {
        _("table"): [table_title(table.table) for table in tables],
        _("rows read"): [table.read for table in tables],
        _("new"): [table.loaded for table in tables],
        _("superseded"): [table.superseded for table in tables],
        _("unchanged"): [table.unchanged for table in tables],
        _("repeated"): [table.repeated for table in tables],
        _("in quarantine"): [table.quarantined for table in tables],
        _("completeness"): [_complete(table) for table in tables],
    }
    config = {name: st.column_config.NumberColumn(format="localized") for name in list(frame)[1:-1]}
    share = st.column_config.ProgressColumn(
        format="percent", min_value=0.0, max_value=1.0, help=_("Share of all cells of the table that hold a value.")
    )
    grid(frame, config | {_("completeness"): share})


def _complete(table: TableLine) -> float:
    return sum(column.share for column in table.columns) / len(table.columns) if table.columns else 0.0


def _completeness(context: Context) -> None:
    load = _chosen(context)
    if load is None:
        return
    tables = {table.table: table for table in context.loads.tables(load.id)}
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        name = st.selectbox(_("Table"), list(tables), format_func=table_title, key="runs.table")
        if name:
            _filled(tables[name])
    with right:
        _ready(context, load)


def _filled(table: TableLine) -> None:
    st.caption(_("{count} rows in this load", count=words.count(table.rows)))
    columns = table.columns
    frame: dict[str, Sequence[object]] = {
        _("column"): [
            f"{column.title}（{column.name}）" if language() == "zh_CN" else column.name for column in columns
        ],
        _("filled"): [column.share for column in columns],
        _("required"): [_("yes") if column.required else "" for column in columns],
    }
    bar = st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0)
    grid(frame, {_("filled"): bar})


def _ready(context: Context, load: LoadLine) -> None:
    st.markdown(words.bold(_("What could be looked for with these columns")))
    for line in context.loads.readiness(load.id):
        mark = ":material/check_circle:" if line.works else ":material/cancel:"
        st.markdown(f"{mark} {words.plain(_(line.title))}")
        if line.missing:
            st.caption(_("lacks {columns}", columns=words.plain(join_words(line.missing))))
        elif line.better_with:
            st.caption(_("better with {columns}", columns=words.plain(join_words(line.better_with))))


def _days(context: Context) -> None:
    load = _chosen(context)
    if load is None:
        return
    series = {
        (table.table, column): days for table in context.loads.tables(load.id) for column, days in table.days.items()
    }
    if not series:
        states.empty(_("This load has no table with days."), _("Choose another load above."))
        return
    missing = {f"{table}.{column}" for table, column in series} & set(load.missing)
    for name in sorted(missing):
        table, _dot, column = name.partition(".")
        days = join_words(words.day(day) for day in load.missing[name])
        st.warning(
            words.plain(f"{table_title(table)}（{column}）: {days}" if language() == "zh_CN" else f"{name}: {days}"),
            icon=":material/event_busy:",
        )
    if not missing:
        st.success(_("No day is missing between the first and the last of any table."), icon=":material/check:")
    key = st.selectbox(_("Table and time"), list(series), format_func=_series_title, key="runs.series")
    if key:
        calendar(series[key], load.missing.get(".".join(key), ()), dark=st.context.theme.type == "dark")
        st.caption(_("Stronger colour is more rows per day; a cross marks a day without any."))


def _series_title(key: tuple[str, str]) -> str:
    return f"{table_title(key[0])} · {key[1]}"


def _chosen(context: Context) -> LoadLine | None:
    loads = context.loads.recent()
    if not loads:
        states.empty(_("Nothing was loaded yet."), _("Load claims first: ringhound load FOLDER"))
        return None
    by_id = {load.id: load for load in loads}
    chosen = st.selectbox(_("Load"), list(by_id), format_func=lambda number: _title(by_id[number]), key="runs.load")
    return by_id[chosen] if chosen else loads[0]


def _title(load: LoadLine) -> str:
    name = _("Load {number}", number=load.id)
    return f"{name} · {words.moment(load.started_at)} · {load.source}"


DRAWN: Mapping[str, Callable[[Context], None]] = {
    "load": _loads,
    "complete": _completeness,
    "days": _days,
    "quarantine": quarantine_part.draw,
    "history": detection_part.history,
    "detectors": detection_part.detectors,
}
