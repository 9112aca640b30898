"""What the explorer asks of rings: how suspicious nodes are, and who is in a ring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import sqlalchemy as sa

from cases.model import Status
from cases.schema import reading, ring_members, rings
from claims.errors import NotFoundError
from claims.language import N_
from claims.workspace import Workspace
from graph.model import NodeRef, NodeType
from ui.auth.gate import Gate
from ui.auth.roles import EVERYWHERE, Action, in_region
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
        """Return the best score of the rings of one's regions each node is in; not of those cleared or asleep."""
        regions = self.gate.guard(Action.EXPLORE).regions
        desk = opened(self.workspace)
        if desk is None:
            return {}
        seen = cache(partial(self._sees, regions))
        by_type: dict[NodeType, list[str]] = {}
        for ref in refs:
            by_type.setdefault(ref.type, []).append(ref.id)
        found: dict[NodeRef, float] = {}
        with reading(desk.store.engine) as connection:
            for type_, ids in by_type.items():
                for start in range(0, len(ids), AT_ONCE):
                    rows = connection.execute(_scores(type_, ids[start : start + AT_ONCE])).all()
                    found |= {NodeRef(type_, row.id): row.score for row in rows if seen(row.ring_id)}
        return found

    def members(self, ring: str) -> Sequence[NodeRef]:
        """Return the members of a ring (of the one that took it in), the insured persons first."""
        self.rings.preview(ring)  # there is none outside one's regions
        desk = opened(self.workspace)
        if desk is None:
            raise NotFoundError(N_("There are no rings yet."))
        found = heir_of(desk.store, desk.store.ring(ring))
        keys = dict.fromkeys(member.key for member in found.picture.members)
        return [NodeRef(*key) for key in sorted(keys, key=lambda key: key[0] is not NodeType.PERSON)]

    def _sees(self, regions: frozenset[str], ring: str) -> bool:
        """Say whether a ring is one's own; asked past the guard, as its score is left out, not refused."""
        if EVERYWHERE in regions:
            return True
        found = self.rings.rings.preview(ring)
        return found is not None and in_region(regions, found.row.region)


def _scores(type_: NodeType, ids: Sequence[str]) -> sa.Select[tuple[str, str, float]]:
    """Nodes with the score of each of their rings, the best last."""
    return (
        sa.select(ring_members.c.id, ring_members.c.ring_id, rings.c.score)
        .join(rings, rings.c.id == ring_members.c.ring_id)
        .where(ring_members.c.type == type_.value, ring_members.c.id.in_(ids))
        .where(rings.c.merged_into == "", rings.c.status.not_in(_SETTLED))
        .order_by(rings.c.score)
    )
