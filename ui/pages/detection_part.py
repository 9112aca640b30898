"""Detection runs and detectors, as part of runs and data."""

from collections.abc import Mapping, Sequence

import streamlit as st

from claims.language import N_, _
from ui.pages import states, words
from ui.pages.grid import grid
from ui.service.house import Context

RUN_STATES: Mapping[str, str] = {
    "running": N_("running"),
    "finished": N_("finished"),
    "failed": N_("with failures"),
    "stopped": N_("broken off"),
    "trial": N_("a trial"),
}


def history(context: Context) -> None:
    """Draw the runs, newest first, and what the newest one says of itself."""
    runs = context.runs.recent()
    if not runs:
        states.empty(_("No detection run yet."), _("Rings appear after the first run: ringhound detect"))
        return
    newest = runs[0]
    with st.container(horizontal=True, gap="large"):
        above = newest.rings if newest.above is None else newest.above
        st.metric(_("Rings above the line"), words.count(above), width="content")
        st.metric(_("New"), words.count(newest.new), width="content")
        st.metric(_("Changed"), words.count(newest.changed), width="content")
        st.metric(
            _("Expected false alarms"), f"{newest.false_alarms:.1f}", width="content",
            help=_(
                "How many rings above the line would be expected if chance alone were at work: the run's own "
                "estimate, from the corrected probabilities of its findings."
            ),
        )  # fmt: skip
    frame: dict[str, Sequence[object]] = {
        _("run"): [run.id for run in runs],
        _("started"): [words.moment(run.started_at) for run in runs],
        _("took"): [words.seconds(run.seconds) if run.seconds is not None else _("running") for run in runs],
        _("state"): [_(RUN_STATES.get(run.state, run.state)) for run in runs],
        _("data version"): [run.data_version for run in runs],
        _("findings"): [run.findings for run in runs],
        _("rings"): [run.rings for run in runs],
        _("new"): [run.new for run in runs],
        _("changed"): [run.changed for run in runs],
        _("expected false alarms"): [run.false_alarms for run in runs],
        _("program"): [run.code_version for run in runs],
    }
    grid(frame, {_("expected false alarms"): st.column_config.NumberColumn(format="%.1f")})
    for run in runs[:1]:
        for note in (*run.failures, *run.notes):
            st.caption(words.plain(words.sentence(note)))


def detectors(context: Context) -> None:
    """Draw every detector with its card."""
    for line in context.runs.detectors():
        with st.expander(f"{words.plain(_(line.title))} · {line.version}", icon=":material/radar:"):
            st.caption(_("needs {columns}", columns=words.plain("；".join(line.vital) or "–")))
            if line.needs:
                st.caption(_("better with {columns}", columns=words.plain("；".join(line.needs))))
            if line.card:
                st.markdown(line.card)
            else:
                st.caption(_("The card of this detector is not part of this installation (docs/detectors)."))
