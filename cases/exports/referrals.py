"""What left and what became of it: referrals with the facts recorded about them, and the clocks that run from these.

Every method is one transaction that also writes the ledger's leaf. Facts are only added; the first
of a name counts, and a correction is a new referral or a note.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cases.exports.clocks import Clock, FactName, clocks_of
from cases.exports.schema import referral_facts, referrals
from cases.schema import dumps, reading, writing
from claims.errors import NotFoundError, RinghoundError
from claims.language import N_
from claims.ledger import Kind, append
from claims.ledger.canonical import Json


@dataclass(frozen=True)
class Referral:
    """Documents of a ring that left.

    `id` is 0 before it is entered; `files` maps names to SHA-256; `at` is local time.
    """

    ring: str
    case: str
    destination: str
    actor: str
    reason: str
    unmasked: bool
    at: datetime
    files: Mapping[str, str]
    id: int = 0


@dataclass(frozen=True)
class Recorded:
    """A fact about a referral: when it happened (local time), who wrote it down, and a note (a document's number)."""

    name: FactName
    at: datetime
    actor: str
    note: str


class ReferralError(RinghoundError):
    """The fact does not fit what is recorded already."""

    exit_code = 2


@dataclass(frozen=True)
class ReferralBook:
    """Referrals in the case database behind `engine`."""

    engine: sa.Engine

    def enter(self, referral: Referral) -> int:
        """Write a referral down and return its number."""
        values = {
            "ring_id": referral.ring,
            "case_number": referral.case,
            "destination": referral.destination,
            "actor": referral.actor,
            "reason": referral.reason,
            "unmasked": referral.unmasked,
            "at": referral.at.isoformat(),
            "files": dumps(dict(referral.files)),
        }
        body: dict[str, Json] = {"destination": referral.destination, "unmasked": referral.unmasked}
        body["files"] = dict(referral.files)
        with writing(self.engine) as connection:
            number = connection.scalar(sa.insert(referrals).values(values).returning(referrals.c.id))
            append(connection, Kind.REFERRAL, referral.ring, actor=referral.actor, reason=referral.reason, body=body)
        return int(number or 0)

    def add(self, referral: int, fact: Recorded) -> None:
        """Record a fact; ReferralError where it is recorded already or happened before the referral left."""
        with writing(self.engine) as connection:
            row = connection.execute(sa.select(referrals).where(referrals.c.id == referral)).one_or_none()
            if row is None:
                raise NotFoundError(N_("There is no referral {number}."), number=referral)
            known = sa.select(referral_facts.c.name).where(referral_facts.c.referral_id == referral)
            if fact.name.value in set(connection.scalars(known)):
                raise ReferralError(N_("It is recorded already; facts are never overwritten."))
            values = {"referral_id": referral, "name": fact.name.value, "at": fact.at.isoformat()}
            connection.execute(sa.insert(referral_facts).values(values | {"actor": fact.actor, "note": fact.note}))
            body = {"referral": referral, "fact": fact.name.value, "at": fact.at.isoformat(), "note": fact.note}
            append(connection, Kind.REFERRAL, row.ring_id, actor=fact.actor, body=body)

    def of(self, ring: str) -> tuple[Referral, ...]:
        """Return a ring's referrals, oldest first."""
        query = sa.select(referrals).where(referrals.c.ring_id == ring).order_by(referrals.c.id)
        with reading(self.engine) as connection:
            return tuple(map(_referral, connection.execute(query)))

    def facts(self, referral: int) -> tuple[Recorded, ...]:
        """Return what is recorded about a referral, in the order it was written down."""
        query = sa.select(referral_facts).where(referral_facts.c.referral_id == referral).order_by(referral_facts.c.id)
        with reading(self.engine) as connection:
            return tuple(map(_recorded, connection.execute(query)))

    def clocks(self, referral: int, now: datetime) -> tuple[Clock, ...]:
        """Return the clocks of a referral as they stand at `now` (local time)."""
        return clocks_of({fact.name: fact.at for fact in self.facts(referral)}, now)


def _referral(row: sa.Row[tuple[object, ...]]) -> Referral:
    files: Mapping[str, str] = json.loads(row.files)
    at = datetime.fromisoformat(row.at)
    return Referral(
        row.ring_id, row.case_number, row.destination, row.actor, row.reason, row.unmasked, at, files, row.id
    )


def _recorded(row: sa.Row[tuple[object, ...]]) -> Recorded:
    return Recorded(FactName(row.name), datetime.fromisoformat(row.at), row.actor, row.note)
