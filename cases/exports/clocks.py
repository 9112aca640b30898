"""The time limits of a transfer, running from recorded facts.

Limits are data (`law/clocks.yaml`, with their sources). A clock starts with the fact it names; before
that it waits. Nothing is guessed: what was not recorded did not happen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache

from cases.exports.legal import law_data
from claims.language import N_


class FactName(StrEnum):
    """What is recorded about a transfer."""

    REPORTED = "reported"
    DECIDED = "decided"
    SENT = "sent"
    RECEIVED = "received"
    ANSWERED = "answered"
    FILED = "filed"
    REFUSED = "refused"
    HANDED_OVER = "handed_over"
    REVIEW_ASKED = "review_asked"
    REVIEW_ANSWERED = "review_answered"


FACT_TITLES: Mapping[FactName, str] = {
    FactName.REPORTED: N_("report handed in"),
    FactName.DECIDED: N_("transfer approved"),
    FactName.SENT: N_("sent"),
    FactName.RECEIVED: N_("receipt signed"),
    FactName.ANSWERED: N_("answer received"),
    FactName.FILED: N_("case filed by police"),
    FactName.REFUSED: N_("filing refused"),
    FactName.HANDED_OVER: N_("material handed over"),
    FactName.REVIEW_ASKED: N_("review asked for"),
    FactName.REVIEW_ANSWERED: N_("review answered"),
}


class State(StrEnum):
    """How a clock stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    MET = "met"
    LATE = "late"


STATE_TITLES: Mapping[State, str] = {
    State.WAITING: N_("not begun"),
    State.RUNNING: N_("running"),
    State.PASSED: N_("time limit passed"),
    State.MET: N_("met"),
    State.LATE: N_("done after the time limit"),
}


@dataclass(frozen=True)
class Limit:
    """A time limit of the law, in natural days or in hours."""

    id: str
    title: str
    starts: FactName
    ends: FactName
    who: str
    source: str
    checked: bool
    days: int = 0
    hours: int = 0

    def due(self, start: datetime) -> datetime:
        """The last moment: so many hours on, or the end of the last day (the first one is not counted)."""
        if self.hours:
            return start + timedelta(hours=self.hours)
        return datetime.combine(start.date() + timedelta(days=self.days), time(23, 59, 59))


@dataclass(frozen=True)
class Clock:
    """A limit with when it began, when it ends, and how it stands; times are local."""

    limit: Limit
    state: State
    began: datetime | None = None
    due: datetime | None = None
    done: datetime | None = None


@cache
def limits() -> tuple[Limit, ...]:
    """Return the limits as shipped."""
    return tuple(
        Limit(
            id=entry["id"],
            title=entry["title"],
            starts=FactName(entry["from"]),
            ends=FactName(entry["until"]),
            who=entry["who"],
            source=entry["source"],
            checked=entry["checked"],
            days=entry.get("days", 0),
            hours=entry.get("hours", 0),
        )
        for entry in law_data("clocks.yaml")["clocks"]
    )


def clocks_of(facts: Mapping[FactName, datetime], now: datetime) -> tuple[Clock, ...]:
    """Return every clock as it stands at `now`, from the recorded facts."""
    return tuple(_clock(limit, facts, now) for limit in limits())


def _clock(limit: Limit, facts: Mapping[FactName, datetime], now: datetime) -> Clock:
    began, done = facts.get(limit.starts), facts.get(limit.ends)
    if began is None:
        return Clock(limit, State.WAITING)
    due = limit.due(began)
    if done is not None:
        return Clock(limit, State.MET if done <= due else State.LATE, began, due, done)
    return Clock(limit, State.PASSED if now > due else State.RUNNING, began, due)
