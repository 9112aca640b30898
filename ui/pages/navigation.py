"""The pages there are, where they stand in the menu, and what one must be allowed to open them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

import streamlit as st

from claims.language import N_, _
from ui.auth.roles import Action
from ui.service.house import Context


class Rendered(Protocol):
    """A page's module."""

    def render(self, context: Context, /) -> None:
        """Draw the page."""


@dataclass(frozen=True)
class Place:
    """One page: its module below `ui.pages`, which is also its address."""

    name: str
    title: str
    icon: str
    action: Action
    section: str
    listed: bool = True  # pages about one thing are reached from it, not from the menu


WORK, LOOK, HOUSE = N_("Work"), N_("Look closer"), N_("The house")
PLACES: tuple[Place, ...] = (
    Place("desk", N_("Desk"), "space_dashboard", Action.SEE_DESK, WORK),
    Place("rings", N_("Rings"), "hub", Action.SEE_RINGS, WORK),
    Place("ring", N_("Ring"), "hub", Action.SEE_RINGS, WORK, listed=False),
    Place("cases", N_("Cases"), "folder_open", Action.SEE_CASES, WORK),
    Place("case", N_("Case"), "folder_open", Action.SEE_CASES, WORK, listed=False),
    Place("referrals", N_("Referrals"), "outgoing_mail", Action.SEE_REFERRALS, WORK),
    Place("explorer", N_("Explorer"), "graph_3", Action.EXPLORE, LOOK),
    Place("entity", N_("People, institutions, drug boxes"), "frame_person", Action.SEE_RECORDS, LOOK),
    Place("identity", N_("Identity review"), "compare", Action.COMPARE_IDENTITIES, LOOK),
    Place("evaluation", N_("Institutions by quarter"), "leaderboard", Action.SEE_EVALUATION, LOOK),
    Place("runs", N_("Runs and data"), "database", Action.SEE_RUNS, HOUSE),
    Place("ledger", N_("Ledger"), "account_tree", Action.SEE_LEDGER, HOUSE),
    Place("accounts", N_("Accounts"), "manage_accounts", Action.MANAGE_ACCOUNTS, HOUSE),
)


@cache
def built() -> tuple[Place, ...]:
    """Return the places whose page is there."""
    return tuple(place for place in PLACES if find_spec(f"ui.pages.{place.name}") is not None)


def module_of(place: Place) -> Rendered:
    """Return the module of a page; it is imported when it is first opened."""
    module: Rendered = import_module(f"ui.pages.{place.name}")
    return module


def remember(pages: Mapping[str, object]) -> None:
    """Keep this run's pages for links between them."""
    st.session_state["navigation.pages"] = pages


def link(name: str, label: str, icon: str | None = None, **parameters: str) -> None:
    """Draw a link to a page, if this account has it; the label is text from data or the catalogue."""
    page = st.session_state.get("navigation.pages", {}).get(name)
    if page is None:
        st.markdown(label)
    else:
        st.page_link(page, label=label, icon=icon, query_params=parameters or None)


def reachable(name: str) -> bool:
    """Say whether this account has a page."""
    return name in st.session_state.get("navigation.pages", {})


def ring_link(ring: str, number: int, label: str) -> None:
    """Link to a ring's page; to its line in the list where that page is not there."""
    if "ring" in st.session_state.get("navigation.pages", {}):
        link("ring", label, ring=ring)
    else:
        link("rings", label, text=str(number))


def titled(place: Place) -> str:
    """Name a place in the language in force."""
    return _(place.title)
