"""Whether two enrolments live one life: used in turn, at the same places, on the same days, never apart at once."""

from dataclasses import dataclass
from datetime import datetime
from math import e, log

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

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
    says: Floats
    asked: Floats  # `says` of what is asked for, -1 elsewhere: filled and emptied by each question
    cells: int  # the first column of a day at a place
    visits: Ints  # per person: how many
    order: Ints  # people with visits, fewest first
    often: Ints  # visits of those, ascending


@kept
def _habits(snapshot: Snapshot) -> _Habits:
    visits = snapshot.visits
    cells, cell = np.unique(visits.place * max(1, snapshot.days) + visits.day, return_inverse=True)
    rows = np.tile(visits.person, 3)
    columns = np.concatenate([visits.place, snapshot.places + visits.day, snapshot.places + snapshot.days + cell])
    shape = (snapshot.persons, snapshot.places + snapshot.days + len(cells))
    present = csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    present.data[:] = 1.0
    users = np.bincount(present.indices, minlength=shape[1])
    count = np.bincount(visits.person, minlength=snapshot.persons)
    says = np.log(max(1, int((count > 0).sum())) / np.maximum(1.0, users))
    order = np.argsort(count, kind="stable")
    order = order[count[order] > 0]
    cells = snapshot.places + snapshot.days
    return _Habits(present, says, np.full(len(says), -1.0), cells, count, order, count[order])


def life_of(snapshot: Snapshot, a: int, b: int) -> Life:
    """Compare the use of enrolments `a` and `b` (codes p)."""
    mine, other = snapshot.rows_of([a]), snapshot.rows_of([b])
    visits = snapshot.visits
    both = np.sort(np.concatenate([mine, other]))
    occasions = max(1, snapshot.days)
    here, there = (visits.place[rows] * occasions + visits.day[rows] for rows in (mine, other))
    met = np.intersect1d(here, there)
    shared = np.intersect1d(visits.place[mine], visits.place[other])
    return Life(
        visits=(len(mine), len(other)),
        turns=_turns(snapshot, both),
        together=both[np.isin(visits.place[both] * occasions + visits.day[both], met)],
        places=shared,
        p_value=max(_rank(snapshot, a, b), _rank(snapshot, b, a)),
        apart=_apart(snapshot, mine, other),
    )


def _turns(snapshot: Snapshot, both: Ints) -> int:
    """How often the enrolment in use changes from one day to a later one."""
    visits = snapshot.visits
    day, person = visits.day[both], visits.person[both]
    _, first = np.unique(np.column_stack([day, person]), axis=0, return_index=True)
    order = first[np.lexsort((first, day[first]))]
    return int((person[order][1:] != person[order][:-1]).sum())


def _rank(snapshot: Snapshot, a: int, b: int) -> float:
    """Rank of `b` by the places and days shared with `a`, among people who go about as often as `b`.

    Neighbours share places, market days share days: whoever they are, they are among the controls.
    """
    habits = _habits(snapshot)
    mine = habits.of.indices[habits.of.indptr[a] : habits.of.indptr[a + 1]]
    if not len(mine) or not habits.visits[b]:
        return 1.0
    around = _as_often(habits, b)
    alike = around[(around != a) & (around != b)]
    if len(alike) < _LEAST_CONTROLS:
        return 1.0
    habits.asked[mine] = habits.says[mine]
    shared = _sums(habits.of.indptr, habits.of.indices, habits.asked, habits.cells, np.append(alike, b))
    habits.asked[mine] = -1.0
    return float((shared[:-1] >= shared[-1] - 1e-6).sum() + 1) / (len(around) + 1)


@nb.njit(cache=True)
def _sums(indptr: Ints, indices: Ints, values: Floats, cells: int, rows: Ints) -> Floats:
    """Sum of `values` (-1: not asked for) over the columns of each of some rows: a product that copies no rows.

    Days at places (columns from `cells` on) come last; who shares no place and day shares none of them.
    """
    found = np.zeros(len(rows))
    for n in range(len(rows)):
        shares = False
        for at in range(indptr[rows[n]], indptr[rows[n] + 1]):
            if indices[at] >= cells and not shares:
                break
            if values[indices[at]] >= 0.0:
                found[n] += values[indices[at]]
                shares = True
    return found


def _as_often(habits: _Habits, b: int) -> Ints:
    """People around `b` in the order of visits: always as many, so that more visits never make a rank coarser."""
    size = min(_MOST_CONTROLS, len(habits.order) // 2)
    at = int(np.searchsorted(habits.often, habits.visits[b]))
    start = min(max(0, at - size // 2), len(habits.order) - size)
    return habits.order[start : start + size]


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
