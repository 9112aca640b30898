"""A card that was reported lost, or stopped, and goes on being used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Chance, Finding, Grade, Trial, say
from detectors.shared_card.evidence import (
    SHOWN,
    Case,
    clerical_rate,
    corrected,
    tail,
    told,
    written,
)
from detectors.snapshot import Ints, Snapshot

# Care that began before the report, or on its day, is nobody's second use.
_USES = """
    WITH lost AS (
        SELECT card_no, psn_no, least(loss_date, stop_date) AS lost, stop_date IS NOT NULL AS stopped FROM cards
        WHERE card_type IS DISTINCT FROM '01' AND least(loss_date, stop_date) IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY card_no ORDER BY lost, psn_no) = 1
    ), watched AS (
        SELECT card_no, p, lost, stopped FROM lost JOIN person USING (psn_no)
        WHERE lost < (SELECT max(CAST(time AS DATE)) FROM visit)
    ), uses AS (
        SELECT card_no, v, i, day, CAST(begntime AS DATE) > lost AS after,
               CAST(begntime AS DATE) > lost + CAST($1 AS INTEGER) AS late
        FROM watched JOIN visit USING (card_no)
    )
    SELECT card_no, watched.p, lost, stopped, v, i, day, after, late FROM watched LEFT JOIN uses USING (card_no)
    ORDER BY card_no, v
"""
_OWN = """
    SELECT DISTINCT p, i FROM visit SEMI JOIN watched_owner USING (p) ANTI JOIN used_after USING (v) ORDER BY p, i
"""
_REPLACED = """
    SELECT DISTINCT watched_owner.card_no FROM watched_owner JOIN person USING (p) JOIN cards USING (psn_no)
    WHERE cards.card_no <> watched_owner.card_no AND iss_date >= lost AND card_type IS DISTINCT FROM '01'
    ORDER BY 1
"""


@dataclass(frozen=True)
class AfterLoss:
    """Counts the days on which a card was used after the report, against slips of the pen.

    `grace`: days after the report in which a use is still that report's own confusion (the report
    is entered the evening the card is missed, or in the office next morning). `least_slips`: slips
    per lost card below which no county's clerks are believed to stay.
    """

    grace: int = 1
    least_slips: float = 0.002

    name = "after_loss"
    version = "1"
    title = N_("Card used after it was reported lost")
    kinds = ("shared_card/after_loss",)
    needs = (
        Need("settlements", ("card_no",)),
        Need("cards", ("loss_date",)),
        Need("cards", ("stop_date", "iss_date"), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per card used after its loss."""
        lost = _lost_cards(snapshot, self.grace)
        days = np.array([len(np.unique(snapshot.visits.day[card.late])) for card in lost], np.int64)
        rate = clerical_rate(days, np.ones(len(days)), self.least_slips)
        q = corrected(tail(days, np.full(len(days), rate)), len(lost))
        places, replaced = _own_places(snapshot, lost)
        cases = [
            _case(snapshot, card, float(q[n]), rate, len(lost), places, card.number in replaced)
            for n, card in enumerate(lost)
            if days[n] >= 1 and q[n] <= SHOWN
        ]
        yield from written(self, snapshot, cases)


@dataclass(frozen=True)
class _Lost:
    number: str
    owner: int
    on: str
    stopped: bool
    after: Ints  # uses after the day of the report, days of grace included
    late: Ints

    @classmethod
    def of(cls, number: str, rows: Sequence[Mapping[str, object]]) -> Self:
        """Gather the rows of one card."""
        after, late = (np.array([row["v"] for row in rows if row[when]], np.int64) for when in ("after", "late"))
        first = rows[0]
        return cls(number, int(str(first["p"])), str(first["lost"])[:10], bool(first["stopped"]), after, late)


def _lost_cards(snapshot: Snapshot, grace: int) -> list[_Lost]:
    found: dict[str, list[dict[str, object]]] = {}
    for row in snapshot.sql(_USES, [grace]).to_pylist():
        found.setdefault(row["card_no"], []).append(row)
    return [_Lost.of(number, rows) for number, rows in found.items()]


def _own_places(snapshot: Snapshot, lost: list[_Lost]) -> tuple[set[tuple[int, int]], set[str]]:
    """Places each owner went to with anything but the lost card, and the cards that were replaced."""
    used = [card for card in lost if len(card.late)]
    snapshot.code(
        "watched_owner",
        {
            "p": np.array([card.owner for card in used], np.int64),
            "card_no": np.array([card.number for card in used], str),
            "lost": np.array([card.on for card in used], "datetime64[D]"),
        },
    )
    snapshot.code("used_after", {"v": np.concatenate([np.empty(0, np.int64), *(card.after for card in used)])})
    own = {(row["p"], row["i"]) for row in snapshot.sql(_OWN).to_pylist()}
    return own, {row["card_no"] for row in snapshot.sql(_REPLACED).to_pylist()}


def _case(
    snapshot: Snapshot, card: _Lost, q: float, rate: float, examined: int, own: set[tuple[int, int]], replaced: bool
) -> Case:
    days = len(np.unique(snapshot.visits.day[card.late]))
    trial = _recovered(snapshot, card, own, replaced)
    grade = Grade.LAWFUL if trial.explains >= 1 else Grade.CONTESTED if trial.explains >= 0.8 else Grade.CERTAIN
    return Case(
        kind="shared_card/after_loss",
        person=card.owner,
        statement=say(
            N_("Card {card} was reported lost or stopped on {day} and has been used on {days} days since."),
            card=card.number,
            day=card.on,
            days=days,
        ),
        chance=Chance(
            say(N_("days of use after the report of loss")),
            days,
            rate,
            q,
            say(N_("Slips of the pen fall on lost cards independently, as often as single such uses occur here.")),
        ),
        records=dict.fromkeys(card.late.tolist(), grade),
        lines=tuple(told(snapshot, v) for v in card.late.tolist()),
        trials=(trial,),
        denominator=examined,
        denominator_of=say(N_("cards reported lost or stopped")),
        cards=(card.number,),
    )


def _recovered(snapshot: Snapshot, card: _Lost, own: set[tuple[int, int]], replaced: bool) -> Trial:
    """The owner found the card again: nobody stopped or replaced it, and it goes where the owner goes."""
    share = float(np.mean([(card.owner, int(i)) in own for i in snapshot.visits.place[card.late]]))
    if card.stopped or replaced:
        result = say(N_("No: the card was stopped or replaced, so its owner does not hold it as a valid card."))
        return Trial(N_("recovered card"), 0.0, result)
    result = say(
        N_("{share:.0%} of the uses are at places the owner went to before or goes to otherwise."), share=share
    )
    return Trial(N_("recovered card"), 0.8 if share == 1.0 else 0.5 * share, result)
