"""Claims in the name of the dead: one family's use of one card, or many cards of the dead in one hand."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Chance, Finding, Grade, Trial, say
from detectors.shared_card.dead_hands import Hand, hands
from detectors.shared_card.evidence import (
    SHOWN,
    Case,
    Floats,
    Line,
    clerical_rate,
    corrected,
    grouped,
    log_choices,
    tail,
    told,
    written,
)
from detectors.snapshot import Ints, Snapshot

_DEAD = "SELECT p FROM person WHERE die_date < (SELECT max(CAST(time AS DATE)) FROM visit) ORDER BY p"

# Whatever falls into a stay is part of that stay: one event, not one more contradiction. `bodily`
# needs the body there: a stay, an emergency, an examination, a treatment.
_LATE = """
    WITH late AS (
        SELECT p, v, i, doctor, day, med_type, setl_id, CAST(begntime AS DATE) AS begins, endtime,
               date_diff('day', CAST(die_date AS DATE), CAST(begntime AS DATE)) AS since
        FROM visit JOIN person USING (p) WHERE CAST(begntime AS DATE) > die_date
    ), treated AS (
        SELECT DISTINCT setl_id FROM fee_items SEMI JOIN late USING (setl_id)
        WHERE med_chrgitm_type IN ('03', '04', '05', '06') OR left(med_chrgitm_type, 2) = '14'
    ), stays AS (SELECT p, v AS stay, begins AS first, CAST(endtime AS DATE) AS last FROM late WHERE med_type = '21')
    SELECT p, v, i, doctor, since, med_type IN ('13', '21') OR treated.setl_id IS NOT NULL AS bodily,
           date_diff('day', DATE '1970-01-01', coalesce(
               (SELECT min(first) FROM stays WHERE stays.p = late.p AND begins BETWEEN first AND last), begins
           )) AS event
    FROM late LEFT JOIN treated USING (setl_id) ORDER BY p, v
"""
_SEEN = """
    SELECT DISTINCT person.p FROM bio_checks JOIN person USING (psn_no)
    WHERE result = 'match' AND CAST(check_time AS DATE) > die_date + CAST($1 AS INTEGER) ORDER BY 1
"""


@dataclass(frozen=True)
class AfterDeath:
    """Counts independent events after death against slips of the pen; gathers cards of the dead by hand.

    `grace`: days after death on which care is still its last bill or a late upload. `least_slips`:
    stray claims per dead person below which no county's clerks are believed to stay. `bodily`:
    share of claims that need the body from which the register of deaths, not the card, is doubted.
    """

    grace: int = 3
    least_slips: float = 0.002
    bodily: float = 0.4
    least_bodily: int = 2

    name = "after_death"
    version = "1"
    title = N_("Card used after its owner's death")
    kinds = ("shared_card/after_death", "shared_card/cards_of_the_dead")
    needs = (
        Need("insured", ("die_date",)),
        Need("settlements", ("agnter_certno", "agnter_tel"), vital=False),
        Need("bio_checks", ("result",), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per hand that holds cards of the dead, and per remaining dead person."""
        dead = snapshot.columns(_DEAD)[0].astype(np.int64)
        if not len(dead):
            return
        late = _late(snapshot, self.grace)
        events = np.array([late[p].events if p in late else 0 for p in dead.tolist()], np.int64)
        found = hands(snapshot, {p: one.visits for p, one in late.items()})
        taken = {p for hand in found for p in hand.persons}
        # What one hand does is no slip: it must not set the rate it is measured by.
        apart = np.array([p not in taken for p in dead.tolist()])
        rate = clerical_rate(events[apart], np.ones(int(apart.sum())), self.least_slips)
        q = corrected(tail(events, np.full(len(events), rate)), len(dead))
        null = _Null(rate, len(dead))
        cases = [_of_hand(snapshot, hand, late, null, self) for hand in found]
        cases += [
            _of_one(snapshot, p, late[p], null, float(q[n]), self)
            for n, p in enumerate(dead.tolist())
            if p in late and p not in taken and q[n] <= SHOWN
        ]
        yield from written(self, snapshot, [case for case in cases if case.chance.p_value <= SHOWN])


@dataclass(frozen=True)
class _Late:
    """Claims of one dead person after the days of grace."""

    visits: Ints
    events: int
    days: int  # from death to the first of them
    bodily: Floats
    doctors: int
    seen: bool


@dataclass(frozen=True)
class _Null:
    rate: float
    dead: int


def _late(snapshot: Snapshot, grace: int) -> dict[int, _Late]:
    person, visit, _, doctor, since, bodily, event = (column.astype(np.int64) for column in snapshot.columns(_LATE))
    seen = set(snapshot.columns(_SEEN, [grace])[0].tolist())
    later = since > grace
    rows = grouped(person[later], np.flatnonzero(later))
    return {
        p: _Late(
            visits=visit[at],
            events=len(np.unique(event[at])),
            days=int(since[at].min()),
            bodily=bodily[at].astype(np.float64),
            doctors=len(np.unique(doctor[at][(bodily[at] == 1) & (doctor[at] >= 0)])),
            seen=p in seen,
        )
        for p, at in rows.items()
    }


def _register_error(late: list[_Late], method: AfterDeath) -> Trial:
    """The register is wrong about the death: the body itself goes on being treated."""
    seen = sum(one.seen for one in late)
    alive = [
        one.seen
        or (one.bodily.sum() >= method.least_bodily and one.bodily.mean() >= method.bodily and one.doctors >= 2)
        for one in late
    ]
    share = float(np.mean(np.concatenate([one.bodily for one in late])))
    result = say(
        N_("{share:.0%} of the claims need the body (stays, examinations, treatments); checks matched: {seen}."),
        share=share,
        seen=seen,
    )
    return Trial(N_("living person in the register of deaths"), float(np.mean(alive)), result)


def _late_bills(late: list[_Late], method: AfterDeath) -> Trial:
    """Care before death that was settled late."""
    result = say(
        N_("Counted is only care that began more than {grace} days after death; the first began {days} days after."),
        grace=method.grace,
        days=min(one.days for one in late),
    )
    return Trial(N_("late settlement"), 0.0, result)


def _of_one(snapshot: Snapshot, person: int, late: _Late, null: _Null, q: float, method: AfterDeath) -> Case:
    trials = (_register_error([late], method), _late_bills([late], method))
    grade = Grade.CONTESTED if trials[0].explains >= 0.8 else Grade.CERTAIN
    return Case(
        kind="shared_card/after_death",
        person=person,
        statement=say(
            N_("{claims} claims on {events} occasions begin after the registered death, the first {days} days later."),
            claims=len(late.visits),
            events=late.events,
            days=late.days,
        ),
        chance=_chance(late.events, null.rate, q),
        records=dict.fromkeys(late.visits.tolist(), grade),
        lines=tuple(told(snapshot, v) for v in late.visits.tolist()),
        trials=trials,
        denominator=null.dead,
        denominator_of=say(N_("persons registered as dead")),
    )


def _of_hand(snapshot: Snapshot, hand: Hand, late: dict[int, _Late], null: _Null, method: AfterDeath) -> Case:
    of = [late[p] for p in hand.persons]
    visits = np.sort(np.concatenate([one.visits for one in of]))
    trials = (_register_error(of, method), _late_bills(of, method))
    events, expected = sum(one.events for one in of), null.rate * len(of)
    chance = float(tail(np.array([events]), np.array([expected]))[0])
    p_value = min(1.0, float(np.exp(np.log(max(chance, 1e-300)) + log_choices(null.dead, len(of)))))
    grade = Grade.CONTESTED if trials[0].explains >= 0.8 else Grade.CERTAIN
    statement = say(
        N_(
            "Cards of {persons} dead persons in one hand: {claims} claims after death, together on {batches} occasions."
        ),
        persons=len(of),
        claims=len(visits),
        batches=len(hand.batches),
    )
    return Case(
        kind="shared_card/cards_of_the_dead",
        person=min(hand.persons, key=lambda p: (late[p].visits.min(), p)),
        statement=statement,
        chance=_chance(events, expected, p_value),
        records=dict.fromkeys(visits.tolist(), grade),
        lines=(*_batch_lines(snapshot, hand), *(told(snapshot, v) for v in visits.tolist())),
        trials=trials,
        denominator=null.dead,
        denominator_of=say(N_("persons registered as dead")),
        others=hand.subjects,
        cards=hand.cards,
    )


def _batch_lines(snapshot: Snapshot, hand: Hand) -> Iterator[Line]:
    for batch in hand.batches:
        sentence = say(
            N_("{line}: {persons} of the dead within {minutes} minutes"),
            line=told(snapshot, batch[0]).statement,
            persons=len(set(snapshot.visits.person[list(batch)].tolist())),
            minutes=int(snapshot.visits.minute[batch[-1]] - snapshot.visits.minute[batch[0]]),
        )
        yield Line(sentence, batch)


def _chance(events: int, expected: float, p_value: float) -> Chance:
    null = say(N_("Slips of the pen fall on the dead independently, as often as single such claims occur here."))
    return Chance(say(N_("independent occasions after death")), events, expected, p_value, null)
