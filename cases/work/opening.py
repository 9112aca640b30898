"""How cases begin, how later findings join them, and how they follow their rings."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from cases import rows as ring_rows
from cases.decision_rows import words_of, write_decision
from cases.history import Decision, Verdict
from cases.lives import DECIDED
from cases.matching import bodies
from cases.model import Ring, Status
from cases.people import EVERYWHERE
from cases.schema import dumps
from cases.schema import rings as rings_table
from cases.work.journal import Desk
from cases.work.model import CaseError, CaseFile, Origin
from cases.work.rows import active_case_of, write_part
from cases.work.stages import Part, Stage
from cases.work.tables import case_rings, cases
from claims.errors import NotFoundError
from claims.language import N_

HIGHEST = 9
_STRONG = 0.9  # score from which a ring begins one step higher
_LONGEST = 2_000  # characters of a link or a tip


def priority_of(ring: Ring) -> int:
    """Return the priority a ring begins with: 1, and one more each for a strong score, a sum that reaches
    an amount of the law for certain or probably, and still going on."""
    picture = ring.picture
    reached = picture.exposure.certain + picture.exposure.probable
    amounts = [crossing.amount for crossing in picture.exposure.crossings]
    lately = picture.features.get("lately", 0.0) > 0
    return 1 + (picture.score >= _STRONG) + (bool(amounts) and reached >= min(amounts)) + lately


def living_ring(desk: Desk, id_: str) -> Ring:
    """Return a ring, or the one that took it in; NotFoundError where there is none."""
    seen: set[str] = set()
    while True:
        found = ring_rows.rings(desk.connection, rings_table.c.id == id_)
        if not found or id_ in seen:
            raise NotFoundError(N_("There is no ring {ring}."), ring=id_)
        if not found[0].merged_into:
            return found[0]
        seen.add(id_)
        id_ = found[0].merged_into


def new_case(desk: Desk, title: str, region: str, origin: Origin, source: str, ring: Ring | None = None) -> CaseFile:
    """Write a case at its first stage and return it."""
    number = int(desk.connection.scalar(sa.select(sa.func.max(cases.c.number))) or 0) + 1
    id_ = f"C-{desk.at.year}-{number:06d}"
    due = desk.limits.due(Stage.FIRST_CHECK, desk.at)
    values = {
        "id": id_,
        "number": number,
        "title": title,
        "region": region,
        "origin": origin.value,
        "source": source,
        "family": ring.picture.kind if ring else "",
        "detectors": dumps(list(ring.picture.detectors) if ring else []),
        "fund": ring.picture.exposure.fund if ring else Decimal("0.00"),
        "stage": Stage.FIRST_CHECK.value,
        "held_stage": "",
        "priority": priority_of(ring) if ring else 1,
        "owner": "",
        "opened_by": desk.actor.name,
        "opened_at": desk.at.isoformat(),
        "since": desk.at.isoformat(),
        "due": due.isoformat() if due else None,
        "escalated": False,
        "version": 1,
        "outcome": "",
        "merged_into": "",
    }
    desk.connection.execute(sa.insert(cases).values(values))
    write_part(desk.connection, id_, desk.actor.name, Part.PREPARED)
    return desk.case(id_)


def open_for_ring(desk: Desk, ring: Ring, region: str, reason: str) -> CaseFile:
    """Open the case of a ring; where it has one, what was found now joins that one."""
    known = active_case_of(desk.connection, ring.id)
    if known is not None:
        join(desk, desk.case(known), ring, reason)
        return desk.case(known)
    case = new_case(desk, ring.picture.kind, region, Origin.RING, ring.id, ring)
    bind(desk, case, ring.id)
    rule(desk, ring, Verdict.IN_REVIEW, reason)
    desk.note(case.id, "open", reason, details={"ring": ring.id, "score": f"{ring.picture.score:.6f}"})
    return desk.case(case.id)


def open_by_hand(desk: Desk, title: str, region: str, origin: Origin, source: str, reason: str) -> CaseFile:
    """Open a case from an entity, a drawing or a tip, in a region the actor sees."""
    if not desk.actor.sees(region) or (not region and EVERYWHERE not in desk.actor.regions):
        raise NotFoundError(N_("There is no region {region} here."), region=region)
    if origin is Origin.RING:
        raise CaseError(N_("A case of a ring is opened from the ring."))
    if not source.strip() or len(source) > _LONGEST:
        raise CaseError(N_("Say in at most {most} characters what the case begins with."), most=_LONGEST)
    case = new_case(desk, " ".join(title.split())[:200] or source[:200], region, origin, source.strip())
    desk.note(case.id, "open", reason, details={"origin": origin.value})
    return case


def bind(desk: Desk, case: CaseFile, ring: str, came_from: str = "") -> None:
    """Work on a ring under a case from now on."""
    mine = (case_rings.c.case_id == case.id) & (case_rings.c.ring_id == ring)
    values = {"active": True, "came_from": came_from}
    if not desk.connection.execute(sa.update(case_rings).where(mine).values(values)).rowcount:
        desk.connection.execute(sa.insert(case_rings).values(case_id=case.id, ring_id=ring, **values))


def unbind(desk: Desk, case: CaseFile, ring: str) -> None:
    """Let go of a ring that is now part of another ring or case."""
    mine = (case_rings.c.case_id == case.id) & (case_rings.c.ring_id == ring)
    desk.connection.execute(sa.delete(case_rings).where(mine))


def join(desk: Desk, case: CaseFile, ring: Ring, reason: str) -> None:
    """Let later findings of a ring join its case and raise its priority."""
    picture = ring.picture
    names = dumps(sorted({*case.detectors, *picture.detectors}))
    fund = max(case.fund, picture.exposure.fund)
    desk.change(case, priority=min(HIGHEST, case.priority + 1), detectors=names, fund=fund)
    desk.note(case.id, "join", reason, details={"ring": ring.id, "score": f"{picture.score:.6f}"})


def add_ring(desk: Desk, case: CaseFile, ring: Ring, reason: str) -> None:
    """Work on a further ring under an open case."""
    other = active_case_of(desk.connection, ring.id)
    if not case.open or other is not None:
        raise CaseError(N_("{ring} can only join an open case while it has none."), ring=ring.id)
    bind(desk, case, ring.id)
    rule(desk, ring, Verdict.IN_REVIEW, reason)
    join(desk, case, ring, reason)


def rule(desk: Desk, ring: Ring, verdict: Verdict, reason: str, until: date | None = None) -> None:
    """Write what was decided in a case as the decision about its ring, which later runs obey."""
    decision = Decision(
        ring=ring.id,
        verdict=verdict,
        owner=desk.actor.name,
        reason=reason,
        at=desk.at,
        until=until,
        members=tuple(sorted(bodies(ring.picture))),
        features=ring.picture.features,
    )
    write_decision(desk.connection, decision, DECIDED.get(verdict, Status.OPEN), words_of(decision))


def rings_of(desk: Desk, case: CaseFile) -> tuple[Ring, ...]:
    """Return the rings of a case."""
    return ring_rows.rings(desk.connection, rings_table.c.id.in_(case.bound))
