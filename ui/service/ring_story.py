"""A ring's settlements as they may be shown: lines of the table, weeks of the timeline, bursts at a till."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cases.handout.sheet import MemberLine, RingSheet
from cases.model import Key
from detectors.finding import Grade
from graph.model import NodeRef, NodeType
from ui.service.ring_records import Institution, Read, RingRecord

BURST = timedelta(minutes=5)  # longest pause between two settlements of one burst
LEAST_IN_BURST = 3  # different persons
MOST_BURSTS = 20
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
    """Several persons settled one after another at one till (or place, where tills are not recorded)."""

    where: str
    first: datetime
    last: datetime
    people: int
    records: int

    @property
    def tightness(self) -> float:
        """Persons a minute, with a few minutes added so that three in one minute do not beat a crowd."""
        return self.people / ((self.last - self.first).total_seconds() / 60 + 10)


@dataclass(frozen=True)
class Story:
    """The timeline: who stands on which line, and bursts, the tightest first."""

    lanes: tuple[Lane, ...]
    bursts: tuple[Burst, ...]
    members: Mapping[Key, MemberLine]


def told(sheet: RingSheet, read: Read, faces: Faces) -> tuple[Story, tuple[RecordLine, ...]]:
    """Return the timeline and the table of a ring."""
    records = tuple(_line(sheet, record, read.places, faces) for record in read.records.values())
    lines = dict(zip((member.key for member in sheet.ring.picture.members), sheet.members, strict=True))
    return Story(_lanes(records, lines), bursts(records), lines), records


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


def bursts(records: Sequence[RecordLine]) -> tuple[Burst, ...]:
    """Return the runs of settlements without a longer pause with the most persons a minute."""
    by_till: dict[tuple[str, str], list[RecordLine]] = {}
    for line in sorted(records, key=lambda line: (line.record.time, line.record.id)):
        by_till.setdefault((line.place, line.terminal), []).append(line)
    found = [_burst(run) for lines in by_till.values() for run in _runs(lines)]
    crowded = [burst for burst in found if burst.people >= LEAST_IN_BURST]
    crowded.sort(key=lambda burst: (-burst.tightness, burst.first))
    return tuple(crowded[:MOST_BURSTS])


def _runs(lines: Sequence[RecordLine]) -> Iterable[list[RecordLine]]:
    run: list[RecordLine] = []
    for line in lines:
        if run and line.record.time - run[-1].record.time > BURST:
            yield run
            run = []
        run.append(line)
    yield run


def _burst(run: Sequence[RecordLine]) -> Burst:
    people = len({line.record.person for line in run})
    where = f"{run[0].place} {run[0].terminal.rpartition('/')[2]}".strip()
    return Burst(where, run[0].record.time, run[-1].record.time, people, len(run))


def _lanes(records: Sequence[RecordLine], members: Mapping[Key, MemberLine]) -> tuple[Lane, ...]:
    """Persons with records: members first, then by how many records they have."""
    counts = Counter((NodeType.PERSON, line.record.person) for line in records)
    shown = {(NodeType.PERSON, line.record.person): _short(line) for line in records}
    order = sorted(counts, key=lambda key: (key not in members, -counts[key], key))
    return tuple(Lane(key, shown[key], key in members) for key in order)


def _short(line: RecordLine) -> str:
    """Name and the end of the number, as far as they may be shown."""
    tail = line.person if len(line.person) <= 10 else f"…{line.person[-6:]}"
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
