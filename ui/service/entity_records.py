"""All net settlements of one thing, a page at a time, and what was taken back.

Which settlements, in which order, is read from the graph's columns; only those of the page are looked
up in the tables. A hub is therefore paged as fast as a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import numpy as np

from claims.language import N_
from graph.embedded.arrays import Array
from graph.masking import Masks
from graph.model import NodeRef, NodeType
from graph.store import Visit
from ui.neighbourhood import visit_refs
from ui.service.entity_books import ZERO, Bill, Books, Refunds
from ui.service.entity_faces import Faces, faces_of
from ui.service.entity_figures import Month, rhythm, window, yuan
from ui.service.entity_ground import Reach

AT_ONCE = 20


class Sorting(StrEnum):
    """What stands first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    FUND = "fund"


SORTING_TITLES = {
    Sorting.NEWEST: N_("Newest first"),
    Sorting.OLDEST: N_("Oldest first"),
    Sorting.FUND: N_("Most money first"),
}


@dataclass(frozen=True)
class Ask:
    """Which page; `month` is the first day of a month, None for all; `page` counts from 1."""

    sorting: Sorting = Sorting.NEWEST
    month: date | None = None
    page: int = 1


@dataclass(frozen=True)
class RecordLine:
    """One net settlement as it may be shown; money is yuan."""

    visit: Visit
    fund: Decimal
    bill: Bill
    diagnosis: str


@dataclass(frozen=True)
class RecordPage:
    """Lines of one page; `total` and `fund` are of all pages; `months` those there are settlements in."""

    lines: tuple[RecordLine, ...]
    faces: Faces
    total: int
    fund: Decimal
    months: tuple[Month, ...]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // AT_ONCE)


@dataclass(frozen=True)
class RefundPage:
    """The newest refunds with faces."""

    refunds: Refunds
    faces: Faces


def record_page(reach: Reach, books: Books, masks: Masks, ref: NodeRef, ask: Ask) -> RecordPage:
    """Read one page of a node's settlements."""
    every = reach.rows(ref)
    rows = every if ask.month is None else window(reach.ground, every, *_month(ask.month))
    start = (max(1, ask.page) - 1) * AT_ONCE
    shown = _ordered(reach, rows, ask.sorting)[start : start + AT_ONCE].tolist()
    visits = [reach.ground.visit(row) for row in shown]
    bills = books.bills([visit.setl_id for visit in visits], {f"{visit.time:%Y-%m}" for visit in visits})
    lines = tuple(_line(books, visit, bills) for visit in visits)
    faces = faces_of(reach.ground, masks, (named for visit in visits for named in visit_refs(visit)))
    months = tuple(month for month in rhythm(reach.ground, every).months if month.visits)
    return RecordPage(lines, faces, len(rows), yuan(reach.ground.columns["fund"][rows].sum()), months)


def _line(books: Books, visit: Visit, bills: Mapping[str, Bill]) -> RecordLine:
    fund = yuan(visit.fund)
    bill = bills.get(visit.setl_id) or Bill(fund, fund, ZERO, ZERO, "", ZERO)
    return RecordLine(visit, fund, bill, books.named(bill.diagnosis))


def _ordered(reach: Reach, rows: Array, sorting: Sorting) -> Array:
    if sorting is Sorting.OLDEST:
        return rows
    if sorting is Sorting.NEWEST:
        return rows[::-1]
    found: Array = rows[np.argsort(-reach.ground.columns["fund"][rows], kind="stable")]
    return found


def _month(first: date) -> tuple[datetime, datetime]:
    start = datetime(first.year, first.month, 1)
    return start, (start + timedelta(days=32)).replace(day=1)


def inside(reach: Reach) -> Sequence[str] | None:
    """Codes of the institutions one may see; None for all."""
    if reach.places is None:
        return None
    ids = reach.ground.snapshot.ids[NodeType.INSTITUTION]
    return [ids[row] for row in np.flatnonzero(reach.places).tolist()]


def refund_page(reach: Reach, books: Books, masks: Masks, ref: NodeRef) -> RefundPage:
    """Read what was taken back."""
    found = books.refunds(ref, inside(reach))
    refs = [NodeRef(NodeType.PERSON, line.person) for line in found.lines]
    refs += [NodeRef(NodeType.INSTITUTION, line.place) for line in found.lines]
    return RefundPage(found, faces_of(reach.ground, masks, refs))


def months_of(reach: Reach, rows: Array) -> set[str]:
    """Partition months of the settlements at `rows`."""
    times = reach.ground.columns["time"][rows].astype("datetime64[us]")
    return set(np.unique(times.astype("datetime64[M]")).astype(str).tolist())
