"""One card at two places sooner than anybody gets from one to the other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Finding, Grade, Trial, say
from detectors.shared_card.evidence import (
    SHOWN,
    Case,
    Floats,
    Line,
    Tested,
    clerical_rate,
    corrected,
    grouped,
    tail,
    when,
    where,
    written,
)
from detectors.shared_card.travel import kilometres
from detectors.snapshot import Flags, Ints, Snapshot

# A short visit lasts from its begin to its settlement. In a long one (a dialysis, an infusion, a
# number drawn in the morning) people come and go: only the settlement counts. Stays are left to
# `during_stay`; a place whose clock tells no hours cannot contradict anybody.
_NEXT = """
    WITH timed AS (
        SELECT p, v, i, day, minute AS last,
               CASE WHEN date_diff('minute', begntime, time) BETWEEN 0 AND 60
                    THEN minute - date_diff('minute', begntime, time) ELSE minute END AS first,
               coalesce(agent, agent_tel) IS NOT NULL AS fetched, med_type = '41' AS shop
        FROM visit WHERE timed AND med_type <> '21' AND CAST(time AS TIME) > TIME '00:00:00'
    ), ordered AS (
        SELECT *, lead(v) OVER later AS v2, lead(i) OVER later AS i2, lead(day) OVER later AS day2,
               lead(first) OVER later AS first2, lead(fetched) OVER later AS fetched2, lead(shop) OVER later AS shop2
        FROM timed WINDOW later AS (PARTITION BY p ORDER BY first, v)
    )
    SELECT p, v, v2, i, i2, day, first2 - last AS gap, fetched OR fetched2 AS fetched, shop OR shop2 AS shop
    FROM ordered WHERE i2 <> i AND day2 = day ORDER BY p, v
"""


@dataclass(frozen=True)
class TwoPlaces:
    """Counts days with an impossible journey against the county's own rate of wrong times.

    `speed` km/h as the crow flies is fast even on empty roads; `tolerance` minutes are two clocks
    five minutes wrong each; `least_km` keeps campuses and neighbours out; `across` km lie between
    two districts whose institutions give no coordinates. `least_slips`: wrong times per pair of
    places on one day below which no county is believed to stay.
    """

    speed: float = 60.0
    tolerance: float = 10.0
    least_km: float = 1.5
    across: float = 15.0
    least_slips: float = 0.002
    least_days: int = 2

    name = "two_places"
    version = "1"
    title = N_("Card at two places at once")
    kinds = ("shared_card/two_places",)
    needs = (
        Need("settlements", ("setl_time",)),
        Need("institutions", ("lnt", "lat"), vital=False),
        Need("institutions", ("admdvs",), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per person with impossible journeys on several days."""
        pairs = _pairs(snapshot, self.across)
        impossible = self._impossible(pairs)
        persons, exposure = np.unique(pairs.person[~pairs.fetched], return_counts=True)
        rows = grouped(pairs.person[impossible], np.flatnonzero(impossible))
        days = np.array([len(np.unique(pairs.day[rows[p]])) if p in rows else 0 for p in persons.tolist()], np.int64)
        rate = clerical_rate(days, exposure.astype(np.float64), self.least_slips)
        expected: Floats = rate * exposure.astype(np.float64)
        q = corrected(tail(days, expected), len(persons))
        cases = [
            _case(snapshot, pairs, rows[p], Tested(int(days[n]), float(expected[n]), float(q[n]), len(persons)))
            for n, p in enumerate(persons.tolist())
            if days[n] >= self.least_days and q[n] <= SHOWN
        ]
        yield from written(self, snapshot, cases)

    def _impossible(self, pairs: "_Pairs") -> Flags:
        needed = pairs.km / self.speed * 60 - self.tolerance
        found: Flags = (pairs.km >= self.least_km) & (pairs.gap < needed) & ~pairs.fetched
        return found


@dataclass(frozen=True)
class _Pairs:
    """Successive visits of one person at two places on one day; `gap` minutes lie between them."""

    person: Ints
    first: Ints
    second: Ints
    day: Ints
    gap: Ints
    km: Floats
    fetched: Flags
    shop: Flags


def _pairs(snapshot: Snapshot, across: float) -> _Pairs:
    *columns, fetched, shop = snapshot.columns(_NEXT)
    person, first, second, i, i2, day, gap = (column.astype(np.int64) for column in columns)
    km = kilometres(snapshot, i, i2, across)
    return _Pairs(person, first, second, day, gap, km, fetched.astype(np.bool_), shop.astype(np.bool_))


def _case(snapshot: Snapshot, pairs: _Pairs, at: Ints, tested: Tested) -> Case:
    visits = np.unique(np.concatenate([pairs.first[at], pairs.second[at]]))
    return Case(
        kind="shared_card/two_places",
        person=int(pairs.person[at[0]]),
        statement=say(
            N_("On {days} days the card was at two places up to {km:.0f} km apart sooner than anybody gets there."),
            days=tested.days,
            km=float(pairs.km[at].max()),
        ),
        chance=tested.chance(
            say(N_("days with an impossible journey")),
            say(N_("Wrong times fall on pairs of places independently, as often as single ones occur here.")),
        ),
        records=dict.fromkeys(visits.tolist(), Grade.PROBABLE),
        lines=tuple(_line(snapshot, pairs, n) for n in at[np.lexsort((at, pairs.gap[at] - pairs.km[at]))].tolist()),
        trials=(
            Trial(
                N_("fetched by somebody else"),
                0.0,
                say(
                    N_("Purchases that name an agent are left out; {shop:.0%} of the rest involve a pharmacy."),
                    shop=float(pairs.shop[at].mean()),
                ),
            ),
        ),
        denominator=tested.examined,
        denominator_of=say(N_("persons with two places on one day")),
    )


def _line(snapshot: Snapshot, pairs: _Pairs, n: int) -> Line:
    one, two = int(pairs.first[n]), int(pairs.second[n])
    sentence = say(
        N_("{time} at {place}, then {later} at {other}: {km:.1f} km in {minutes} minutes"),
        time=when(snapshot, one),
        place=where(snapshot, one),
        later=when(snapshot, two),
        other=where(snapshot, two),
        km=float(pairs.km[n]),
        minutes=max(0, int(pairs.gap[n])),
    )
    return Line(sentence, (one, two))
