"""The page about one person, card, practitioner, institution, till, drug box or shared value."""

from collections.abc import Mapping, MutableMapping, Sequence

import streamlit as st

from claims.language import N_, _, join_words
from graph.model import NodeType
from graph.titles import node_title
from ui.auth.roles import Action
from ui.pages import states, words
from ui.pages.entity_box import box
from ui.pages.entity_facts import facts
from ui.pages.entity_figures import overview
from ui.pages.entity_records import records
from ui.pages.entity_special import special
from ui.pages.entity_ties import relations, rings
from ui.pages.navigation import link
from ui.service.entity import Entity
from ui.service.entity_faces import Face
from ui.service.house import Context

RECENT = "entity.recent"
MOST_RECENT = 8
TYPE, ID = "type", "id"
OVERVIEW, TIES, RECORDS, LIFE = "overview", "ties", "records", "life"
PARTS: Mapping[str, str] = {
    LIFE: N_("Life of the box"),
    OVERVIEW: N_("At a glance"),
    TIES: N_("Relations"),
    RECORDS: N_("Settlement records"),
}


def render(context: Context) -> None:
    """Draw what the address names; a search where it names nothing."""
    type_, id_ = st.query_params.get(TYPE, ""), st.query_params.get(ID, "").strip()
    if not id_:
        st.query_params.from_dict(st.query_params.to_dict())  # see `_address`: the link "Search" leads here from here
        st.title(_("People, institutions, drug boxes"))
        _search(context)
        return
    with states.told():
        entity = context.entities.open(type_, id_)
        _address(entity)
        _remember(entity.face)
        _draw(context, entity)
        return
    _search(context)  # reached where it could not be opened: the sentence stands above


def _draw(context: Context, entity: Entity) -> None:
    title, tools = st.columns([3, 2], vertical_alignment="center")
    with title:
        st.title(words.plain(f"{node_title(entity.type)} · {entity.face.name}"), anchor=False)
    with tools, st.container(horizontal=True, horizontal_alignment="right", key="entity.tools"):
        if context.may(Action.EXPLORE):
            link("explorer", _("Explore"), icon=":material/graph_3:", node=str(entity.face.ref))
        link("entity", _("Search"), icon=":material/search:")
    left, right = st.columns([3, 8], gap="medium")
    with left:
        facts(context, entity)
        with states.told():
            rings(context, entity)
    with right:
        _parts(context, entity)


def _parts(context: Context, entity: Entity) -> None:
    names = _names(entity)
    part = st.segmented_control(
        _("Part"), names, default=names[0], required=True, format_func=lambda name: _(PARTS[name]),
        key=f"entity.part.{entity.type}", label_visibility="collapsed",
    )  # fmt: skip
    with states.told():
        if part == LIFE:
            box(context, entity)
        elif part == OVERVIEW:
            overview(context, entity)
            special(context, entity)
        elif part == RECORDS:
            records(context, entity)
        else:
            relations(context, entity)


def _names(entity: Entity) -> list[str]:
    if entity.type is NodeType.DRUG_BOX:
        return [LIFE, TIES]
    return [OVERVIEW, TIES, RECORDS] if entity.settles else [TIES]


def _address(entity: Entity) -> None:
    """Write into the address what may be shown there: an alias in place of a personal number.

    Written at every run: a link from this page to this page changes what is drawn, not what the browser shows.
    """
    st.query_params.from_dict({**st.query_params.to_dict(), TYPE: entity.type.value, ID: entity.face.ref.id})


def _search(context: Context) -> None:
    hint = _("Number, name, initials, last four digits of a telephone, card")
    text = st.text_input(_("Search"), placeholder=hint, key="entity.search")
    if text.strip():
        with states.told():
            found = context.entities.find(text)
            if found:
                _hits(found)
            else:
                nothing = _("Nothing that you may see matches {text}.", text=text.strip())
                states.empty(words.plain(nothing), _("Try another spelling, or fewer letters."))
    recent: MutableMapping[str, Face] = st.session_state.get(RECENT, {})
    if recent:
        st.subheader(_("Looked at lately"))
        _hits(list(recent.values())[::-1])
    elif not text.strip():
        kinds = join_words(node_title(type_) for type_ in NodeType if type_ is not NodeType.RING)
        states.empty(_("Nobody is chosen yet."), _("What can be looked up: {kinds}.", kinds=kinds))


def _hits(found: Sequence[Face]) -> None:
    for face in found:
        number = f" · {face.number}" if face.label and face.label != face.ref.id else ""
        label = words.plain(f"{node_title(face.ref.type)} · {face.name}{number}")
        link("entity", label, type=face.ref.type.value, id=face.ref.id)


def _remember(face: Face) -> None:
    recent: dict[str, Face] = st.session_state.setdefault(RECENT, {})
    recent.pop(str(face.ref), None)
    recent[str(face.ref)] = face
    while len(recent) > MOST_RECENT:
        del recent[next(iter(recent))]
