"""Who works on cases: roles, and the person who acts with the regions that person answers for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from claims.errors import RinghoundError
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

EVERYWHERE = "*"


def in_region(regions: Collection[str], region: str) -> bool:
    """Say whether `region` (an administrative division code) lies within one of `regions`."""
    return any(own == EVERYWHERE or region.startswith(own) for own in regions)


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: the account's name, its roles, and the codes of the divisions it sees."""

    name: str
    roles: frozenset[Role]
    regions: frozenset[str] = frozenset({EVERYWHERE})

    def is_one_of(self, roles: Collection[Role]) -> bool:
        """Say whether the actor holds one of `roles`."""
        return not self.roles.isdisjoint(roles)

    def sees(self, region: str) -> bool:
        """Say whether `region` is the actor's; what has no region is seen by those who see everything."""
        return in_region(self.regions, region)


# What the house does by itself (limits that pass, rings that merge): no person, so no role either.
HOUSE = Actor("ringhound", frozenset())


class NoRightError(RinghoundError):
    """Somebody may see what it is about, but not do this to it."""

    exit_code = 5
