"""Reading again at random: what was closed, put aside or explained goes to a second person, blind to the first."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from cases import rows as ring_rows
from cases.model import Status
from cases.people import Actor
from cases.schema import dumps, reading
from cases.schema import rings as rings_table
from cases.work.agreement import Misses, Share, kappa, misses, wilson
from cases.work.book import CaseBook
from cases.work.journal import Desk
from cases.work.model import CaseError, Outcome
from cases.work.rights import Right, need
from cases.work.rows import OPEN, parts_of, read_cases, within
from cases.work.stages import Stage
from cases.work.tables import case_comments, case_drawings, case_rereads, case_rings, cases
from claims.audit import checked_reason
from claims.errors import NotFoundError
from claims.language import N_
from claims.ledger import Kind

MOST = 500
_YES = frozenset({Outcome.CONFIRMED.value, Outcome.PARTLY.value})


class Pool(StrEnum):
    """From where readings are drawn; the first outcome of what nobody closed is said in the comment."""

    CLOSED = "closed"
    SNOOZED = "snoozed"  # counts as not enough: it was put aside
    EXPLAINED = "explained"  # rings an innocent explanation accounts for: counts as cleared


@dataclass(frozen=True)
class Item:
    """Something to read again: a case or a ring, of a region, with the first outcome."""

    pool: Pool
    case: str
    ring: str
    region: str
    first: Outcome


@dataclass(frozen=True)
class Reread:
    """A reading that was given to somebody; it says nothing of the first outcome."""

    id: int
    case: str
    ring: str
    reader: str
    second: Outcome | None


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
class Rereads:
    """Random second readings of the cases in `book`."""

    book: CaseBook

    def draw(self, actor: Actor, each: int, seed: int, reason: str) -> int:
        """Draw up to `each` items from every pool of one's regions; returns the number of the drawing."""
        with self.book.journal.acting(actor, Right.DRAW, "draw_rereads") as desk:
            if not 0 < each <= MOST:
                raise CaseError(N_("Draw 1 to {most} of each kind."), most=MOST)
            pools = self._pools(desk)
            values = {
                "at": desk.at.isoformat(),
                "drawn_by": actor.name,
                "seed": seed,
                "sizes": dumps({pool.value: len(items) for pool, items in pools.items()}),
                "regions": dumps(sorted(actor.regions)),
            }
            insert = sa.insert(case_drawings).values(values).returning(case_drawings.c.id)
            number = int(desk.connection.scalar(insert) or 0)
            chance = random.Random(seed)  # noqa: S311 - a sample that can be drawn again, no secret
            chosen = [item for items in pools.values() for item in chance.sample(items, min(each, len(items)))]
            _write(desk, number, chosen)
            details = {"drawing": number, "seed": seed, "count": len(chosen)}
            desk.note("", "draw_rereads", checked_reason(reason), Kind.REVIEW, details)
            return number

    def take(self, actor: Actor, reason: str) -> Reread | None:
        """Take the next reading that is nobody's, of a case one never worked or wrote on; None: nothing waits."""
        with self.book.journal.acting(actor, Right.REREAD, "take_reread") as desk:
            free = (case_rereads.c.reader == "") & within(actor, case_rereads.c.region)
            for row in desk.connection.execute(sa.select(case_rereads).where(free).order_by(case_rereads.c.id)).all():
                if not _touched(desk.connection, actor.name, row.case_id):
                    mine = sa.update(case_rereads).where(case_rereads.c.id == row.id)
                    desk.connection.execute(mine.values(reader=actor.name))
                    desk.note(row.case_id, "take_reread", checked_reason(reason), Kind.REVIEW, {"reread": row.id})
                    return Reread(row.id, row.case_id, row.ring_id, actor.name, None)
            return None

    def answer(self, actor: Actor, reread: int, outcome: Outcome, reason: str) -> Reread:
        """Give the second outcome; from then on the first may be seen. It stays: nothing is said twice."""
        with self.book.journal.acting(actor, Right.REREAD, "reread", about=str(reread)) as desk:
            mine = (case_rereads.c.id == reread) & (case_rereads.c.reader == actor.name) & (case_rereads.c.second == "")
            row = desk.connection.execute(sa.select(case_rereads).where(mine)).one_or_none()
            if row is None:
                raise NotFoundError(N_("You have no open reading {reread}."), reread=reread)
            values = {"second": outcome.value, "second_at": desk.at.isoformat(), "reason": checked_reason(reason)}
            desk.connection.execute(sa.update(case_rereads).where(case_rereads.c.id == reread).values(values))
            details = {"reread": reread, "outcome": outcome.value}
            desk.note(row.case_id, "reread", values["reason"], Kind.REVIEW, details)
            return Reread(row.id, row.case_id, row.ring_id, actor.name, outcome)

    def mine(self, actor: Actor) -> tuple[Reread, ...]:
        """Return one's readings, open ones first."""
        need(actor, Right.REREAD)
        query = sa.select(case_rereads).where(case_rereads.c.reader == actor.name)
        with reading(self.book.engine) as connection:
            found = connection.execute(query.order_by(case_rereads.c.second, case_rereads.c.id)).all()
        return tuple(
            Reread(r.id, r.case_id, r.ring_id, r.reader, Outcome(r.second) if r.second else None) for r in found
        )

    def agreement(self, actor: Actor, drawing: int) -> Agreement:
        """Compare first and second outcomes of a drawing of one's regions, as far as they are given."""
        need(actor, Right.BOARD)
        with reading(self.book.engine) as connection:
            drawn = connection.execute(sa.select(case_drawings).where(case_drawings.c.id == drawing)).one_or_none()
            if drawn is None or not all(map(actor.sees, json.loads(drawn.regions))):
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

    def _pools(self, desk: Desk) -> Mapping[Pool, Sequence[Item]]:
        """What can be drawn: outcomes that let go, in the regions of whoever draws; nothing that is being read."""
        waiting = sa.select(case_rereads.c.case_id).where(case_rereads.c.second == "", case_rereads.c.case_id != "")
        seen = within(desk.actor, cases.c.region) & cases.c.id.not_in(waiting)
        closed = read_cases(desk.connection, seen, cases.c.stage == Stage.CLOSED.value, cases.c.outcome != "")
        asleep = read_cases(desk.connection, seen, OPEN, cases.c.snoozed_until.is_not(None))
        items = {
            Pool.CLOSED: [_item(Pool.CLOSED, c.id, c.bound, c.region, c.outcome) for c in closed],
            Pool.SNOOZED: [_item(Pool.SNOOZED, c.id, c.bound, c.region, Outcome.NOT_ENOUGH) for c in asleep],
            Pool.EXPLAINED: list(self._explained(desk)),
        }
        return {pool: sorted(found, key=lambda item: (item.case, item.ring)) for pool, found in items.items()}

    def _explained(self, desk: Desk) -> Iterable[Item]:
        handled = sa.select(case_rings.c.ring_id)
        waiting = sa.select(case_rereads.c.ring_id).where(case_rereads.c.second == "")
        free = rings_table.c.id.not_in(handled) & rings_table.c.id.not_in(waiting)
        explained = (rings_table.c.status == Status.EXPLAINED.value) & (rings_table.c.merged_into == "")
        for ring in ring_rows.rings(desk.connection, explained & free):
            region = self.book.region_of(ring)
            if desk.actor.sees(region):
                yield Item(Pool.EXPLAINED, "", ring.id, region, Outcome.CLEARED)


def _item(pool: Pool, case: str, bound: Sequence[str], region: str, first: Outcome | None) -> Item:
    return Item(pool, case, bound[0] if bound else "", region, first or Outcome.NOT_ENOUGH)


def _missed(pairs: Sequence[tuple[str, str]], pool: int) -> Misses:
    found = sum(first not in _YES and second in _YES for first, second in pairs)
    return misses(found, len(pairs), pool)


def _touched(connection: sa.Connection, name: str, case: str) -> bool:
    """Whether somebody has worked or written on a case, and so knows what others thought."""
    if not case:
        return False
    wrote = sa.select(case_comments.c.id).where(case_comments.c.case_id == case, case_comments.c.author == name)
    return name in parts_of(connection, case) or connection.execute(wrote.limit(1)).first() is not None


def _write(desk: Desk, drawing: int, items: Sequence[Item]) -> None:
    same = {"drawing_id": drawing, "reader": "", "second": "", "reason": ""}
    values = [
        {**same, "pool": item.pool.value, "case_id": item.case, "ring_id": item.ring, "region": item.region,
         "first": item.first.value}
        for item in items
    ]  # fmt: skip
    if values:
        desk.connection.execute(sa.insert(case_rereads), values)
