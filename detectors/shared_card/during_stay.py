"""A card that is used elsewhere while its owner lies in a ward."""

from collections.abc import Iterator, Mapping
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
    place_of,
    tail,
    when,
    where,
    written,
)
from detectors.snapshot import Flags, Ints, Snapshot

# Only whole days inside a stay count: on the days of admission and discharge everybody moves. What
# the ward's own house settles meanwhile is its own book-keeping.
_USES = """
    WITH stay AS (
        SELECT p, v AS stay, i AS ward, CAST(begntime AS DATE) AS first, CAST(endtime AS DATE) AS last FROM visit
        WHERE med_type = '21' AND CAST(endtime AS DATE) > CAST(begntime AS DATE) + 1
    ), own AS MATERIALIZED (
        -- Few people lie in wards: only their visits are joined, twice.
        SELECT p, v, i, med_type, left(diag_code, 3) AS diag, agent, agent_tel, CAST(begntime AS DATE) AS begins
        FROM visit WHERE p IN (SELECT p FROM stay)
    ), uses AS (
        SELECT stay.p, stay, ward, v, own.i, med_type, diag, agent, agent_tel,
               date_diff('day', DATE '1970-01-01', begins) AS day
        FROM stay JOIN own ON own.p = stay.p AND begins > first AND begins < last
        WHERE own.i <> ward
        QUALIFY row_number() OVER (PARTITION BY v ORDER BY stay) = 1
    ), familiar AS (
        SELECT uses.v, bool_or(other.i = uses.i) AS at_place, bool_or(other.diag = uses.diag) AS with_diagnosis
        FROM uses JOIN own AS other ON other.p = uses.p
        WHERE other.v NOT IN (SELECT v FROM uses) GROUP BY uses.v
    )
    SELECT p, stay, ward, v, day, med_type = '41' AS shop, med_type = '21' AS bed,
           coalesce(agent, agent_tel) IS NOT NULL AS fetched,
           coalesce(with_diagnosis, false) OR coalesce(at_place, false) AS familiar
    FROM uses LEFT JOIN familiar USING (v) ORDER BY p, v
"""
_NIGHTS = """
    SELECT p, sum(date_diff('day', begntime, endtime)) AS nights FROM visit
    WHERE med_type = '21' AND CAST(endtime AS DATE) > CAST(begntime AS DATE) + 1 GROUP BY p ORDER BY p
"""
_CHECKED = """
    SELECT v, count(*) AS checks FROM bio_checks JOIN person USING (psn_no) JOIN in_ward USING (p)
    WHERE result = 'absent' AND check_time BETWEEN begntime AND endtime GROUP BY v ORDER BY v
"""
_WARDED = "SELECT visit.* FROM visit SEMI JOIN in_stay USING (v)"


@dataclass(frozen=True)
class DuringStay:
    """Counts days of use elsewhere against the errands that families run for people in wards here.

    Tested twice, at half the level each: all days of use at the county's rate of errands, where
    families differ as in a geometric law; and what no errand excuses, at strange shops for strange
    complaints, at its own much lower Poisson rate.
    `least_errands`: uses per night in a ward below which no county is believed to stay.
    """

    least_errands: float = 0.0005
    least_days: int = 2

    name = "during_stay"
    version = "1"
    title = N_("Card used elsewhere during its owner's stay")
    kinds = ("shared_card/during_stay",)
    needs = (
        Need("settlements", ("endtime",)),
        Need("settlements", ("agnter_certno", "diag_code"), vital=False),
        Need("bio_checks", ("result",), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per person whose card was used elsewhere on more days than errands explain."""
        persons, nights = (column.astype(np.int64) for column in snapshot.columns(_NIGHTS))
        uses = _uses(snapshot)
        rows = grouped(uses.person, np.arange(len(uses.person)))
        excused = np.zeros(len(uses.person), np.bool_)
        for at in rows.values():
            excused[at] = _errands(uses, at)
        days = _days(uses, rows, persons, np.ones(len(excused), np.bool_))
        odd = _days(uses, rows, persons, ~excused & ~uses.familiar)
        stays = nights.astype(np.float64)
        expected: Floats = clerical_rate(days, stays, self.least_errands) * stays
        strange: Floats = clerical_rate(odd, stays, self.least_errands) * stays
        p_value = np.minimum((expected / (1 + expected)) ** days, tail(odd, strange))
        q = corrected(np.minimum(2 * p_value, 1.0), len(persons))
        missed = _absences(snapshot, np.unique(uses.stay))
        cases = [
            _case(snapshot, uses, rows[p], excused, missed, Tested(k, float(expected[n]), float(q[n]), len(persons)))
            for n, (p, k) in enumerate(zip(persons.tolist(), days.tolist(), strict=True))
            # Two purchases are a family's errands; a visit to a doctor elsewhere needs the body.
            if k >= self.least_days and q[n] <= SHOWN and k >= self.least_days + bool(uses.shop[rows[p]].all())
        ]
        yield from written(self, snapshot, cases)


@dataclass(frozen=True)
class _Uses:
    """Uses elsewhere within a stay, in order of person and time; `familiar`: the person's own place or complaint."""

    person: Ints
    stay: Ints
    ward: Ints
    visit: Ints
    day: Ints
    shop: Flags
    bed: Flags
    fetched: Flags
    familiar: Flags


def _uses(snapshot: Snapshot) -> _Uses:
    person, stay, ward, visit, day, *flags = snapshot.columns(_USES)
    shop, bed, fetched, familiar = (flag.astype(np.bool_) for flag in flags)
    person, stay, ward, visit, day = (column.astype(np.int64) for column in (person, stay, ward, visit, day))
    return _Uses(person, stay, ward, visit, day, shop, bed, fetched, familiar)


def _errands(uses: _Uses, at: Ints) -> Flags:
    """Which uses of one person an honest family makes: fetched by a named agent, one familiar refill and
    one look at another hospital per stay."""
    excused = uses.fetched[at].copy()
    for stay in np.unique(uses.stay[at]):
        here = uses.stay[at] == stay
        for errand in (uses.shop[at] & uses.familiar[at], ~uses.shop[at] & ~uses.bed[at]):
            first = np.flatnonzero(here & errand & ~excused)[:1]
            excused[first] = True
    return excused


def _days(uses: _Uses, rows: dict[int, Ints], persons: Ints, counted: Flags) -> Ints:
    """Distinct days of the uses that count, for each person."""
    return np.array(
        [len(np.unique(uses.day[at[counted[at]]])) for at in (rows.get(p, _NONE) for p in persons.tolist())]
    )


_NONE = np.empty(0, np.int64)


def _case(snapshot: Snapshot, uses: _Uses, at: Ints, excused: Flags, missed: Mapping[int, int], tested: Tested) -> Case:
    wards, often = np.unique(uses.ward[at], return_counts=True)
    ward = int(wards[np.argmax(often)])
    absent = sum(missed.get(stay, 0) for stay in np.unique(uses.stay[at]).tolist())
    records = {
        int(uses.visit[n]): Grade.LAWFUL if lawful else Grade.PROBABLE
        for n, lawful in zip(at, excused[at], strict=True)
    }
    records |= {int(stay): Grade.CONTESTED for stay in np.unique(uses.stay[at])}
    return Case(
        kind="shared_card/during_stay",
        person=int(uses.person[at[0]]),
        statement=say(
            N_("The card was used elsewhere on {days} days while its owner lay in {ward} ({stays} stays)."),
            days=tested.days,
            ward=snapshot.place_names[ward],
            stays=len(np.unique(uses.stay[at])),
        ),
        chance=tested.chance(
            say(N_("days of use elsewhere during stays")),
            say(N_("Families run errands for people in wards independently, as often as single such days occur here.")),
        ),
        records=records,
        lines=tuple(_line(snapshot, uses, n) for n in at[np.lexsort((at, excused[at]))].tolist()),
        trials=_trials(uses, at, excused, absent),
        denominator=tested.examined,
        denominator_of=say(N_("persons with a stay of two nights or more")),
        others=(place_of(snapshot, ward),),
    )


def _line(snapshot: Snapshot, uses: _Uses, n: int) -> Line:
    use, stay = int(uses.visit[n]), int(uses.stay[n])
    sentence = say(
        N_("{time} at {place}, while in {ward}"),
        time=when(snapshot, use),
        place=where(snapshot, use),
        ward=where(snapshot, stay),
    )
    return Line(sentence, (use, stay))


def _absences(snapshot: Snapshot, stays: Ints) -> dict[int, int]:
    """Ward checks during each of these stays that did not find the person; stays without any are left out."""
    snapshot.code("in_stay", {"v": stays})
    snapshot.db.execute(f"CREATE OR REPLACE TEMP VIEW in_ward AS {_WARDED}")
    stay, checks = (column.tolist() for column in snapshot.columns(_CHECKED))
    return dict(zip(stay, checks, strict=True))


def _trials(uses: _Uses, at: Ints, excused: Flags, absent: int) -> tuple[Trial, ...]:
    shop, fetched = uses.shop[at], uses.fetched[at]
    share = len(at) or 1
    refills, scans = int((excused[at] & shop & ~fetched).sum()), int((excused[at] & ~shop & ~fetched).sum())
    return (
        Trial(
            N_("family errand"),
            (refills + int(fetched.sum())) / share,
            say(
                N_("{agents} uses name an agent; {refills} are one familiar refill per stay, as families fetch them."),
                agents=int(fetched.sum()),
                refills=refills,
            ),
        ),
        Trial(
            N_("escorted check-up"),
            scans / share,
            say(N_("{scans} are one look at another hospital per stay."), scans=scans),
        ),
        Trial(
            N_("days of admission and discharge"),
            0.0,
            say(N_("They are left out; ward checks that did not find the person: {absent}."), absent=absent),
        ),
    )
