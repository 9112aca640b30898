"""Rings of the case store as lines of the list: main place, fund per week, a small picture, what changed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from cases.handout.sheet import RingSheet
from cases.model import Key, Picture, Ring, Status
from cases.work.records import seat_of
from detectors.finding import Finding, Grade, Statement
from graph.model import NodeType
from ui.service.ring_query import Group
from ui.service.ring_records import ZERO, Institution, Read, RingRecord
from ui.service.rings import NO_WORDS, Dot, Preview, RingRow

WEEKS = 26
MOST_DOTS = 60
GROUPS: Mapping[Status, Group] = {
    Status.EXPLAINED: Group.EXPLAINED,
    Status.CLEARED: Group.EXPLAINED,
    Status.BELOW_LINE: Group.BELOW,
    Status.DORMANT: Group.BELOW,
    Status.SNOOZED: Group.BELOW,
}


@dataclass(frozen=True)
class Change:
    """The last thing that happened to a ring, and when (local time without a zone)."""

    words: Statement
    at: datetime


def previews(
    sheets: Sequence[RingSheet], read: Read, changes: Mapping[str, Change], own: Mapping[str, Collection[str]]
) -> Iterator[tuple[Group, Preview]]:
    """Return the lines of rings whose masked sheets are given, with the group each stands in.

    `own` holds the settlements of the finding that speaks for a ring, where the ring has several findings.
    """
    for sheet in sheets:
        ring = sheet.ring
        records = [read.records[id_] for id_ in ring.picture.records if id_ in read.records]
        preview = _preview(sheet, records, read, changes.get(ring.id), own.get(ring.id, ()))
        yield GROUPS.get(ring.status, Group.OPEN), preview


def spoken(findings: Sequence[Finding], statement: Statement) -> Finding:
    """The finding whose sentence is the ring's; it need not be the strongest, which stands first."""
    same = (finding for finding in findings if finding.statement == statement)
    return next(same, findings[0])


def main_place(picture: Picture, records: Sequence[RingRecord], own: Collection[str] = ()) -> str:
    """Where most settlements of the finding that speaks for the ring took place; then where the most was paid.

    Of all its findings the most may lie elsewhere: place and sentence would then tell of two things. `own` are the
    settlements of that finding (none: all of the ring); lawful ones are left out where there are others.
    """
    about = [record for record in records if record.id in own] or list(records)
    told = [record for record in about if picture.records[record.id] is not Grade.LAWFUL] or about
    counts = Counter(record.place for record in told)
    funds: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for record in told:
        funds[record.place] += record.fund
    if counts:
        return min(counts, key=lambda place: (-counts[place], -funds[place], place))
    return next((member.id for member in picture.members if member.type is NodeType.INSTITUTION), "")


def _preview(
    sheet: RingSheet, records: Sequence[RingRecord], read: Read, change: Change | None, own: Collection[str]
) -> Preview:
    picture = sheet.ring.picture
    dots, ties = _shape(picture, records)
    place = main_place(picture, records, own)
    # Who may see a ring and who may see its case is one rule, wherever the finding that speaks for it tells of.
    region = read.places.get(seat_of(record.place for record in records) or place, Institution(place, "")).region
    row = _row(sheet.ring, (place, region), read, change, _trend(picture, records, read.newest))
    return Preview(row, sheet.statement, dots, ties, dict(Counter(member.type for member in picture.members)))


def _row(ring: Ring, where: tuple[str, str], read: Read, change: Change | None, trend: tuple[float, ...]) -> RingRow:
    picture, (place, region) = ring.picture, where
    institution = read.places.get(place, Institution(place, ""))
    return RingRow(
        id=ring.id,
        number=ring.number,
        family=picture.family,
        kind=picture.kind,
        status=ring.status.value,
        score=picture.score,
        fund=picture.exposure.fund,
        people=picture.people,
        place=place,
        place_name=institution.name,
        region=region,
        first_seen=picture.first_seen,
        changed_at=change.at if change else datetime.min,
        change=change.words if change else NO_WORDS,
        trend=trend,
    )


def _trend(picture: Picture, records: Sequence[RingRecord], newest: datetime | None) -> tuple[float, ...]:
    """Fund per week up to the newest week of the data, at most half a year; lawful records are left out."""
    told = [record for record in records if picture.records[record.id] is not Grade.LAWFUL]
    if newest is None or not told:
        return ()
    last = newest.date() - timedelta(days=newest.weekday())
    first = min(record.time for record in told).date()
    weeks = min(WEEKS, (last - first + timedelta(days=6)).days // 7 + 1)
    sums = [0.0] * weeks
    for record in told:
        back = (last - record.time.date() + timedelta(days=6)).days // 7
        if back < weeks:
            sums[weeks - 1 - back] += float(record.fund)
    return tuple(round(total, 2) for total in sums)


def _shape(picture: Picture, records: Sequence[RingRecord]) -> tuple[tuple[Dot, ...], tuple[tuple[int, int], ...]]:
    """Members as dots (the more settlements, the larger), tied where one settlement names both."""
    order = sorted(picture.members, key=lambda member: (member.type is NodeType.PERSON, member.key))
    shown = list(dict.fromkeys(member.key for member in order))[:MOST_DOTS]
    numbers = {key: number for number, key in enumerate(shown)}
    counts: Counter[Key] = Counter()
    ties: set[tuple[int, int]] = set()
    for record in records:
        inside = sorted(numbers[key] for key in record.keys if key in numbers)
        counts.update(shown[number] for number in inside)
        ties |= {(a, b) for place, a in enumerate(inside) for b in inside[place + 1 :]}
    most = max(counts.values(), default=1)
    return tuple(Dot(key[0], round(0.3 + 0.7 * counts[key] / most, 3)) for key in shown), tuple(sorted(ties))
