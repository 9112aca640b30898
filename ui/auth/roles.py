"""Who may do what: roles, actions and one plain table between them."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from cases.people import EVERYWHERE, ROLE_TITLES, Role, in_region
from cases.work.rights import RIGHT_ROLES, RIGHT_TITLES, Right
from claims.language import N_

__all__ = [
    "ACTION_TITLES",
    "EVERYWHERE",
    "RIGHTS",
    "ROLE_TITLES",
    "Action",
    "Role",
    "allowed",
    "in_region",
]


class Action(StrEnum):
    """What can be asked of the server; pages and services name one before they answer."""

    SEE_DESK = "see_desk"
    SEE_RINGS = "see_rings"
    ASSIGN_RINGS = "assign_rings"
    EXPLORE = "explore"
    SEE_RECORDS = "see_records"  # 360 views: one person, institution or drug box with all records
    COMPARE_IDENTITIES = "compare_identities"
    DECIDE_IDENTITIES = "decide_identities"
    REVEAL = "reveal"
    EXPORT = "export"
    SEE_CASES = "see_cases"
    SEE_REFERRALS = "see_referrals"
    SEE_EVALUATION = "see_evaluation"  # institutions by quarter
    SEND_REFERRALS = "send_referrals"
    SEE_LEDGER = "see_ledger"
    SEE_RUNS = "see_runs"
    SEE_QUARANTINE = "see_quarantine"
    EXPORT_QUARANTINE = "export_quarantine"
    RETRY_QUARANTINE = "retry_quarantine"
    MANAGE_ACCOUNTS = "manage_accounts"
    # Acts on cases: whoever may do them is said once, in `cases.work.rights`.
    OPEN_CASE = Right.OPEN.value
    WORK_CASE = Right.WORK.value
    STEP_CASE = Right.STEP.value
    ASSIGN_CASE = Right.ASSIGN.value
    MERGE_CASES = Right.MERGE.value
    JUDGE_ANSWERS = Right.JUDGE.value
    DRAW_REREADS = Right.DRAW.value
    REREAD = Right.REREAD.value
    SEE_BOARD = Right.BOARD.value


CASE_ACTIONS: Mapping[Action, Right] = MappingProxyType(
    {Action(right.value): right for right in Right if right is not Right.SEE}
)


ACTION_TITLES: Mapping[Action, str] = MappingProxyType(
    {
        Action.SEE_DESK: N_("see the desk"),
        Action.SEE_RINGS: N_("see rings"),
        Action.ASSIGN_RINGS: N_("assign rings"),
        Action.EXPLORE: N_("explore the graph"),
        Action.SEE_RECORDS: N_("see records"),
        Action.COMPARE_IDENTITIES: N_("compare identities"),
        Action.DECIDE_IDENTITIES: N_("decide on identities"),
        Action.REVEAL: N_("reveal personal data"),
        Action.EXPORT: N_("export"),
        Action.SEE_CASES: N_("see cases"),
        Action.SEE_REFERRALS: N_("see referrals"),
        Action.SEE_EVALUATION: N_("see the evaluation of institutions"),
        Action.SEND_REFERRALS: N_("make, hand out and follow referrals"),
        Action.SEE_LEDGER: N_("see and check the ledger"),
        Action.SEE_RUNS: N_("see runs and loads"),
        Action.SEE_QUARANTINE: N_("see the quarantine"),
        Action.EXPORT_QUARANTINE: N_("take out quarantined rows"),
        Action.RETRY_QUARANTINE: N_("try quarantined rows again"),
        Action.MANAGE_ACCOUNTS: N_("manage accounts"),
        **{action: RIGHT_TITLES[right] for action, right in CASE_ACTIONS.items()},
    }
)

_ALL = frozenset(Role)
_CASEWORK = frozenset({Role.INVESTIGATOR, Role.REVIEWER, Role.LEAD})
_LOOKING = _CASEWORK | {Role.AUDITOR}  # auditors see what was decided on, masked, and change nothing

# The administrator hands out rights and uses none of them; the operator keeps the data flowing.
RIGHTS: Mapping[Action, frozenset[Role]] = MappingProxyType(
    {
        Action.SEE_DESK: _ALL,
        Action.SEE_RINGS: _LOOKING,
        Action.ASSIGN_RINGS: frozenset({Role.LEAD}),
        Action.EXPLORE: _LOOKING,
        Action.SEE_RECORDS: _LOOKING,
        Action.COMPARE_IDENTITIES: _LOOKING,
        Action.DECIDE_IDENTITIES: _CASEWORK,
        Action.REVEAL: _CASEWORK,
        Action.EXPORT: _CASEWORK,
        Action.SEE_CASES: RIGHT_ROLES[Right.SEE],
        Action.SEE_REFERRALS: _LOOKING,
        Action.SEE_EVALUATION: _LOOKING,
        Action.SEND_REFERRALS: frozenset({Role.LEAD}),
        Action.SEE_LEDGER: frozenset({Role.AUDITOR, Role.LEAD, Role.ADMINISTRATOR}),
        Action.SEE_RUNS: _LOOKING | {Role.OPERATOR},
        Action.SEE_QUARANTINE: frozenset({Role.OPERATOR, Role.LEAD}),
        Action.EXPORT_QUARANTINE: frozenset({Role.OPERATOR}),
        Action.RETRY_QUARANTINE: frozenset({Role.OPERATOR}),
        Action.MANAGE_ACCOUNTS: frozenset({Role.ADMINISTRATOR}),
        **{action: RIGHT_ROLES[right] for action, right in CASE_ACTIONS.items()},
    }
)


def allowed(roles: Collection[Role], action: Action) -> bool:
    """Say whether somebody with `roles` may do `action`."""
    return not RIGHTS[action].isdisjoint(roles)
