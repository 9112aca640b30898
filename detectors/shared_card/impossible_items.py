"""Diagnoses and services of the other sex or of another age, again and again on one card."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Finding, Grade, Statement, Trial, say
from detectors.shared_card import sexed
from detectors.shared_card.evidence import (
    SHOWN,
    Case,
    Floats,
    Line,
    Tested,
    corrected,
    tail,
    when,
    where,
    written,
)
from detectors.snapshot import Ints, Snapshot

# Names and codes are few and classified once; settlements and items are many.
_CODED = """
    SELECT DISTINCT diag_code, regexp_matches(upper(diag_code), $female) AS female,
           regexp_matches(upper(diag_code), $male) AS male, regexp_matches(upper(diag_code), $maternity) AS maternity,
           regexp_matches(upper(diag_code), $newborn) OR coalesce(regexp_matches(diag_name, $child), false) AS child
    FROM (
        SELECT diag_code, any_value(diag_name ORDER BY diag_name) AS diag_name
        FROM (SELECT diag_code, diag_name FROM diagnoses UNION ALL SELECT diag_code, NULL FROM visit)
        WHERE diag_code IS NOT NULL GROUP BY diag_code
    )
"""
_NAMED = """
    SELECT DISTINCT med_list_name, regexp_matches(med_list_name, $female) AS female,
           regexp_matches(med_list_name, $male) AS male, regexp_matches(med_list_name, $child) AS child
    FROM fee_items WHERE med_list_name IS NOT NULL
"""
# What a word in a claim says about its body; what a pharmacy sells may be for anybody at home.
_BOUND = """
    WITH said AS (
        SELECT v, diag_code AS word, female, male, maternity, child, true AS main
        FROM visit JOIN bound_code USING (diag_code)
        UNION
        SELECT v, diagnoses.diag_code, female, male, maternity, child, false
        FROM diagnoses JOIN bound_code USING (diag_code) JOIN visit USING (setl_id)
        UNION
        SELECT v, med_list_name, female, male, false, child, true
        FROM fee_items JOIN bound_name USING (med_list_name) JOIN visit USING (setl_id) WHERE med_type <> '41'
    )
    SELECT v, list(DISTINCT word ORDER BY word) AS words, bool_or(female) AS female, bool_or(male) AS male,
           bool_or(female AND main) AS female_first, bool_or(male AND main) AS male_first,
           bool_and(maternity) AS maternity, bool_or(child AND NOT maternity) AND NOT bool_or(maternity) AS child
    FROM said GROUP BY v
"""
# The sex stands in the 17th digit of an 18-digit certificate, in the last of a 15-digit one.
_JUDGED = """
    WITH numbered AS (
        SELECT p, gend, insutype, brdy,
               CASE WHEN length(certno) = 18 THEN TRY_CAST(substr(certno, 17, 1) AS INTEGER)
                    WHEN length(certno) = 15 THEN TRY_CAST(substr(certno, 15, 1) AS INTEGER) END AS digit
        FROM person
    ), body AS (
        SELECT * REPLACE (coalesce(gend, CASE WHEN digit % 2 = 1 THEN '1' WHEN digit % 2 = 0 THEN '2' END) AS gend)
        FROM numbered
    )
    SELECT v, p, day, words, (gend = '1' AND female) OR (gend = '2' AND male) AS other_sex,
           (gend = '1' AND female_first) OR (gend = '2' AND male_first) AS first,
           (gend = '2' AND female) OR (gend = '1' AND male) AS own_sex,
           child AND med_type <> '41' AND agent IS NULL
               AND date_diff('day', brdy, CAST(time AS DATE)) >= $adult * 365.25 AS child,
           maternity AND gend = '1' AND insutype = '310' AS maternity,
           coalesce((digit % 2 = 1) = (gend = '1'), false) AS agrees
    FROM bound_visit JOIN visit USING (v) JOIN body USING (p)
    ORDER BY p, v
"""


@dataclass(frozen=True)
class ImpossibleItems:
    """Counts days with what the card's owner cannot have, against the county's rate of wrong codes.

    Tested twice, at half the level each: main diagnoses and services of the other sex, and these with
    further diagnoses and what is for children, which coders copy from templates far more often. Each
    rate is taken over all visits without those of the person tested. `adult`: the age in years
    from which services for children cannot be one's own. `least_slips`: wrong codes per visit below
    which no county's coders are believed to stay.
    """

    adult: int = 18
    least_slips: float = 0.0002
    least_days: int = 2

    name = "impossible_items"
    version = "1"
    title = N_("Diagnoses or items of the other sex or of another age")
    kinds = ("shared_card/impossible_items",)
    needs = (
        Need("insured", ("gend",)),
        Need("settlements", ("diag_code",)),
        Need("insured", ("brdy", "certno"), vital=False),
        Need("diagnoses", ("diag_name",), vital=False),
        Need("fee_items", ("med_list_name",), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per person whose claims keep telling of another body."""
        bound = _bound(snapshot, self.adult)
        odd = np.flatnonzero(bound.other_sex | bound.child)
        people, start = np.unique(bound.person[odd], return_index=True)
        visits = np.bincount(snapshot.visits.person, minlength=snapshot.persons).astype(np.float64)
        days, expected = self._counted(bound, odd, people, visits)
        first, rare = self._counted(bound, odd[bound.first[odd] == 1], people, visits)
        examined = int((visits > 0).sum())
        q = corrected(np.minimum(2 * np.minimum(tail(days, expected), tail(first, rare)), 1.0), examined)
        low, high = (np.searchsorted(bound.person, people, side) for side in ("left", "right"))
        stop = np.append(start[1:], len(odd))
        cases = [
            _case(
                snapshot,
                bound,
                odd[start[n] : stop[n]],
                np.arange(low[n], high[n]),
                Tested(int(days[n]), float(expected[n]), float(q[n]), examined),
            )
            for n in np.flatnonzero((days >= self.least_days) & (q <= SHOWN)).tolist()
        ]
        yield from written(self, snapshot, cases)

    def chances(self, snapshot: Snapshot) -> Floats:
        """Uncorrected p-value of every person `p`: how odd their diagnoses and services are for their body."""
        bound = _bound(snapshot, self.adult)
        odd = np.flatnonzero(bound.other_sex | bound.child)
        people = np.unique(bound.person[odd])
        visits = np.bincount(snapshot.visits.person, minlength=snapshot.persons).astype(np.float64)
        found = np.ones(snapshot.persons)
        found[people] = tail(*self._counted(bound, odd, people, visits))
        return found

    def _counted(self, bound: "_Bound", rows: Ints, people: Ints, visits: Floats) -> tuple[Ints, Floats]:
        """Days of each of some people with one of these rows, and how many the others' rate leads to expect."""
        span = int(bound.day.max(initial=0)) + 1
        once = np.unique(bound.person[rows] * span + bound.day[rows]) // span
        days = np.bincount(np.searchsorted(people, once), minlength=len(people))
        rate: Floats = np.maximum((days.sum() - days) / max(1.0, visits.sum()), self.least_slips)
        expected: Floats = rate * visits[people]
        return days, expected


@dataclass(frozen=True)
class _Bound:
    """Visits that say something about the body, in order of person and time."""

    visit: Ints
    person: Ints
    day: Ints
    words: Mapping[int, str]
    other_sex: Ints
    first: Ints
    own_sex: Ints
    child: Ints
    maternity: Ints
    agrees: Ints


def _bound(snapshot: Snapshot, adult: int) -> _Bound:
    """Read the sex- and age-bound records once; another detector asks for the same."""
    key = (_bound, adult)
    if key not in snapshot.kept:
        snapshot.kept[key] = _read(snapshot, adult)
    found = snapshot.kept[key]
    assert isinstance(found, _Bound)  # noqa: S101 - what was put there a line above
    return found


def _read(snapshot: Snapshot, adult: int) -> _Bound:
    coded = {"female": sexed.FEMALE_DIAGNOSES, "male": sexed.MALE_DIAGNOSES, "maternity": sexed.MATERNITY}
    coded |= {"newborn": sexed.NEWBORN_DIAGNOSES, "child": sexed.CHILD_DIAGNOSES}
    named = {"female": sexed.FEMALE_ITEMS, "male": sexed.MALE_ITEMS, "child": sexed.CHILD_ITEMS}
    for name, query, values in (("bound_code", _CODED, coded), ("bound_name", _NAMED, named)):
        snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}", values)
        snapshot.db.execute(f"DELETE FROM {name} WHERE NOT (female OR male OR child)")  # noqa: S608 - names of our own
    snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE bound_visit AS {_BOUND}")
    table = snapshot.sql(_JUDGED, {"adult": adult})
    words = {n: "、".join(found[:4]) for n, found in enumerate(table.column("words").to_pylist())}
    flags = [
        table.column(name).fill_null(False).to_numpy().astype(np.int64)
        for name in ("other_sex", "first", "own_sex", "child", "maternity", "agrees")
    ]
    visit, person, day = (table.column(name).to_numpy().astype(np.int64) for name in ("v", "p", "day"))
    return _Bound(visit, person, day, words, *flags)


def _case(snapshot: Snapshot, bound: _Bound, at: Ints, own: Ints, tested: Tested) -> Case:
    trials = (_register(bound, at, own), _maternity(bound, at), _code(bound, at))
    grade = Grade.CONTESTED if max(trial.explains for trial in trials) >= 0.5 else Grade.CERTAIN
    return Case(
        kind="shared_card/impossible_items",
        person=int(bound.person[at[0]]),
        statement=say(
            N_("On {days} days the claims tell of another body: {sex} of the other sex, {age} of a child."),
            days=tested.days,
            sex=int(bound.other_sex[at].sum()),
            age=int(bound.child[at].sum()),
        ),
        chance=tested.chance(
            say(N_("days with what the owner cannot have")),
            say(N_("Wrong codes fall on visits independently, as often as on everybody else's visits here.")),
        ),
        records=dict.fromkeys(bound.visit[at].tolist(), grade),
        lines=tuple(Line(_said(snapshot, bound, n), (int(bound.visit[n]),)) for n in at.tolist()),
        trials=trials,
        denominator=tested.examined,
        denominator_of=say(N_("persons with a claim")),
    )


def _said(snapshot: Snapshot, bound: _Bound, n: int) -> Statement:
    visit = int(bound.visit[n])
    time, place = when(snapshot, visit), where(snapshot, visit)
    return say(N_("{time} at {place}: {words}"), time=time, place=place, words=bound.words[n])


def _register(bound: _Bound, at: Ints, own: Ints) -> Trial:
    """The register has the sex wrong: every claim agrees with the other one, and so may the certificate."""
    name = N_("wrong sex in the register")
    if not bound.other_sex[at].any():
        return Trial(name, 0.0, say(N_("Not the sex but the age is impossible.")))
    if bound.own_sex[own].any():
        return Trial(name, 0.0, say(N_("No: other claims fit the registered sex, so two bodies use the card.")))
    if bound.agrees[at[0]]:
        return Trial(name, 0.2, say(N_("Unlikely: register and certificate number agree on the sex.")))
    return Trial(
        name, 1.0, say(N_("Yes: all claims fit the other sex, and no certificate number confirms the register."))
    )


def _maternity(bound: _Bound, at: Ints) -> Trial:
    """Maternity costs of a wife without work are lawfully borne by her husband's insurance."""
    share = float(bound.maternity[at].mean())
    result = say(
        N_("{share:.0%} are maternity costs under an employee's insurance, which covers his wife's."), share=share
    )
    return Trial(N_("maternity benefit of the wife"), share, result)


def _code(bound: _Bound, at: Ints) -> Trial:
    """One wrong code, repeated from visit to visit by the institution's template."""
    words = len({bound.words[n] for n in at.tolist()})
    result = say(N_("{words} different diagnoses or services tell of the other body."), words=words)
    return Trial(N_("one wrong code copied on"), 0.0 if words > 1 else 0.25, result)
