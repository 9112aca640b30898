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


def unbroken(snapshot: Snapshot, visits: Ints, batch: Ints) -> tuple[float, float]:
    """Share of a group's visits that follow one another at a till with nobody between, and what its size brings.

    People who come together queue among others; cards in one hand are swiped one after another. A
    group that is most of the day's crowd follows itself by chance: that is the second number.
    """
    if len(visits) < 2:
        return 0.0, 0.0
    order = np.lexsort((turns(snapshot)[visits], batch))
    follows = np.diff(turns(snapshot)[visits[order]]) == 1
    same = np.diff(batch[order]) == 0
    place, day = snapshot.visits.place[visits], snapshot.visits.day[visits]
    others, _ = crowds(snapshot).without(place, day)
    everybody = crowds(snapshot).count[place, day]
    by_size = float((1 - others / np.maximum(everybody, 1)).mean())
    return float((follows & same).sum() / max(1, same.sum())), by_size


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


_CROWDED = 0.1  # of all addresses: a name that so many give is a town or county, not a village


@kept
def villages(snapshot: Snapshot) -> Ints:
    """Code of every person's village or street: what the address says before the house; -1 where it says little."""
    query = """
        WITH written AS (
            SELECT p, regexp_replace(addr, '\\s', '', 'g') AS addr FROM person
        ), named AS (
            SELECT p, coalesce(
                nullif(regexp_extract(addr, '^.*(?:行政村|村委会|居委会|社区|村|屯|寨|嘎查|新村)'), ''),
                nullif(regexp_extract(addr, '^[^0-9０-９]+'), '')
            ) AS village FROM written
        ), sized AS (
            SELECT p, village, count(village) OVER (PARTITION BY village) AS size, count(village) OVER () AS known
            FROM named
        ), small AS (
            SELECT p, CASE WHEN size <= greatest($1 * known, 50) THEN village END AS village FROM sized
        )
        SELECT dense_rank() OVER (ORDER BY village NULLS LAST) - 1 AS code, village IS NULL AS none
        FROM small ORDER BY p
    """
    code, none = snapshot.columns(query, [_CROWDED])
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


def clustered(codes: Ints, least: int, most: int) -> Ints:
    """The commonest known codes, at most `most`, that at least `least` of them have."""
    values, counts = np.unique(codes[codes >= 0], return_counts=True)
    commonest_first = np.argsort(-counts, kind="stable")[:most]
    found: Ints = values[commonest_first[counts[commonest_first] >= least]]
    return found
