"""What the list of cases shows, as an address: whose, which stage, which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cases.work.stages import Stage

LONGEST = 64  # characters of what is searched


class Scope(StrEnum):
    """Which cases."""

    MINE = "mine"
    OPEN = "open"
    ALL = "all"
    CLOSED = "closed"


class View(StrEnum):
    """How they are shown."""

    BOARD = "board"
    LIST = "list"
    NUMBERS = "numbers"
    REREADS = "rereads"


@dataclass(frozen=True)
class CaseQuery:
    """A question to the list; `case` is the one that is looked at."""

    scope: Scope = Scope.OPEN
    view: View = View.BOARD
    stage: Stage | None = None
    text: str = ""
    case: str = ""


def from_url(given: Mapping[str, str]) -> CaseQuery:
    """Read an address; what does not read asks for nothing."""
    scope, view, stage = given.get("scope", ""), given.get("view", ""), given.get("stage", "")
    return CaseQuery(
        scope=Scope(scope) if scope in set(Scope) else Scope.OPEN,
        view=View(view) if view in set(View) else View.BOARD,
        stage=Stage(stage) if stage in set(Stage) else None,
        text=given.get("text", "").strip()[:LONGEST],
        case=given.get("case", "").strip().upper()[:LONGEST],
    )


def to_url(query: CaseQuery) -> dict[str, str]:
    """Write a question as an address, without what is usual."""
    plain = CaseQuery()
    parts = {
        "scope": query.scope.value if query.scope is not plain.scope else "",
        "view": query.view.value if query.view is not plain.view else "",
        "stage": query.stage.value if query.stage else "",
        "text": query.text,
        "case": query.case,
    }
    return {name: value for name, value in parts.items() if value}
