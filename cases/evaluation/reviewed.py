"""What people concluded on the records of rings, as regards the institution where each was made.

Only conclusions of people count. The finest one speaks first: an institution that was cleared as a
member, then the record's own, then the institution's as a member, then that of the ring as a whole.
A conclusion on the whole says nothing about records that were contested, or explained, from the start;
and none about anything once the ring has changed so much that its decision no longer holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from cases.evaluation.case_mix import Record, read_records
from cases.evaluation.model import Mark
from cases.history import Verdict
from cases.model import UNDER_THE_LINE, Ring
from cases.schema import decisions, reading, ring_events, runs
from cases.store import CaseStore
from cases.work.model import Outcome
from cases.work.stages import Stage
from cases.work.tables import case_outcomes, case_rings, cases
from claims.reader import Claims
from detectors.finding import Grade
from graph.model import NodeType

_OF_OUTCOME: Mapping[Outcome, Mark] = {
    Outcome.CONFIRMED: Mark.CONFIRMED,
    Outcome.PARTLY: Mark.PARTLY,
    Outcome.CLEARED: Mark.CLEARED,
    Outcome.NOT_ENOUGH: Mark.UNPROVEN,
}
_OF_VERDICT: Mapping[Verdict, Mark] = {
    Verdict.CONFIRMED: Mark.CONFIRMED,
    Verdict.CLEARED: Mark.CLEARED,
    Verdict.UNSURE: Mark.UNPROVEN,
}
# A ring that was concluded on as a whole: its contested records were never shown one by one.
_CONTESTED: Mapping[Mark, Mark] = {Mark.CONFIRMED: Mark.UNPROVEN, Mark.PARTLY: Mark.UNPROVEN}
_A_PLACE = ("member", NodeType.INSTITUTION.value)
# The last row of a ring is the case that speaks for it: an open one if there is one, else the last that closed.
_BOUND = (
    sa.select(case_rings.c.ring_id, cases.c.id, cases.c.stage)
    .join(cases, cases.c.id == case_rings.c.case_id)
    .where(cases.c.merged_into == "")
    .order_by(sa.func.coalesce(cases.c.closed_at, "9"), cases.c.number)
)
_VERDICTS = """
    SELECT subject_id, verdict FROM verdicts WHERE subject_type = 'settlement'
    ORDER BY decided_at NULLS FIRST, source_file, source_line
"""


@dataclass(frozen=True)
class Marked:
    """One record of one ring; without a ring (`lead` names a person) where only a verdict speaks of it."""

    lead: str
    record: Record
    mark: Mark


@dataclass(frozen=True)
class Said:
    """Conclusions on one ring: of the whole, of institutions that are members, of records."""

    whole: Mark | None = None
    places: Mapping[str, Mark] = field(default_factory=dict)
    records: Mapping[str, Mark] = field(default_factory=dict)

    def of(self, record: Record, grade: Grade) -> Mark | None:
        """Return the mark of a record; None where it was explained from the start and nobody spoke of it."""
        place = self.places.get(record.place)
        if place is Mark.CLEARED:
            return place
        own = self.records.get(record.id)
        if own is not None:
            return own
        if grade is Grade.LAWFUL:
            return None
        broad = place or self.whole or Mark.OPEN
        return _CONTESTED.get(broad, broad) if grade is Grade.CONTESTED else broad


def stamp_of(store: CaseStore) -> str:
    """Return what conclusions must be read anew for, as text."""
    columns = (runs.c.id, decisions.c.id, ring_events.c.id, case_outcomes.c.id)
    with reading(store.engine) as connection:
        return ":".join(str(connection.scalar(sa.select(sa.func.max(column))) or 0) for column in columns)


def read_reviewed(store: CaseStore, claims: Claims) -> tuple[Marked, ...]:
    """Return every record of every ring above the line or concluded on, and those only verdicts speak of."""
    verdicts, said = _verdicts(claims), _said(store)
    shown = [ring for ring in store.rings() if ring.id in said or ring.status not in UNDER_THE_LINE]
    records = read_records(claims, {id_ for ring in shown for id_ in ring.picture.records} | set(verdicts))
    # What no case and no decision of ours speaks of may have been concluded on before, or elsewhere.
    marked = [one for ring in shown for one in _of_ring(ring, said.get(ring.id) or Said(records=verdicts), records)]
    known = {one.record.id for one in marked}
    alone = (records[id_] for id_ in verdicts if id_ in records and id_ not in known)
    marked += [Marked(f"verdict:{record.person}", record, verdicts[record.id]) for record in alone]
    return tuple(sorted(marked, key=lambda one: (one.lead, one.record.id)))


def _of_ring(ring: Ring, said: Said, records: Mapping[str, Record]) -> Iterator[Marked]:
    for id_, grade in ring.picture.records.items():
        mark = said.of(records[id_], grade) if id_ in records else None
        if mark is not None:
            yield Marked(ring.id, records[id_], mark)


def _said(store: CaseStore) -> Mapping[str, Said]:
    """Conclusions by ring: of the newest case it is or was in, else of the decision in force.

    A case that is open, or open again, has none yet, whatever was concluded before.
    """
    decided = {
        one.ring: _OF_VERDICT[one.verdict] for one in store.decisions() if one.in_force and one.verdict in _OF_VERDICT
    }
    found = {ring: Said(whole) for ring, whole in decided.items()}
    with reading(store.engine) as connection:
        bound = connection.execute(_BOUND).all()
        outcomes = connection.execute(sa.select(case_outcomes).where(case_outcomes.c.in_force)).all()
    told: dict[str, list[sa.Row[*tuple[object, ...]]]] = defaultdict(list)
    for row in outcomes:
        told[row.case_id].append(row)
    for row in bound:
        closed = row.stage == Stage.CLOSED.value
        found[row.ring_id] = _of_case(told[row.id], decided.get(row.ring_id)) if closed else Said()
    return found


def _of_case(outcomes: Iterable[sa.Row[*tuple[object, ...]]], decided: Mark | None) -> Said:
    """Conclusions of a closed case; that on the whole holds only as long as the ring's decision does."""
    marks = {(row.about, row.type, row.subject): _OF_OUTCOME[Outcome(row.outcome)] for row in outcomes}
    places = {id_: mark for (about, type_, id_), mark in marks.items() if (about, type_) == _A_PLACE}
    records = {id_: mark for (about, _type, id_), mark in marks.items() if about == "record"}
    whole = marks.get(("whole", "", "")) if decided is not None else None
    if whole is Mark.PARTLY and records:
        whole = Mark.UNPROVEN  # the part that holds was named record by record
    return Said(whole, places, records)


def _verdicts(claims: Claims) -> Mapping[str, Mark]:
    """The newest verdict on each settlement, of whatever source it was delivered from."""
    with claims.connect() as connection:
        return {id_: _OF_VERDICT[Verdict(verdict)] for id_, verdict in connection.execute(_VERDICTS).fetchall()}
