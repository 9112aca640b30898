"""Near-identical claims: what was settled at a place, by diagnosis and goods and by diagnosis and amount."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc
from scipy.stats import binom

from detectors.lawful.services import scheduled
from detectors.snapshot import Ints, Snapshot

_STAY = 21
_PSEUDO = 20.0  # visits by which a place's commonest claim is drawn to that of all places

_ITEMS = 1_000_000_007  # numbers of goods lie below: a visit and an item are one number, which sorts fast
_SOLD = f"""
    SELECT CAST(v AS BIGINT) * {_ITEMS} + CAST(hash(med_list_codg) % {_ITEMS} AS BIGINT) AS sold
    FROM net_fee_items JOIN visit USING (setl_id) WHERE visit.i IN (SELECT i FROM meeting)
"""  # noqa: S608 - a number of our own
_CLAIMS = """
    SELECT v, hash(left(diag_code, 3), goods, CASE WHEN goods IS NULL THEN total END) AS g,
           hash(left(diag_code, 3), total) AS a
    FROM visit LEFT JOIN goods USING (v) WHERE i IN (SELECT i FROM meeting)
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
    _sum_goods(snapshot)
    visits, goods, amounts = snapshot.columns(_CLAIMS)
    rows = visits.astype(np.int64)
    looked = ~scheduled(snapshot)[rows] & (snapshot.visits.kind[rows] != _STAY)
    found = []
    for column in (goods, amounts):
        numbers = np.full(len(snapshot.visits.person), -1, np.int64)
        numbers[rows[looked]] = np.unique(column[looked], return_inverse=True)[1]
        found.append(Likeness(numbers, _commonest(snapshot, numbers)))
    return found[0], found[1]


def _sum_goods(snapshot: Snapshot) -> None:
    """Make the table `goods` (v, goods): equal sums of the numbers of different goods, equal lists."""
    sold = np.sort(snapshot.columns(_SOLD)[0].astype(np.int64))
    visit, item = np.divmod(sold[np.diff(sold, prepend=-1) > 0], _ITEMS)
    goods = np.bincount(visit, item)  # sums of whole numbers far below 2**53: exact
    visits = np.flatnonzero(np.bincount(visit))
    snapshot.code("goods", {"v": visits, "goods": goods[visits].astype(np.int64)})


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


@dataclass(frozen=True)
class CommonDays:
    """Each person's first visit on each day on which several of a group came, by day and person.

    `day` is the number of the day of each of `visits`, from 0; `people` tells of each day how many came.
    """

    visits: Ints
    day: Ints
    people: Ints


def common_days(snapshot: Snapshot, rows: Ints) -> CommonDays:
    """Common days among the visits `rows` of a group."""
    day, person = snapshot.visits.day[rows], snapshot.visits.person[rows]
    first = rows[np.unique(day * snapshot.persons + person, return_index=True)[1]]
    _, number, people = np.unique(snapshot.visits.day[first], return_inverse=True, return_counts=True)
    several = people >= 2
    return CommonDays(first[several[number]], (np.cumsum(several) - 1)[number[several[number]]], people[several])


def batches(snapshot: Snapshot, likeness: Likeness, rows: Ints, others: Ints) -> Batches:
    """Test the visits `rows` of a group against those of `others` at the same place."""
    return tested(likeness, common_days(snapshot, rows), commonest(likeness, others)(rows[:0]), len(others))


def tested(likeness: Likeness, days: CommonDays, common: int, others: int) -> Batches:
    """Test the common days of a group against so many visits of `others` there, `common` of them of one claim.

    Fisher's combination over days of: given one claim, the others of the day equal it at the rate
    of the place's commonest claim (drawn to `usual`), at most one try per visit.
    """
    rate = min(0.999, float(common + _PSEUDO * likeness.usual) / (others + _PSEUDO))
    chosen, day, people = days.visits, days.day, days.people
    if not len(chosen):
        return Batches(1.0, chosen, rate, 0.0)
    claim = likeness.numbers[chosen]
    _, same, count = np.unique(day * (claim.max() + 2) + claim, return_inverse=True, return_counts=True)
    size = count[same]  # of each visit: how many of its day claim the same
    best = np.maximum.reduceat(size, np.flatnonzero(np.diff(day, prepend=-1)))
    chance = np.minimum(1.0, people * binom.sf(best - 2, people - 1, rate))
    # Added one by one, as everything that is told of chances: a sum in another order ends in other digits.
    total = -float(np.cumsum(2 * np.log(np.maximum(1e-300, chance)))[-1])
    expected = 0.0
    for n in people.tolist():
        expected += n * (1 - (1 - rate) ** (n - 1))
    alike = chosen[(size == best[day]) & (size > 1)]
    return Batches(float(chdtrc(2 * len(people), total)), alike, rate, expected)


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
