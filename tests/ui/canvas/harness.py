"""The explorer page alone: what the application hands to it comes from the environment and the address."""

import os
from pathlib import Path

import streamlit as st

from claims.aliases import Aliases
from claims.audit import Audit
from claims.language import set_language
from claims.workspace import Workspace
from graph.masking import Masks
from graph.store import GraphReader
from ui.config.settings import read_store
from ui.pages import states
from ui.pages.explorer import explore
from ui.scene.ports import Visit
from ui.service.graphs import open_reader


@st.cache_resource
def reader(root: str) -> GraphReader:
    """One reader for all sessions, of the store the environment names."""
    return open_reader(Workspace(Path(root)), read_store())


root = os.environ["RINGHOUND_WORKSPACE"]
language = "en" if st.query_params.get("lang") == "en" else "zh_CN"
user = str(st.query_params.get("user", "li"))
set_language(language)
st.set_page_config(layout="wide", page_title="explorer")
st.html(Path(__file__).parents[3] / "ui" / "config" / "pages.css")
workspace = Workspace(Path(root))
masks = Masks(Aliases(workspace.aliases))
with states.told():
    explore(Visit(reader(root), workspace, masks, Audit(workspace.audit), language, user))
