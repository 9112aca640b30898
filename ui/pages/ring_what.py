"""What a ring is made of: graph, timeline, records; a selection of members narrows the timeline and the records."""

import streamlit as st

from cases.model import Key
from claims.errors import NotFoundError, RinghoundError
from claims.language import _, set_language
from graph.model import NodeRef
from graph.titles import node_title
from ui.auth.errors import SignedOutError
from ui.auth.roles import Action
from ui.canvas import canvas, outbox, selected
from ui.pages import states, words
from ui.pages.explorer import visit_of
from ui.pages.ring_map import map_part
from ui.pages.ring_rows import rows
from ui.pages.ring_time import timeline
from ui.rings_text import called
from ui.scene.desk import SceneDesk
from ui.scene.opening import Asked, open_desk
from ui.scene.payload import payload
from ui.service.house import Context
from ui.service.places import at_places
from ui.service.ring_sheet import RingPaper
from ui.service.ring_story import chosen

CANVAS = "ring.canvas"
DESK = "ring.desk"
GRAPH_HEIGHT = 400


@st.fragment
def what(context: Context, paper: RingPaper) -> None:
    """Draw the panel."""
    set_language(context.language)  # a fragment runs alone: nobody else has said which language it speaks
    try:
        context.guard(Action.SEE_RINGS, paper.row.region)
    except SignedOutError:
        st.rerun()
    with states.told():
        marked = _graph(context, paper)
        picked = _picked(paper, marked)
        records = chosen(paper.records, picked)
        records = at_places(records, map_part(context, paper, records))
        timeline(paper, records)
        rows(paper, records)


def _graph(context: Context, paper: RingPaper) -> tuple[Key, ...]:
    """Draw the members and their ties; return whom the reader has selected on the canvas."""
    st.subheader(_("Members and their ties"))
    if not context.may(Action.EXPLORE):
        st.caption(_("Your roles do not show the graph."))
        return ()
    try:
        desk = _desk(context, paper)
    except NotFoundError as error:
        states.empty(words.plain(str(error)), _("The graph is made after a load: ringhound graph build"))
        return ()
    except RinghoundError as error:
        states.trouble(error)
        return ()
    desk.apply(outbox(CANVAS))
    desk.selected = desk.keys(selected(CANVAS))
    canvas(payload(desk, height=GRAPH_HEIGHT), key=CANVAS)
    return tuple((ref.type, ref.id) for ref in map(NodeRef.parse, desk.selected))


def _desk(context: Context, paper: RingPaper) -> SceneDesk:
    """The scene of this ring in this session; another ring or another picture of it begins a new one."""
    name = f"{paper.ring.id}:{paper.ring.run}"
    held: tuple[str, SceneDesk] | None = st.session_state.get(DESK)
    if held is None or held[0] != name:
        held = name, open_desk(visit_of(context), Asked(ring=paper.ring.id))
        st.session_state[DESK] = held
    held[1].context = visit_of(context)
    return held[1]


def _picked(paper: RingPaper, marked: tuple[Key, ...]) -> tuple[Key, ...]:
    """Who is selected: on the canvas and in the box of members, together."""
    members = {key: f"{called(line)} · {node_title(line.type)}" for key, line in paper.story.members.items()}
    box = st.multiselect(
        _("Show only what names these members"),
        list(members),
        format_func=lambda key: members.get(key, ""),
        key=f"ring.members.{paper.ring.id}",
        placeholder=_("all members; selecting on the graph works too"),
    )
    picked = tuple(dict.fromkeys((*box, *marked)))
    if marked:
        names = [members[key] for key in marked if key in members][:4]
        more = len(marked) - len(names)
        text = _("Selected on the graph: {names}", names="；".join(names) or words.count(len(marked)))
        st.caption(words.plain(text + (f" +{more}" if more and names else "")))
    return picked
