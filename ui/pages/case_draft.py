"""Outcomes being drawn up: one for each member or record, kept on the server until the case is decided."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, TypeVar

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from cases.work.model import OUTCOME_TITLES, Outcome
from claims.language import _

Subject = TypeVar("Subject", bound=Hashable)
HEIGHT = 330
OUTCOME = "outcome"


class Draft(Generic[Subject]):
    """Outcomes of the subjects of one case as it was at one version; `name` tells drafts apart."""

    def __init__(self, name: str) -> None:
        """Open the draft of this name in this session."""
        self.name = name

    def begin(self, kept: Mapping[Subject, Outcome]) -> None:
        """Start from what was kept, unless this session has begun already."""
        if f"{self.name}.said" not in st.session_state:
            self._keep(dict(kept))

    @property
    def said(self) -> Mapping[Subject, Outcome]:
        """What is said so far."""
        found: Mapping[Subject, Outcome] = st.session_state.get(f"{self.name}.said", {})
        return found

    def say(self, subjects: Sequence[Subject], outcome: Outcome | None) -> None:
        """Say the same of several subjects (None: nothing yet); the table is drawn anew."""
        said = {**self.said, **{subject: outcome for subject in subjects if outcome is not None}}
        gone = set(subjects) if outcome is None else set()
        self._keep({subject: value for subject, value in said.items() if subject not in gone})
        st.session_state[f"{self.name}.drawn"] = self._drawn + 1

    def table(
        self,
        subjects: Sequence[Subject],
        frame: Mapping[str, Sequence[object]],
        columns: Mapping[str, ColumnConfig],
        choices: Sequence[Outcome],
    ) -> None:
        """Draw the subjects with a box for each outcome, and keep what is chosen.

        The table starts from what was said when it was first drawn: while it is on the screen
        its own edits lie above that, so none is lost between two runs of the page.
        """
        key, start = f"{self.name}.table.{self._drawn}", f"{self.name}.start"
        if key not in st.session_state:
            st.session_state[start] = dict(self.said)
        first: Mapping[Subject, Outcome] = st.session_state[start]
        titles = {_(OUTCOME_TITLES[outcome]): outcome for outcome in choices}
        shown = {outcome: title for title, outcome in titles.items()}
        cells = [shown.get(first[subject], "") if subject in first else None for subject in subjects]
        options = st.column_config.SelectboxColumn(_("Outcome"), options=list(titles), width=110, pinned=True)
        edited = st.data_editor(
            pd.DataFrame({**frame, OUTCOME: cells}), key=key, hide_index=True, disabled=list(frame),
            height=min(HEIGHT, 38 + 35 * max(1, len(subjects))), column_config={**columns, OUTCOME: options},
            placeholder="–",
        )  # fmt: skip
        answers = zip(subjects, edited[OUTCOME], strict=True)
        self._keep({subject: titles[title] for subject, title in answers if title in titles})

    @property
    def _drawn(self) -> int:
        drawn: int = st.session_state.get(f"{self.name}.drawn", 0)
        return drawn

    def _keep(self, said: Mapping[Subject, Outcome]) -> None:
        st.session_state[f"{self.name}.said"] = said
