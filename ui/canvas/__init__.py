"""The graph canvas: a Streamlit component around cytoscape.js, shipped as files of this package.

Events come back through a state called `outbox`, a list that repeats every event the server has not
acknowledged (`data["ack"]`): a trigger fired during a rerun would be lost. Read it before mounting.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

NAME = "ringhound.canvas"
FOLDER = Path(str(files(__name__)))


def canvas(data: Mapping[str, Any], *, key: str) -> None:
    """Draw the canvas; what happens on it is read with `outbox` and `selected` in the next run."""
    _declare()
    mount = st.components.v2.component(NAME, js="canvas.js", css="canvas.css")
    mount(
        key=key,
        data=dict(data),
        default={"outbox": [], "selected": []},
        on_outbox_change=_heard,
        on_selected_change=_heard,
    )


def outbox(key: str) -> Sequence[Mapping[str, Any]]:
    """Return the events the browser keeps sending until they are acknowledged."""
    return [event for event in _state(key, "outbox") if isinstance(event, dict)]


def selected(key: str) -> tuple[str, ...]:
    """Return the outside ids of the selected nodes."""
    return tuple(map(str, _state(key, "selected")))


@cache
def asset(name: str) -> str:
    """Return the text of a built file (for the self-contained page)."""
    return (FOLDER / "frontend" / name).read_text("utf-8")


def _state(key: str, name: str) -> Sequence[Any]:
    held = st.session_state.get(key)
    return (held or {}).get(name) or ()


def _heard() -> None:
    """Streamlit keeps a state only where somebody listens."""


def _declare() -> None:
    """Tell Streamlit where the files are: its scan does not see packages of editable installs."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        project = tomllib.loads((FOLDER / "pyproject.toml").read_text("utf-8"))
        declared = project["tool"]["streamlit"]["component"]["components"]
        configs = [ComponentConfig.from_dict(one) for one in declared]
        manifest = ComponentManifest(project["project"]["name"], project["project"]["version"], configs)
        manager.register_from_manifest(manifest, FOLDER)
