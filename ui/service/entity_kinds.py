"""What only one type of thing has: money beyond the fund, an institution's case mix and share, a till's bursts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from graph.embedded.arrays import Array
from graph.masking import Masks
from graph.model import NodeRef, NodeType
from graph.store import Visit
from ui.service.entity_books import FEW, Books, CaseLine, Money, added
from ui.service.entity_faces import Faces, faces_of
from ui.service.entity_ground import COLUMN_OF, Reach
from ui.service.entity_peers import share_of_fund
from ui.service.entity_records import inside, months_of
from ui.service.entity_ties import TieGroup, strongest
from ui.service.entity_tills import Beside, BusyHour, beside, bursts, busiest
from ui.service.ring_story import Burst

MOST_CASES = 10


@dataclass(frozen=True)
class Special:
    """What there is of it, empty where the type has none. `shares` are of all institutions and of the kind."""

    money: Money | None = None
    shares: tuple[float, float] | None = None
    cases: tuple[CaseLine, ...] = ()
    tops: tuple[TieGroup, ...] = ()
    bursts: tuple[Burst, ...] = ()
    hours: tuple[BusyHour, ...] = ()
    beside: tuple[Beside, ...] = ()
    users: tuple[NodeRef, ...] = ()
    faces: Faces = field(default_factory=dict)


def special_of(reach: Reach, books: Books, masks: Masks, ref: NodeRef) -> Special:
    """Gather what is special about a node."""
    if ref.type not in COLUMN_OF:
        return Special()
    rows = reach.rows(ref)
    if not len(rows):
        return Special()
    found = _by_type(reach, books, ref, rows)
    money = _money(reach, books, ref, rows)
    named = chain(
        (tie.ref for group in found.tops for tie in group.ties), (one.person for one in found.beside), found.users
    )
    return replace(found, money=money, faces=faces_of(reach.ground, masks, named))


def _by_type(reach: Reach, books: Books, ref: NodeRef, rows: Array) -> Special:
    if ref.type is NodeType.INSTITUTION:
        doctors, tills = strongest(reach, rows, NodeType.DOCTOR), strongest(reach, rows, NodeType.TERMINAL)
        cases = _named(books, books.case_mix(ref, inside(reach)))
        return Special(shares=share_of_fund(reach, ref), cases=cases, tops=(doctors, tills))
    if ref.type is NodeType.DOCTOR:
        own = reach.ground.snapshot.row(ref)
        written = rows[reach.ground.columns["prescriber"][rows] == own]
        return Special(tops=(strongest(reach, rows, NodeType.PERSON), strongest(reach, written, NodeType.INSTITUTION)))
    if ref.type is NodeType.TERMINAL:
        where = ref.id.rpartition("/")[2]
        return Special(bursts=bursts(reach, rows, where), hours=busiest(reach, rows))
    if ref.type is NodeType.CARD:
        users = np.unique(reach.ground.columns["person"][rows])
        refs = tuple(reach.ground.ref(NodeType.PERSON, row) for row in users.tolist() if row >= 0)
        return Special(users=refs, beside=beside(reach, rows, users))
    return Special()


def _named(books: Books, cases: Sequence[CaseLine]) -> tuple[CaseLine, ...]:
    return tuple(replace(case, name=books.named(case.code)) for case in cases[:MOST_CASES])


def _money(reach: Reach, books: Books, ref: NodeRef, rows: Array) -> Money:
    """Few settlements are looked up by number, many are summed by one pass."""
    if len(rows) > FEW:
        return books.money(ref, inside(reach))
    visits: list[Visit] = [reach.ground.visit(row) for row in rows.tolist()]
    return added(books.bills([visit.setl_id for visit in visits], months_of(reach, rows)).values())
