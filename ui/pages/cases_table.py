"""Cases as lines, page by page; a ticked line is looked at."""

from collections.abc import Sequence
from math import ceil

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from cases.work.model import OUTCOME_TITLES
from claims.language import _
from ui.pages import case_words, words
from ui.service.cases_cards import Card, Listed
from ui.service.cases_query import CaseQuery, to_url
from ui.service.house import Context

AT_ONCE = 50
TALLEST = 418


def table(context: Context, query: CaseQuery, listed: Listed) -> str:
    """Draw one page; return the case that is ticked, else the one of the address."""
    last = ceil(len(listed.files) / AT_ONCE)
    name = "&".join(f"{name}={value}" for name, value in to_url(query).items() if name != "case")
    st.caption(_("{count} cases", count=words.count(len(listed.files))))
    page = st.pagination(last, key=f"cases.page.{name}") if last > 1 else 1
    cards = context.case_work.cards(listed.files[(page - 1) * AT_ONCE : page * AT_ONCE])
    answer = st.dataframe(
        _frame(cards),
        key=f"cases.table.{name}.{page}",
        hide_index=True,
        height=min(TALLEST, 38 + 35 * len(cards)),
        on_select="rerun",
        selection_mode="single-row",
        column_config=_columns(),
        alt=_("Cases, one line each"),
    )
    ticked = [cards[row].file.id for row in answer["selection"]["rows"] if row < len(cards)]
    return ticked[0] if ticked else query.case


def _frame(cards: Sequence[Card]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case": [card.file.id for card in cards],
            "kind": [case_words.kind(card) for card in cards],
            "stage": [case_words.stage(card.file) for card in cards],
            "outcome": [_(OUTCOME_TITLES[card.file.outcome]) if card.file.outcome else "" for card in cards],
            "clock": [case_words.clock(card.clock) if card.file.open else "" for card in cards],
            "priority": [card.file.priority for card in cards],
            "low": [words.money_column(card.low) for card in cards],
            "high": [words.money_column(card.high) for card in cards],
            "people": [card.people for card in cards],
            "owner": [card.holder for card in cards],
            "opened": [words.short(card.file.opened_at.astimezone().date()) for card in cards],
        }
    )


def _columns() -> dict[str, ColumnConfig]:
    column = st.column_config
    unit, form = words.money_unit(), words.money_format()
    return {
        "case": column.TextColumn(_("Case"), width=115, pinned=True),
        "kind": column.TextColumn(_("Kind"), width=190),
        "stage": column.TextColumn(_("Stage"), width=120),
        "outcome": column.TextColumn(_("Outcome"), width=90),
        "clock": column.TextColumn(_("Time left"), width=95),
        "priority": column.NumberColumn(_("Priority"), format="%d", width=65),
        "low": column.NumberColumn(_("Certain ({unit})", unit=unit), format=form, width=95),
        "high": column.NumberColumn(_("At most ({unit})", unit=unit), format=form, width=95),
        "people": column.NumberColumn(_("People"), format="%d", width=60),
        "owner": column.TextColumn(_("With"), width=80),
        "opened": column.TextColumn(_("Opened"), width=92),
    }
