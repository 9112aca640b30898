"""A face or finger at the counter that is not the card owner's, time and again."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Finding, Grade, Trial, say
from detectors.shared_card.evidence import SHOWN, Case, Floats, Line, Tested, corrected, tail, written
from detectors.snapshot import Flags, Ints, Snapshot

# Checks while the person lies in a ward belong to the stay: nobody at all in many beds is a matter
# of `phantom_stays`, somebody else in one bed is counted here.
_CHECKS = """
    WITH checks AS (
        SELECT check_id, p, psn_no, fixmedins_code, check_time, method, result,
               EXISTS (
                   SELECT 1 FROM visit WHERE visit.p = person.p AND med_type = '21'
                   AND check_time BETWEEN begntime AND endtime
               ) AS ward
        FROM bio_checks JOIN person USING (psn_no)
    ), ranked AS (
        SELECT checks.*, visit.v, place.i FROM checks JOIN place USING (fixmedins_code)
        LEFT JOIN visit ON visit.p = checks.p AND visit.i = place.i
            AND check_time BETWEEN begntime - INTERVAL 15 MINUTE AND time + INTERVAL 15 MINUTE
        QUALIFY row_number() OVER (PARTITION BY check_id ORDER BY abs(date_diff('second', time, check_time)), v) = 1
    )
    SELECT p, coalesce(v, -1) AS v, i, date_diff('day', $origin, check_time) AS day,
           dense_rank() OVER (ORDER BY method) - 1 AS method, ward,
           result = 'mismatch' OR (result = 'absent' AND NOT ward) AS failed
    FROM ranked ORDER BY p, check_time, check_id
"""


@dataclass(frozen=True)
class AbsentBearer:
    """Counts days with a failed check against how often the method fails on everybody else.

    `least_failures`: share of checks that fail below which no method is believed to stay.
    """

    least_failures: float = 0.005
    least_days: int = 2

    name = "absent_bearer"
    version = "1"
    title = N_("Biometric checks that find somebody else")
    kinds = ("shared_card/absent_bearer",)
    needs = (Need("bio_checks", ("result", "method")),)

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per person whose checks keep failing."""
        checks = _checks(snapshot)
        persons, days, expected = self._counted(checks)
        q = corrected(tail(days, expected), len(persons))
        start = np.searchsorted(checks.person, persons)
        stop = np.searchsorted(checks.person, persons, "right")
        cases = [
            _case(
                snapshot,
                checks,
                np.arange(start[n], stop[n]),
                Tested(int(days[n]), float(expected[n]), float(q[n]), len(persons)),
            )
            for n in np.flatnonzero((days >= self.least_days) & (q <= SHOWN)).tolist()
        ]
        yield from written(self, snapshot, cases)

    def chances(self, snapshot: Snapshot) -> Floats:
        """Uncorrected p-value of every person `p` (1 where nothing failed)."""
        persons, days, expected = self._counted(_checks(snapshot))
        found = np.ones(snapshot.persons)
        found[persons] = tail(days, expected)
        return found

    def _counted(self, checks: "_Checks") -> tuple[Ints, Ints, Floats]:
        """Persons checked, their days with a failure, and how many everybody else's rates lead to expect."""
        persons, row = np.unique(checks.person, return_inverse=True)
        bad = np.unique(np.column_stack([row, checks.day])[checks.failed], axis=0)
        days = np.bincount(bad[:, 0], minlength=len(persons))
        methods = int(checks.method.max(initial=0)) + 1
        cell = row * methods + checks.method
        shape = (len(persons), methods)
        own = np.bincount(cell, minlength=len(persons) * methods).reshape(shape)
        failed = np.bincount(cell[checks.failed], minlength=len(persons) * methods).reshape(shape)
        rate = (failed.sum(axis=0) - failed) / np.maximum(own.sum(axis=0) - own, 1)
        expected: Floats = (np.maximum(rate, self.least_failures) * own).sum(axis=1).astype(np.float64)
        return persons, days, expected


@dataclass(frozen=True)
class _Checks:
    """Checks in order of person and time; `visit` is -1 where no claim belongs to the check."""

    person: Ints
    visit: Ints
    place: Ints
    day: Ints
    method: Ints
    ward: Flags
    failed: Flags


def _checks(snapshot: Snapshot) -> _Checks:
    table = snapshot.sql(_CHECKS, {"origin": snapshot.origin})
    person, visit, place, day, method = (table.column(n).to_numpy().astype(np.int64) for n in range(5))
    ward, failed = (table.column(n).to_numpy().astype(np.bool_) for n in (5, 6))
    return _Checks(person, visit, place, day, method, ward, failed)


def _case(snapshot: Snapshot, checks: _Checks, at: Ints, tested: Tested) -> Case:
    bad = at[checks.failed[at]]
    visits = [int(v) for v in checks.visit[bad] if v >= 0]
    return Case(
        kind="shared_card/absent_bearer",
        person=int(checks.person[at[0]]),
        statement=say(
            N_("{failed} of {checks} biometric checks, on {days} days, did not find the card's owner."),
            failed=len(bad),
            checks=len(at),
            days=tested.days,
        ),
        chance=tested.chance(
            say(N_("days with a failed check")),
            say(N_("Checks fail on honest people independently, as often as the same method fails on everybody else.")),
        ),
        records=dict.fromkeys(visits, Grade.PROBABLE),
        lines=tuple(_line(snapshot, checks, n) for n in bad.tolist()),
        trials=(_template(checks, at, bad),),
        denominator=tested.examined,
        denominator_of=say(N_("persons with a biometric check")),
    )


def _line(snapshot: Snapshot, checks: _Checks, n: int) -> Line:
    sentence = say(
        N_("{day} at {place}: the check did not find the owner"),
        day=snapshot.date_of(int(checks.day[n])).isoformat(),
        place=snapshot.place_names[int(checks.place[n])],
    )
    return Line(sentence, (int(checks.visit[n]),) if checks.visit[n] >= 0 else ())


def _template(checks: _Checks, at: Ints, bad: Ints) -> Trial:
    """A template enrolled badly fails everywhere, and always."""
    always = len(bad) == len(at) and len(np.unique(checks.place[at])) > 1
    result = say(
        N_("{matched} checks did match, at {places} institutions in all."),
        matched=len(at) - len(bad),
        places=len(np.unique(checks.place[at])),
    )
    return Trial(N_("badly enrolled template"), 0.5 if always else 0.0, result)
