"""What the explorer asks of others: suspicion of nodes, members of a ring, and who is looking."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from claims.audit import Audit
from claims.workspace import Workspace
from graph.masking import Masks
from graph.model import NodeRef
from graph.store import GraphReader


class Scores(Protocol):
    """How suspicious nodes are, between 0 and 1; nodes without a finding are left out."""

    def of(self, refs: Sequence[NodeRef]) -> Mapping[NodeRef, float]:
        """Return the scores of those of `refs` that have one."""


class Rings(Protocol):
    """Rings as starting points."""

    def members(self, ring: str) -> Sequence[NodeRef]:
        """Return the members of a ring, the core first; NotFoundError when there is no such ring."""


class ExplorerContext(Protocol):
    """What the explorer page is given by the application around it."""

    @property
    def reader(self) -> GraphReader:
        """The graph of the data version in force."""

    @property
    def workspace(self) -> Workspace:
        """Where scenes are kept."""

    @property
    def masks(self) -> Masks:
        """How nodes are shown to whoever has given no reason to see more."""

    @property
    def audit(self) -> Audit:
        """Where reveals and exports are entered."""

    @property
    def language(self) -> str:
        """`zh_CN` or `en`."""

    @property
    def user(self) -> str:
        """Name of the person signed in."""

    @property
    def scores(self) -> Scores:
        """Suspicion of nodes; `NoScores()` where no run has finished yet."""

    @property
    def rings(self) -> Rings | None:
        """Rings to start from, or None."""

    @property
    def check(self) -> Callable[[str], object]:
        """Raises where the person may not explore, reveal or export (any more)."""

    @property
    def may(self) -> Callable[[str], bool]:
        """Says whether to offer something (reveal, export); `check` is asked again when it is done."""

    @property
    def near(self) -> Callable[[Iterable[NodeRef]], bool]:
        """Says whether none of some nodes lies outside what the person may see."""

    @property
    def notice(self) -> str:
        """What the graph's store leaves out (a key of the catalogue), or nothing."""


def offered(_what: str) -> bool:
    """Everything is offered."""
    return True


def everywhere(_refs: Iterable[NodeRef]) -> bool:
    """Nothing lies outside."""
    return True


class NoScores:
    """Before the first run nothing is suspicious."""

    def of(self, refs: Sequence[NodeRef]) -> Mapping[NodeRef, float]:
        """Return nothing."""
        return {}


@dataclass(frozen=True)
class Visit:
    """An explorer's context as plain values; `check` raises where the person may not (explore, reveal, export)."""

    reader: GraphReader
    workspace: Workspace
    masks: Masks
    audit: Audit
    language: str
    user: str
    scores: Scores = field(default_factory=NoScores)
    rings: Rings | None = None
    check: Callable[[str], object] = field(default=bool)
    notice: str = ""
    near: Callable[[Iterable[NodeRef]], bool] = everywhere
    may: Callable[[str], bool] = offered
