"""What the desk shows in the morning: mine and due, what changed since last time, last night's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from ui.auth.gate import Gate
from ui.auth.model import Account
from ui.auth.roles import Action
from ui.service.loads import LoadLine, LoadService
from ui.service.ring_query import Ranking, RingQuery
from ui.service.rings import RingPage, RingService
from ui.service.runs import RunLine, RunService

SHOWN = 10


@dataclass(frozen=True)
class CaseLine:
    """One case of somebody's own."""

    id: str
    title: str
    status: str
    due: date | None
    fund: Decimal


class Cases(Protocol):
    """Where cases come from."""

    def of(self, owner: str, limit: int) -> Sequence[CaseLine]:
        """Return somebody's open cases, the most urgent first."""


@dataclass(frozen=True)
class Morning:
    """One person's desk; a part is None where the roles do not show it."""

    account: Account
    last_visit: datetime | None  # local time without a zone
    mine: RingPage | None
    changed: RingPage | None
    cases: Sequence[CaseLine] | None
    run: RunLine | None
    load: LoadLine | None
    sees_runs: bool


@dataclass(frozen=True)
class DeskService:
    """The desk behind the guard."""

    gate: Gate
    rings: RingService
    runs: RunService
    loads: LoadService
    cases: Cases

    def morning(self) -> Morning:
        """Return what the signed-in account should look at first."""
        account = self.gate.guard(Action.SEE_DESK)
        since = self._last_visit()
        sees_rings, sees_runs = account.may(Action.SEE_RINGS), account.may(Action.SEE_RUNS)
        runs = self.runs.recent(1) if sees_runs else ()
        loads = self.loads.recent(1) if sees_runs else ()
        return Morning(
            account=account,
            last_visit=since,
            mine=self.rings.page(_mine(account)) if sees_rings else None,
            changed=self.rings.page(_changed(since)) if sees_rings else None,
            cases=self.cases.of(account.name, SHOWN) if account.may(Action.SEE_CASES) else None,
            run=runs[0] if runs else None,
            load=loads[0] if loads else None,
            sees_runs=sees_runs,
        )

    def _last_visit(self) -> datetime | None:
        last = self.gate.sessions.last_visit(self.gate.signed_in())
        return None if last is None else last.astimezone().replace(tzinfo=None, microsecond=0)


def _mine(account: Account) -> RingQuery:
    return RingQuery(owner=account.name, ranking=Ranking.DUE, size=SHOWN)


def _changed(since: datetime | None) -> RingQuery:
    return RingQuery(changed_since=since, ranking=Ranking.CHANGED, size=SHOWN)
