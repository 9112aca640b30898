"""Reading again at random: what was closed, put aside or explained goes to a second person, blind to the first."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cases import rows as ring_rows
from cases.model import Status
from cases.people import Actor
from cases.schema import dumps, reading
from cases.schema import rings as rings_table
from cases.work.book import CaseBook
from cases.work.drawings import Agreement, Drawings
from cases.work.drawings import Pool as Pool
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
    """A reading that was given to somebody; `first` is known only once `second` is given."""

    id: int
    case: str
    ring: str
    reader: str
    second: Outcome | None
    first: Outcome | None = None


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
            seen = within(actor, case_rereads.c.region)
            row = desk.connection.execute(sa.select(case_rereads).where(mine, seen)).one_or_none()
            if row is None:
                raise NotFoundError(N_("You have no open reading {reread}."), reread=reread)
            values = {"second": outcome.value, "second_at": desk.at.isoformat(), "reason": checked_reason(reason)}
            desk.connection.execute(sa.update(case_rereads).where(case_rereads.c.id == reread).values(values))
            details = {"reread": reread, "outcome": outcome.value}
            desk.note(row.case_id, "reread", values["reason"], Kind.REVIEW, details)
            return Reread(row.id, row.case_id, row.ring_id, actor.name, outcome, Outcome(row.first))

    def mine(self, actor: Actor) -> tuple[Reread, ...]:
        """Return one's readings of one's regions, open ones first; the first outcome of those that are answered."""
        need(actor, Right.REREAD)
        own = (case_rereads.c.reader == actor.name) & within(actor, case_rereads.c.region)
        with reading(self.book.engine) as connection:
            order = case_rereads.c.second != "", case_rereads.c.id
            found = connection.execute(sa.select(case_rereads).where(own).order_by(*order)).all()
        return tuple(map(_reread, found))

    def waiting(self, actor: Actor) -> int:
        """Count the readings that are nobody's and that this person could take."""
        need(actor, Right.REREAD)
        free = (case_rereads.c.reader == "") & within(actor, case_rereads.c.region)
        with reading(self.book.engine) as connection:
            found = connection.scalars(sa.select(case_rereads.c.case_id).where(free)).all()
            return sum(not _touched(connection, actor.name, case) for case in found)

    def sizes(self, actor: Actor) -> Mapping[Pool, int]:
        """Count what could be drawn from in one's regions."""
        need(actor, Right.DRAW)
        with reading(self.book.engine) as connection:
            pools = self._pools(Desk(connection, actor, self.book.clock(), self.book.limits))
        return {pool: len(items) for pool, items in pools.items()}

    def agreement(self, actor: Actor, drawing: int) -> Agreement:
        """Return what the readings of a drawing say so far; see `Drawings.agreement`."""
        return Drawings(self.book).agreement(actor, drawing)

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


def _reread(row: sa.Row[tuple[object, ...]]) -> Reread:
    answered = bool(row.second)
    outcomes = (Outcome(row.second), Outcome(row.first)) if answered else (None, None)
    return Reread(row.id, row.case_id, row.ring_id, row.reader, *outcomes)


def _item(pool: Pool, case: str, bound: Sequence[str], region: str, first: Outcome | None) -> Item:
    return Item(pool, case, bound[0] if bound else "", region, first or Outcome.NOT_ENOUGH)


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
