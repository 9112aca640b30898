"""What an evaluation says of each institution; money is yuan, every number has its denominator beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from cases.evaluation.quarter import Quarter
from claims.language import N_


class Tier(StrEnum):
    """Level of an institution, as far as it is compared: the grade without its rank, or a pharmacy."""

    TERTIARY = "tertiary"
    SECONDARY = "secondary"
    PRIMARY = "primary"
    OTHER = "other"  # without a grade, or of a code that local lists use their own way
    PHARMACY = "pharmacy"


TIER_TITLES: Mapping[Tier, str] = MappingProxyType(
    {
        Tier.TERTIARY: N_("tertiary hospital"),
        Tier.SECONDARY: N_("secondary hospital"),
        Tier.PRIMARY: N_("primary institution"),
        Tier.OTHER: N_("ungraded institution"),
        Tier.PHARMACY: N_("pharmacy"),
    }
)


class Kind(StrEnum):
    """Which institutions are compared with each other."""

    ALL = "all"
    MEDICAL = "medical"
    PHARMACY = "pharmacy"


KIND_TITLES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.ALL: N_("all institutions"),
        Kind.MEDICAL: N_("medical institutions"),
        Kind.PHARMACY: N_("pharmacies"),
    }
)


class Mark(StrEnum):
    """How far people have come with a record or a ring, as regards one institution."""

    CONFIRMED = "confirmed"
    PARTLY = "partly"
    OPEN = "open"  # nobody has concluded on it: it says nothing about the institution
    UNPROVEN = "unproven"  # reviewed, and not enough to conclude
    CLEARED = "cleared"


MARK_TITLES: Mapping[Mark, str] = MappingProxyType(
    {
        Mark.CONFIRMED: N_("confirmed"),
        Mark.PARTLY: N_("partly confirmed"),
        Mark.OPEN: N_("open, not reviewed"),
        Mark.UNPROVEN: N_("not enough evidence"),
        Mark.CLEARED: N_("cleared"),
    }
)
HELD = frozenset({Mark.CONFIRMED, Mark.PARTLY})  # what counts


class Standing(StrEnum):
    """What may be said of an institution beside its like."""

    ABOVE = "above"
    BELOW = "below"
    ALIKE = "alike"
    TOO_SMALL = "too_small"
    NOT_COMPARED = "not_compared"


STANDING_TITLES: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.ABOVE: N_("above what is expected"),
        Standing.BELOW: N_("below what is expected"),
        Standing.ALIKE: N_("not told apart from the average"),
        Standing.TOO_SMALL: N_("too small to tell"),
        Standing.NOT_COMPARED: N_("not compared"),
    }
)


class Course(StrEnum):
    """Where an institution goes, from quarter to quarter and against its like."""

    RISING = "rising"
    FALLING = "falling"
    UNCLEAR = "unclear"


COURSE_TITLES: Mapping[Course, str] = MappingProxyType(
    {Course.RISING: N_("rising"), Course.FALLING: N_("falling"), Course.UNCLEAR: N_("no trend told")}
)


@dataclass(frozen=True)
class Mix:
    """Who came and for what: shares (0 to 1) of the quarter's settlements, by code of the group."""

    ages: Mapping[str, float]
    care: Mapping[str, float]
    chapters: Mapping[str, float]


@dataclass(frozen=True)
class Tally:
    """How many, and what the fund paid on them."""

    rings: int = 0
    records: int = 0
    fund: Decimal = Decimal("0.00")


@dataclass(frozen=True)
class Ratio:
    """Confirmed rings over expected ones: as counted, and drawn towards 1 by how little is known.

    `low` to `high` holds the true ratio with 90 %; `worst` is the probability of being among the
    worst tenth; `first` to `last` the ranks (1 is the highest ratio) that 90 % of the draws stay within.
    """

    raw: float
    shrunk: float
    low: float
    high: float
    worst: float
    first: int
    last: int


@dataclass(frozen=True)
class Step:
    """One quarter of an institution's course: what was confirmed and what was expected."""

    quarter: Quarter
    observed: int
    expected: float


@dataclass(frozen=True)
class Trend:
    """Change of the ratio per quarter as a factor (1 is none) with its 90 % interval; None with fewer than two."""

    steps: tuple[Step, ...]
    factor: float | None
    low: float | None
    high: float | None
    course: Course


@dataclass(frozen=True)
class Line:
    """One institution in one quarter; `per_10k` is confirmed records per 10,000 settlements, as counted."""

    code: str
    name: str
    region: str
    tier: Tier
    settlements: int
    persons: int
    fund: Decimal
    mix: Mix
    tallies: Mapping[Mark, Tally]
    per_10k: float
    expected: float
    ratio: Ratio | None
    standing: Standing
    trend: Trend

    @property
    def observed(self) -> int:
        """Rings confirmed at it, fully or partly."""
        return sum(self.tallies[mark].rings for mark in HELD)

    @property
    def held_records(self) -> int:
        """Records confirmed at it, fully or partly."""
        return sum(self.tallies[mark].records for mark in HELD)

    @property
    def reviewed(self) -> tuple[int, int]:
        """Rings people have concluded on (for, against or without enough), and all there are."""
        whole = sum(tally.rings for tally in self.tallies.values())
        return whole - self.tallies[Mark.OPEN].rings, whole


@dataclass(frozen=True)
class Evaluation:
    """One quarter of a set of institutions, the highest ratio first.

    `complete` says whether the data reach the quarter's end, `newest` how far they reach; `spread` is
    how much true ratios differ beyond chance (standard deviation), None where nothing was compared.
    """

    quarter: Quarter
    quarters: tuple[Quarter, ...]
    kind: Kind
    tier: Tier | None
    regions: frozenset[str]
    lines: tuple[Line, ...]
    spread: float | None
    data_version: int
    run: int | None
    newest: datetime | None
    complete: bool

    @property
    def confirmed(self) -> int:
        """Sum of the rings confirmed at each institution."""
        return sum(line.observed for line in self.lines)

    @property
    def compared(self) -> bool:
        """Whether ratios stand beside the institutions."""
        return self.spread is not None
