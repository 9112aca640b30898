"""The way into the case book: the signed-in account, guarded first, then as somebody who acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as sa

from cases.handout.sheet import mask_text
from cases.people import Actor
from cases.schema import reading
from cases.work.blind import hidden_from
from cases.work.book import CaseBook
from cases.work.model import CaseFile, Origin, StaleError
from cases.work.moving import can_work
from cases.work.opened import open_book
from claims.aliases import Aliases
from claims.language import N_
from claims.workspace import Workspace
from graph.masking import Masks, printed
from graph.model import NodeRef, NodeType
from ui.auth.accounts import Accounts
from ui.auth.gate import Gate
from ui.auth.model import Account
from ui.auth.roles import Action


@dataclass(frozen=True)
class Clock:
    """A case's time limit: when it ends (UTC), and whole days left, below 0 when it has passed."""

    due: datetime
    days: int

    @property
    def late(self) -> bool:
        """Whether it has passed."""
        return self.days < 0


@dataclass(frozen=True)
class CaseDoor:
    """Gate, workspace and accounts that all services of cases share."""

    gate: Gate
    workspace: Workspace
    accounts: Accounts

    @cached_property
    def book(self) -> CaseBook:
        """The case book of the workspace."""
        return open_book(self.workspace)

    def actor(self, action: Action) -> Actor:
        """Return who is signed in, if the roles allow `action`; regions are kept by the case book."""
        return acting(self.gate.guard(action))

    def unchanged(self, actor: Actor, case: str, seen: int) -> CaseFile:
        """Return a case that still is as it was seen; StaleError where somebody was faster."""
        file = self.book.get(actor, case)
        if file.version != seen:
            raise StaleError(N_("Somebody changed {case} meanwhile; look at it again."), case=case)
        return file

    def hidden(self, actor: Actor, case: str) -> bool:
        """Whether the actor is to read the case again, blind, and has not said what he thinks."""
        with reading(self.book.engine) as connection:
            return hidden_from(connection, actor.name, case)

    def clock(self, file: CaseFile) -> Clock | None:
        """Return how a case's time limit stands; None where none runs."""
        if file.due is None:
            return None
        return Clock(file.due, (file.due - self.book.clock()) // timedelta(days=1))

    def colleagues(self, file: CaseFile) -> Sequence[Account]:
        """Return the accounts that see a case."""
        return [a for a in self.accounts.all() if not a.disabled_at and _sees(a, file)]

    def movers(self, actor: Actor, file: CaseFile) -> Sequence[Account]:
        """Return the accounts that can move a case on from where it stands."""
        parts = self.book.parts(actor, file.id)
        return [a for a in self.colleagues(file) if can_work(acting(a), file.stage, parts)]

    def masks(self) -> Masks:
        """Return the masks of the workspace."""
        return Masks(Aliases(self.workspace.aliases))

    def source(self, file: CaseFile) -> str:
        """What a case began with, as it may be shown."""
        return source_of(file, self.masks())

    def title(self, file: CaseFile) -> str:
        """Title of a case as it may be shown."""
        return title_of(file, self.masks())


def acting(account: Account) -> Actor:
    """Return an account as somebody who acts on cases."""
    return Actor(account.name, account.roles, account.regions)


def ref_of(file: CaseFile) -> NodeRef | None:
    """Return the node a case began with, None for other origins and for what reads as no node."""
    kind, _colon, id_ = file.source.partition(":")
    known = file.origin is Origin.ENTITY and kind in set(NodeType) and id_
    return NodeRef(NodeType(kind), id_) if known else None


def source_of(file: CaseFile, masks: Masks) -> str:
    """What a case began with, as it may be shown."""
    ref = ref_of(file)
    if ref is None:
        return unnumbered(file.source)
    shown = masks.refs([ref])[ref]
    return f"{shown.type.value}:{printed(shown)}"


def title_of(file: CaseFile, masks: Masks) -> str:
    """Title of a case as it may be shown."""
    plain = file.title == file.source[:200]
    return source_of(file, masks) if plain and file.origin is Origin.ENTITY else unnumbered(file.title)


def unnumbered(text: str) -> str:
    """Return what somebody wrote, with certificate and telephone numbers starred."""
    return mask_text(text, {})


def named(engine: sa.Engine, condition: sa.ColumnElement[bool], column: sa.Column[str]) -> set[str]:
    """Return the values of a text column."""
    with reading(engine) as connection:
        return set(connection.scalars(sa.select(column).where(condition)))


def _sees(account: Account, file: CaseFile) -> bool:
    return account.may(Action.SEE_CASES) and acting(account).sees(file.region)
