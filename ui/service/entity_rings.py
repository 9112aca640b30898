"""The rings one thing stands in, as far as the asker's regions show them, and what was tried to explain them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cases.model import Status
from cases.schema import reading, ring_members, rings
from claims.workspace import Workspace
from detectors.finding import Role
from graph.model import NodeRef
from ui.auth.model import Account
from ui.auth.roles import in_region
from ui.service.blind import unread
from ui.service.ring_source import opened
from ui.service.rings import RingRow, Rings


@dataclass(frozen=True)
class Stand:
    """One ring with the role proposed for the thing in it."""

    row: RingRow
    role: Role
    status: Status


@dataclass(frozen=True)
class Stands:
    """Rings, most suspicious first; `known` is false where nothing was searched for yet."""

    known: bool
    stands: tuple[Stand, ...]


def stands(workspace: Workspace, source: Rings, ref: NodeRef, account: Account) -> Stands:
    """Return the rings a node is a member of, as an account may see them; not those that went into others."""
    desk = opened(workspace)
    if desk is None:
        return Stands(known=False, stands=())
    query = (
        sa.select(ring_members.c.ring_id, ring_members.c.role, rings.c.status)
        .join(rings, rings.c.id == ring_members.c.ring_id)
        .where(ring_members.c.type == ref.type.value, ring_members.c.id == ref.id, rings.c.merged_into == "")
        .order_by(rings.c.score.desc(), rings.c.id)
    )
    with reading(desk.store.engine) as connection:
        rows = [(row.ring_id, row.role, row.status) for row in connection.execute(query)]
    blind = unread(workspace, account.name)
    told = [(ring, role, Status.IN_REVIEW if ring in blind else Status(status)) for ring, role, status in rows]
    return Stands(known=True, stands=tuple(_seen(source, told, account.regions)))


def _seen(source: Rings, rows: Sequence[tuple[str, str, Status]], regions: frozenset[str]) -> Iterator[Stand]:
    # The source is asked past the guard: a ring outside one's regions is left out here, not a refusal.
    for ring, role, status in rows:
        found = source.preview(ring)
        if found is not None and in_region(regions, found.row.region):
            yield Stand(found.row, Role(role), status)
