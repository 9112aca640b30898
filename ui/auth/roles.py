"""Who may do what: roles, actions and one plain table between them."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from claims.language import N_


class Role(StrEnum):
    """What somebody is in the house; an account may have several."""

    INVESTIGATOR = "investigator"
    REVIEWER = "reviewer"
    LEAD = "lead"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_TITLES: Mapping[Role, str] = MappingProxyType(
    {
        Role.INVESTIGATOR: N_("investigator"),
        Role.REVIEWER: N_("reviewer"),
        Role.LEAD: N_("team lead"),
        Role.OPERATOR: N_("operator"),
        Role.AUDITOR: N_("auditor"),
        Role.ADMINISTRATOR: N_("administrator"),
    }
)


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
    SEE_RUNS = "see_runs"
    SEE_QUARANTINE = "see_quarantine"
    EXPORT_QUARANTINE = "export_quarantine"
    RETRY_QUARANTINE = "retry_quarantine"
    MANAGE_ACCOUNTS = "manage_accounts"


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
        Action.SEE_RUNS: N_("see runs and loads"),
        Action.SEE_QUARANTINE: N_("see the quarantine"),
        Action.EXPORT_QUARANTINE: N_("take out quarantined rows"),
        Action.RETRY_QUARANTINE: N_("try quarantined rows again"),
        Action.MANAGE_ACCOUNTS: N_("manage accounts"),
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
        Action.SEE_CASES: _LOOKING,
        Action.SEE_REFERRALS: _LOOKING,
        Action.SEE_RUNS: _LOOKING | {Role.OPERATOR},
        Action.SEE_QUARANTINE: frozenset({Role.OPERATOR, Role.LEAD}),
        Action.EXPORT_QUARANTINE: frozenset({Role.OPERATOR}),
        Action.RETRY_QUARANTINE: frozenset({Role.OPERATOR}),
        Action.MANAGE_ACCOUNTS: frozenset({Role.ADMINISTRATOR}),
    }
)

EVERYWHERE = "*"


def allowed(roles: Collection[Role], action: Action) -> bool:
    """Say whether somebody with `roles` may do `action`."""
    return not RIGHTS[action].isdisjoint(roles)


def in_region(regions: Collection[str], region: str) -> bool:
    """Say whether `region` (an administrative division code) lies within one of `regions`."""
    return any(own == EVERYWHERE or region.startswith(own) for own in regions)
