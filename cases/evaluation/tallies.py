"""Rings, records and money of each institution and quarter by how far people have come with them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

from cases.evaluation.case_mix import Record
from cases.evaluation.model import HELD, Mark, Tally
from cases.evaluation.reviewed import Marked

At = tuple[str, int]  # institution and quarter (`Quarter.place`)
Cell = tuple[str, int, str, str, str]  # institution, quarter, care, age, chapter
Tallies = Mapping[Mark, Tally]
NOTHING: Tallies = MappingProxyType({mark: Tally() for mark in Mark})
# Of a record that stands in several rings the first of these holds.
_STRONGEST = (Mark.CONFIRMED, Mark.PARTLY, Mark.OPEN, Mark.UNPROVEN, Mark.CLEARED)


def tallies_of(marked: Iterable[Marked]) -> Mapping[At, Tallies]:
    """Count rings once per institution and quarter, records once whatever rings they stand in."""
    rings: dict[At, dict[str, set[Mark]]] = defaultdict(lambda: defaultdict(set))
    records: dict[At, dict[str, tuple[Record, set[Mark]]]] = defaultdict(dict)
    for one in marked:
        at = one.record.place, one.record.quarter
        rings[at][one.lead].add(one.mark)
        records[at].setdefault(one.record.id, (one.record, set()))[1].add(one.mark)
    return {at: _tally(rings[at].values(), records[at].values()) for at in rings}


def _tally(rings: Iterable[Collection[Mark]], records: Iterable[tuple[Record, Collection[Mark]]]) -> Tallies:
    ring_marks = Counter(map(_of_ring, rings))
    funds: dict[Mark, list[Decimal]] = {mark: [] for mark in Mark}
    for record, marks in records:
        funds[next(mark for mark in _STRONGEST if mark in marks)].append(record.fund)
    return {mark: Tally(ring_marks[mark], len(own), sum(own, Decimal("0.00"))) for mark, own in funds.items()}


def _of_ring(marks: Collection[Mark]) -> Mark:
    """The mark of a ring at one institution: confirmed only where nothing was cleared or left open beside it."""
    sides = set(marks) - {Mark.UNPROVEN}
    if not sides:
        return Mark.UNPROVEN
    if sides == {Mark.CONFIRMED}:
        return Mark.CONFIRMED
    if sides & HELD:
        return Mark.PARTLY
    return Mark.OPEN if Mark.OPEN in sides else Mark.UNPROVEN if Mark.UNPROVEN in marks else Mark.CLEARED


def events_of(marked: Iterable[Marked]) -> Mapping[Cell, float]:
    """Share every confirmed ring's 1 among the cells of its confirmed records, by institution and quarter."""
    held: dict[tuple[str, At], list[Record]] = defaultdict(list)
    for one in marked:
        if one.mark in HELD:
            held[one.lead, (one.record.place, one.record.quarter)].append(one.record)
    found: dict[Cell, float] = defaultdict(float)
    for records in held.values():
        for record in records:
            found[_cell(record)] += 1 / len(records)
    return found


def _cell(record: Record) -> Cell:
    return record.place, record.quarter, record.care, record.age, record.chapter


def held(tallies: Mapping[Mark, Tally]) -> int:
    """Return how many rings were confirmed, fully or partly."""
    return sum(tallies[mark].rings for mark in HELD)
