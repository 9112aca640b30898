"""Ways into the explorer: a link to a node, a ring, a saved scene, one's own draft, or an empty canvas."""

from dataclasses import dataclass
from functools import lru_cache

from claims.errors import NotFoundError
from claims.language import N_
from claims.workspace import Workspace
from graph.masking import resolve
from graph.model import NodeRef
from graph.tables import CURRENT
from ui.scene.desk import SceneDesk
from ui.scene.model import State
from ui.scene.ports import ExplorerContext
from ui.scene.store import NO_SCENE, Draft, Saved, SceneStore


@dataclass(frozen=True)
class Asked:
    """What the address asks for; every part may be empty."""

    node: str = ""
    ring: str = ""
    scene: str = ""
    draft: str = ""

    @property
    def anew(self) -> bool:
        """Whether something is to be opened, rather than gone on with."""
        return bool(self.node or self.ring or self.scene)


def open_desk(context: ExplorerContext, asked: Asked) -> SceneDesk:
    """Open what was asked for; NotFoundError when it is not there (any more)."""
    store = store_of(context.workspace)
    if asked.scene:
        return _scene(context, store, asked.scene)
    if not asked.anew:
        return SceneDesk(context, store, _draft(context, store, asked.draft))
    refs = _ring(context, asked.ring) if asked.ring else (_node(context, asked.node),)
    desk = SceneDesk(context, store, store.new_draft(context.user))
    desk.add(refs)
    if asked.node:
        (id_,) = desk.faces.ids([str(refs[0])]).values()
        desk.apply([{"seq": 1, "op": "expand", "ids": [id_], "draft": desk.draft.id}])
    return desk


@lru_cache(maxsize=8)
def store_of(workspace: Workspace) -> SceneStore:
    """Return the scenes of a workspace."""
    return SceneStore.open(workspace)


def in_force(workspace: Workspace) -> str:
    """Name of the snapshot in force, empty before the first build: when it changes, readers open anew."""
    path = workspace.graph / CURRENT
    return path.read_text("utf-8").strip() if path.exists() else ""


def _scene(context: ExplorerContext, store: SceneStore, id_: str) -> SceneDesk:
    saved = store.saved(id_, context.user)
    if not shown_to(context, saved):
        raise NotFoundError(NO_SCENE)
    if saved.frozen is not None:
        return SceneDesk(context, store, Draft(f"frozen-{saved.id}", State(saved.scene)), saved)
    return SceneDesk(context, store, store.new_draft(context.user, State(saved.scene)), saved)


def shown_to(context: ExplorerContext, saved: Saved) -> bool:
    """Say whether nothing of a scene lies outside what the person may see."""
    return context.near(NodeRef.parse(key) for key in saved.scene.items)


def _draft(context: ExplorerContext, store: SceneStore, id_: str) -> Draft:
    """One's own draft, or a new one where the link is not for this person or too old."""
    if id_:
        try:
            return store.draft(id_, context.user)
        except NotFoundError:
            return store.new_draft(context.user)
    return store.new_draft(context.user)


def _ring(context: ExplorerContext, ring: str) -> tuple[NodeRef, ...]:
    if context.rings is None:
        raise NotFoundError(N_("There are no rings yet."))
    return tuple(context.rings.members(ring))


def _node(context: ExplorerContext, text: str) -> NodeRef:
    try:
        ref = resolve(NodeRef.parse(text), context.masks.aliases)
        return context.reader.node(ref).ref
    except (ValueError, NotFoundError):
        raise NotFoundError(N_("Nothing in the graph matches {text}."), text=text) from None
