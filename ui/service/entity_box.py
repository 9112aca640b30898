"""The life of one drug box as its records tell it: bought, sold, settled, taken back, settled again.

Settled items come from `fee_items` (refunds too), the others from `stock_moves`. What is odd is marked
beside what may explain it: a box returned before it was sold again, a pack sold in parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from claims.language import N_
from ui.service.entity_books import ZERO, Books


class StepKind(StrEnum):
    """What happened to the box."""

    BOUGHT = "101"
    SOLD = "102"
    RETURNED = "103"
    COUNTED = "104"
    SETTLED = "settled"
    REFUNDED = "refunded"


STEP_TITLES: dict[StepKind, str] = {
    StepKind.BOUGHT: N_("bought into stock"),
    StepKind.SOLD: N_("left the stock"),
    StepKind.RETURNED: N_("returned"),
    StepKind.COUNTED: N_("counted"),
    StepKind.SETTLED: N_("settled with the fund"),
    StepKind.REFUNDED: N_("settlement taken back"),
}
AGAIN = N_("settled before and not taken back: one box is paid for once")
ELSEWHERE = N_("bought by another institution")
NOT_BOUGHT = N_("no purchase of this box is recorded there before")
OTHER_PERSON = N_("for another insured person than before")
IN_PARTS = N_("sold from an opened pack: parts of a box may be settled apart")
WAS_RETURNED = N_("it was returned before: selling it again may be in order")
BOUGHT_AGAIN = N_("bought into stock once more, without a return between")
CANCELLED = N_("taken back later")

_ITEMS = """
    SELECT setl_id, fee_ocur_time, cnt, det_item_fee_sumamt, coalesce(med_list_name, ''), coalesce(trdn_flag, '')
    FROM fee_items WHERE drug_trac_codg = ?
"""
_SETTLED = """
    SELECT setl_id, setl_time, psn_no, fixmedins_code, refers_to, reversals.setl_id IS NOT NULL
    FROM settlements LEFT JOIN (SELECT setl_id, refers_to FROM reversals) AS reversals USING (setl_id)
    WHERE setl_id IN ({marks})
"""
_MOVES = """
    SELECT inv_chg_id, inv_chg_time, inv_chg_type, fixmedins_code, cnt FROM stock_moves WHERE drug_trac_codg = ?
"""


@dataclass(frozen=True)
class Step:
    """One record about the box. `person` is empty for moves of stock; `charge` is yuan; `record` its number.

    `odd` and `explains` are keys of the catalogue; `gap` is the time since the step before.
    """

    kind: StepKind
    time: datetime
    place: str
    person: str
    record: str
    count: Decimal
    charge: Decimal
    in_parts: bool = False
    cancels: str = ""
    cancelled: bool = False
    gap: timedelta | None = None
    odd: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Biography:
    """Everything recorded about one trace code, in order of time."""

    drug: str
    steps: tuple[Step, ...]

    @property
    def paid(self) -> int:
        """Settlements of the box that still stand."""
        return sum(step.kind is StepKind.SETTLED and not step.cancelled for step in self.steps)


@lru_cache(maxsize=512)
def biography(books: Books, code: str) -> Biography:
    """Read the life of a box; no steps where nobody recorded anything about it."""
    items = books.ask(_ITEMS, [code])
    settled = _settled(books, items)
    steps = [*settled, *(_move(row) for row in books.ask(_MOVES, [code]) if isinstance(row[1], datetime))]
    steps.sort(key=lambda step: (step.time, list(StepKind).index(step.kind), step.record))
    drug = next((str(row[4]) for row in items if row[4]), "")
    return Biography(drug, told(steps))


def _settled(books: Books, items: Sequence[tuple[object, ...]]) -> list[Step]:
    ids = sorted({str(row[0]) for row in items})
    if not ids:
        return []
    rows = books.ask(_SETTLED.format(marks=", ".join("?" * len(ids))), ids)
    heads = {str(row[0]): row for row in rows}
    return [_item(row, heads[str(row[0])]) for row in items if str(row[0]) in heads]


def _item(item: tuple[object, ...], head: tuple[object, ...]) -> Step:
    time = item[1] if isinstance(item[1], datetime) else head[1]
    assert isinstance(time, datetime)  # noqa: S101 - the table declares it and requires it
    count = item[2] if isinstance(item[2], Decimal) else ZERO
    charge = item[3] if isinstance(item[3], Decimal) else ZERO
    kind = StepKind.REFUNDED if head[5] or count < 0 else StepKind.SETTLED
    # A refund carries the time of what it takes back at times; it happened when it was settled.
    when = head[1] if kind is StepKind.REFUNDED and isinstance(head[1], datetime) else time
    cancels = str(head[4] or "") if kind is StepKind.REFUNDED else ""
    return Step(kind, when, str(head[3]), str(head[2]), str(item[0]), count, charge, item[5] == "1", cancels)


def _move(row: tuple[object, ...]) -> Step:
    assert isinstance(row[1], datetime)  # noqa: S101 - asked before
    count = row[4] if isinstance(row[4], Decimal) else ZERO
    return Step(StepKind(str(row[2])), row[1], str(row[3]), "", str(row[0]), count, ZERO)


def told(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Mark what is odd and what may explain it; `steps` are in order of time."""
    taken_back = {step.cancels for step in steps}
    found: list[Step] = []
    for step in steps:
        gap = step.time - found[-1].time if found else None
        known = replace(step, gap=gap, cancelled=step.kind is StepKind.SETTLED and step.record in taken_back)
        found.append(_marked(known, found))
    return tuple(found)


def _marked(step: Step, before: Sequence[Step]) -> Step:
    if step.cancelled:
        return replace(step, explains=(CANCELLED,))
    if step.kind is StepKind.BOUGHT:
        return replace(step, odd=(BOUGHT_AGAIN,)) if _held(before) else step
    return _marked_settled(step, before) if step.kind is StepKind.SETTLED else step


def _held(before: Sequence[Step]) -> bool:
    """Whether somebody bought the box before, and it was not returned since."""
    moves = [one.kind for one in before if one.kind in (StepKind.BOUGHT, StepKind.RETURNED)]
    return bool(moves) and moves[-1] is StepKind.BOUGHT


def _marked_settled(step: Step, before: Sequence[Step]) -> Step:
    odd, explains = [], []
    standing = [one for one in before if one.kind is StepKind.SETTLED and not one.cancelled]
    others = [one for one in standing if one.record != step.record]
    buyers = {one.place for one in before if one.kind is StepKind.BOUGHT}
    if others:
        odd.append(AGAIN)
        if any(one.person != step.person for one in others):
            odd.append(OTHER_PERSON)
        if any(one.kind is StepKind.RETURNED and one.time >= others[-1].time for one in before):
            explains.append(WAS_RETURNED)
    if buyers and step.place not in buyers:
        odd.append(ELSEWHERE)
    if not buyers:
        odd.append(NOT_BOUGHT)
    if step.in_parts:
        explains.append(IN_PARTS)
    return replace(step, odd=tuple(odd), explains=tuple(explains))
