"""Drawings of second readings: which there were, and what the readings say so far."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from cases.people import Actor
from cases.schema import reading
from cases.work.agreement import Misses, Share, kappa, misses, wilson
from cases.work.book import CaseBook
from cases.work.model import Outcome
from cases.work.rights import Right, need
from cases.work.tables import case_drawings, case_rereads
from claims.errors import NotFoundError
from claims.language import N_

_YES = frozenset({Outcome.CONFIRMED.value, Outcome.PARTLY.value})


class Pool(StrEnum):
    """From where readings are drawn; the first outcome of what nobody closed is said in the comment."""

    CLOSED = "closed"
    SNOOZED = "snoozed"  # counts as not enough: it was put aside
    EXPLAINED = "explained"  # rings an innocent explanation accounts for: counts as cleared


@dataclass(frozen=True)
class Drawing:
    """One drawing: how many it drew, how many of them are with a reader, how many are answered; `at` is UTC."""

    id: int
    at: datetime
    by: str
    seed: int
    drawn: int
    taken: int
    answered: int


@dataclass(frozen=True)
class Agreement:
    """What second readings say: share that agree (Wilson), Cohen's kappa, misses by pool (hypergeometric).

    Misses count where the first outcome was cleared or not enough and the second reader confirms,
    fully or partly; each pool is the one its drawing drew from.
    """

    agreed: Share
    kappa: float | None
    misses: Mapping[Pool, Misses]


@dataclass(frozen=True)
class Drawings:
    """The drawings of `book`, for whoever sees all regions they were drawn from."""

    book: CaseBook

    def all(self, actor: Actor) -> tuple[Drawing, ...]:
        """Return the drawings of one's regions, newest first."""
        need(actor, Right.BOARD)
        with reading(self.book.engine) as connection:
            rows = connection.execute(sa.select(case_drawings).order_by(case_drawings.c.id.desc())).all()
            seen = [row for row in rows if _sees(actor, row)]
            columns = case_rereads.c.drawing_id, case_rereads.c.reader != "", case_rereads.c.second != ""
            mine = case_rereads.c.drawing_id.in_([row.id for row in seen])
            counts = Counter(map(tuple, connection.execute(sa.select(*columns).where(mine))))
        return tuple(_drawing(row, counts) for row in seen)

    def agreement(self, actor: Actor, drawing: int) -> Agreement:
        """Compare first and second outcomes of a drawing of one's regions, as far as they are given."""
        need(actor, Right.BOARD)
        with reading(self.book.engine) as connection:
            drawn = connection.execute(sa.select(case_drawings).where(case_drawings.c.id == drawing)).one_or_none()
            if drawn is None or not _sees(actor, drawn):
                raise NotFoundError(N_("There is no drawing {drawing}."), drawing=drawing)
            given = (case_rereads.c.drawing_id == drawing) & (case_rereads.c.second != "")
            rows = connection.execute(sa.select(case_rereads).where(given)).all()
        pairs = [(row.first, row.second) for row in rows]
        sizes = json.loads(drawn.sizes)
        by_pool = {
            pool: _missed([(row.first, row.second) for row in rows if row.pool == pool], sizes[pool.value])
            for pool in Pool
        }
        return Agreement(wilson(sum(a == b for a, b in pairs), len(pairs)), kappa(pairs), by_pool)


def _sees(actor: Actor, drawing: sa.Row[tuple[object, ...]]) -> bool:
    return all(map(actor.sees, json.loads(drawing.regions)))


def _drawing(row: sa.Row[tuple[object, ...]], counts: Mapping[tuple[object, ...], int]) -> Drawing:
    """`counts` are by drawing, whether a reader has it, whether it is answered."""
    drawn = sum(counts[row.id, taken, done] for taken in (False, True) for done in (False, True))
    answered = counts[row.id, True, True]
    taken = counts[row.id, True, False]
    return Drawing(row.id, datetime.fromisoformat(row.at), row.drawn_by, row.seed, drawn, taken, answered)


def _missed(pairs: Sequence[tuple[str, str]], pool: int) -> Misses:
    found = sum(first not in _YES and second in _YES for first, second in pairs)
    return misses(found, len(pairs), pool)
