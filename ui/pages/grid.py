"""A plain table of one page's length."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

TALLEST = 620
MOST_SHOWN = 18  # rows that stand without scrolling


def grid(frame: Mapping[str, Sequence[object]], config: Mapping[str, ColumnConfig] | None = None) -> None:
    """Draw columns by their titles, as tall as their rows."""
    rows = len(next(iter(frame.values())))
    st.dataframe(
        pd.DataFrame(dict(frame)),
        hide_index=True,
        column_config=dict(config or {}),
        height=TALLEST if rows > MOST_SHOWN else "content",
    )
