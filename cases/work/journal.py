"""One act, one transaction: the change, its entry in the case's history and its leaf in the ledger."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cases.people import Actor, NoRightError
from cases.schema import dumps, writing
from cases.work.model import NO_CASE, CaseError, CaseFile
from cases.work.rights import Right, need
from cases.work.rows import read_cases, within
from cases.work.settings import Limits
from cases.work.tables import case_events, case_rereads, cases
from claims.audit import ReasonError
from claims.errors import NotFoundError, RinghoundError
from claims.ledger import Kind, append
from claims.ledger.bundles import CASES, DRAWINGS
from claims.ledger.rows import mark

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]
_REFUSALS = (NoRightError, NotFoundError, CaseError, ReasonError)
_LONGEST_ID = 40  # of what was asked for: an id that names nothing is kept no longer than this


@dataclass(frozen=True)
class Desk:
    """An act under way: its transaction, who acts, when."""

    connection: sa.Connection
    actor: Actor
    at: datetime
    limits: Limits

    def case(self, id_: str) -> CaseFile:
        """Return a case of the actor's regions; NotFoundError for all others, whether they exist or not."""
        found = read_cases(self.connection, cases.c.id == id_, within(self.actor, cases.c.region))
        if not found:
            raise NotFoundError(NO_CASE, case=id_)
        return found[0]

    def change(self, case: CaseFile, **values: object) -> None:
        """Write new values of a case; its version rises."""
        statement = sa.update(cases).where(cases.c.id == case.id)
        self.connection.execute(statement.values(version=cases.c.version + 1, **values))

    def note(
        self, case: str, act: str, reason: str, kind: Kind = Kind.CASE, details: Mapping[str, Json] | None = None
    ) -> int:
        """Write the act into the ledger and the history; returns the index of its leaf."""
        return _note(self, case, act, reason, kind, details or {}, refused=False)


@dataclass(frozen=True)
class Journal:
    """Where acts are written: `clock` tells when."""

    engine: sa.Engine
    limits: Limits
    clock: Callable[[], datetime]

    @contextmanager
    def acting(self, actor: Actor, right: Right, act: str, case: str = "", *, about: str = "") -> Iterator[Desk]:
        """Open the transaction of one act on a case, or on something else it is `about`.

        What is refused leaves nothing but an entry that it was tried.
        """
        at = self.clock()
        try:
            need(actor, Right.SEE)  # whoever sees no cases is not told which there are
            with writing(self.engine) as connection:
                desk = Desk(connection, actor, at, self.limits)
                if case:
                    desk.case(case)
                need(actor, right)
                yield desk
        except _REFUSALS as error:
            with writing(self.engine) as connection:
                _refuse(Desk(connection, actor, at, self.limits), (case or about)[:_LONGEST_ID], act, error)
            raise

    @contextmanager
    def house(self, actor: Actor) -> Iterator[Desk]:
        """Open the transaction of what the house does by itself."""
        with writing(self.engine) as connection:
            yield Desk(connection, actor, self.clock(), self.limits)


def _refuse(desk: Desk, case: str, act: str, error: RinghoundError) -> None:
    details: dict[str, Json] = {"refused": type(error).__name__, "because": error.message}
    _note(desk, case, act, "", Kind.CASE, details, refused=True)


def _marks(connection: sa.Connection, case: str, details: Mapping[str, Json]) -> Sequence[Json]:
    """What the leaf says of the rows an act leaves behind; an act writes nothing of its case after it is noted."""
    drawing = details.get("drawing")
    if "reread" in details:
        mine = case_rereads.c.id == details["reread"]
        drawing = connection.scalar(sa.select(case_rereads.c.drawing_id).where(mine))
    found = [(CASES, case)] if case else []
    return [mark(bundle, connection, row) for bundle, row in (*found, *([(DRAWINGS, drawing)] if drawing else []))]


def _note(
    desk: Desk, case: str, act: str, reason: str, kind: Kind, details: Mapping[str, Json], *, refused: bool
) -> int:
    leaf = append(
        desk.connection,
        kind,
        case,
        actor=desk.actor.name,
        reason=reason,
        body={"act": act, **details, **({} if refused else {"marks": _marks(desk.connection, case, details)})},
        at=desk.at,
    )
    values = {
        "case_id": case,
        "at": desk.at.isoformat(),
        "actor": desk.actor.name,
        "act": act,
        "reason": reason,
        "details": dumps(details),
        "leaf": leaf,
        "refused": refused,
    }
    desk.connection.execute(sa.insert(case_events).values(values))
    return leaf
