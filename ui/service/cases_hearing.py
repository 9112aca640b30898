"""Hearing an institution from the page: the sheet it is sent, what it answers, and what that changes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from cases.handout.sheet import mask_text
from cases.names import Names
from cases.people import Actor
from cases.work.answers import Answer, Rescore
from cases.work.appeals import Appeals
from cases.work.opened import open_book
from cases.work.question_docx import Handling, question_docx
from cases.work.question_sheet import AskedRecord, QuestionSheet, question_sheet
from cases.work.stages import Stage
from claims.aliases import Aliases
from claims.audit import Act, Audit, checked_reason
from claims.errors import NotFoundError
from claims.language import N_
from claims.masking import mask_name
from claims.reader import Claims
from claims.workspace import Workspace
from detectors.finding import Statement
from graph.masking import printed, resolve
from graph.model import NodeRef, NodeType
from ui.auth.roles import Action
from ui.service.cases_door import CaseDoor
from ui.service.ring_sheet import RingPaper

SETTLEMENT = "settlement"
HEARING = frozenset({Stage.APPEAL, Stage.VERIFICATION})


@dataclass(frozen=True)
class Place:
    """An institution that records of the case are of."""

    code: str
    name: str
    records: int


@dataclass(frozen=True)
class Asked:
    """A question sheet as it may be looked at: the institution's own patients are masked too."""

    case: str
    institution: str
    due: date | None
    statements: tuple[Statement, ...]
    questions: tuple[Statement, ...]
    records: tuple[AskedRecord, ...]


@dataclass(frozen=True)
class CaseHearing:
    """Questions to institutions and their answers, behind the guard."""

    door: CaseDoor

    @property
    def appeals(self) -> Appeals:
        """The answers of the case book."""
        return Appeals(self.door.book, self.door.workspace)

    def sheet(self, case: str, institution: str, reason: str) -> Asked:
        """Draw up the sheet of one institution and return it masked; the ledger keeps why."""
        sheet = question_sheet(self.appeals, self.door.actor(Action.STEP_CASE), case, institution, reason)
        return _masked(self.door, sheet)

    def document(self, case: str, institution: str, reason: str) -> tuple[str, bytes]:
        """Return the sheet as DOCX (name, content), insured persons under aliases; audit and ledger hold it first."""
        account = self.door.gate.guard(Action.EXPORT)
        sheet = question_sheet(self.appeals, self.door.actor(Action.STEP_CASE), case, institution, reason)
        now = self.door.book.clock().astimezone()
        content = question_docx(sheet, self.door.workspace, Handling(account.name, now, reason))
        name = f"{case}-{_safe(institution)}-疑点问题单.docx"
        details = {"institution": institution, "file": name, "sha256": hashlib.sha256(content).hexdigest()}
        audit = Audit(self.door.workspace.audit)
        audit.append(Act.EXPORT, case, reason=checked_reason(reason), details=details, user=account.name)
        return name, content

    def answers(self, case: str) -> tuple[Answer, ...]:
        """Return the facts institutions stated."""
        actor = self.door.actor(Action.SEE_CASES)
        return () if self.door.hidden(actor, case) else self.appeals.answers(actor, case)

    def shown(self, answers: Sequence[Answer]) -> Mapping[int, str]:
        """Return whom each answer is about, as it may be shown."""
        known = set(NodeType)
        refs = {a.id: NodeRef(NodeType(a.subject_type), a.subject_id) for a in answers if a.subject_type in known}
        masked = self.door.masks().refs(set(refs.values()))
        return {a.id: printed(masked[refs[a.id]]) if a.id in refs else a.subject_id for a in answers}

    def enter(self, case: str, answer: Answer, reason: str) -> Answer:
        """Write down a fact an institution states; an alias stands for the number it was given for."""
        return self.appeals.enter(self.door.actor(Action.WORK_CASE), case, self._resolved(answer), reason)

    def judge(self, case: str, answer: int, *, accept: bool, reason: str) -> tuple[Rescore, ...]:
        """Accept or refuse an answer somebody else entered."""
        actor = self.door.actor(Action.JUDGE_ANSWERS)
        return self.appeals.judge(actor, case, answer, accept=accept, reason=reason)

    def change(self, case: str, more: tuple[int, ...] = ()) -> tuple[Rescore, ...]:
        """Return the rings before and after the accepted answers, and those in `more`."""
        actor = self.door.actor(Action.SEE_CASES)
        file = self.door.book.get(actor, case)
        if self.door.hidden(actor, case):
            raise NotFoundError(N_("There is no case {case}."), case=case)
        stamp = tuple((a.id, a.state.value) for a in self.appeals.answers(actor, case))
        return _scored(self.door.workspace, actor, case, (file.version, stamp), more)

    def _resolved(self, answer: Answer) -> Answer:
        if answer.subject_type not in set(NodeType):
            return answer
        ref = NodeRef(NodeType(answer.subject_type), answer.subject_id)
        found = resolve(ref, Aliases(self.door.workspace.aliases))
        return replace(answer, subject_id=found.id)


def places_of(papers: Sequence[RingPaper]) -> tuple[Place, ...]:
    """Return the institutions of a case's records, the one with the most records first."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for line in (line for paper in papers for line in paper.records):
        names[line.record.place] = line.place
        counts[line.record.place] = counts.get(line.record.place, 0) + 1
    return tuple(Place(code, names[code], counts[code]) for code in sorted(counts, key=lambda c: (-counts[c], c)))


def touched_by(papers: Sequence[RingPaper], answer: Answer) -> int:
    """Count the records of its institution and days that an answer is about."""
    about = answer.subject_type, answer.subject_id
    return sum(
        line.record.place == answer.institution
        and answer.begins <= line.record.time.date() <= answer.ends
        and (about == (SETTLEMENT, line.record.id) or about in line.keys)
        for paper in papers
        for line in paper.records
    )


def _safe(code: str) -> str:
    """A code as part of a file's name: it is never a path."""
    return "".join(sign if sign.isalnum() else "_" for sign in code)


def _masked(door: CaseDoor, sheet: QuestionSheet) -> Asked:
    """Mask numbers and names of everybody the institution's own records name."""
    people = {(NodeType.PERSON, r.person) for r in sheet.records} | {(NodeType.DOCTOR, r.doctor) for r in sheet.records}
    keys = sorted(key for key in people if key[1])
    names = Names(door.workspace, Claims.open(door.workspace).version.id).of(keys)
    shown = door.masks().refs(NodeRef(*key) for key in keys)
    numbers = {key[1]: printed(shown[NodeRef(*key)]) for key in keys}
    hidden = {real: number for real, number in numbers.items() if number != real}
    hidden |= {name: mask_name(name) for name in names.values() if len(name) > 1}
    faces = {key[1]: f"{mask_name(names.get(key, ''))} {printed(shown[NodeRef(*key)])}".strip() for key in keys}
    return Asked(
        case=sheet.case,
        institution=sheet.institution,
        due=sheet.due,
        statements=tuple(Statement(mask_text(s.zh, hidden), mask_text(s.en, hidden)) for s in sheet.statements),
        questions=sheet.questions,
        records=tuple(
            replace(r, person=faces.get(r.person, ""), doctor=faces.get(r.doctor, "")) for r in sheet.records
        ),
    )


# The records of a data version never change: the same answers to the same case give the same scores.
@lru_cache(maxsize=32)
def _scored(
    workspace: Workspace, actor: Actor, case: str, stamp: tuple[object, ...], more: tuple[int, ...]
) -> tuple[Rescore, ...]:
    del stamp  # it only tells cases that changed apart
    return Appeals(open_book(workspace), workspace).rescore(actor, case, more)
