"""The pages' server over invented rings, runs and cases: what the tests and the benchmark start."""

import os

import streamlit as st

import ui.service.house as house
from claims.workspace import Workspace
from tests.ui.app.world import SomeCases, SomeRuns, ring_table
from ui.auth.server import Server, told
from ui.config.settings import FOLDER, from_environment
from ui.service.desk import Cases
from ui.service.house import house_of
from ui.service.rings import Rings
from ui.service.runs import Runs


def _rings(workspace: Workspace) -> Rings:
    return ring_table(workspace.root / "rings.db", int(os.environ.get("RINGS", "300")))


def _runs(workspace: Workspace) -> Runs:
    return SomeRuns()


def _cases(workspace: Workspace) -> Cases:
    return SomeCases()


house.open_rings, house.open_runs, house.open_cases = _rings, _runs, _cases

_server = Server(house_of(from_environment()))
app = st.App(
    FOLDER / "entry.py",
    routes=_server.routes,
    middleware=_server.middleware,
    secrets=_server.secrets,
    on_script_error=told,
)
