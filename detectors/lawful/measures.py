"""Measures that several explanations share: crowds by day, unbroken runs at a till, where people live."""

from dataclasses import dataclass

import numpy as np

from detectors.snapshot import Flags, Ints, Snapshot, kept

DAY_BEGINS, DAY_ENDS = 6 * 60, 21 * 60  # minutes of the day in which lawful groups are brought somewhere


@dataclass(frozen=True)
class Crowds:
    """Net settlements by place and day (rows: places `i`, columns: days), and each place's usual day."""

    count: Ints
    usual: Ints

    def without(self, places: Ints, days: Ints) -> tuple[Ints, Ints]:
        """Crowd at each visit's place and day less the group's own visits, and the place's usual crowd."""
        own = np.zeros_like(self.count[np.unique(places)])
        rows = np.searchsorted(np.unique(places), places)
        np.add.at(own, (rows, days), 1)
        return self.count[places, days] - own[rows, days], self.usual[places]


@kept
def crowds(snapshot: Snapshot) -> Crowds:
    """Count everybody by place and day; the usual crowd is the median over days the place was open."""
    visits = snapshot.visits
    size = max(snapshot.days, 1)
    flat = np.bincount(visits.place * size + visits.day, minlength=snapshot.places * size)
    count = flat.reshape(snapshot.places, size)
    usual = [int(np.median(row[row > 0])) if (row > 0).any() else 0 for row in count]
    return Crowds(count, np.array(usual, np.int64))


@kept
def turns(snapshot: Snapshot) -> Ints:
    """Turn of every visit at its till (its place where the till is unknown), counted over all days."""
    visits = snapshot.visits
    till = np.where(visits.till >= 0, visits.till, snapshot.places + visits.till.max(initial=0) + 1 + visits.place)
    order = np.lexsort((np.arange(len(till)), visits.minute, till))
    turn = np.empty(len(till), np.int64)
    turn[order] = np.arange(len(till))
    return turn


def unbroken(snapshot: Snapshot, visits: Ints, batch: Ints) -> float:
    """Share of a group's visits in a batch that follow one another at a till with nobody between.

    People who come together queue among others; cards in one hand are swiped one after another.
    """
    if len(visits) < 2:
        return 0.0
    order = np.lexsort((turns(snapshot)[visits], batch))
    follows = np.diff(turns(snapshot)[visits[order]]) == 1
    same = np.diff(batch[order]) == 0
    return float((follows & same).sum() / max(1, same.sum()))


def alike(snapshot: Snapshot, visits: Ints) -> float:
    """Share of visits whose bill (total and fund) is to the fen that of another visit of the group."""
    bills = snapshot.visits.total[visits] * 1_000_003 + snapshot.visits.fund[visits]
    _, inverse, counts = np.unique(bills, return_inverse=True, return_counts=True)
    return float((counts[inverse] > 1).mean()) if len(visits) else 0.0


def by_day(snapshot: Snapshot, visits: Ints) -> Flags:
    """Visits at hours at which lawful groups are brought somewhere (all where the clock says nothing)."""
    minute = snapshot.visits.minute[visits] % 1440
    daytime: Flags = (minute >= DAY_BEGINS) & (minute < DAY_ENDS)
    return daytime | ~snapshot.visits.timed[visits]


@kept
def homes(snapshot: Snapshot) -> Ints:
    """Code of every person's address without white space; -1 where none is known."""
    query = """
        SELECT coalesce(dense_rank() OVER (ORDER BY home NULLS LAST) - 1, 0) AS code, home IS NULL AS none
        FROM (SELECT p, regexp_replace(addr, '\\s', '', 'g') AS home FROM person) ORDER BY p
    """
    code, none = snapshot.columns(query)
    return np.where(none.astype(np.bool_), -1, code.astype(np.int64))


@kept
def villages(snapshot: Snapshot) -> Ints:
    """Code of every person's village or neighbourhood, as the address names it; -1 where it names none."""
    query = """
        WITH named AS (
            SELECT p, nullif(regexp_extract(
                regexp_replace(addr, '\\s', '', 'g'), '^.*(?:行政村|村委会|居委会|社区|村|屯|寨|嘎查|新村)'
            ), '') AS village FROM person
        )
        SELECT dense_rank() OVER (ORDER BY village NULLS LAST) - 1 AS code, village IS NULL AS none
        FROM named ORDER BY p
    """
    code, none = snapshot.columns(query)
    return np.where(none.astype(np.bool_), -1, code.astype(np.int64))


@kept
def employers(snapshot: Snapshot) -> Ints:
    """Code of every person's employer; -1 where none is known."""
    query = """
        SELECT dense_rank() OVER (ORDER BY emp_no NULLS LAST) - 1 AS code, emp_no IS NULL AS none
        FROM person ORDER BY p
    """
    code, none = snapshot.columns(query)
    return np.where(none.astype(np.bool_), -1, code.astype(np.int64))


@kept
def birth_years(snapshot: Snapshot) -> Ints:
    """Year of birth of every person, -1 where unknown."""
    return snapshot.columns("SELECT coalesce(year(brdy), -1) AS year FROM person ORDER BY p")[0].astype(np.int64)


def commonest(codes: Ints) -> tuple[int, float]:
    """The commonest known code and its share of all; (-1, 0.0) where none is known."""
    known = codes[codes >= 0]
    if not len(known):
        return -1, 0.0
    values, counts = np.unique(known, return_counts=True)
    best = int(counts.argmax())
    return int(values[best]), float(counts[best] / len(codes))
