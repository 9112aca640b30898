"""All that the page of a case shows: who, until when, what can be done, what was concluded."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cases.model import Key
from cases.people import Actor, Role
from cases.schema import reading
from cases.work.model import CaseEvent, CaseFile, Outcome
from cases.work.stages import Part, Stage, StepName, steps_from, workers_of
from cases.work.tables import case_outcomes, case_verdicts, case_watchers
from detectors.finding import Grade
from graph.model import NodeRef, NodeType
from ui.service.cases_cards import Card, cards
from ui.service.cases_door import CaseDoor, named, ref_of
from ui.service.ring_sheet import RingPaper
from ui.service.ring_story import RecordLine


@dataclass(frozen=True)
class Concluded:
    """Outcomes in force: about members and about records (setl_id); how many verdicts, how many of them loaded."""

    members: Mapping[Key, Outcome]
    records: Mapping[str, Outcome]
    verdicts: int = 0
    taken: int = 0


@dataclass(frozen=True)
class MemberRow:
    """A member of a case's rings as it may be shown; `key` is real and never drawn."""

    key: Key
    name: str
    role: str
    records: int
    outcome: Outcome | None


@dataclass(frozen=True)
class RecordRow:
    """A record of a case's rings; `line` is None where its settlement was refunded since, `person` is then empty."""

    id: str
    line: RecordLine | None
    person: str
    grade: Grade
    outcome: Outcome | None


@dataclass(frozen=True)
class CasePaper:
    """A case as the asking account sees it; `blind`: it is to be read again without the first outcome."""

    card: Card
    source: str
    ref: NodeRef | None  # what it began with, under a number that may be shown
    steps: tuple[StepName, ...]
    own_work: bool  # the roles would allow the next step, earlier work on the case does not
    workers: tuple[Role, ...]
    parts: Mapping[str, frozenset[Part]]
    names: Mapping[str, str]
    watched: bool
    days: int | None  # the time limit of the stage
    blind: bool

    @property
    def file(self) -> CaseFile:
        """The case."""
        return self.card.file

    def who(self, part: Part) -> list[str]:
        """Return who has worked on it as `part`."""
        return [self.called(name) for name, parts in sorted(self.parts.items()) if part in parts]

    def called(self, name: str) -> str:
        """Name an account as people do."""
        return self.names.get(name, name)


def paper_of(door: CaseDoor, actor: Actor, case: str) -> CasePaper:
    """Return a case; NotFoundError outside the actor's regions."""
    file = door.book.get(actor, case)
    parts = door.book.parts(actor, file.id)
    steps = door.book.steps(actor, file.id)
    ref = ref_of(file)
    mine = (case_watchers.c.case_id == file.id) & (case_watchers.c.name == actor.name)
    return CasePaper(
        card=cards(door, [file])[0],
        source=door.source(file),
        ref=door.masks().refs([ref])[ref] if ref else None,
        steps=steps,
        own_work=not steps and any(actor.is_one_of(step.roles) for step in steps_from(file.stage).values()),
        workers=tuple(sorted(workers_of(file.stage))),
        parts=parts,
        names={account.name: account.title for account in door.accounts.all()},
        watched=bool(named(door.book.engine, mine, case_watchers.c.name)),
        days=door.book.limits.days.get(file.stage),
        blind=door.hidden(actor, file.id),
    )


def concluded(door: CaseDoor, actor: Actor, case: str) -> Concluded:
    """Return the outcomes in force of a case; none while the actor is to read it again."""
    file = door.book.get(actor, case)
    if file.stage is not Stage.CLOSED or door.hidden(actor, case):
        return Concluded({}, {})
    mine = (case_outcomes.c.case_id == case) & case_outcomes.c.in_force
    with reading(door.book.engine) as connection:
        rows = connection.execute(sa.select(case_outcomes).where(mine)).all()
        ours = sa.select(sa.func.count(), sa.func.count(case_verdicts.c.load_id))
        verdicts, taken = connection.execute(ours.where(case_verdicts.c.case_id == case)).one()
    members = {(NodeType(r.type), r.subject): Outcome(r.outcome) for r in rows if r.about == "member"}
    records = {row.subject: Outcome(row.outcome) for row in rows if row.about == "record"}
    return Concluded(members, records, verdicts, taken)


def members_of(papers: Sequence[RingPaper], found: Concluded) -> tuple[MemberRow, ...]:
    """Return the members of several rings, each once, people first."""
    rows: dict[Key, MemberRow] = {}
    people = people_of(papers)
    for paper in papers:
        for key, line in paper.story.members.items():
            count = sum(key in record.keys for record in paper.records)
            name = people.get(key) or f"{line.name} {line.id}".strip()
            known = rows[key].records if key in rows else 0
            rows[key] = MemberRow(key, name, line.role.value, known + count, found.members.get(key))
    return tuple(sorted(rows.values(), key=lambda r: (r.key[0] is not NodeType.PERSON, r.key[0], -r.records, r.name)))


def records_of(papers: Sequence[RingPaper], found: Concluded) -> tuple[RecordRow, ...]:
    """Return the records of several rings in order of time; those refunded since stand last."""
    rows: dict[str, RecordRow] = {}
    people = people_of(papers)
    for paper in papers:
        lines = {line.record.id: line for line in paper.records}
        for id_, grade in paper.ring.picture.records.items():
            line = lines.get(id_)
            person = people[NodeType.PERSON, line.record.person] if line else ""
            rows.setdefault(id_, RecordRow(id_, line, person, grade, found.records.get(id_)))
    return tuple(sorted(rows.values(), key=lambda r: (r.line is None, r.line.record.time if r.line else None, r.id)))


def people_of(papers: Sequence[RingPaper]) -> Mapping[Key, str]:
    """Return name and number of the insured persons of several rings as they may be printed.

    Two whom the masks would make one are told apart by a count: something is said of each of them.
    """
    found: dict[Key, str] = {}
    for paper in papers:
        members = ((key, line.name, line.id) for key, line in paper.story.members.items())
        named = (((NodeType.PERSON, line.record.person), line.name, line.person) for line in paper.records)
        for key, name, id_ in (*members, *named):
            if key[0] is NodeType.PERSON:
                found.setdefault(key, f"{name} {paper.printed(key[0], id_)}".strip())
    counts: Counter[str] = Counter()
    for key in sorted(found):
        counts[found[key]] += 1
        if (count := counts[found[key]]) > 1:
            found[key] = f"{found[key]} ({count})"
    return found


def last_event(events: Sequence[CaseEvent], others: str) -> CaseEvent | None:
    """Return the newest step somebody other than `others` took."""
    return next((event for event in reversed(events) if event.actor != others and not event.refused), None)
