"""The explorer: search, canvas, table of the selection, and a panel of facts; the rest is in `explorer_panels`."""

from collections.abc import Iterable
from typing import Protocol

import streamlit as st

from claims.aliases import Aliases
from claims.audit import Audit
from claims.language import _, set_language
from claims.workspace import Workspace
from graph.masking import Masks
from graph.model import NodeRef
from graph.store import GraphReader
from graph.titles import node_title
from ui.auth.errors import SignedOutError
from ui.auth.roles import Action
from ui.canvas import canvas, outbox, selected
from ui.pages import states
from ui.pages.explorer_below import below
from ui.pages.explorer_panels import compare_panel, export_panel, facts_panel, save_panel, style_panel
from ui.pages.words import plain
from ui.scene.desk import SceneDesk
from ui.scene.looking import search
from ui.scene.opening import Asked, open_desk
from ui.scene.payload import payload
from ui.scene.ports import ExplorerContext, Visit
from ui.scene.templates import TEMPLATES
from ui.scene.wording import label_of, number_of
from ui.service.suspicion import Suspicion

CANVAS = "explorer.canvas"
DESK = "explorer.desk"
PARAMETERS = ("node", "ring", "scene", "draft")


class Named(Protocol):
    """An account."""

    @property
    def name(self) -> str:
        """Its name."""


class Shell(Protocol):
    """What the application hands to its pages."""

    @property
    def workspace(self) -> Workspace:
        """The workspace."""

    @property
    def language(self) -> str:
        """`zh_CN` or `en`."""

    @property
    def account(self) -> Named:
        """Who is signed in."""

    @property
    def suspicion(self) -> Suspicion:
        """Scores and members of rings."""

    def reader(self) -> GraphReader:
        """Open the graph in force."""

    def store_notice(self) -> str:
        """What the store leaves out, in a sentence; empty where it leaves out nothing."""

    def may(self, action: Action, /) -> bool:
        """Say whether to offer something."""

    def near(self, refs: Iterable[NodeRef], /) -> bool:
        """Say whether none of some nodes lies outside the regions."""

    def guard(self, action: Action, /) -> object:
        """Raise where the account may not."""


def render(context: Shell) -> None:
    """Draw the page in the application."""
    explore(visit_of(context))


def visit_of(context: Shell) -> Visit:
    """Return what the explorer is given in the application."""
    workspace = context.workspace
    return Visit(
        context.reader(),
        workspace,
        Masks(Aliases(workspace.aliases)),
        Audit(workspace.audit),
        context.language,
        context.account.name,
        scores=context.suspicion,
        rings=context.suspicion,
        check=lambda what: context.guard(Action(what)),
        notice=context.store_notice(),
        near=context.near,
        may=lambda what: context.may(Action(what)),
    )


def explore(context: ExplorerContext) -> None:
    """Draw the page for any context."""
    st.title(_("Explorer"))
    asked = Asked(**{name: st.query_params.get(name, "") for name in PARAMETERS})
    desk: SceneDesk | None = st.session_state.get(DESK)
    opened = desk is not None and desk.saved is not None and desk.frozen and asked.scene == desk.saved.id
    if desk is None or (asked.anew and not opened):
        desk = st.session_state[DESK] = open_desk(context, asked)
    desk.context = context
    _address(desk)
    _body()


def _address(desk: SceneDesk) -> None:
    """Keep in the address what leads back here: the frozen scene, or one's own draft."""
    wanted = {"scene": desk.saved.id} if desk.frozen and desk.saved else {"draft": desk.draft.id}
    for name in PARAMETERS:
        if name in wanted:
            if st.query_params.get(name) != wanted[name]:
                st.query_params[name] = wanted[name]
        elif name in st.query_params:
            del st.query_params[name]


@st.fragment
def _body() -> None:
    desk: SceneDesk = st.session_state[DESK]
    set_language(desk.context.language)  # a fragment runs alone: nobody else has said which language it speaks
    try:
        desk.context.check("explore")
    except SignedOutError:
        st.rerun()
    with states.told():
        desk.apply(outbox(CANVAS))
        desk.selected = desk.keys(selected(CANVAS))
        head = st.container()
        left, right = st.columns([3.3, 1], gap="small")
        with left:
            _banner(desk)
            canvas(payload(desk), key=CANVAS)  # what a hand waits for goes out first
        with head:
            _search(desk)
        with left:
            below(desk)
        with right:
            facts_panel(desk)
            style_panel(desk)
            save_panel(desk)
            compare_panel(desk)
            export_panel(desk)


def _search(desk: SceneDesk) -> None:
    box, hits, questions = st.columns([1.3, 2, 1.3], vertical_alignment="bottom")
    hint = _("Number, name, initials, last four digits of a telephone, card")
    text = box.text_input(_("Search"), placeholder=hint, key="explorer.search", disabled=desk.frozen)
    with hits:
        if text:
            _hits(desk, text)
        elif not desk.scene.items:
            st.caption(_("Search for somebody or something to begin, or open a ring from the list."))
    with questions:
        _questions(desk)


def _hits(desk: SceneDesk, text: str) -> None:
    found = search(desk, text)
    if not found:
        st.caption(_("Nothing in the graph matches {text}.", text=plain(text)))
        return
    names = {key: f"{node_title(face.ref.type)} · {label_of(face)} · {number_of(face)[-10:]}" for key, face in found}
    pick, add = st.columns([3, 1], vertical_alignment="bottom")
    chosen = pick.selectbox(_("Found"), list(names), format_func=names.__getitem__, key=f"explorer.hits.{text}")
    add.button(_("Add"), key="explorer.add", type="primary", width="stretch", on_click=_add, args=(desk, chosen))


def _add(desk: SceneDesk, key: str) -> None:
    desk.add([NodeRef.parse(key)])
    desk.refit += 1


def _questions(desk: SceneDesk) -> None:
    refs = [NodeRef.parse(key) for key in desk.selected]
    fitting = {one.name: _(one.title) for one in TEMPLATES if one.fits(refs)}
    with st.popover(_("Questions to the selection"), disabled=desk.frozen, width="stretch"):
        if not fitting:
            st.caption(_("Select nodes on the canvas; what can be asked of them appears here."))
        for name, title in fitting.items():
            st.button(title, key=f"explorer.ask.{name}", width="stretch", on_click=desk.ask, args=(name, desk.selected))


def _banner(desk: SceneDesk) -> None:
    if desk.context.notice:
        st.caption(f":material/info: {_(desk.context.notice)}")
    if desk.frozen and desk.saved:
        words = _(
            "Frozen snapshot “{title}” by {owner}, data version {version}.",
            title=plain(desk.saved.title),
            owner=plain(desk.saved.owner),
            version=desk.saved.data_version,
        )
        text, button = st.columns([4, 1], vertical_alignment="center")
        text.info(words, icon=":material/lock:")
        button.button(_("Work on a copy"), key="explorer.copy", on_click=desk.copy, width="stretch")
