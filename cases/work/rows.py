"""Rows of cases and the objects they stand for; every function works in an open transaction."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from cases.people import EVERYWHERE, Actor
from cases.work.model import CaseEvent, CaseFile, Origin, Outcome
from cases.work.stages import OPEN_STAGES, Part, Stage
from cases.work.tables import case_events, case_parts, case_rings, cases

OPEN = cases.c.stage.in_([stage.value for stage in OPEN_STAGES])


def within(actor: Actor, region: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a row lies in the actor's regions."""
    if EVERYWHERE in actor.regions:
        return sa.true()
    return sa.or_(sa.false(), *(region.startswith(own, autoescape=True) for own in sorted(actor.regions)))


def read_cases(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> tuple[CaseFile, ...]:
    """Return cases, the most pressing first: by priority, then by when their time ends, then by number."""
    order = (cases.c.priority.desc(), sa.func.coalesce(cases.c.due, "9"), cases.c.number)
    found = connection.execute(sa.select(cases).where(*conditions).order_by(*order)).all()
    ids = [row.id for row in found]
    bound = _bound(connection, ids)
    taken = _taken_in(connection, ids)
    return tuple(_case(row._mapping, bound.get(row.id, ()), taken.get(row.id, ())) for row in found)


def _bound(connection: sa.Connection, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Rings of each case: the active ones, and of a closed case those it was about."""
    query = sa.select(case_rings.c.case_id, case_rings.c.ring_id).where(case_rings.c.case_id.in_(ids))
    found: dict[str, list[str]] = defaultdict(list)
    for case, ring in connection.execute(query.order_by(case_rings.c.ring_id)):
        found[case].append(ring)
    return found


def _taken_in(connection: sa.Connection, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    query = sa.select(cases.c.merged_into, cases.c.id).where(cases.c.merged_into.in_(ids)).order_by(cases.c.number)
    found: dict[str, list[str]] = defaultdict(list)
    for heir, case in connection.execute(query):
        found[heir].append(case)
    return found


def _case(row: sa.RowMapping, bound: Sequence[str], taken: Sequence[str]) -> CaseFile:
    return CaseFile(
        id=row["id"],
        number=row["number"],
        title=row["title"],
        region=row["region"],
        origin=Origin(row["origin"]),
        source=row["source"],
        family=row["family"],
        detectors=tuple(json.loads(row["detectors"])),
        fund=row["fund"],
        stage=Stage(row["stage"]),
        priority=row["priority"],
        owner=row["owner"],
        opened_by=row["opened_by"],
        opened_at=datetime.fromisoformat(row["opened_at"]),
        since=datetime.fromisoformat(row["since"]),
        due=moment(row["due"]),
        escalated=row["escalated"],
        version=row["version"],
        snoozed_until=day(row["snoozed_until"]),
        diary=day(row["diary"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        closed_at=moment(row["closed_at"]),
        merged_into=row["merged_into"],
        bound=tuple(bound),
        taken_in=tuple(taken),
    )


def moment(text: str | None) -> datetime | None:
    """Read a moment."""
    return datetime.fromisoformat(text) if text else None


def day(text: str | None) -> date | None:
    """Read a day."""
    return date.fromisoformat(text) if text else None


def parts_of(connection: sa.Connection, case: str) -> Mapping[str, frozenset[Part]]:
    """Return in which qualities people have worked on a case."""
    found: dict[str, set[Part]] = defaultdict(set)
    query = sa.select(case_parts.c.name, case_parts.c.part).where(case_parts.c.case_id == case)
    for name, part in connection.execute(query):
        found[name].add(Part(part))
    return {name: frozenset(parts) for name, parts in found.items()}


def write_part(connection: sa.Connection, case: str, name: str, part: Part) -> None:
    """Remember in which quality somebody worked on a case."""
    if part not in parts_of(connection, case).get(name, frozenset()):
        connection.execute(sa.insert(case_parts).values(case_id=case, name=name, part=part.value))


def active_case_of(connection: sa.Connection, ring: str) -> str | None:
    """Return the open case a ring is worked on under."""
    query = sa.select(case_rings.c.case_id).where(case_rings.c.ring_id == ring, case_rings.c.active)
    found: str | None = connection.scalar(query)
    return found


def events_of(connection: sa.Connection, case: str) -> tuple[CaseEvent, ...]:
    """Return the history of a case, oldest first."""
    query = sa.select(case_events).where(case_events.c.case_id == case).order_by(case_events.c.id)
    return tuple(
        CaseEvent(
            case=row.case_id,
            at=datetime.fromisoformat(row.at),
            actor=row.actor,
            act=row.act,
            reason=row.reason,
            details=json.loads(row.details),
            leaf=row.leaf,
            refused=row.refused,
        )
        for row in connection.execute(query)
    )
