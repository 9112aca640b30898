"""Near-identical claims: what was settled at a place, by diagnosis and goods and by diagnosis and amount."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, chi2

from detectors.lawful.services import scheduled
from detectors.snapshot import Ints, Snapshot

_STAY = 21
_PSEUDO = 20.0  # visits by which a place's commonest claim is drawn to that of all places

_GOODS = """
    WITH goods AS (
        SELECT v, sum(item) AS goods FROM (
            SELECT DISTINCT v, CAST(hash(med_list_codg) % 1000000007 AS BIGINT) AS item
            FROM net_fee_items JOIN visit USING (setl_id) WHERE visit.i IN (SELECT i FROM meeting)
        ) GROUP BY v
    )
    SELECT v, hash(left(diag_code, 3), goods, CASE WHEN goods IS NULL THEN total END) AS g,
           hash(left(diag_code, 3), total) AS a
    FROM visit LEFT JOIN goods USING (v) WHERE i IN (SELECT i FROM meeting) ORDER BY v
"""


@dataclass(frozen=True)
class Likeness:
    """Equal numbers are equal claims (-1: not looked at); `usual` is the commonest claim's share at a typical place."""

    numbers: Ints
    usual: float


def likenesses(snapshot: Snapshot) -> tuple[Likeness, Likeness]:
    """Claims at the places of the table `meeting` (i), alike by goods and alike by amount.

    Stays and scheduled services (dialysis, check-ups, vaccination) are left out: they look alike by appointment.
    """
    visits, goods, amounts = snapshot.columns(_GOODS)
    rows = visits.astype(np.int64)
    looked = ~scheduled(snapshot)[rows] & (snapshot.visits.kind[rows] != _STAY)
    found = []
    for column in (goods, amounts):
        numbers = np.full(len(snapshot.visits.person), -1, np.int64)
        numbers[rows[looked]] = np.unique(column[looked], return_inverse=True)[1]
        found.append(Likeness(numbers, _commonest(snapshot, numbers)))
    return found[0], found[1]


@dataclass(frozen=True)
class Batches:
    """What a group settled at one place on days when several came.

    `p_value`: chance that as many claims of a day are alike when drawn from what others have at
    the place; `alike` are the visits in the largest set of equal claims of their day (two or more);
    `rate` is the share of the commonest claim that the null draws at, `expected` the visits alike by it.
    """

    p_value: float
    alike: Ints
    rate: float
    expected: float


def commonest(likeness: Likeness, there: Ints) -> Callable[[Ints], int]:
    """Count the claims of all visits `there` to a place once; the answer says how often others than some have one.

    Asked with some of the visits, it returns the count of the claim that is commonest among the rest.
    """
    claims, counts = np.unique(likeness.numbers[there], return_counts=True)

    def among_others(rows: Ints) -> int:
        own = np.bincount(np.searchsorted(claims, likeness.numbers[rows]), minlength=len(claims))
        return int((counts - own).max(initial=0))

    return among_others


def batches(snapshot: Snapshot, likeness: Likeness, rows: Ints, others: Ints) -> Batches:
    """Test the visits `rows` of a group against those of `others` at the same place."""
    return tested(snapshot, likeness, rows, commonest(likeness, others)(rows[:0]), len(others))


def tested(snapshot: Snapshot, likeness: Likeness, rows: Ints, common: int, others: int) -> Batches:
    """Test the visits `rows` of a group against so many `others` there, `common` of them of one claim.

    Fisher's combination over days of: given one claim, the others of the day equal it at the rate
    of the place's commonest claim (drawn to `usual`), at most one try per visit.
    """
    numbers, day, person = likeness.numbers, snapshot.visits.day, snapshot.visits.person
    rate = min(0.999, float(common + _PSEUDO * likeness.usual) / (others + _PSEUDO))
    alike, total, tested, expected = [np.empty(0, np.int64)], 0.0, 0, 0.0
    days, count = np.unique(day[rows], return_counts=True)
    for one in days[count >= 2]:
        there = rows[day[rows] == one]
        there = there[np.unique(person[there], return_index=True)[1]]
        if len(there) < 2:
            continue
        _, claim, size = np.unique(numbers[there], return_inverse=True, return_counts=True)
        best = int(size.max())
        chance = min(1.0, len(there) * float(binom.sf(best - 2, len(there) - 1, rate)))
        tested, total = tested + 1, total - 2 * np.log(max(1e-300, chance))
        expected += len(there) * (1 - (1 - rate) ** (len(there) - 1))
        alike += [there[size[claim] == best]] if best > 1 else []
    p_value = float(chi2.sf(total, 2 * tested)) if tested else 1.0
    return Batches(p_value, np.concatenate(alike), rate, expected)


def _commonest(snapshot: Snapshot, numbers: Ints) -> float:
    """Typical share of a place's commonest claim (median over places with at least twenty visits)."""
    known = numbers >= 0
    # Place and claim in one number: sorting pairs of numbers takes several times as long.
    claims = int(numbers.max(initial=0)) + 1
    keys, count = np.unique(snapshot.visits.place[known] * claims + numbers[known], return_counts=True)
    total = np.bincount(snapshot.visits.place[known], minlength=snapshot.places)
    top = np.zeros(snapshot.places)
    np.maximum.at(top, keys // claims, count)
    busy = total >= _PSEUDO
    return float(np.median(top[busy] / total[busy])) if busy.any() else 0.1
