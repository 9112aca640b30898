"""Links from one thing to another; a number that may not be shown is an alias in the address."""

from collections.abc import Sequence

import streamlit as st

from graph.titles import node_title
from ui.pages import words
from ui.pages.navigation import link
from ui.service.entity_faces import Face
from ui.service.ring_story import TAIL


def entity_link(face: Face, label: str = "") -> None:
    """Link to the page about somebody or something."""
    link("entity", words.plain(label or face.name), type=face.ref.type.value, id=face.ref.id)


def pick(faces: Sequence[Face], label: str, key: str) -> None:
    """Let the reader choose one of those a table names, and go there."""
    known = {str(face.ref): face for face in faces}
    if not known:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}.row"):
        chosen = st.selectbox(
            label, list(known), index=None, key=key, placeholder=label, label_visibility="collapsed", width=330,
            format_func=lambda name: titled(known[name]) if name in known else name,
        )  # fmt: skip
        if chosen in known:
            entity_link(known[chosen], f"{titled(known[chosen])} →")


def titled(face: Face) -> str:
    """Type, name and the end of the number."""
    tail = f" · …{face.ref.id[-TAIL:]}" if face.label and len(face.ref.id) > TAIL else ""
    return f"{node_title(face.ref.type)} {face.name}{tail}"
