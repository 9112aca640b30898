"""What a case says of its ring, as documents tell it: steps, answers of the institution, what was decided."""

import sqlalchemy as sa

from cases.exports.facts import CaseHistory, Step
from cases.model import Key
from cases.schema import reading
from cases.work.model import NO_CASE, ORIGIN_TITLES, OUTCOME_TITLES, CaseEvent, CaseFile, Outcome
from cases.work.rows import events_of, read_cases
from cases.work.stages import STAGE_TITLES, STEP_TITLES, StepName
from cases.work.tables import case_answers, case_outcomes, cases
from claims.errors import NotFoundError
from claims.language import speaking, translate
from graph.model import NodeType

# What stands between the colons of a document besides the steps of the table.
_ACTS = {"open": "立案", "decide": "终审决定", "merge": "并案", "unmerge": "撤销并案", "reopen": "重新办理"}


def history_of(engine: sa.Engine, case: str) -> CaseHistory:
    """Read a case as its documents tell it; NotFoundError where there is none. Whoever asks has the right to."""
    with reading(engine) as connection:
        found = read_cases(connection, cases.c.id == case)
        if not found:
            raise NotFoundError(NO_CASE, case=case)
        events = events_of(connection, case)
        outcomes = connection.execute(
            sa.select(case_outcomes).where(case_outcomes.c.case_id == case, case_outcomes.c.in_force)
        ).all()
        answers = connection.scalars(
            sa.select(case_answers.c.words).where(case_answers.c.case_id == case).order_by(case_answers.c.id)
        ).all()
    members: tuple[tuple[Key, str], ...] = tuple(
        ((NodeType(row.type), row.subject), row.outcome) for row in outcomes if row.about == "member"
    )
    records = tuple((row.subject, row.outcome) for row in outcomes if row.about == "record")
    return _history(found[0], events, members, records, tuple(answers))


def _history(
    file: CaseFile,
    events: tuple[CaseEvent, ...],
    members: tuple[tuple[Key, str], ...],
    records: tuple[tuple[str, str], ...],
    answers: tuple[str, ...],
) -> CaseHistory:
    with speaking("zh_CN"):
        return CaseHistory(
            number=file.id,
            opened_at=file.opened_at,
            opened_from=translate(ORIGIN_TITLES[file.origin]),
            stage=translate(STAGE_TITLES[file.stage]),
            outcome=_outcome(file.outcome),
            lead=file.owner,
            answer="；".join(answers),
            steps=tuple(_step(event) for event in events if not event.refused and _told(event.act)),
            members=members,
            records=records,
        )


def _outcome(outcome: Outcome | None) -> str:
    return translate(OUTCOME_TITLES[outcome]) if outcome else ""


def _told(act: str) -> bool:
    return act in _ACTS or act in set(StepName)


def _step(event: CaseEvent) -> Step:
    what = translate(STEP_TITLES[StepName(event.act)]) if event.act in set(StepName) else _ACTS[event.act]
    at = event.at.astimezone().replace(tzinfo=None, microsecond=0)
    return Step(at, event.actor, what, event.reason)
