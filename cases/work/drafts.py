"""Outcomes somebody is drawing up before the decision: one draft for each person and case, read by nobody else.

A draft is no act: neither the history nor the ledger names it. It goes when the case is decided.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import sqlalchemy as sa

from cases.model import Key
from cases.people import Actor
from cases.schema import dumps, reading, writing
from cases.work.book import CaseBook
from cases.work.journal import Desk
from cases.work.model import CaseError, Outcome
from cases.work.moving import steps_for
from cases.work.rights import Right, need
from cases.work.rows import parts_of
from cases.work.stages import StepName
from cases.work.tables import case_drafts
from claims.language import N_
from graph.model import NodeType


@dataclass(frozen=True)
class Draft:
    """Outcomes so far: of members, and of records (setl_id)."""

    members: Mapping[Key, Outcome] = field(default_factory=lambda: MappingProxyType({}))
    records: Mapping[str, Outcome] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Drafts:
    """The drafts of cases in `book`."""

    book: CaseBook

    def read(self, actor: Actor, case: str) -> Draft:
        """Return one's own draft of a case, an empty one where there is none."""
        self.book.get(actor, case)
        with reading(self.book.engine) as connection:
            content = connection.scalar(sa.select(case_drafts.c.content).where(_own(actor, case)))
        return _draft(content) if content else Draft()

    def keep(self, actor: Actor, case: str, draft: Draft) -> None:
        """Keep one's draft in place of the one before; CaseError unless the actor could decide the case now."""
        need(actor, Right.STEP)
        at = self.book.clock()
        with writing(self.book.engine) as connection:
            file = Desk(connection, actor, at, self.book.limits).case(case)
            if StepName.DECIDE not in steps_for(actor, file.stage, parts_of(connection, case)):
                raise CaseError(N_("Outcomes are drawn up by whoever can decide the case now."))
            connection.execute(sa.delete(case_drafts).where(_own(actor, case)))
            if draft.members or draft.records:
                values = {"case_id": case, "name": actor.name, "at": at.isoformat(), "content": _content(draft)}
                connection.execute(sa.insert(case_drafts).values(values))


def _own(actor: Actor, case: str) -> sa.ColumnElement[bool]:
    return (case_drafts.c.case_id == case) & (case_drafts.c.name == actor.name)


def _content(draft: Draft) -> str:
    members = sorted([type_.value, id_, said.value] for (type_, id_), said in draft.members.items())
    return dumps({"members": members, "records": {id_: said.value for id_, said in draft.records.items()}})


def _draft(content: str) -> Draft:
    found = json.loads(content)
    members = {(NodeType(type_), id_): Outcome(said) for type_, id_, said in found["members"]}
    return Draft(members, {id_: Outcome(said) for id_, said in found["records"].items()})
