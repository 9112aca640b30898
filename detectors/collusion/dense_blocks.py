"""Dense blocks: the same people, doctors and weeks at one place, denser than each person's own rhythm explains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from claims.language import N_
from detectors.collusion.chance import corrected, log_choose, spread_tail
from detectors.collusion.dense_finding import DenseBlock, dense_finding
from detectors.collusion.peeling import densest, repeated
from detectors.contract import Need
from detectors.finding import Finding
from detectors.lawful.units import distinct, units
from detectors.snapshot import Ints, Snapshot

_WEEK = 7


@dataclass(frozen=True)
class DenseBlocks:
    """Candidate groups per place; only a very strong synchrony rises above the alert line by itself."""

    weeks: int = 3  # weeks a block must span: two is an outing and its return
    families: int = 5  # families in a block
    blocks: int = 2  # blocks looked for per place
    spread: float = 5e-4  # correlation of the weeks of different persons of a doctor: holidays, weather
    half: float = 10.0  # -log10 of the p-value at the alert line: the search is greedy, so its proof must be strong
    worth: float = 0.01  # corrected p-value up to which a block is reported at all

    name: str = "dense_blocks"
    version: str = "1"
    title: str = N_("Dense blocks of persons, doctors and weeks")
    kinds: Sequence[str] = ("collusion/dense_block",)
    needs: Sequence[Need] = (
        Need("settlements", ("setl_time",)),
        Need("settlements", ("chfpdr_code", "prsc_dr_code"), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield the blocks of every place whose weeks coincide beyond chance."""
        visits = snapshot.visits
        order = np.argsort(visits.place, kind="stable")
        starts = np.searchsorted(visits.place[order], np.arange(snapshot.places + 1))
        for place in range(snapshot.places):
            rows = order[starts[place] : starts[place + 1]]
            for block in self._blocks(snapshot, place, rows):
                if block.p_value <= self.worth:
                    yield dense_finding(snapshot, block, self.half, self.name, self.version, self.kinds[0])

    def _blocks(self, snapshot: Snapshot, place: int, rows: Ints) -> Iterator[DenseBlock]:
        """The densest block, then the densest of what it leaves."""
        visits = snapshot.visits
        doctor = np.where(visits.prescriber[rows] >= 0, visits.prescriber[rows], visits.doctor[rows])
        left = _distinct(visits.person[rows], doctor, visits.day[rows] // _WEEK)
        own = left
        for _ in range(self.blocks):
            left = left[repeated(left[:, 0], self.weeks)] if len(left) else left
            coded = np.column_stack([np.unique(column, return_inverse=True)[1] for column in left.T])
            inside = left[densest(coded.astype(np.int64)).rows] if len(left) else left
            persons = _regular(inside, self.weeks)
            if distinct(units(snapshot), persons) < self.families:
                return
            inside = inside[np.isin(inside[:, 0], persons)]
            yield self._tested(snapshot, place, rows, own, inside)
            left = left[~np.isin(left[:, 0], persons)]

    def _tested(self, snapshot: Snapshot, place: int, rows: Ints, own: Ints, inside: Ints) -> DenseBlock:
        """Weeks of these persons in the block's weeks, against everybody else's weeks with the same doctors."""
        persons, doctors, weeks = (np.unique(column) for column in inside.T)
        theirs = own[np.isin(own[:, 1], doctors)]
        pairs = _distinct(theirs[:, 0], theirs[:, 2])
        mine, hit = np.isin(pairs[:, 0], persons), np.isin(pairs[:, 1], weeks)
        open_weeks = len(np.unique(pairs[:, 1]))
        share = float(((hit & ~mine).sum() + len(weeks)) / ((~mine).sum() + open_weeks))
        hits, trials = int((hit & mine).sum()), int(mine.sum())
        eligible = len(np.unique(pairs[repeated(pairs[:, 0], self.weeks), 0]))
        searched = (
            log_choose(eligible, len(persons))
            + log_choose(open_weeks, len(weeks))
            + log(max(1, snapshot.places * self.blocks))
        )
        chance = corrected(spread_tail(hits, trials, share, self.spread), searched)
        visits = snapshot.visits
        kept = np.isin(visits.person[rows], persons) & np.isin(visits.day[rows] // _WEEK, weeks)
        return DenseBlock(place, persons, doctors, weeks, np.sort(rows[kept]), hits, share * trials, chance)


def _regular(inside: Ints, weeks: int) -> Ints:
    """Persons of a block in at least as many of its weeks."""
    pairs = _distinct(inside[:, 0], inside[:, 2])
    persons, count = np.unique(pairs[:, 0], return_counts=True)
    return persons[count >= weeks]


def _distinct(*columns: Ints) -> Ints:
    """Distinct rows of some columns (numbers from -1), in order: one number for each, which sorts faster than rows."""
    if not len(columns[0]):
        return np.empty((0, len(columns)), np.int64)
    sizes = [int(column.max()) + 2 for column in columns]
    keys = np.zeros(len(columns[0]), np.int64)
    for column, size in zip(columns, sizes, strict=True):
        keys = keys * size + column + 1
    keys = np.unique(keys)
    found = np.empty((len(keys), len(columns)), np.int64)
    for number in reversed(range(len(columns))):
        keys, found[:, number] = np.divmod(keys, sizes[number])
    return found - 1
