"""What happens over time: runs, events in the lives of rings, and what people decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cases.model import Key
from claims.language import N_
from detectors.finding import Statement


class EventKind(StrEnum):
    """What can happen to a ring from one run to the next."""

    BORN = "born"
    GREW = "grew"
    SHRANK = "shrank"
    SPLIT = "split"
    MERGED = "merged"
    DORMANT = "dormant"
    REVIVED = "revived"
    CHANGED = "changed"  # another place, kind, line or amount of the law
    REOPENED = "reopened"
    DECIDED = "decided"


EVENT_TITLES: Mapping[EventKind, str] = {
    EventKind.BORN: N_("born"),
    EventKind.GREW: N_("grew"),
    EventKind.SHRANK: N_("shrank"),
    EventKind.SPLIT: N_("split"),
    EventKind.MERGED: N_("merged"),
    EventKind.DORMANT: N_("dormant"),
    EventKind.REVIVED: N_("revived"),
    EventKind.CHANGED: N_("changed"),
    EventKind.REOPENED: N_("reopened"),
    EventKind.DECIDED: N_("decided"),
}


@dataclass(frozen=True)
class Event:
    """Something that happened to a ring in a run; `alert` says whether people should be told."""

    ring: str
    run: int
    kind: EventKind
    words: Statement
    alert: bool


class Verdict(StrEnum):
    """What people decide about a ring."""

    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    UNSURE = "unsure"
    SNOOZED = "snoozed"


@dataclass(frozen=True)
class Decision:
    """One decision about a ring; `members` and `features` are as they were when it was taken."""

    ring: str
    verdict: Verdict
    owner: str
    reason: str
    at: datetime
    until: date | None
    members: tuple[Key, ...]
    features: Mapping[str, float]
    in_force: bool = True


@dataclass(frozen=True)
class Note:
    """Something a run could not look at, carried over, or must tell: who, and a sentence."""

    about: str
    words: Statement
    failure: bool = False


@dataclass(frozen=True)
class Run:
    """One detection over one data version.

    A `trial` (an old version, only some detectors, or only until a day) never touches the lives of
    rings. `false_alarms` is the run's own estimate of rings above the line that are chance.
    """

    id: int
    data_version: int
    code_version: str
    started_at: datetime
    finished_at: datetime | None
    parameters: Mapping[str, object]
    state: str
    trial: bool
    until: date | None
    false_alarms: float
    notes: tuple[Note, ...]
    digest: str
    counts: Mapping[str, int]
