"""The server of the pages, for `ringhound ui` and for any ASGI server."""

import streamlit as st

from ui.auth.server import Server, told
from ui.config.settings import FOLDER, from_environment
from ui.service.graphs import open_early
from ui.service.house import house_of

_server = Server(house_of(from_environment()))
open_early(_server.settings.workspace, _server.settings.store)

# Written out as a plain assignment: `streamlit run` looks for one in the text of this file, and
# serves the file as an ordinary script, without door and headers, where it finds none.
app = st.App(
    FOLDER / "entry.py",
    routes=_server.routes,
    middleware=_server.middleware,
    secrets=_server.secrets,
    on_script_error=told,
)
