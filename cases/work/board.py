"""Numbers of the board as plain queries over the cases of somebody's regions."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import sqlalchemy as sa

from cases.people import Actor
from cases.schema import reading
from cases.work.agreement import Share, wilson
from cases.work.book import CaseBook
from cases.work.model import Outcome
from cases.work.recoveries import Recoveries
from cases.work.rights import Right, need
from cases.work.rows import OPEN, read_cases, within
from cases.work.stages import OPEN_STAGES, Stage
from cases.work.tables import cases

AGES = (7, 30, 90)  # days; the last class holds what is older
_PROVEN = (Outcome.CONFIRMED.value, Outcome.PARTLY.value)
_JUDGED = (*_PROVEN, Outcome.CLEARED.value)


@dataclass(frozen=True)
class Workload:
    """What lies with one person ('' for nobody): open cases, and those past their time limit."""

    owner: str
    open: int
    late: int


@dataclass(frozen=True)
class Delay:
    """Days from opening to decision: how many cases, median, and what nine of ten stay within."""

    cases: int
    median: float
    p90: float


@dataclass(frozen=True)
class Board:
    """The board of the cases in `book`; every number is of the asking person's regions only."""

    book: CaseBook

    def open_by_stage(self, actor: Actor) -> Mapping[Stage, tuple[int, ...]]:
        """Count open cases by stage and by age since opening: up to 7, 30, 90 days, older."""
        need(actor, Right.BOARD)
        now = self.book.clock()
        with reading(self.book.engine) as connection:
            found = read_cases(connection, OPEN, within(actor, cases.c.region))
        counts = Counter((c.stage, sum((now - c.opened_at).days >= age for age in AGES)) for c in found)
        return {stage: tuple(counts[stage, place] for place in range(len(AGES) + 1)) for stage in OPEN_STAGES}

    def precision(self, actor: Actor) -> Mapping[str, Share]:
        """Share of decided cases of each detector that were confirmed, fully or partly (Wilson's interval).

        Cases closed for lack of evidence say nothing for or against a detector and are left out.
        """
        need(actor, Right.BOARD)
        query = sa.select(cases.c.detectors, cases.c.outcome).where(
            cases.c.stage == Stage.CLOSED.value, cases.c.outcome.in_(_JUDGED), within(actor, cases.c.region)
        )
        found: dict[str, list[bool]] = defaultdict(list)
        with reading(self.book.engine) as connection:
            for detectors, outcome in connection.execute(query):
                for name in json.loads(detectors):
                    found[name].append(outcome in _PROVEN)
        return {name: wilson(sum(hits), len(hits)) for name, hits in sorted(found.items())}

    def workload(self, actor: Actor) -> Sequence[Workload]:
        """Return who has how many open cases, most first."""
        need(actor, Right.BOARD)
        with reading(self.book.engine) as connection:
            found = read_cases(connection, OPEN, within(actor, cases.c.region))
        now = self.book.clock()
        open_ = Counter(case.owner for case in found)
        late = Counter(case.owner for case in found if case.due is not None and case.due < now)
        return [Workload(name, open_[name], late[name]) for name in sorted(open_, key=lambda n: (-open_[n], n))]

    def delay(self, actor: Actor) -> Delay:
        """Return how long decided cases took; linear interpolation between order statistics."""
        need(actor, Right.BOARD)
        with reading(self.book.engine) as connection:
            found = read_cases(connection, cases.c.stage == Stage.CLOSED.value, within(actor, cases.c.region))
        days = [(c.closed_at - c.opened_at).total_seconds() / 86_400 for c in found if c.closed_at and c.outcome]
        if not days:
            return Delay(0, 0.0, 0.0)
        median, p90 = np.percentile(days, [50, 90])
        return Delay(len(days), float(median), float(p90))

    def recoveries(self, actor: Actor) -> Mapping[str, Decimal]:
        """Return what came back, yuan by month of receipt."""
        months = Recoveries(self.book).months(actor)
        return {month: sums.received for month, sums in months.items() if sums.received}
