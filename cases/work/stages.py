"""The way of a case as one table: which act leads from which stage to which, whose it is, who may not.

Stages follow the order of the national rule bases for fund supervision (两库 workflow): machine check,
second check by a person, statement of the supervised party, verification, final review. A part
says in which quality somebody took a step; `BARRED` keeps people from reviewing their own work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cases.people import Role
from claims.language import N_


class Stage(StrEnum):
    """Where a case stands."""

    FIRST_CHECK = "first_check"
    SECOND_REVIEW = "second_review"
    APPEAL = "appeal"
    VERIFICATION = "verification"
    FINAL_REVIEW = "final_review"
    CLOSED = "closed"
    MERGED = "merged"


STAGE_TITLES: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.FIRST_CHECK: N_("first check"),
        Stage.SECOND_REVIEW: N_("second review"),
        Stage.APPEAL: N_("statement of the institution"),
        Stage.VERIFICATION: N_("verification"),
        Stage.FINAL_REVIEW: N_("final review"),
        Stage.CLOSED: N_("closed"),
        Stage.MERGED: N_("merged into another case"),
    }
)
OPEN_STAGES = tuple(stage for stage in Stage if stage not in (Stage.CLOSED, Stage.MERGED))
# Behind the second review: what a second person has looked at may be put aside.
REVIEWED = frozenset({Stage.APPEAL, Stage.VERIFICATION, Stage.FINAL_REVIEW})


class StepName(StrEnum):
    """What moves a case."""

    PASS_ON = "pass_on"  # noqa: S105 - a step, no secret
    UPHOLD = "uphold"
    PROPOSE_CLEARING = "propose_clearing"
    RETURN = "return"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    VERIFIED = "verified"
    ASK_AGAIN = "ask_again"
    SEND_BACK = "send_back"
    DECIDE = "decide"
    REOPEN = "reopen"


STEP_TITLES: Mapping[StepName, str] = MappingProxyType(
    {
        StepName.PASS_ON: N_("pass on to second review"),
        StepName.UPHOLD: N_("uphold and hear the institution"),
        StepName.PROPOSE_CLEARING: N_("propose to clear"),
        StepName.RETURN: N_("return to the first check"),
        StepName.ANSWERED: N_("statement received"),
        StepName.UNANSWERED: N_("no statement within the time limit"),
        StepName.VERIFIED: N_("verified"),
        StepName.ASK_AGAIN: N_("ask the institution again"),
        StepName.SEND_BACK: N_("send back to verification"),
        StepName.DECIDE: N_("decide and close"),
        StepName.REOPEN: N_("open again"),
    }
)


class Part(StrEnum):
    """In which quality somebody worked on a case."""

    PREPARED = "prepared"  # opened it, checked it first, verified facts
    SECOND = "second"  # took the second review
    FINAL = "final"  # took the final decision


# Whoever worked as one of these may not act as the key: nobody reviews own work, and the second
# and the final reviewer are two people.
BARRED: Mapping[Part, frozenset[Part]] = MappingProxyType(
    {
        Part.PREPARED: frozenset(),
        Part.SECOND: frozenset({Part.PREPARED, Part.FINAL}),
        Part.FINAL: frozenset({Part.PREPARED, Part.SECOND}),
    }
)


@dataclass(frozen=True)
class Step:
    """One row of the table; `part` is what taking it makes of the person."""

    to: Stage
    roles: frozenset[Role]
    part: Part


_PREPARING = frozenset({Role.INVESTIGATOR, Role.LEAD})
_SECOND = frozenset({Role.REVIEWER, Role.LEAD})
_FINAL = frozenset({Role.LEAD})

STEPS: Mapping[tuple[Stage, StepName], Step] = MappingProxyType(
    {
        (Stage.FIRST_CHECK, StepName.PASS_ON): Step(Stage.SECOND_REVIEW, _PREPARING, Part.PREPARED),
        (Stage.SECOND_REVIEW, StepName.UPHOLD): Step(Stage.APPEAL, _SECOND, Part.SECOND),
        (Stage.SECOND_REVIEW, StepName.PROPOSE_CLEARING): Step(Stage.FINAL_REVIEW, _SECOND, Part.SECOND),
        (Stage.SECOND_REVIEW, StepName.RETURN): Step(Stage.FIRST_CHECK, _SECOND, Part.SECOND),
        (Stage.APPEAL, StepName.ANSWERED): Step(Stage.VERIFICATION, _PREPARING, Part.PREPARED),
        (Stage.APPEAL, StepName.UNANSWERED): Step(Stage.VERIFICATION, _PREPARING, Part.PREPARED),
        (Stage.VERIFICATION, StepName.VERIFIED): Step(Stage.FINAL_REVIEW, _PREPARING, Part.PREPARED),
        (Stage.VERIFICATION, StepName.ASK_AGAIN): Step(Stage.APPEAL, _PREPARING, Part.PREPARED),
        (Stage.FINAL_REVIEW, StepName.SEND_BACK): Step(Stage.VERIFICATION, _FINAL, Part.FINAL),
        (Stage.FINAL_REVIEW, StepName.DECIDE): Step(Stage.CLOSED, _FINAL, Part.FINAL),
        (Stage.CLOSED, StepName.REOPEN): Step(Stage.SECOND_REVIEW, _FINAL, Part.FINAL),
    }
)


def steps_from(stage: Stage) -> Mapping[StepName, Step]:
    """Return what can be done at a stage, in the order of the table."""
    return {name: step for (start, name), step in STEPS.items() if start is stage}


def workers_of(stage: Stage) -> frozenset[Role]:
    """Return the roles that can move a case on from a stage."""
    return frozenset(role for step in steps_from(stage).values() for role in step.roles)
