"""What a case is, and the ways in which an act on it can be impossible."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from cases.history import Verdict
from cases.model import Key
from cases.work.stages import OPEN_STAGES, Stage
from claims.errors import RinghoundError
from claims.language import N_


class Origin(StrEnum):
    """What a case began with."""

    RING = "ring"
    ENTITY = "entity"
    SCENE = "scene"  # a link to a drawing of the explorer
    TIP = "tip"


ORIGIN_TITLES: Mapping[Origin, str] = MappingProxyType(
    {
        Origin.RING: N_("ring"),
        Origin.ENTITY: N_("person, institution or thing"),
        Origin.SCENE: N_("drawing of the explorer"),
        Origin.TIP: N_("tip"),
    }
)


class Outcome(StrEnum):
    """What was concluded about a ring, a member or a record."""

    CONFIRMED = "confirmed"
    PARTLY = "partly"
    CLEARED = "cleared"
    NOT_ENOUGH = "not_enough"


OUTCOME_TITLES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.CONFIRMED: N_("confirmed"),
        Outcome.PARTLY: N_("partly confirmed"),
        Outcome.CLEARED: N_("cleared"),
        Outcome.NOT_ENOUGH: N_("not enough evidence"),
    }
)
# What later runs read: a part that holds is a conclusion; what could not be shown stays open.
VERDICTS: Mapping[Outcome, Verdict] = MappingProxyType(
    {
        Outcome.CONFIRMED: Verdict.CONFIRMED,
        Outcome.PARTLY: Verdict.CONFIRMED,
        Outcome.CLEARED: Verdict.CLEARED,
        Outcome.NOT_ENOUGH: Verdict.UNSURE,
    }
)


@dataclass(frozen=True)
class CaseFile:
    """A case as it stands; times are UTC, money is yuan.

    `version` rises with every act; `due` is when the time limit of the stage ends; `bound` names the
    rings worked on under this case, `taken_in` the cases that were merged into it.
    """

    id: str
    number: int
    title: str
    region: str
    origin: Origin
    source: str
    family: str
    detectors: tuple[str, ...]
    fund: Decimal
    stage: Stage
    priority: int
    owner: str
    opened_by: str
    opened_at: datetime
    since: datetime
    due: datetime | None
    escalated: bool
    version: int
    snoozed_until: date | None
    diary: date | None
    outcome: Outcome | None
    closed_at: datetime | None
    merged_into: str
    bound: tuple[str, ...] = ()
    taken_in: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether people still work on it."""
        return self.stage in OPEN_STAGES


@dataclass(frozen=True)
class CaseEvent:
    """One entry of a case's history; `leaf` is its place in the ledger, `refused` says it was not allowed."""

    case: str
    at: datetime
    actor: str
    act: str
    reason: str
    details: Mapping[str, object]
    leaf: int
    refused: bool


@dataclass(frozen=True)
class Conclusion:
    """What is decided: about the whole, about each member, about each record (setl_id)."""

    whole: Outcome
    members: Mapping[Key, Outcome] = field(default_factory=lambda: MappingProxyType({}))
    records: Mapping[str, Outcome] = field(default_factory=lambda: MappingProxyType({}))


class CaseError(RinghoundError):
    """The act does not fit the case as it stands."""

    exit_code = 2


class BarredError(CaseError):
    """Somebody would review own work, or review twice."""


class StaleError(CaseError):
    """Somebody else changed the case since it was read."""


NO_CASE = N_("There is no case {case}.")
