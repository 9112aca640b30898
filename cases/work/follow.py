"""What a run means for cases: they follow their rings, and later findings join them and raise their priority."""

from datetime import datetime

import sqlalchemy as sa

from cases.history import EventKind
from cases.lives import Lives
from cases.people import HOUSE
from cases.work.journal import Desk
from cases.work.merging import merge
from cases.work.opening import bind, join, unbind
from cases.work.rows import active_case_of
from cases.work.settings import Limits
from cases.work.tables import case_rings
from claims.language import N_

MERGED_WITH = N_("their rings became one")  # the reason in the histories; the house wrote it
FOUND_MORE = N_("a run found more")
_JOINING = frozenset({EventKind.GREW, EventKind.CHANGED, EventKind.MERGED, EventKind.REVIVED})


def follow_rings(connection: sa.Connection, lives: Lives, at: datetime) -> None:
    """Move cases with the rings of a run, inside the transaction that writes the run."""
    query = sa.select(case_rings.c.ring_id, case_rings.c.case_id).where(case_rings.c.active)
    held = {row.ring_id: row.case_id for row in connection.execute(query)}
    if not held:
        return
    desk = Desk(connection, HOUSE, at, Limits())
    for ring in lives.rings:
        if ring.merged_into and ring.id in held:
            _pass_on(desk, held[ring.id], ring.id, ring.merged_into)
    told = {event.ring for event in lives.events if event.kind in _JOINING}
    for ring in lives.rings:
        case = active_case_of(connection, ring.id) if ring.id in told and not ring.merged_into else None
        if case is not None:
            join(desk, desk.case(case), ring, FOUND_MORE)


def _pass_on(desk: Desk, id_: str, ring: str, heir: str) -> None:
    """Give the case of a ring that went into another to that one, or merge it into that one's case."""
    case, other = desk.case(id_), active_case_of(desk.connection, heir)
    if other is None or other == id_:
        unbind(desk, case, ring)
        bind(desk, case, heir)
        desk.note(case.id, "follow", MERGED_WITH, details={"ring": ring, "into": heir})
        return
    unbind(desk, case, ring)
    merge(desk, desk.case(id_), desk.case(other), MERGED_WITH)
