"""How surely a group comes together: one test of all its visits, corrected for every group there could be.

*Minutes.* A visit is *joined* when another member came to the same institution within reach before it.
Given how often the members come, and if they came when the rest of the crowd comes (its days, its hours,
its rushes), the count of joined visits is at most binomial; the tail is Chernoff's.

*Days.* Counts of members per desk and day are negatively associated, so the chance of all the crowded
days together is at most the product of their Poisson tails times the number of ways to choose them.

*Correction.* Whichever group of n units out of the N who come to these desks was picked, there are
C(N, n) of them: the union bound over all (log-factorials, in nats) is paid in full, for any search.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, xlogy

from detectors.copresence.crowd import DAY, HALF_HOUR, HALF_HOURS, KEY, Crowd
from detectors.copresence.pairs import Floats
from detectors.snapshot import Ints

_AROUND = 60
_LOCAL = 1 / 3  # weight of the crowd of that very window beside the desk's usual one


@dataclass(frozen=True)
class Test:
    """Result for one group: `observed` of `visits` are joined where `expected` were to be.

    `row` are its visits' rows in the crowd, `batch` numbers their batches (-1: alone), `nats` is the
    negative log of the corrected p-value, `same_day` that of the minutes given the days (uncorrected).
    """

    observed: int
    expected: float
    visits: int
    nats: float
    same_day: float
    row: Ints
    batch: Ints


def tested(crowd: Crowd, members: Ints, reach: int, without: Ints | None = None) -> Test:
    """Test a group of units at one reach in minutes (0 with a daily crowd), at the desks that tell most.

    `without` are rows of the crowd whose desk and day say nothing, because they are explained.
    """
    row = crowd.rows_of(members)
    if without is not None:
        row = row[~np.isin(_occasion(crowd, row), _occasion(crowd, without))]
    joined = np.zeros(len(row), np.bool_)
    joined[1:] = crowd.key[row[1:]] - crowd.key[row[:-1]] <= reach
    batch = np.cumsum(~joined) - 1
    batch = np.where(np.bincount(batch)[batch] > 1, batch, -1) if len(row) else batch
    here = np.isin(crowd.desk[row], crowd.desk[row[joined]])  # where they never meet, nothing is said
    row, joined, batch = row[here], joined[here], batch[here]
    if not joined.any():
        return Test(0, 0.0, len(row), 0.0, 0.0, row, batch)
    desks, at = np.unique(crowd.desk[row], return_inverse=True)
    share = _share(crowd, row, reach)
    visits, observed = np.bincount(at), np.bincount(at[joined], minlength=len(desks))
    chance = -np.expm1(-visits[at] * share)
    expected = np.bincount(at, chance).astype(np.float64)
    nats = _days(crowd, row, batch, visits[at] * share, at) if crowd.daily else chernoff(observed, visits, expected)
    chosen, surest = _telling(crowd, desks, nats, len(members))
    told = np.isin(at, chosen)
    same_day = np.inf
    if not crowd.daily:
        given = _within_day(crowd, row[told], reach).sum(keepdims=True)
        met, all_visits = observed[chosen].sum(keepdims=True), visits[chosen].sum(keepdims=True)
        same_day = float(chernoff(met, all_visits, given)[0])
    total = int(observed[chosen].sum()), float(expected[chosen].sum()), int(visits[chosen].sum())
    return Test(*total, surest, same_day, row[told], batch[told])


def _occasion(crowd: Crowd, row: Ints) -> Ints:
    """Number of the desk and day of each row."""
    return crowd.desk[row] * (np.int64(1) << 20) + crowd.day[row]


def _telling(crowd: Crowd, desks: Ints, nats: Floats, size: int) -> tuple[Ints, float]:
    """Desks (positions) whose evidence is worth the freedom to choose them, and the corrected total."""
    order = np.argsort(-nats, kind="stable")
    count = np.arange(1, len(order) + 1)
    pool = np.maximum(np.cumsum(crowd.patrons[desks[order]]), size).astype(np.float64)
    ways = _ways(float(crowd.desks), count) + _ways(pool, np.full(len(order), size))
    left = np.cumsum(nats[order]) - ways
    best = int(np.argmax(left))
    return np.sort(order[: best + 1]), max(0.0, float(left[best]))


def _ways(pool: Floats | float, chosen: Ints) -> Floats:
    """Log of the number of ways to choose some out of a pool."""
    ways: Floats = (
        gammaln(np.add(pool, 1)) - gammaln(chosen + 1) - gammaln(np.maximum(np.subtract(pool, chosen), 0) + 1)
    )
    return ways


def chernoff(observed: Ints, trials: Ints, expected: Floats) -> Floats:
    """Negative log of (a bound on) the chance of `observed` or more in `trials` where `expected` are."""
    trials = np.maximum(trials, 1)
    hit, rate = observed / trials, np.clip(expected / trials, 1e-12, 1.0)
    nats: Floats = trials * (xlogy(hit, hit / rate) + xlogy(1 - hit, (1 - hit) / np.maximum(1 - rate, 1e-12)))
    return np.where(hit > rate, nats, 0.0)


def _share(crowd: Crowd, row: Ints, reach: int) -> Floats:
    """Share of the rest of the desk's crowd to be expected within reach before each row."""
    desk = crowd.desk[row]
    rest = np.maximum(crowd.size[desk] - np.bincount(desk, minlength=crowd.desks)[desk], 0) + 1.0
    usual = _usual_day(crowd, row)
    if not crowd.daily:
        # A market's morning is busier than day and hour apart tell: the others of these two hours count too.
        key = crowd.key[row]
        hours = _between(crowd, key - _AROUND, key + _AROUND) - _own(key, key - _AROUND, key + _AROUND)
        then = (np.maximum(hours, 0) + 1) / rest * (reach + 1) / (2 * _AROUND + 1)
        usual = np.maximum(usual * _usual_time(crowd, row, reach), then)
    near = _between(crowd, crowd.key[row] - reach, crowd.key[row])
    mine = _own(crowd.key[row], crowd.key[row] - reach, crowd.key[row])
    local = np.maximum(near - mine, 0) / rest
    share: Floats = (1 - _LOCAL) * usual + _LOCAL * local + _LOCAL / rest / max(1, crowd.days)
    return share


def _between(crowd: Crowd, low: Ints, high: Ints) -> Ints:
    return np.searchsorted(crowd.key, high, "right") - np.searchsorted(crowd.key, low, "left")


def _own(key: Ints, low: Ints, high: Ints) -> Ints:
    return np.searchsorted(key, high, "right") - np.searchsorted(key, low, "left")


def _usual_day(crowd: Crowd, row: Ints) -> Floats:
    """Share of the rest of the crowd that comes on the row's day, drawn half-way to an ordinary day's."""
    desk, day = crowd.desk[row], crowd.minute[row] // DAY * DAY
    start = desk * KEY + day
    there = _between(crowd, start, start + DAY - 1)
    own = np.searchsorted(crowd.key[row], start + DAY - 1, "right") - np.searchsorted(crowd.key[row], start, "left")
    rest = np.maximum(crowd.size[desk] - np.bincount(desk, minlength=crowd.desks)[desk], 0)
    share: Floats = 0.5 * np.maximum(there - own, 0) / (rest + 1.0) + 0.5 / np.maximum(crowd.open_days[desk], 1)
    return share


def _usual_time(crowd: Crowd, row: Ints, reach: int) -> Floats:
    """Share of a desk's day that falls within reach before each row, by its hours without the group."""
    desks, which = np.unique(crowd.desk[row], return_inverse=True)
    minute: Ints = crowd.minute[row] % DAY
    own = np.bincount(which * HALF_HOURS + minute // HALF_HOUR, minlength=len(desks) * HALF_HOURS)
    profile: Floats = np.maximum(crowd.half_hours[desks] - own.reshape(-1, HALF_HOURS), 0) + 0.25  # nobody is not never
    profile /= profile.sum(axis=1, keepdims=True)
    upto: Floats = np.concatenate([np.zeros((len(desks), 1)), np.cumsum(profile, axis=1)], axis=1)
    since: Floats = np.maximum(minute - reach - 0.5, 0.0)
    until: Floats = np.add(minute, 0.5)
    return _reached(upto, which, until) - _reached(upto, which, since)


def _reached(upto: Floats, which: Ints, minute: Floats) -> Floats:
    """Share of the day of each desk that has passed at a minute, by its half hours and evenly within them."""
    at = (minute // HALF_HOUR).astype(np.int64)
    before = upto[which, at]
    return (upto[which, at + 1] - before) / HALF_HOUR * (minute - at * HALF_HOUR) + before


def _within_day(crowd: Crowd, row: Ints, reach: int) -> Floats:
    """Chance of being joined given who came that day: what a discount day alone would give."""
    there = np.unique(_occasion(crowd, row), return_inverse=True, return_counts=True)
    others = there[2][there[1]] - 1
    chance: Floats = -np.expm1(-others * _usual_time(crowd, row, reach))
    return chance


def _days(crowd: Crowd, row: Ints, batch: Ints, expected: Floats, at: Ints) -> Floats:
    """Negative log chance of each desk's crowded days together, for the best choice of them."""
    together = batch >= 0
    first = np.unique(batch[together], return_index=True)[1]
    met = np.bincount(batch[together])
    count = met[met > 0].astype(np.float64)
    mean = np.maximum(expected[together][first], 1e-9)
    nats = np.where(count > mean, xlogy(count, count / mean) - (count - mean), 0.0)
    days, desk = crowd.open_days[crowd.desk[row]][together][first], at[together][first]
    found = np.zeros(int(at.max()) + 1)
    for number in np.unique(desk):
        there = desk == number
        left = np.cumsum(np.sort(nats[there])[::-1]) - _ways(float(days[there][0]), np.arange(1, int(there.sum()) + 1))
        found[number] = max(0.0, float(left.max()))
    return found
