"""A small bureau: a store with rings, a book by a clock of its own, and people in every role."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cases.model import Ring
from cases.people import Actor, Role
from cases.store import CaseStore, Saved
from cases.work.book import CaseBook
from cases.work.model import CaseFile, Conclusion, Outcome
from cases.work.stages import StepName
from detectors.finding import Finding
from tests.cases.making import a_result, a_run, finding

DAY = date(2026, 7, 1)
HERE, THERE = "451201", "330102"
WHY = "as the file shows"

ANNA = Actor("anna", frozenset({Role.INVESTIGATOR}), frozenset({"4512"}))
BEN = Actor("ben", frozenset({Role.REVIEWER}), frozenset({"4512"}))
CLARA = Actor("clara", frozenset({Role.LEAD}), frozenset({"*"}))
DORA = Actor("dora", frozenset({Role.LEAD}), frozenset({"4512"}))
ERIC = Actor("eric", frozenset({Role.REVIEWER}), frozenset({"*"}))
FAR = Actor("far", frozenset({Role.INVESTIGATOR, Role.REVIEWER, Role.LEAD}), frozenset({"3301"}))
AUDIT = Actor("audit", frozenset({Role.AUDITOR}), frozenset({"*"}))
NOBODY = Actor("olga", frozenset({Role.OPERATOR, Role.ADMINISTRATOR}), frozenset({"*"}))


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime = datetime(2026, 7, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_days(self, days: float) -> None:
        self.at += timedelta(days=days)


@dataclass
class Bureau:
    """Store, book and clock of one test."""

    store: CaseStore
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def at(cls, address: str | Path) -> "Bureau":
        return cls(CaseStore.open(address))

    @property
    def book(self) -> CaseBook:
        return CaseBook(self.store.engine, region_of, clock=self.clock)

    def look(self, *findings: Finding, version: int = 1) -> Saved:
        return self.store.finish(self.store.begin(a_run(version)), a_result(*findings), DAY)

    def rings(self, count: int, *, where: str = HERE) -> Sequence[Ring]:
        return self.look(*groups(count, where)).rings

    def reviewed(self, ring: str) -> CaseFile:
        """A case that stands before its final review: Anna prepared, Ben reviewed."""
        case = self.book.open_ring(ANNA, ring, WHY).id
        for actor, step in (
            (ANNA, StepName.PASS_ON),
            (BEN, StepName.UPHOLD),
            (ANNA, StepName.ANSWERED),
            (ANNA, StepName.VERIFIED),
        ):
            file = self.book.step(actor, case, step, WHY)
        return file

    def closed(self, ring: str, outcome: Outcome = Outcome.CONFIRMED) -> CaseFile:
        case = self.reviewed(ring)
        return self.book.decide(CLARA, case.id, everything(self.store.ring(ring), outcome), WHY)


def region_of(ring: Ring) -> str:
    """Rings of this bureau lie where their settlements say."""
    return THERE if any(record.endswith(THERE) for record in ring.picture.records) else HERE


def groups(count: int, where: str = HERE, start: int = 0) -> list[Finding]:
    return [finding(range(10 * n, 10 * n + 6), where=where) for n in range(start, start + count)]


def everything(ring: Ring, outcome: Outcome) -> Conclusion:
    """One outcome for the whole, every member and every record."""
    members = {member.key: outcome for member in ring.picture.members}
    return Conclusion(outcome, members, dict.fromkeys(ring.picture.records, outcome))
