"""Rings of the case store as lines of the list: main place, fund per week, a small picture, what changed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from cases.handout.sheet import RingSheet
from cases.model import Key, Picture, Ring, Status
from detectors.finding import Grade, Statement
from graph.model import NodeType
from ui.service.ring_query import Group
from ui.service.ring_records import ZERO, Institution, Read, RingRecord
from ui.service.rings import Dot, Preview, RingRow

WEEKS = 26
MOST_DOTS = 60
NO_WORDS = Statement("", "")
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


def previews(sheets: Sequence[RingSheet], read: Read, changes: Mapping[str, Change]) -> Iterator[tuple[Group, Preview]]:
    """Return the lines of rings whose masked sheets are given, with the group each stands in."""
    for sheet in sheets:
        ring = sheet.ring
        records = [read.records[id_] for id_ in ring.picture.records if id_ in read.records]
        yield GROUPS.get(ring.status, Group.OPEN), _preview(sheet, records, read, changes.get(ring.id))


def main_place(picture: Picture, records: Sequence[RingRecord]) -> str:
    """Where most of the ring's settlements that are not lawful took place; then where the most was paid."""
    told = [record for record in records if picture.records[record.id] is not Grade.LAWFUL] or list(records)
    counts = Counter(record.place for record in told)
    funds: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for record in told:
        funds[record.place] += record.fund
    if counts:
        return min(counts, key=lambda place: (-counts[place], -funds[place], place))
    return next((member.id for member in picture.members if member.type is NodeType.INSTITUTION), "")


def _preview(sheet: RingSheet, records: Sequence[RingRecord], read: Read, change: Change | None) -> Preview:
    picture = sheet.ring.picture
    dots, ties = _shape(picture, records)
    row = _row(sheet.ring, main_place(picture, records), read, change, _trend(picture, records, read.newest))
    return Preview(row, sheet.statement, dots, ties, dict(Counter(member.type for member in picture.members)))


def _row(ring: Ring, place: str, read: Read, change: Change | None, trend: tuple[float, ...]) -> RingRow:
    picture = ring.picture
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
        region=institution.region,
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
