"""A card that is shown under the names of others: the register says whose it is, the claims say who came."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Finding, Grade, Role, Subject, Trial, say
from detectors.lawful.units import units
from detectors.shared_card.evidence import (
    SHOWN,
    Case,
    Floats,
    Line,
    Tested,
    clerical_rate,
    corrected,
    tail,
    when,
    where,
    written,
)
from detectors.snapshot import Snapshot
from graph.model import NodeType

# One body may lawfully hold two enrolments for a while, and a newborn comes on its mother's card.
_FOREIGN = """
    WITH owned AS (
        SELECT card_no, min(p) AS owner FROM cards JOIN person USING (psn_no)
        WHERE card_type IS DISTINCT FROM '01' GROUP BY card_no HAVING count(DISTINCT p) = 1
    )
    SELECT card_no, owner, v, visit.p, day,
           coalesce(own.certno = other.certno, false)
               OR coalesce(own.psn_name = other.psn_name AND own.brdy = other.brdy, false) AS same_body,
           coalesce(date_diff('day', other.brdy, CAST(time AS DATE)) < 366, false) AS newborn
    FROM owned JOIN visit USING (card_no) JOIN person AS own ON own.p = owner JOIN person AS other ON other.p = visit.p
    WHERE visit.p <> owner ORDER BY card_no, v
"""
_USED = """
    SELECT count(DISTINCT card_no), count(*) FROM visit SEMI JOIN cards USING (card_no)
"""


@dataclass(frozen=True)
class BorrowedCard:
    """Counts days on which a card was shown under other names, against mistyped card numbers.

    `least_slips`: mistyped numbers per card below which no county's clerks are believed to stay.
    """

    least_slips: float = 0.001
    least_days: int = 2

    name = "borrowed_card"
    version = "1"
    title = N_("Card used under the names of others")
    kinds = ("shared_card/several_bearers",)
    needs = (Need("settlements", ("card_no",)), Need("cards", ("card_no",)))

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per card that others use under their own names."""
        cards = _foreign(snapshot)
        used = int(snapshot.columns(_USED)[0][0])
        days = np.array([len({row.day for row in rows}) for rows in cards.values()], np.int64)
        everybody = np.concatenate([days, np.zeros(max(0, used - len(days)), np.int64)])
        rate = clerical_rate(everybody, np.ones(len(everybody)), self.least_slips)
        expected: Floats = np.full(len(days), rate)
        q = corrected(tail(days, expected), max(used, 1))
        cases = [
            _case(snapshot, number, rows, Tested(int(days[n]), rate, float(q[n]), used))
            for n, (number, rows) in enumerate(cards.items())
            if days[n] >= self.least_days and q[n] <= SHOWN
        ]
        yield from written(self, snapshot, cases)


@dataclass(frozen=True)
class _Use:
    """One use of a card under another name than its owner's."""

    owner: int
    visit: int
    person: int
    day: int
    same_body: bool
    newborn: bool


def _foreign(snapshot: Snapshot) -> dict[str, list[_Use]]:
    found: dict[str, list[_Use]] = {}
    for row in snapshot.sql(_FOREIGN).to_pylist():
        number = row.pop("card_no")
        found.setdefault(number, []).append(_Use(*row.values()))
    return found


def _case(snapshot: Snapshot, number: str, rows: list[_Use], tested: Tested) -> Case:
    owner, bearers = rows[0].owner, sorted({row.person for row in rows if not (row.same_body or row.newborn)})
    names = snapshot.psn_no(bearers)
    return Case(
        kind="shared_card/several_bearers",
        person=owner,
        statement=say(
            N_("Card {card} was shown on {days} days under the names of {persons} others than its owner."),
            card=number,
            days=tested.days,
            persons=len({row.person for row in rows}),
        ),
        chance=tested.chance(
            say(N_("days of use under other names")),
            say(N_("Mistyped card numbers fall on cards independently, as often as single ones occur here.")),
        ),
        records={row.visit: Grade.LAWFUL if row.same_body or row.newborn else Grade.CERTAIN for row in rows},
        lines=tuple(_line(snapshot, row) for row in rows),
        trials=_trials(snapshot, rows),
        denominator=tested.examined,
        denominator_of=say(N_("cards in use")),
        others=tuple(Subject(NodeType.PERSON, name, Role.COLLECTOR) for name in names),
        cards=(number,),
        role=Role.LENDER,
    )


def _line(snapshot: Snapshot, row: _Use) -> Line:
    sentence = say(
        N_("{time} at {place} under the name of {person}"),
        time=when(snapshot, row.visit),
        place=where(snapshot, row.visit),
        person=snapshot.psn_no([row.person])[0],
    )
    return Line(sentence, (row.visit,))


def _trials(snapshot: Snapshot, rows: list[_Use]) -> tuple[Trial, ...]:
    unit = units(snapshot)
    same, newborn = np.mean([row.same_body for row in rows]), np.mean([row.newborn for row in rows])
    family = np.mean([unit[row.person] == unit[row.owner] for row in rows])
    return (
        Trial(
            N_("two enrolments of one body"),
            float(same),
            say(N_("{share:.0%} carry the owner's own certificate, or name and birth date."), share=float(same)),
        ),
        Trial(
            N_("newborn on the mother's card"),
            float(newborn),
            say(N_("{share:.0%} are infants in their first year."), share=float(newborn)),
        ),
        Trial(
            N_("relatives"),
            0.5 * float(family),
            say(
                N_("{share:.0%} are of the owner's household; a card is personal even among relatives."),
                share=float(family),
            ),
        ),
    )
