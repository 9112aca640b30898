"""A ring's settlements as they may be shown: lines of the table, weeks of the timeline, bursts at a till."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cases.handout.sheet import MemberLine, RingSheet
from cases.model import Key
from detectors.finding import Finding, Grade
from graph.model import NodeRef, NodeType
from ui.service.ring_records import Institution, Read, RingRecord

MOST_BURSTS = 50
TAIL = 4  # digits of a number that stand beside a name
Faces = Mapping[NodeRef, tuple[str, str]]


@dataclass(frozen=True)
class RecordLine:
    """One settlement as it may be shown; `keys` (real) say whom a selection of members finds it by."""

    record: RingRecord
    grade: Grade
    person: str
    name: str
    card: str
    terminal: str
    place: str
    doctor: str
    key_record: bool
    keys: frozenset[Key]


@dataclass(frozen=True)
class Lane:
    """A line of the timeline: an insured person; `label` is as it may be shown."""

    key: Key
    label: str
    member: bool


@dataclass(frozen=True)
class Burst:
    """Several persons settled within one day at one institution; `where` names the till where it was one."""

    where: str
    first: datetime
    last: datetime
    people: int
    records: int


@dataclass(frozen=True)
class Story:
    """The timeline: who stands on which line, and the bursts of the evidence, as it tells them."""

    lanes: tuple[Lane, ...]
    bursts: tuple[Burst, ...]
    members: Mapping[Key, MemberLine]


def told(sheet: RingSheet, read: Read, faces: Faces) -> tuple[Story, tuple[RecordLine, ...]]:
    """Return the timeline and the table of a ring."""
    records = tuple(_line(sheet, record, read.places, faces) for record in read.records.values())
    lines = dict(zip((member.key for member in sheet.ring.picture.members), sheet.members, strict=True))
    return Story(_lanes(records, lines), bursts(sheet.findings, records), lines), records


def chosen(records: Iterable[RecordLine], members: Iterable[Key]) -> tuple[RecordLine, ...]:
    """Return the records that name one of the members; all where none is chosen."""
    wanted = frozenset(members)
    return tuple(record for record in records if not wanted or wanted & record.keys)


def weeks(records: Sequence[RecordLine]) -> tuple[tuple[date, ...], Mapping[tuple[Key, date], tuple[int, float]]]:
    """Return the weeks from the first record to the last, and count and fund by person and week."""
    cells: dict[tuple[Key, date], tuple[int, float]] = {}
    for line in records:
        cell = (NodeType.PERSON, line.record.person), monday(line.record.time)
        count, fund = cells.get(cell, (0, 0.0))
        cells[cell] = count + 1, fund + float(line.record.fund)
    days = sorted({day for _key, day in cells})
    span = (days[-1] - days[0]).days // 7 + 1 if days else 0
    return tuple(days[0] + timedelta(weeks=week) for week in range(span)), cells


def monday(time: datetime) -> date:
    """First day of a moment's week."""
    return time.date() - timedelta(days=time.weekday())


def bursts(findings: Iterable[Finding], records: Iterable[RecordLine]) -> tuple[Burst, ...]:
    """Return the lines of evidence that tell of several persons on one day at one institution, each once.

    They are the detectors' own groups, so that the timeline counts what the statement counts.
    """
    known = {line.record.id: line for line in records}
    told = (line.records for finding in findings for line in finding.evidence)
    groups = dict.fromkeys(tuple(sorted(known.keys() & set(ids))) for ids in told)
    found = (_burst([known[id_] for id_ in group]) for group in groups if group)
    return tuple(burst for burst in found if burst)[:MOST_BURSTS]


def _burst(lines: Sequence[RecordLine]) -> Burst | None:
    times = sorted(line.record.time for line in lines)
    people, places = {line.record.person for line in lines}, {line.place for line in lines}
    if len(people) < 2 or len(places) > 1 or times[0].date() != times[-1].date():
        return None
    tills = {line.terminal.rpartition("/")[2] for line in lines}
    where = f"{lines[0].place} {tills.pop() if len(tills) == 1 else ''}".strip()
    return Burst(where, times[0], times[-1], len(people), len(lines))


def _lanes(records: Sequence[RecordLine], members: Mapping[Key, MemberLine]) -> tuple[Lane, ...]:
    """Persons with records: members first, then by how many records they have."""
    counts = Counter((NodeType.PERSON, line.record.person) for line in records)
    shown = {(NodeType.PERSON, line.record.person): _short(line) for line in records}
    order = sorted(counts, key=lambda key: (key not in members, -counts[key], key))
    return tuple(Lane(key, shown[key], key in members) for key in order)


def _short(line: RecordLine) -> str:
    """Name and the end of the number, as far as they may be shown."""
    tail = line.person if len(line.person) <= 10 else f"…{line.person[-TAIL:]}"
    return f"{line.name} {tail}".strip()


def _line(sheet: RingSheet, record: RingRecord, places: Mapping[str, Institution], faces: Faces) -> RecordLine:
    picture = sheet.ring.picture
    person, name = faces[NodeRef(NodeType.PERSON, record.person)]
    doctor = faces[NodeRef(NodeType.DOCTOR, record.doctor)] if record.doctor else ("", "")
    return RecordLine(
        record=record,
        grade=picture.records[record.id],
        person=person,
        name=name,
        card=faces[NodeRef(NodeType.CARD, record.card)][0] if record.card else "",
        terminal=record.terminal,
        place=places[record.place].name if record.place in places else record.place,
        doctor=doctor[1] or doctor[0],
        key_record=record.id in picture.keys.records,
        keys=frozenset(record.keys),
    )
