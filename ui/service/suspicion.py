"""What the explorer asks of rings: how suspicious nodes are, and who is in a ring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cases.model import Status
from cases.schema import reading, ring_members, rings
from claims.errors import NotFoundError
from claims.language import N_
from claims.workspace import Workspace
from graph.model import NodeRef, NodeType
from ui.auth.gate import Gate
from ui.auth.roles import Action
from ui.service.ring_source import heir_of, opened
from ui.service.rings import RingService

AT_ONCE = 500  # nodes asked for in one query
_SETTLED = (Status.CLEARED.value, Status.DORMANT.value)


@dataclass(frozen=True)
class Suspicion:
    """Scores and members from the case store, behind the guard."""

    gate: Gate
    workspace: Workspace
    rings: RingService

    def of(self, refs: Sequence[NodeRef]) -> Mapping[NodeRef, float]:
        """Return the best score of the rings each node is in; rings cleared or asleep do not count."""
        self.gate.guard(Action.EXPLORE)
        desk = opened(self.workspace)
        if desk is None:
            return {}
        by_type: dict[NodeType, list[str]] = {}
        for ref in refs:
            by_type.setdefault(ref.type, []).append(ref.id)
        found: dict[NodeRef, float] = {}
        with reading(desk.store.engine) as connection:
            for type_, ids in by_type.items():
                for start in range(0, len(ids), AT_ONCE):
                    rows = connection.execute(_best(type_, ids[start : start + AT_ONCE])).all()
                    found |= {NodeRef(type_, row.id): row.score for row in rows}
        return found

    def members(self, ring: str) -> Sequence[NodeRef]:
        """Return the members of a ring (of the one that took it in), the insured persons first."""
        self.rings.preview(ring)  # raises outside one's regions
        desk = opened(self.workspace)
        if desk is None:
            raise NotFoundError(N_("There are no rings yet."))
        found = heir_of(desk.store, desk.store.ring(ring))
        keys = dict.fromkeys(member.key for member in found.picture.members)
        return [NodeRef(*key) for key in sorted(keys, key=lambda key: key[0] is not NodeType.PERSON)]


def _best(type_: NodeType, ids: Sequence[str]) -> sa.Select[tuple[str, float]]:
    return (
        sa.select(ring_members.c.id, sa.func.max(rings.c.score).label("score"))
        .join(rings, rings.c.id == ring_members.c.ring_id)
        .where(ring_members.c.type == type_.value, ring_members.c.id.in_(ids))
        .where(rings.c.merged_into == "", rings.c.status.not_in(_SETTLED))
        .group_by(ring_members.c.id)
    )
