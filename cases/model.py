"""What findings become: rings with members, money and a life.

A `Picture` is what one run sees of a ring; a `Ring` is the picture under an id that stays from run
to run. Money is yuan as Decimal everywhere in this package; times are local and without a zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from claims.language import N_
from detectors.finding import Grade, Role, Statement
from graph.model import NodeType

Key = tuple[NodeType, str]


class Status(StrEnum):
    """Where a ring stands; the names are those of the rings export."""

    NEW = "new"  # first seen by the newest run
    CHANGED = "changed"  # materially changed in the newest run
    OPEN = "open"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    SNOOZED = "snoozed"
    DORMANT = "dormant"  # no longer found
    EXPLAINED = "explained"  # an innocent explanation accounts for it
    BELOW_LINE = "below_line"


STATUS_TITLES: Mapping[Status, str] = {
    Status.NEW: N_("new"),
    Status.CHANGED: N_("changed"),
    Status.OPEN: N_("open"),
    Status.IN_REVIEW: N_("in review"),
    Status.CONFIRMED: N_("confirmed"),
    Status.CLEARED: N_("cleared"),
    Status.SNOOZED: N_("snoozed"),
    Status.DORMANT: N_("dormant"),
    Status.EXPLAINED: N_("explained"),
    Status.BELOW_LINE: N_("below the line"),
}
# What `--all` adds to lists and exports, beside the rings over the alert line.
UNDER_THE_LINE = frozenset({Status.EXPLAINED, Status.BELOW_LINE, Status.DORMANT})


class Standing(StrEnum):
    """What the findings say by themselves, before people decide anything."""

    ALERT = "alert"
    EXPLAINED = "explained"
    BELOW_LINE = "below_line"


@dataclass(frozen=True)
class Fact:
    """What one net settlement says that rings are built on; `agent` is the insured person who acted, if known."""

    person: str
    place: str
    time: datetime
    fund: Decimal
    account: Decimal
    agent: str = ""


@dataclass(frozen=True, order=True)
class Member:
    """Somebody or something in a ring, with the role proposed and why; `id` is the business key."""

    type: NodeType
    id: str
    role: Role
    reason: Statement = field(compare=False)

    @property
    def key(self) -> Key:
        """Type and id: who it is, whatever the role."""
        return self.type, self.id


@dataclass(frozen=True)
class Crossing:
    """How an exposure stands to one amount of the law.

    `reached` is the surest grade with which the sum of that grade and all surer ones reaches
    `amount`, None where even the contested records do not. `movers` are the fewest records (largest
    first) without which it would not be reached.
    """

    threshold: str
    amount: Decimal
    reached: Grade | None
    movers: tuple[str, ...]


@dataclass(frozen=True)
class Exposure:
    """What the fund paid on a ring's records, by how sure each record's part is.

    `fund` and `account` sum the records that are not lawful; `claims` counts them. The low end of
    the bracket is `certain`, the middle `certain + probable`, the high end `fund`.
    """

    fund: Decimal
    account: Decimal
    claims: int
    certain: Decimal
    probable: Decimal
    contested: Decimal
    lawful: Decimal
    crossings: tuple[Crossing, ...] = ()


@dataclass(frozen=True)
class KeyRecords:
    """The fewest records that still keep a ring above the line, and what alone would break it."""

    records: tuple[str, ...]
    breaking_records: tuple[str, ...]
    breaking_members: tuple[Key, ...]


@dataclass(frozen=True)
class Picture:
    """What one run sees of a ring; `findings` stand strongest first, `numbers` are their places in the run."""

    kind: str
    standing: Standing
    score: float
    members: tuple[Member, ...]
    records: Mapping[str, Grade]
    first_seen: date | None
    last_seen: date | None
    features: Mapping[str, float]
    exposure: Exposure
    keys: KeyRecords
    statement: Statement
    detectors: tuple[str, ...]
    numbers: tuple[int, ...]
    p_value: float
    data_version: int

    @property
    def family(self) -> str:
        """First part of the kind."""
        return self.kind.split("/")[0]

    @property
    def people(self) -> int:
        """Count of insured persons."""
        return sum(member.type is NodeType.PERSON for member in self.members)


@dataclass(frozen=True)
class Ring:
    """A picture under the id that stays; `run` saw it last, `merged_into` names the ring that took it in."""

    id: str
    number: int
    born_run: int
    run: int
    status: Status
    picture: Picture
    merged_into: str = ""
