"""The time machine: on which past day a ring could first have been seen, and what was paid since.

The detectors that speak of the ring look at the newest data as it stood at the end of a day; the day
is found by halving. That is right as long as a ring once visible stays visible; the answer names
the days that were looked at, so a reader can see how far that was checked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from cases.model import Picture, Ring, Standing
from cases.settings import settings_of
from cases.store import CaseStore
from claims.errors import NotFoundError
from claims.language import N_
from claims.reader import Claims
from claims.workspace import Workspace
from detectors import DETECTORS
from detectors.contract import Detector
from detectors.finding import Grade
from detectors.snapshot import Snapshot
from jobs.again import rings_again
from jobs.detect import Progress, silent
from jobs.facts import facts_of
from jobs.measures import MATCH, Member, jaccard

UNSEEN = N_("Ring {ring} is not above the line in data version {version}, so there is no day to find.")


@dataclass(frozen=True)
class Look:
    """Whether the ring showed at the end of a day."""

    day: date
    seen: bool


@dataclass(frozen=True)
class Earliest:
    """The first day at whose end the ring stood above the line, and what its records cost after that day (yuan)."""

    ring: str
    day: date
    first_record: date | None
    last_record: date | None
    fund_since: Decimal
    account_since: Decimal
    settlements_since: int
    looks: tuple[Look, ...]


def when(
    workspace: Workspace,
    ring_id: str,
    *,
    progress: Progress = silent,
    detectors: Sequence[Detector] = DETECTORS,
) -> Earliest:
    """Find the earliest day for ring `ring_id`; NotFoundError without such a ring, or when it is not seen at all."""
    ring = CaseStore.open(settings_of(workspace).database).ring(ring_id)
    claims = Claims.open(workspace, ring.picture.data_version)
    eyes = [detector for detector in detectors if detector.name in ring.picture.detectors]
    first, last = ring.picture.first_seen, ring.picture.last_seen
    if first is None or last is None:
        raise NotFoundError(UNSEEN, ring=ring_id, version=claims.version.id)
    looks: list[Look] = []

    def seen(day: date) -> bool:
        progress("when", str(day), len(looks), max(1, (last - first).days).bit_length() + 1)
        found = rings_again(workspace, claims, eyes, day + timedelta(days=1))
        looks.append(Look(day, _shows(ring, found)))
        return looks[-1].seen

    if not seen(last):
        raise NotFoundError(UNSEEN, ring=ring_id, version=claims.version.id)
    day = halve(first, last, seen)
    fund, account, count = _paid_after(claims, ring, day)
    return Earliest(ring_id, day, first, last, fund, account, count, tuple(sorted(looks, key=lambda look: look.day)))


def halve(low: date, high: date, seen: Callable[[date], bool]) -> date:
    """Return the first day in [low, high] on which `seen` holds; it holds on `high` and stays once it does."""
    while low < high:
        middle = low + timedelta(days=(high - low).days // 2)
        if seen(middle):
            high = middle
        else:
            low = middle + timedelta(days=1)
    return high


def _members(picture: Picture) -> frozenset[Member]:
    return frozenset((member.type.value, member.id) for member in picture.members)


def _shows(ring: Ring, found: Sequence[Picture]) -> bool:
    own = _members(ring.picture)
    return any(p.standing is Standing.ALERT and jaccard(own, _members(p)) >= MATCH for p in found)


def _paid_after(claims: Claims, ring: Ring, day: date) -> tuple[Decimal, Decimal, int]:
    """Sum what was paid after the end of `day` for the ring's records that are not lawful."""
    records = [record for record, grade in ring.picture.records.items() if grade is not Grade.LAWFUL]
    edge = datetime.combine(day + timedelta(days=1), datetime.min.time())
    facts = [fact for fact in facts_of(Snapshot.open(claims), records).values() if fact.time >= edge]
    nothing = Decimal("0.00")
    return sum((f.fund for f in facts), nothing), sum((f.account for f in facts), nothing), len(facts)
