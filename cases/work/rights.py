"""Who may do what to cases: one table of rights, beside the one of steps (`cases.work.stages`)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from cases.people import Actor, NoRightError, Role
from claims.language import N_


class Right(StrEnum):
    """What can be asked of the case book."""

    SEE = "see_cases"
    OPEN = "open_case"
    WORK = "work_case"
    STEP = "step_case"
    ASSIGN = "assign_case"
    MERGE = "merge_cases"
    JUDGE = "judge_answers"
    DRAW = "draw_rereads"
    REREAD = "reread"
    BOARD = "see_board"


RIGHT_TITLES: Mapping[Right, str] = MappingProxyType(
    {
        Right.SEE: N_("see cases"),
        Right.OPEN: N_("open cases"),
        Right.WORK: N_("take, comment, attach, set tasks and dates"),
        Right.STEP: N_("move cases from stage to stage"),
        Right.ASSIGN: N_("assign cases"),
        Right.MERGE: N_("merge and separate cases"),
        Right.JUDGE: N_("accept or refuse answers"),
        Right.DRAW: N_("draw cases to be read again"),
        Right.REREAD: N_("read again, blind"),
        Right.BOARD: N_("see the board"),
    }
)

_CASEWORK = frozenset({Role.INVESTIGATOR, Role.REVIEWER, Role.LEAD})

RIGHT_ROLES: Mapping[Right, frozenset[Role]] = MappingProxyType(
    {
        Right.SEE: _CASEWORK | {Role.AUDITOR},
        Right.OPEN: _CASEWORK,
        Right.WORK: _CASEWORK,
        Right.STEP: _CASEWORK,  # which step is whose: `cases.work.stages.STEPS`
        Right.ASSIGN: frozenset({Role.LEAD}),
        Right.MERGE: frozenset({Role.REVIEWER, Role.LEAD}),
        Right.JUDGE: frozenset({Role.REVIEWER, Role.LEAD}),
        Right.DRAW: frozenset({Role.LEAD, Role.AUDITOR}),
        Right.REREAD: frozenset({Role.REVIEWER, Role.LEAD}),
        Right.BOARD: frozenset({Role.REVIEWER, Role.LEAD, Role.AUDITOR}),
    }
)


def need(actor: Actor, right: Right) -> None:
    """Raise NoRightError unless one of the actor's roles holds the right."""
    if not actor.is_one_of(RIGHT_ROLES[right]):
        raise NoRightError(N_("Your roles do not allow this."))
