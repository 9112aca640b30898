"""Somebody's own cases, for the desk."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.kinds import kind_title
from cases.work.model import CaseFile
from cases.work.opened import open_book
from cases.work.stages import STAGE_TITLES
from claims.aliases import Aliases
from claims.language import _
from claims.workspace import Workspace
from graph.masking import Masks
from ui.auth.accounts import Accounts
from ui.service.cases_door import acting, title_of
from ui.service.desk import CaseLine


@dataclass(frozen=True)
class MyCases:
    """Cases of a workspace by whose they are."""

    workspace: Workspace

    def of(self, owner: str, limit: int) -> Sequence[CaseLine]:
        """Return the open cases of an account, as far as it still sees their regions, most pressing first."""
        book = open_book(self.workspace)
        actor = acting(Accounts(book.engine).get(owner))
        masks = Masks(Aliases(self.workspace.aliases))
        return [_line(file, masks) for file in book.list(actor, owner=owner)[:limit]]


def _line(file: CaseFile, masks: Masks) -> CaseLine:
    title = kind_title(file.family) if file.family else title_of(file, masks)
    due = file.due.astimezone().date() if file.due else None
    return CaseLine(file.id, f"{file.id} · {title}", _(STAGE_TITLES[file.stage]), due, file.fund)
