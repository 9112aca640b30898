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
from detectors.snapshot import Flags, Ints, Snapshot

_WEEK = 7
_WIDE = 8  # values a row from which numbers are too far apart for a table of them


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
        for place in range(snapshot.places):
            for block in self._blocks(snapshot, place, snapshot.rows_at([place])):
                yield dense_finding(snapshot, block, self.half, self.name, self.version, self.kinds[0])

    def _blocks(self, snapshot: Snapshot, place: int, rows: Ints) -> Iterator[DenseBlock]:
        """The densest block, then the densest of what it leaves: those worth reporting."""
        visits = snapshot.visits
        doctor = np.where(visits.prescriber[rows] >= 0, visits.prescriber[rows], visits.doctor[rows])
        named = _distinct(visits.person[rows], doctor, visits.day[rows] // _WEEK)
        names, own = _numbered(named)
        left = own
        for _ in range(self.blocks):
            left = left[repeated(left[:, 0], self.weeks)]
            inside = left[densest(_numbered(left)[1]).rows]
            persons = _regular(inside, self.weeks)
            if distinct(units(snapshot), names[0][persons]) < self.families:
                return
            among = _among(persons, len(names[0]))
            inside = inside[among[inside[:, 0]]]
            hits, expected, chance = self._tested(snapshot, own, inside)
            if chance <= self.worth:
                block = [name[np.unique(column)] for name, column in zip(names, inside.T, strict=True)]
                kept = np.isin(visits.person[rows], block[0]) & np.isin(visits.day[rows] // _WEEK, block[2])
                yield DenseBlock(place, block[0], block[1], block[2], rows[kept], hits, expected, chance)
            left = left[~among[left[:, 0]]]

    def _tested(self, snapshot: Snapshot, own: Ints, inside: Ints) -> tuple[int, float, float]:
        """Weeks of these persons in the block's weeks, against everybody else's weeks with the same doctors.

        How many there are, how many were expected, and the corrected chance.
        """
        persons, doctors, weeks = (_among(inside[:, n], int(own[:, n].max()) + 1) for n in range(3))
        theirs = own[doctors[own[:, 1]]]
        pairs = _distinct(theirs[:, 0], theirs[:, 2])
        mine, hit = persons[pairs[:, 0]], weeks[pairs[:, 1]]
        open_weeks = int(np.count_nonzero(np.bincount(pairs[:, 1])))
        block_weeks, block_persons = int(weeks.sum()), int(persons.sum())
        share = float(((hit & ~mine).sum() + block_weeks) / ((~mine).sum() + open_weeks))
        hits, trials = int((hit & mine).sum()), int(mine.sum())
        eligible = int(np.count_nonzero(np.bincount(pairs[:, 0]) >= self.weeks))
        searched = (
            log_choose(eligible, block_persons)
            + log_choose(open_weeks, block_weeks)
            + log(max(1, snapshot.places * self.blocks))
        )
        return hits, share * trials, corrected(spread_tail(hits, trials, share, self.spread), searched)


def _regular(inside: Ints, weeks: int) -> Ints:
    """Persons of a block in at least as many of its weeks."""
    pairs = _distinct(inside[:, 0], inside[:, 2])
    return np.flatnonzero(np.bincount(pairs[:, 0]) >= weeks)


def _among(codes: Ints, size: int) -> Flags:
    """Which of the numbers from 0 to `size` - 1 are among `codes`."""
    found = np.zeros(size, np.bool_)
    found[codes] = True
    return found


def _numbered(rows: Ints) -> tuple[list[Ints], Ints]:
    """The values of each column, ascending, and the rows with each value told by its number among them."""
    coded = [_coded(column) for column in rows.T]
    return [names for names, _ in coded], np.column_stack([numbers for _, numbers in coded])


def _coded(column: Ints) -> tuple[Ints, Ints]:
    """The values of a column, ascending, and the number of each row's value among them."""
    low = int(column.min(initial=0))
    span = int(column.max(initial=low)) - low + 1
    if span > _WIDE * len(column):
        return np.unique(column, return_inverse=True)
    seen = _among(column - low, span)  # a table of what there is: nothing to sort
    return np.flatnonzero(seen) + low, (np.cumsum(seen) - 1)[column - low]


def _distinct(*columns: Ints) -> Ints:
    """Distinct rows of some columns (numbers from -1), in order: one number for each, which sorts faster than rows."""
    if not len(columns[0]):
        return np.empty((0, len(columns)), np.int64)
    sizes = [int(column.max()) + 2 for column in columns]
    keys = np.zeros(len(columns[0]), np.int64)
    for column, size in zip(columns, sizes, strict=True):
        keys = keys * size + column + 1
    keys.sort()
    keys = keys[np.diff(keys, prepend=-1) > 0]  # sorted as a whole: several times as fast as by hashes
    found = np.empty((len(keys), len(columns)), np.int64)
    for number in reversed(range(len(columns))):
        keys, found[:, number] = np.divmod(keys, sizes[number])
    return found - 1
