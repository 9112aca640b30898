"""Whether two enrolments live one life: used in turn, at the same places, on the same days, never apart at once."""

from dataclasses import dataclass
from datetime import datetime
from math import e, log

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix, csr_matrix

from detectors.snapshot import Ints, Snapshot, kept

_STAY = 21
_FAR = 30.0  # km: nobody is at two places so far apart within `_AT_ONCE` minutes
_AT_ONCE = 15
_COMPANIONS = 5  # people somebody goes with regularly: out of everybody, the chance that a pair are companions
_LEAST_CONTROLS = 30
_MOST_CONTROLS = 20_000  # ranks finer than one in twenty thousand say no more than companions explain

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Life:
    """How two enrolments are used.

    `turns` counts how often use passes from one to the other; `together` are visits at one place
    on one day; `p_value` says how likely two strangers share places and days as these do;
    `apart` is whether both bodies were present at once far apart.
    """

    visits: tuple[int, int]
    turns: int
    together: Ints
    places: Ints
    p_value: float
    apart: bool

    def bayes_factor(self, persons: int) -> float:
        """How much likelier the life is one body's than two strangers' (at most; Sellke et al. 2001).

        Never more than what companions leave: who goes everywhere together need not be one body.
        """
        most = max(1.0, persons / _COMPANIONS)
        return 1.0 if self.p_value >= 1 / e else min(most, 1.0 / (-e * self.p_value * log(self.p_value)))


@dataclass(frozen=True)
class _Habits:
    """Who goes where and when: persons x (places, days, days at places), and what sharing each says (log odds)."""

    of: csr_matrix
    users: csc_matrix  # the same by column; its rows are `order`
    says: Floats
    order: Ints  # people with visits, fewest first
    often: Ints  # visits of those, ascending
    rank: Ints  # where each person stands in `order` (-1: no visits)


@kept
def _habits(snapshot: Snapshot) -> _Habits:
    visits = snapshot.visits
    cells, cell = np.unique(visits.place * max(1, snapshot.days) + visits.day, return_inverse=True)
    rows = np.tile(visits.person, 3)
    columns = np.concatenate([visits.place, snapshot.places + visits.day, snapshot.places + snapshot.days + cell])
    shape = (snapshot.persons, snapshot.places + snapshot.days + len(cells))
    present = csr_matrix((np.ones(len(rows), np.bool_), (rows, columns)), shape=shape)
    count = np.bincount(visits.person, minlength=snapshot.persons)
    order = np.argsort(count, kind="stable")
    order = order[count[order] > 0]
    rank = np.full(snapshot.persons, -1, np.int64)
    rank[order] = np.arange(len(order))
    users = present[order].tocsc()
    says = np.log(max(1, len(order)) / np.maximum(1.0, np.diff(users.indptr)))
    return _Habits(present, users, says, order, count[order], rank)


def life_of(snapshot: Snapshot, a: int, b: int) -> Life:
    """Compare the use of enrolments `a` and `b` (codes p)."""
    mine, other = snapshot.rows_of([a]), snapshot.rows_of([b])
    visits = snapshot.visits
    both = np.sort(np.concatenate([mine, other]))
    shared = np.intersect1d(_columns(snapshot, a), _columns(snapshot, b), assume_unique=True)
    together = both[:0]
    if len(shared) and shared[-1] >= snapshot.places + snapshot.days:  # a day at a place
        cell = visits.place[both] * max(1, snapshot.days) + visits.day[both]
        of_b = visits.person[both] == b
        together = both[np.isin(cell, np.intersect1d(cell[of_b], cell[~of_b]))]
    return Life(
        visits=(len(mine), len(other)),
        turns=_turns(snapshot, both),
        together=together,
        places=shared[shared < snapshot.places].astype(np.int64),
        p_value=max(_rank(snapshot, a, b), _rank(snapshot, b, a)),
        apart=_apart(snapshot, mine, other),
    )


def _columns(snapshot: Snapshot, person: int) -> Ints:
    """Places, days and days at places of a person: columns of `_Habits.of`, ascending."""
    of = _habits(snapshot).of
    found: Ints = of.indices[of.indptr[person] : of.indptr[person + 1]]
    return found


def _turns(snapshot: Snapshot, both: Ints) -> int:
    """How often the enrolment in use changes from one day to a later one."""
    visits = snapshot.visits
    day, person = visits.day[both], visits.person[both]
    _, first = np.unique(day * snapshot.persons + person, return_index=True)
    order = first[np.lexsort((first, day[first]))]
    return int((person[order][1:] != person[order][:-1]).sum())


def _rank(snapshot: Snapshot, a: int, b: int) -> float:
    """Rank of `b` by the places and days shared with `a`, among people who go about as often as `b`.

    Neighbours share places, market days share days: whoever they are, they are among the controls.
    """
    habits = _habits(snapshot)
    if min(habits.rank[a], habits.rank[b]) < 0:
        return 1.0
    first, size = _as_often(habits, b)
    both = [int(habits.rank[p]) - first for p in (a, b) if first <= habits.rank[p] < first + size]
    if size - len(both) < _LEAST_CONTROLS:
        return 1.0
    by_column = habits.users.indptr, habits.users.indices, habits.says, _columns(snapshot, a)
    as_close = _sums(*by_column, first, size) >= _sums(*by_column, int(habits.rank[b]), 1)[0] - 1e-6
    as_close[both] = False
    return float(as_close.sum() + 1) / (size + 1)


@nb.njit(cache=True)
def _sums(start: Ints, users: Ints, says: Floats, columns: Ints, first: int, size: int) -> Floats:
    """Sum of what `columns` say, for each of the `size` people from rank `first` on: over those they have.

    Asked column by column: few people have any one of them, and most controls share none.
    """
    found = np.zeros(size)
    for column in columns:
        low, high = start[column], start[column + 1]
        at = low + np.searchsorted(users[low:high], first)
        while at < high and users[at] < first + size:
            found[users[at] - first] += says[column]
            at += 1
    return found


def _as_often(habits: _Habits, b: int) -> tuple[int, int]:
    """First rank and number of the people around `b` in the order of visits.

    Always as many, so that more visits never make a rank coarser.
    """
    size = min(_MOST_CONTROLS, len(habits.order) // 2)
    at = int(np.searchsorted(habits.often, habits.often[habits.rank[b]]))
    return min(max(0, at - size // 2), len(habits.order) - size), size


def _apart(snapshot: Snapshot, mine: Ints, other: Ints) -> bool:
    return _stays_overlap(snapshot, mine, other) or _far_at_once(snapshot, mine, other)


def _stays_overlap(snapshot: Snapshot, mine: Ints, other: Ints) -> bool:
    """Whether both lay in different hospitals for a night or more at once."""
    kind = snapshot.visits.kind
    if not (kind[mine] == _STAY).any() or not (kind[other] == _STAY).any():
        return False
    spans, place = _spans(snapshot), snapshot.visits.place
    return any(
        place[v] != place[w] and (min(spans[v][1], spans[w][1]) - max(spans[v][0], spans[w][0])).days >= 1
        for v in mine[kind[mine] == _STAY].tolist()
        for w in other[kind[other] == _STAY].tolist()
        if v in spans and w in spans
    )


@kept
def _spans(snapshot: Snapshot) -> dict[int, tuple[datetime, datetime]]:
    """Begin and end of every stay, by visit."""
    query = (
        "SELECT v, begntime, endtime FROM visit WHERE med_type = '21' AND begntime IS NOT NULL AND endtime IS NOT NULL"
    )
    return {v: (begin, end) for v, begin, end in snapshot.db.execute(query).fetchall()}


@kept
def _positions(snapshot: Snapshot) -> Floats:
    lnt, lat = snapshot.columns("SELECT lnt, lat FROM place ORDER BY i")
    return np.column_stack([lnt, lat]).astype(np.float64)


def _far_at_once(snapshot: Snapshot, mine: Ints, other: Ints) -> bool:
    """Whether both were seen within minutes at clinics or hospitals far apart (pharmacies hand goods to others)."""
    visits = snapshot.visits

    def seen(rows: Ints) -> Ints:
        chosen = visits.timed[rows] & ~snapshot.pharmacies[visits.place[rows]] & (visits.kind[rows] != _STAY)
        found: Ints = rows[chosen]
        return found

    one, two = seen(mine), seen(other)
    gap = np.abs(visits.minute[one][:, None] - visits.minute[two][None, :])
    for x, y in np.argwhere(gap <= _AT_ONCE):
        if _km(snapshot, int(visits.place[one[x]]), int(visits.place[two[y]])) > _FAR:
            return True
    return False


def _km(snapshot: Snapshot, i: int, j: int) -> float:
    (x, y), (u, v) = _positions(snapshot)[[i, j]]
    return float(111.2 * np.hypot((x - u) * np.cos(np.radians((y + v) / 2)), y - v))
