"""Money of cases: what was ordered back from whom it was paid to, and what came back of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

import sqlalchemy as sa

from cases.people import Actor
from cases.schema import reading
from cases.work.blind import hidden_from
from cases.work.book import CaseBook
from cases.work.model import CaseError
from cases.work.rights import Right, need
from cases.work.rows import within
from cases.work.tables import case_recoveries, cases
from claims.audit import checked_reason
from claims.language import N_

_NOTHING = Decimal("0.00")
_MOST = Decimal(10) ** 12  # yuan; more is a slip of the hand


class Flow(StrEnum):
    """Which way an entry counts."""

    ORDERED = "ordered"
    RECEIVED = "received"


FLOW_TITLES: Mapping[Flow, str] = {Flow.ORDERED: N_("ordered back"), Flow.RECEIVED: N_("received")}


@dataclass(frozen=True)
class Recovery:
    """One entry; `amount` is yuan, a negative one corrects; `day` is that of the order or of receipt."""

    id: int
    case: str
    flow: Flow
    amount: Decimal
    day: date
    by: str
    reason: str


@dataclass(frozen=True)
class Standing:
    """Sums of entries, yuan."""

    ordered: Decimal = _NOTHING
    received: Decimal = _NOTHING

    @property
    def outstanding(self) -> Decimal:
        """What was ordered back and has not come; nothing where more came than was ordered."""
        return max(_NOTHING, self.ordered - self.received)


@dataclass(frozen=True)
class Recoveries:
    """The money of the cases in `book`."""

    book: CaseBook

    def enter(self, actor: Actor, case: str, flow: Flow, amount: str, day: date, reason: str) -> None:
        """Enter money ordered back or received; entries add up, a negative one takes back part of an earlier one."""
        with self.book.journal.acting(actor, Right.WORK, "recover", case) as desk:
            if hidden_from(desk.connection, actor.name, case):
                raise CaseError(N_("You are to read this case again; give your outcome first."))
            sum_ = _yuan(amount)
            if not sum_ or day > desk.at.astimezone().date():
                raise CaseError(N_("Enter an amount and a day that has been."))
            before = standing_of(_entries(desk.connection, case_recoveries.c.case_id == case))
            if (before.ordered if flow is Flow.ORDERED else before.received) + sum_ < 0:
                raise CaseError(N_("A correction takes back no more than was entered."))
            values = {"case_id": case, "kind": flow.value, "amount": sum_, "day": day.isoformat()}
            more = {"at": desk.at.isoformat(), "entered_by": actor.name, "reason": checked_reason(reason)}
            desk.connection.execute(sa.insert(case_recoveries).values(**values, **more))
            details = {"flow": flow.value, "amount": str(sum_), "day": day.isoformat()}
            desk.note(case, "recover", more["reason"], details=details)

    def entries(self, actor: Actor, case: str) -> tuple[Recovery, ...]:
        """Return the entries of a case by day; none while the actor is to read it again, for they tell how it ended."""
        self.book.get(actor, case)
        with reading(self.book.engine) as connection:
            if hidden_from(connection, actor.name, case):
                return ()
            return _entries(connection, case_recoveries.c.case_id == case)

    def months(self, actor: Actor) -> Mapping[str, Standing]:
        """Return the sums of one's regions by month (YYYY-MM) of order or receipt, oldest first."""
        by_month: dict[str, list[Recovery]] = defaultdict(list)
        for entry in self._all(actor):
            by_month[f"{entry.day:%Y-%m}"].append(entry)
        return {month: standing_of(entries) for month, entries in sorted(by_month.items())}

    def owing(self, actor: Actor) -> Sequence[tuple[str, Standing]]:
        """Return the cases of one's regions of which money is still to come, most first."""
        by_case: dict[str, list[Recovery]] = defaultdict(list)
        for entry in self._all(actor):
            by_case[entry.case].append(entry)
        found = [(case, standing_of(entries)) for case, entries in by_case.items()]
        with reading(self.book.engine) as connection:
            open_ = [(c, s) for c, s in found if s.outstanding and not hidden_from(connection, actor.name, c)]
        return sorted(open_, key=lambda line: (-line[1].outstanding, line[0]))

    def _all(self, actor: Actor) -> tuple[Recovery, ...]:
        need(actor, Right.BOARD)
        seen = sa.select(cases.c.id).where(within(actor, cases.c.region))
        with reading(self.book.engine) as connection:
            return _entries(connection, case_recoveries.c.case_id.in_(seen))


def standing_of(entries: Sequence[Recovery]) -> Standing:
    """Add entries up."""
    sums = {flow: sum((e.amount for e in entries if e.flow is flow), _NOTHING) for flow in Flow}
    return Standing(sums[Flow.ORDERED], sums[Flow.RECEIVED])


def _entries(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> tuple[Recovery, ...]:
    order = case_recoveries.c.day, case_recoveries.c.id
    rows = connection.execute(sa.select(case_recoveries).where(condition).order_by(*order))
    return tuple(
        Recovery(r.id, r.case_id, Flow(r.kind), r.amount, date.fromisoformat(r.day), r.entered_by, r.reason)
        for r in rows
    )


def _yuan(amount: str) -> Decimal:
    try:
        found = Decimal(amount).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise CaseError(N_("{amount} is no amount of yuan."), amount=amount) from error
    if not found.is_finite() or abs(found) >= _MOST:
        raise CaseError(N_("{amount} is no amount of yuan."), amount=amount)
    return found
