"""What pages ask about rings: a page of the ranked list, a preview, and giving rings to people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from cases.model import Status
from claims.errors import NotFoundError
from claims.language import N_
from detectors.finding import Statement
from graph.model import NodeType
from ui.auth.gate import Gate
from ui.auth.roles import EVERYWHERE, Action
from ui.service.ring_query import RingQuery

NO_RING = N_("There is no ring {ring} any more.")
NO_WORDS = Statement("", "")
MOST_ASSIGNED = 500  # rings given away in one go; more is a mistake of the filter


@dataclass(frozen=True)
class RingRow:
    """One line of the list. `fund` is yuan; `trend` is fund per week, oldest first; `region` the place's division."""

    id: str
    number: int
    family: str
    kind: str
    status: str
    score: float
    fund: Decimal
    people: int
    place: str
    place_name: str
    region: str
    first_seen: date | None
    changed_at: datetime
    change: Statement
    owner: str = ""
    due: date | None = None
    trend: tuple[float, ...] = ()

    @property
    def unjudged(self) -> "RingRow":
        """The line without what was concluded of the ring."""
        return replace(self, status=Status.IN_REVIEW.value, change=NO_WORDS)


@dataclass(frozen=True)
class RingPage:
    """The rows asked for, and how many there are in all."""

    rows: Sequence[RingRow]
    total: int


@dataclass(frozen=True)
class Dot:
    """A member in the small picture."""

    type: NodeType
    weight: float = 1.0


@dataclass(frozen=True)
class Preview:
    """What a ring looks like at a glance: its members as dots, who is tied to whom (by place in `dots`)."""

    row: RingRow
    statement: Statement
    dots: tuple[Dot, ...]
    ties: tuple[tuple[int, int], ...]
    members: Mapping[NodeType, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """An institution that rings stand in."""

    code: str
    name: str


class Rings(Protocol):
    """Where rings come from; every method is bounded by what is asked for. `query.regions` limits what is seen."""

    def page(self, query: RingQuery) -> RingPage:
        """Return one page of the list."""

    def families(self, regions: frozenset[str]) -> Sequence[str]:
        """Return the families there are."""

    def places(self, regions: frozenset[str], limit: int) -> Sequence[Place]:
        """Return the institutions with the most rings."""

    def preview(self, ring: str) -> Preview | None:
        """Return a ring at a glance (the one that took it over, if it was merged), None where there is none."""

    def assign(self, rings: Sequence[str], owner: str, due: date | None, by: str) -> int:
        """Give rings to somebody ('' takes them back); return how many changed hands."""


@dataclass(frozen=True)
class RingService:
    """Rings behind the guard. `unread` names the cases and rings an account reads again, blind to the first outcome."""

    gate: Gate
    rings: Rings
    unread: Callable[[str], frozenset[str]]

    def page(self, query: RingQuery) -> RingPage:
        """Return one page of the rings of one's regions; what one reads again blind stands with the second readings."""
        account = self.gate.guard(Action.SEE_RINGS)
        return self.rings.page(replace(query, regions=account.regions, without=self.unread(account.name)))

    def families(self) -> Sequence[str]:
        """Return the families one can see."""
        return self.rings.families(self.gate.guard(Action.SEE_RINGS).regions)

    def places(self, limit: int = 400) -> Sequence[Place]:
        """Return the institutions with the most rings, in one's regions."""
        return self.rings.places(self.gate.guard(Action.SEE_RINGS).regions, limit)

    def preview(self, ring: str) -> Preview:
        """Return a ring at a glance; NotFoundError where there is none, and outside one's regions."""
        account = self.gate.guard(Action.SEE_RINGS)
        found, unknown = self.rings.preview(ring), NotFoundError(NO_RING, ring=ring)
        if found is None:
            raise unknown
        self.gate.inside(Action.SEE_RINGS, found.row.region, unknown)
        return replace(found, row=found.row.unjudged) if found.row.id in self.unread(account.name) else found

    def assign(self, rings: Sequence[str], owner: str, due: date | None) -> int:
        """Give rings to somebody; every one must lie in one's own regions."""
        account = self.gate.guard(Action.ASSIGN_RINGS)
        if len(rings) > MOST_ASSIGNED:
            raise NotFoundError(N_("At most {most} rings can be assigned at once."), most=MOST_ASSIGNED)
        if EVERYWHERE not in account.regions:
            for ring in rings:
                self.gate.guard(Action.ASSIGN_RINGS, self.preview(ring).row.region)
        return self.rings.assign(rings, owner, due, account.name)
