"""Hearing an institution: enter what it answers as facts, judge them, and score the ring again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from cases.codec import finding_of, unpacked
from cases.decision_rows import weights_of
from cases.exposure import THRESHOLDS
from cases.gather import standing_of
from cases.model import Ring, Standing
from cases.people import Actor, NoRightError
from cases.picture import Setting, draw
from cases.schema import findings as findings_table
from cases.schema import reading
from cases.schema import weights as weights_table
from cases.score import HAND, Weights
from cases.work.answers import EFFECTS, Answer, AnswerKind, AnswerState, Rescore, effects_of, scored
from cases.work.book import CaseBook
from cases.work.journal import Desk, Json
from cases.work.model import CaseError, CaseFile
from cases.work.moving import write_verdict
from cases.work.opening import rings_of
from cases.work.records import Records, read_case_records
from cases.work.rights import Right
from cases.work.stages import Stage
from cases.work.tables import case_answers, case_files
from claims.audit import checked_reason
from claims.errors import NotFoundError
from claims.language import N_
from claims.ledger import Kind
from claims.workspace import Workspace
from detectors.finding import Finding, Grade

_HEARING = frozenset({Stage.APPEAL, Stage.VERIFICATION})
_EXCUSING = (Grade.LAWFUL, None)


@dataclass(frozen=True)
class Appeals:
    """Answers of institutions in the cases of `book`; records come from `workspace`."""

    book: CaseBook
    workspace: Workspace

    def enter(self, actor: Actor, case: str, answer: Answer, reason: str) -> Answer:
        """Write down a fact an institution states, with the file it rests on; nothing is scored yet."""
        with self.book.journal.acting(actor, Right.WORK, "answer", case) as desk:
            _check(desk, desk.case(case), answer)
            number = desk.connection.scalar(
                sa.insert(case_answers).values(_values(desk, case, answer)).returning(case_answers.c.id)
            )
            details: dict[str, Json] = {
                "answer": int(number or 0),
                "institution": answer.institution,
                "kind": answer.kind.value,
            }
            desk.note(case, "answer", checked_reason(reason), Kind.APPEAL, details)
            return replace(answer, id=int(number or 0), entered_by=actor.name)

    def answers(self, actor: Actor, case: str) -> tuple[Answer, ...]:
        """Return the facts stated in a case, in the order they were entered."""
        self.book.get(actor, case)
        with reading(self.book.engine) as connection:
            return _answers(connection, case_answers.c.case_id == case)

    def rescore(self, actor: Actor, case: str, more: Sequence[int] = ()) -> tuple[Rescore, ...]:
        """Score the rings of a case without and with the accepted answers (and those numbered in `more`)."""
        file = self.book.get(actor, case)
        with reading(self.book.engine) as connection:
            desk = Desk(connection, actor, self.book.clock(), self.book.limits)
            return tuple(self._rescored(desk, file, more))

    def judge(self, actor: Actor, case: str, answer: int, *, accept: bool, reason: str) -> tuple[Rescore, ...]:
        """Accept or refuse an answer somebody else entered; an accepted one reaches later runs as verdicts."""
        with self.book.journal.acting(actor, Right.JUDGE, "judge_answer", case) as desk:
            mine = (case_answers.c.case_id == case) & (case_answers.c.id == answer)
            found = _answers(desk.connection, mine & (case_answers.c.state == AnswerState.GIVEN.value))
            if not found:
                raise NotFoundError(N_("{case} has no open answer {answer}."), case=case, answer=answer)
            if found[0].entered_by == actor.name:
                raise NoRightError(N_("Whoever entered an answer does not judge it."))
            state = AnswerState.ACCEPTED if accept else AnswerState.REFUSED
            done = {"state": state.value, "judged_by": actor.name, "judged_at": desk.at.isoformat()}
            desk.connection.execute(sa.update(case_answers).where(mine).values(done))
            file = desk.case(case)
            rescored = tuple(self._rescored(desk, file))
            cleared = self._conclude(desk, file, found[0], checked_reason(reason)) if accept else []
            scores = {r.ring: [f"{r.before.score:.6f}", f"{r.after.score:.6f}"] for r in rescored}
            sums = {r.ring: [str(r.before.fund), str(r.after.fund)] for r in rescored}
            details: dict[str, Json] = {
                "answer": answer,
                "state": state.value,
                "score": scores,
                "fund": sums,
                "cleared": cleared,
            }
            desk.note(case, "judge_answer", checked_reason(reason), Kind.APPEAL, details)
            return rescored

    def _conclude(self, desk: Desk, file: CaseFile, answer: Answer, reason: str) -> list[str]:
        """Clear the records an accepted answer explains, from the next run on; returns them."""
        effects = effects_of([answer], self._records(rings_of(desk, file)).by_id)
        cleared = sorted(record for record, grade in effects.items() if grade in _EXCUSING)
        for record in cleared:
            write_verdict(desk, file, "settlement", record, "cleared", reason)
        return cleared

    def _rescored(self, desk: Desk, file: CaseFile, more: Sequence[int] = ()) -> list[Rescore]:
        accepted = case_answers.c.state == AnswerState.ACCEPTED.value
        chosen = (case_answers.c.case_id == file.id) & (accepted | case_answers.c.id.in_(more))
        answers = _answers(desk.connection, chosen)
        rings = rings_of(desk, file)
        records = self._records(rings)
        effects = effects_of(answers, records.by_id)
        weights = _weights(desk.connection)
        return [_compared(ring, _findings(desk.connection, ring), records, effects, weights) for ring in rings]

    def _records(self, rings: Sequence[Ring]) -> Records:
        version = max((ring.picture.data_version for ring in rings), default=None)
        return read_case_records(self.workspace, (r for ring in rings for r in ring.picture.records), version)


def _compared(
    ring: Ring, found: Sequence[Finding], records: Records, effects: Mapping[str, Grade | None], weights: Weights
) -> Rescore:
    facts = {record.id: record.fact for record in records.by_id.values()}
    today = records.newest.date() if records.newest else date.min
    plain = Setting(facts, ring.picture.data_version, today, weights, THRESHOLDS)
    standing = standing_of(found[0]) if found else Standing.BELOW_LINE
    before, after = (
        draw(standing, ring.picture.numbers, found, setting) for setting in (plain, replace(plain, excused=effects))
    )
    touched = tuple(sorted(effects.keys() & ring.picture.records.keys()))
    return Rescore(ring.id, scored(before), scored(after), touched)


def _check(desk: Desk, case: CaseFile, answer: Answer) -> None:
    if case.stage not in _HEARING:
        raise CaseError(N_("Answers are entered while the institution is heard or facts are verified."))
    if answer.subject_type not in EFFECTS[answer.kind].about:
        raise CaseError(N_("This kind of answer is about something else."))
    if answer.ends < answer.begins or answer.begins > desk.at.date():
        raise CaseError(N_("The days of an answer run forward and have begun."))
    file = (case_files.c.case_id == case.id) & (case_files.c.id == answer.file)
    if desk.connection.scalar(sa.select(case_files.c.id).where(file)) is None:
        raise NotFoundError(N_("{case} has no file {file}."), case=case.id, file=answer.file)


def _values(desk: Desk, case: str, answer: Answer) -> dict[str, object]:
    return {
        "case_id": case,
        "institution": answer.institution,
        "kind": answer.kind.value,
        "subject_type": answer.subject_type,
        "subject_id": answer.subject_id,
        "begins": answer.begins.isoformat(),
        "ends": answer.ends.isoformat(),
        "file_id": answer.file,
        "words": answer.words,
        "at": desk.at.isoformat(),
        "entered_by": desk.actor.name,
        "state": AnswerState.GIVEN.value,
        "judged_by": "",
    }


def _answers(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> tuple[Answer, ...]:
    query = sa.select(case_answers).where(condition).order_by(case_answers.c.id)
    return tuple(
        Answer(
            institution=row.institution,
            kind=AnswerKind(row.kind),
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            begins=date.fromisoformat(row.begins),
            ends=date.fromisoformat(row.ends),
            file=row.file_id,
            words=row.words,
            id=row.id,
            entered_by=row.entered_by,
            state=AnswerState(row.state),
            judged_by=row.judged_by,
        )
        for row in connection.execute(query)
    )


def _findings(connection: sa.Connection, ring: Ring) -> list[Finding]:
    """The findings of a ring, strongest first, as the run that saw it last wrote them."""
    mine = (findings_table.c.run_id == ring.run) & findings_table.c.number.in_(ring.picture.numbers)
    query = sa.select(findings_table.c.number, findings_table.c.content).where(mine)
    found = {number: finding_of(unpacked(content)) for number, content in connection.execute(query)}
    return [found[number] for number in ring.picture.numbers]


def _weights(connection: sa.Connection) -> Weights:
    row = connection.execute(sa.select(weights_table).order_by(weights_table.c.version.desc()).limit(1)).one_or_none()
    return HAND if row is None else weights_of(row)
