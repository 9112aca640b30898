"""Overbooked beds (叠床): two people in one bed at one time, more people than beds, beyond clerical error."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from claims.language import N_
from detectors.collusion.batches import batches_of, gathered
from detectors.collusion.bed_finding import beds_finding, crowd_finding
from detectors.collusion.census import crowded
from detectors.collusion.chance import corrected, leave_out_rate, spread_tail
from detectors.collusion.clashes import covers
from detectors.collusion.stays import Stays, clashing, real_beds, stays
from detectors.contract import Need
from detectors.finding import Finding
from detectors.snapshot import Flags, Ints, Snapshot


@dataclass(frozen=True)
class OverbookedBeds:
    """Stays in beds that were taken, and days on which a hospital held far more people than beds."""

    clerical: float = 0.02  # stays whose bed was never re-entered after a move: a fiftieth at least
    spread: float = 0.02  # correlation of such errors within a hospital
    fewest: int = 3  # stays of one batch in taken beds: single ones are errors
    room: float = 1.5  # people per registered bed: corridors and emergency beds hold a third more

    name: str = "overbooked_beds"
    version: str = "1"
    title: str = N_("Beds with two people in them")
    kinds: Sequence[str] = ("collusion/overbooked_beds",)
    needs: Sequence[Need] = (
        Need("settlements", ("med_type", "begntime")),
        Need("settlements", ("adm_bed",), vital=False),
        Need("institutions", ("bed_cnt",), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per group of stays in taken beds, and per hospital that bursts."""
        found = stays(snapshot)
        yield from self._taken_beds(snapshot, found)
        for census in crowded(snapshot, found, self.room):
            yield crowd_finding(snapshot, found, census, self.name, self.version, self.kinds[0])

    def _taken_beds(self, snapshot: Snapshot, found: Stays) -> Iterator[Finding]:
        beds = real_beds(found)
        hit = clashing(found) & beds
        groups = [group for group in covers(found, beds, _batch_of(snapshot, found)) if len(group) >= self.fewest]
        usual = self._usual(found, hit, beds)
        examined = log(max(1, len(groups)))
        for rows in groups:
            place = int(found.place[rows[0]])
            days = (found.first >= found.first[rows].min()) & (found.first <= found.first[rows].max())
            among = int((days & beds & (found.place == place)).sum())
            chance = corrected(spread_tail(len(rows), among, usual[place], self.spread), examined)
            yield beds_finding(
                snapshot, found, rows, among, usual[place], chance, self.name, self.version, self.kinds[0]
            )

    def _usual(self, found: Stays, hit: Flags, beds: Flags) -> dict[int, float]:
        """Rate of taken beds of each hospital as the other hospitals have it."""
        places = np.unique(found.place[beds])
        hits = np.array([(hit & (found.place == place)).sum() for place in places], np.float64)
        total = np.array([(beds & (found.place == place)).sum() for place in places], np.float64)
        rates = leave_out_rate(hits, total, self.clerical)
        return dict(zip(places.tolist(), rates.tolist(), strict=True))


def _batch_of(snapshot: Snapshot, found: Stays) -> Ints:
    """Number of the group of batches each stay belongs to (-1: none), so that two groups are never told as one."""
    number = np.full(len(found.visit), -1, np.int64)
    for index, group in enumerate(gathered(found, batches_of(snapshot, _FAMILIES))):
        for batch in group:
            number[batch.rows] = index
    return number


_FAMILIES = 3  # in a batch, as in `PhantomStays.fewest`
