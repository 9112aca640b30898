"""The lives of rings: yesterday's rings and today's pictures give today's rings and what happened.

A pure function of its arguments, so replaying the same runs gives the same lives. A ring keeps its
id while it matches (`cases.matching`); where two merge, the one that matches best keeps its id and
the other sleeps under its name; what splits off is born with a word on where from. Decisions of
people follow the id: they hold until more than 30 % of the members are new, a snooze also until its day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cases.changes import Change, changes, renewed
from cases.history import Decision, Event, EventKind, Verdict
from cases.matching import Matches, match
from cases.model import Picture, Ring, Standing, Status
from claims.language import N_
from detectors.finding import Statement, say

DECIDED: Mapping[Verdict, Status] = {
    Verdict.IN_REVIEW: Status.IN_REVIEW,
    Verdict.CONFIRMED: Status.CONFIRMED,
    Verdict.CLEARED: Status.CLEARED,
    Verdict.SNOOZED: Status.SNOOZED,
}
_BY_STANDING = {Standing.EXPLAINED: Status.EXPLAINED, Standing.BELOW_LINE: Status.BELOW_LINE}


@dataclass(frozen=True)
class Night:
    """The run that brings today's pictures: its number, its day, and whether ids it gives are kept."""

    run: int
    day: date
    trial: bool = False


@dataclass(frozen=True)
class Lives:
    """All rings as they stand after a run, best first among those seen, and the run's events."""

    rings: tuple[Ring, ...]
    events: tuple[Event, ...]
    reopened: tuple[str, ...]  # rings whose decision no longer holds


def follow(
    rings: Sequence[Ring], pictures: Sequence[Picture], night: Night, decisions: Mapping[str, Decision]
) -> Lives:
    """Match pictures to rings; return every ring's next state and what happened, in a fixed order."""
    living = [ring for ring in rings if not ring.merged_into]
    step = _Step({ring.id: ring for ring in living}, pictures, night, decisions, match(living, pictures))
    number = max((ring.number for ring in rings), default=0)
    seen: list[Ring] = []
    events: list[Event] = []
    reopened: list[str] = []
    for place, picture in enumerate(pictures):
        known = step.matches.same.get(place)
        if known is None:
            number += 1
            ring, happened = step.born(place, picture, number)
        else:
            ring, happened, again = step.grown(known, place, picture)
            reopened += [ring.id] if again else []
        seen.append(ring)
        events += happened
    heirs = {place: ring.id for place, ring in enumerate(seen)}
    for ring in (r for r in living if r.id not in step.matches.same.values()):
        asleep, happened = step.gone(ring, heirs)
        seen.append(asleep)
        events += happened
    return Lives((*seen, *(ring for ring in rings if ring.merged_into)), tuple(events), tuple(reopened))


@dataclass(frozen=True)
class _Step:
    rings: Mapping[str, Ring]
    pictures: Sequence[Picture]
    night: Night
    decisions: Mapping[str, Decision]
    matches: Matches

    def born(self, place: int, picture: Picture, number: int) -> tuple[Ring, list[Event]]:
        """Give a picture that matches nothing an id of its own."""
        letter = "T" if self.night.trial else "R"
        id_ = f"{letter}-{self.night.day.year}-{number:06d}"
        status = _BY_STANDING.get(picture.standing, Status.NEW)
        alert = status is Status.NEW
        origin = self.matches.out_of.get(place)
        if origin is None:
            event = self._event(id_, EventKind.BORN, say(N_("first found")), alert)
        else:
            event = self._event(id_, EventKind.SPLIT, say(N_("split off from {ring}"), ring=origin), alert)
        return Ring(id_, number, self.night.run, self.night.run, status, picture), [event]

    def grown(self, known: str, place: int, picture: Picture) -> tuple[Ring, list[Event], bool]:
        """Carry a ring on, with what changed and whether a decision about it no longer holds."""
        ring = self.rings[known]
        found = changes(ring.picture, picture)
        decision = self._held(known)
        again = decision is not None and renewed(frozenset(decision.members), picture)
        status = self._status(ring, picture, found, None if again else decision)
        alerting = status in (Status.CHANGED, Status.NEW)
        events = list(self._said(known, found, alerting))
        if again:
            words = say(N_("most of what was decided about has changed: more than 30 % of the members are new"))
            events.insert(0, self._event(known, EventKind.REOPENED, words, alerting))
        if ring.status is Status.DORMANT:
            events.insert(0, self._event(known, EventKind.REVIVED, say(N_("found again")), alerting))
        absorbed = sorted(old for old, into in self.matches.into.items() if into == place)
        for old in absorbed:
            words = say(N_("took in {ring}"), ring=old)
            events.append(self._event(known, EventKind.MERGED, words, alerting))
        if status is Status.OPEN and absorbed:
            status = Status.CHANGED
        return replace(ring, run=self.night.run, status=status, picture=picture), events, again

    def gone(self, ring: Ring, heirs: Mapping[int, str]) -> tuple[Ring, list[Event]]:
        """Let a ring sleep that no picture matches, or end it in the ring that took it in."""
        into = self.matches.into.get(ring.id)
        if into is not None:
            words = say(N_("went into {ring}"), ring=heirs[into])
            event = self._event(ring.id, EventKind.MERGED, words, False)
            return replace(ring, status=Status.DORMANT, merged_into=heirs[into]), [event]
        decision = self._held(ring.id)
        status = DECIDED[decision.verdict] if decision and decision.verdict in DECIDED else Status.DORMANT
        if ring.status in (Status.DORMANT, status):
            return replace(ring, status=status), []
        event = self._event(ring.id, EventKind.DORMANT, say(N_("no longer found")), False)
        return replace(ring, status=status), [event]

    def _status(self, ring: Ring, picture: Picture, found: Sequence[Change], decision: Decision | None) -> Status:
        if decision is not None and decision.verdict in DECIDED:
            return DECIDED[decision.verdict]
        if picture.standing in _BY_STANDING:
            return _BY_STANDING[picture.standing]
        material = any(change.material for change in found)
        woken = ring.status in (Status.DORMANT, *DECIDED.values())
        return Status.CHANGED if material or woken else Status.OPEN

    def _held(self, ring: str) -> Decision | None:
        """Return the decision that holds today; a snooze ends with its day."""
        decision = self.decisions.get(ring)
        if decision is None or (decision.until is not None and decision.until < self.night.day):
            return None
        return decision

    def _said(self, ring: str, found: Sequence[Change], alerting: bool) -> Iterator[Event]:
        """One event per kind of change, with its words joined."""
        for kind in dict.fromkeys(change.kind for change in found):
            parts = [change for change in found if change.kind is kind]
            words = _listed([change.words for change in parts])
            yield self._event(ring, kind, words, alerting and any(change.material for change in parts))

    def _event(self, ring: str, kind: EventKind, words: Statement, alert: bool) -> Event:
        return Event(ring, self.night.run, kind, words, alert)


def _listed(words: Sequence[Statement]) -> Statement:
    return Statement("，".join(word.zh for word in words), ", ".join(word.en for word in words))
