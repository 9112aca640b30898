"""Stays as arrays: who lay where, from when to when, with what bill, in which bed, and what speaks against it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from detectors.collusion.chance import Floats
from detectors.snapshot import Flags, Ints, Snapshot, kept

_STEPS = {
    "stay": """
        SELECT v, setl_id, p, i, doctor, begntime, coalesce(endtime, time) AS endtime,
               upper(left(coalesce(visit.diag_code, ''), 3)) AS illness, nullif(trim(paid.adm_bed), '') AS bed, total
        FROM visit JOIN (SELECT setl_id, adm_bed FROM settlements WHERE med_type = '21') AS paid USING (setl_id)
        WHERE begntime IS NOT NULL AND coalesce(endtime, time) > begntime
    """,
    # Copied bills hold the same things, though the counts may be varied: equal sums of hashes, equal lists.
    "stay_basket": """
        SELECT v, sum(CAST(hash(item) % 1099511627776 AS HUGEINT)) AS basket FROM (
            SELECT DISTINCT v, med_list_codg AS item FROM net_fee_items JOIN stay USING (setl_id)
        ) GROUP BY v HAVING count(*) >= 4
    """,
    "stay_check": """
        SELECT v, count(*) AS checks, count(*) FILTER (result <> 'match') AS missed
        FROM stay JOIN person USING (p) JOIN place USING (i)
        JOIN bio_checks USING (psn_no, fixmedins_code)
        WHERE check_time > begntime AND check_time < endtime
          AND (getvariable('until') IS NULL OR check_time < getvariable('until'))
        GROUP BY v
    """,
    "stay_errand": """
        SELECT stay.v, count(*) AS errands, arg_min(errand.v, errand.v) AS first_errand
        FROM stay JOIN visit AS errand ON errand.p = stay.p AND errand.i <> stay.i
            AND CAST(errand.time AS DATE) > CAST(stay.begntime AS DATE)
            AND CAST(errand.time AS DATE) < CAST(stay.endtime AS DATE)
        WHERE errand.med_type <> '21' AND errand.agent IS NULL GROUP BY stay.v
    """,
    # A bed is handed over within half a day: an overlap longer than that has two people in it.
    "stay_clash": """
        SELECT a.v AS v, b.v AS other FROM stay AS a JOIN stay AS b
        ON a.i = b.i AND a.bed = b.bed AND a.p <> b.p
            AND a.begntime < b.endtime - INTERVAL 12 HOUR AND b.begntime < a.endtime - INTERVAL 12 HOUR
    """,
}
_STAYS = """
    SELECT v, p, i, doctor, CAST(date_diff('day', origin, begntime) AS INTEGER) AS first_day,
           CAST(date_diff('day', origin, endtime) AS INTEGER) AS last_day,
           dense_rank() OVER (ORDER BY illness) - 1 AS illness, dense_rank() OVER (ORDER BY basket) AS code,
           basket IS NOT NULL AS billed, coalesce(checks, 0) AS checks, coalesce(missed, 0) AS missed,
           coalesce(errands, 0) AS errands, coalesce(first_errand, -1) AS errand, bed IS NOT NULL AS bedded
    FROM stay CROSS JOIN calendar LEFT JOIN stay_basket USING (v) LEFT JOIN stay_check USING (v)
    LEFT JOIN stay_errand USING (v) ORDER BY v
"""


@dataclass(frozen=True)
class Stays:
    """One entry per stay, in order of `visit`.

    `bill` is equal for equal lists of different items (-1: too few to compare); `checks` and `missed` are ward
    checks and those that found nobody or somebody else; `errands` settlements elsewhere on days
    between admission and discharge (`errand`: the first); `clashes` pairs of stays (indices) that
    held one bed for more than half a day.
    """

    visit: Ints
    person: Ints
    place: Ints
    doctor: Ints
    first: Ints
    last: Ints
    illness: Ints
    bill: Ints
    checks: Ints
    missed: Ints
    errands: Ints
    errand: Ints
    bedded: Flags
    clashes: Ints

    @cached_property
    def at(self) -> dict[int, Ints]:
        """Stays (indices) at each place."""
        order = np.argsort(self.place, kind="stable")
        places, start = np.unique(self.place[order], return_index=True)
        return dict(zip(places.tolist(), np.split(order, start[1:]), strict=True)) if len(order) else {}

    @cached_property
    def nights(self) -> Ints:
        """Nights of each stay."""
        return self.last - self.first

    @cached_property
    def nights_at(self) -> dict[int, Ints]:
        """Nights of the stays at each place, ascending."""
        return {place: np.sort(self.nights[rows]) for place, rows in self.at.items()}

    @cached_property
    def days(self) -> tuple[int, int]:
        """First and last day of admission anywhere."""
        return int(self.first.min()), int(self.first.max())


@kept
def stays(snapshot: Snapshot) -> Stays:
    """Collect all stays of the snapshot."""
    for name, query in _STEPS.items():
        snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
    visit, person, place, doctor, first, last, illness, code, billed, checks, missed, errands, errand, bedded = (
        column.astype(np.int64) for column in snapshot.columns(_STAYS)
    )
    pairs = np.column_stack(snapshot.columns("SELECT v, other FROM stay_clash WHERE v < other ORDER BY v, other"))
    clashes = np.searchsorted(visit, pairs.astype(np.int64))
    bill = np.where(billed > 0, code, -1)
    return Stays(
        visit, person, place, doctor, first, last, illness, bill, checks, missed, errands, errand, bedded > 0, clashes
    )


def clashing(found: Stays) -> Flags:
    """Stays that shared their bed with another."""
    flags = np.zeros(len(found.visit), np.bool_)
    flags[found.clashes.ravel()] = True
    return flags


def real_beds(found: Stays) -> Flags:
    """Stays at places whose bed numbers name single beds: where most stays overlap, the number names a ward."""
    size = int(found.place.max(initial=-1)) + 1
    total = np.bincount(found.place[found.bedded], minlength=size)
    hit = np.bincount(found.place[clashing(found)], minlength=size)
    usable = (total > 0) & (hit <= _WARD_NUMBERS * np.maximum(total, 1))
    named: Flags = usable[found.place] & found.bedded
    return named


_WARD_NUMBERS = 0.6  # share of stays that overlap: even half a hospital of sham stays overlaps less


def nights_share(found: Stays, members: Ints) -> float:
    """Share of the other stays at the members' place that last as long, give or take a night (never under 5 %)."""
    own, there = found.nights[members], found.nights_at[int(found.place[members[0]])]
    middle = int(np.median(own))
    near = np.searchsorted(there, middle + 1, "right") - np.searchsorted(there, middle - 1)
    near -= np.count_nonzero(np.abs(own - middle) <= 1)
    return float(max(0.05, (near + 1.0) / (len(there) - len(own) + 5.0)))


def leave_out_share(hits: Flags, among: Flags, without: Flags, floor: float) -> float:
    """Rate of a sign among stays outside the group, never under `floor`."""
    others = among & ~without
    rate: Floats = (hits & others).sum() / np.maximum(1, others.sum())
    return max(floor, float(rate))
