"""The saved scenes one may see, read again only when somebody saved or removed one."""

from dataclasses import dataclass

from ui.scene.opening import shown_to
from ui.scene.ports import ExplorerContext
from ui.scene.store import Saved, SceneStore


@dataclass
class Shelf:
    """What was read last, for whom and at which state of the file; one page asks for it at every click."""

    _context: ExplorerContext | None = None
    _mark: tuple[int, str] = (0, "")
    _scenes: tuple[Saved, ...] = ()

    def of(self, context: ExplorerContext, store: SceneStore) -> tuple[Saved, ...]:
        """One's own scenes and shared ones, newest first, as far as one may see what is in them."""
        mark = store.mark(context.user)
        if context is not self._context or mark != self._mark:
            scenes = store.all_saved(context.user)
            self._scenes = tuple(one for one in scenes if shown_to(context, one))
            self._context, self._mark = context, mark
        return self._scenes
